"""A file of orders from its rows to the ledger: read and sorted first, then recorded in chunks, and resumed."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from tqdm import tqdm

from palier.cli.importing.attach import Made, messages
from palier.cli.importing.errors import Problem
from palier.cli.importing.files import Source, rows
from palier.cli.importing.jsonlines import JsonMessages
from palier.cli.importing.mapping import Reading
from palier.cli.importing.report import Report
from palier.cli.importing.rows import RowReader
from palier.cli.importing.staging import Staging
from palier.core.errors import Refusal
from palier.core.messages_order import in_currency
from palier.core.order import Order, Refund

if TYPE_CHECKING:
    from palier.flows.imports.start_import import ImportedProblem

T = TypeVar("T")
CHUNK_MAX = 500


@dataclass(frozen=True, slots=True)
class Job:
    """A file to import into a shop, how it is read, and what to do with it."""

    source: Source
    reading: Reading
    shop_id: int
    programme_id: int
    currency: str
    is_dry: bool = False
    is_quiet: bool = False
    since: datetime | None = None
    until: datetime | None = None
    shift_s: int = 0
    """Everything happens so many seconds later than the file says (the demo)."""

    def digest(self) -> str:
        """What makes two imports the same: the file, how it is read, and which part of it."""
        how = json.dumps(
            [self.reading.as_document(), str(self.since), str(self.until), self.shift_s], sort_keys=True
        )
        return hashlib.sha256(f"{self.source.digest}:{how}".encode()).hexdigest()


def import_orders(job: Job, report: Report, *, now: datetime) -> None:
    """Import the file, or with ``is_dry`` only tell what it would bring. ``report`` is filled on the way."""
    if not job.is_dry and was_finished(job, report, "orders"):
        return
    began = time.monotonic()
    stage = _stage_json if job.source.kind == "jsonl" else _stage_rows
    total, made, close = stage(job, report)
    report.seconds["reading"] = round(time.monotonic() - began, 2)
    began = time.monotonic()
    try:
        if job.is_dry or not total:
            for message in bar(made(report.tell), "checking", is_quiet=job.is_quiet, total=total):
                _foresee(message, report, job.currency)
            report.status = "planned" if job.is_dry else "refused"
        else:
            _record(job, report, total, made, now=now)
    finally:
        close()
    report.seconds["recording"] = round(time.monotonic() - began, 2)


def was_finished(job: Job, report: Report, kind: str) -> bool:
    """Whether this very import was done before; the report then says so."""
    from django_scopes import scopes_disabled

    from palier.store.imports.models import ImportBatch

    with scopes_disabled():
        batch = ImportBatch.objects.filter(
            shop_id=job.shop_id,
            kind=kind,
            source_digest=job.digest(),
            undone_at=None,
            finished_at__isnull=False,
        ).first()
    if batch is None:
        return False
    report.status, report.batch, report.rows = "unchanged", batch.pk, batch.total_rows
    report.note = f"this file was imported on {batch.finished_at:%Y-%m-%d %H:%M} UTC as batch {batch.pk}"
    return True


Make = Callable[[Callable[[Problem], None]], Iterator[Made]]


def _stage_rows(job: Job, report: Report) -> tuple[int, Make, Callable[[], None]]:
    staging = Staging()
    reader = RowReader(job.reading, job.source.header, since=job.since, until=job.until)
    staging.add(reader.staged(iter(bar(rows(job.source), "reading", is_quiet=job.is_quiet)), staging.refuse))
    staging.sort()
    for problem in staging.problems():
        report.tell(problem)
    if reader.outside:
        report.counts["rows_outside_the_dates"] = reader.outside
    report.rows = reader.rows

    def make(tell: Callable[[Problem], None]) -> Iterator[Made]:
        reading = job.reading
        return messages(staging, status=reading.status, prices=reading.prices, tell=tell, shift_s=job.shift_s)

    return staging.counts()["notes"], make, staging.close


def _stage_json(job: Job, report: Report) -> tuple[int, Make, Callable[[], None]]:
    staged = JsonMessages(job.currency)
    with tqdm(desc="reading", unit=" rows", disable=job.is_quiet, leave=False) as progress:
        report.rows = staged.add(job.source, report.tell, progress.update)
    return staged.count(), lambda _tell: staged.messages(), staged.database.close


def _record(job: Job, report: Report, total: int, made: Make, *, now: datetime) -> None:
    from palier.flows.imports.advance_import import AdvanceImport, advance_import
    from palier.flows.imports.start_import import StartImport, start_import

    first = map(as_row, report.listed)
    started = start_import(
        StartImport(
            job.shop_id, "orders", job.source.path.name, job.digest(), job.reading.as_document(), report.rows,
            Counter({f"problem:{code}": count for code, count in report.problems.items()}), tuple(first),
        ),
        now=now,
    )  # fmt: skip
    report.batch = started.batch_id
    if started.finished_at is not None:
        report.status = "unchanged"
        report.note = (
            f"this file was imported on {started.finished_at:%Y-%m-%d %H:%M} UTC as batch {report.batch}"
        )
        return
    if started.done_rows:
        report.note = f"going on after {started.done_rows} of {total} invoices and credit notes"
    rows, told = _chunks(job, report, total, made, done=started.done_rows, now=now)
    _catch_up(job, report, now=now)
    for problem in told:
        report.tell(problem)
    counts = Counter(f"problem:{problem.code}" for problem in told)
    # Only now: what is finished is not gone on with, and what fell due in its past would be told to members later.
    advance_import(
        AdvanceImport(started.batch_id, rows, rows, counts, tuple(map(as_row, told)), is_finished=True),
        now=now,
    )
    report.status = "done"


def _chunks(
    job: Job, report: Report, total: int, made: Make, *, done: int, now: datetime
) -> tuple[int, list[Problem]]:
    """Record in chunks that are cut the same in every run, so that those which are done already can be skipped. How
    many messages there are, and what was found behind the last of them."""
    told: list[Problem] = []
    chunk: list[Made] = []
    at = 0
    for message in bar(made(told.append), "importing", is_quiet=job.is_quiet, total=total):
        chunk.append(message)
        if len(chunk) == CHUNK_MAX:
            at = _flush(job, report, chunk, told, at=at, done=done, now=now)
            chunk, told[:] = [], []
    if chunk:
        at = _flush(job, report, chunk, told, at=at, done=done, now=now)
        told.clear()
    return at, told


def _flush(
    job: Job, report: Report, chunk: list[Made], told: list[Problem], *, at: int, done: int, now: datetime
) -> int:
    from palier.flows.imports.advance_import import AdvanceImport, advance_import
    from palier.flows.orders.record_orders import RecordOrders, record_orders

    after = at + len(chunk)
    if after <= done:
        return after
    counts: Counter[str] = Counter()
    problems = list(told)
    answers = record_orders(
        RecordOrders(
            job.shop_id, tuple(made.message for made in chunk), is_history=True, is_silent=True,
            batch_id=report.batch, collects=True,
        ),
        now=now,
    )  # fmt: skip
    for made, answer in zip(chunk, answers, strict=True):
        if answer.refusal is not None:
            problems.append(Problem(made.row, answer.order, answer.refusal.code, str(answer.refusal)))
            counts["refused"] += 1
        elif answer.kind in ("repeat", "older"):
            counts["unchanged"] += 1
        else:
            counts.update(_kinds(made))
    for problem in problems:
        report.tell(problem)
        counts[f"problem:{problem.code}"] += 1
    report.counts.update({name: count for name, count in counts.items() if not name.startswith("problem:")})
    advance_import(
        AdvanceImport(report.batch or 0, at, after, counts, tuple(map(as_row, problems))),
        now=now,
    )
    return after


def _catch_up(job: Job, report: Report, *, now: datetime) -> None:
    """Everything that fell due up to now (expiry, tiers, rewards), so that what is shown is right at once."""
    from palier.flows.points.catch_up_accounts import catch_up_accounts

    began = time.monotonic()
    with tqdm(desc="catching up", unit=" members", disable=job.is_quiet, leave=False) as progress:
        while worked := catch_up_accounts(job.programme_id, now=now, is_silent=True):
            progress.update(worked)
    report.seconds["catching_up"] = round(time.monotonic() - began, 2)


def _foresee(made: Made, report: Report, currency: str) -> None:
    """Count what a message would bring; what is already known to be refused is told as it would be then."""
    try:
        if isinstance(made.message, Order):
            in_currency(made.message, currency)
    except Refusal as refusal:
        report.tell(Problem(made.row, made.message.id, refusal.code, str(refusal)))
        report.counts["refused"] += 1
    else:
        report.counts.update(_kinds(made))


def _kinds(made: Made) -> list[str]:
    if isinstance(made.message, Refund):
        return ["refunds"]
    return ["orders"] if made.message.customer else ["orders", "orders_of_guests"]


def as_row(problem: Problem) -> ImportedProblem:
    """A problem as the flows take it."""
    from palier.flows.imports.start_import import ImportedProblem

    return ImportedProblem(problem.row, problem.subject, problem.code, problem.reason, problem.amount_minor)


def bar(items: Iterable[T], name: str, *, is_quiet: bool, total: int | None = None) -> Iterable[T]:
    """The same items under a progress bar."""
    return tqdm(items, desc=name, total=total, unit=" rows", disable=is_quiet, leave=False)
