"""Files of members and of opening balances: every row checked first, then booked in chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from palier.cli.importing import jsonlines
from palier.cli.importing.errors import Problem, RowRefused
from palier.cli.importing.files import Source, rows
from palier.cli.importing.mapping import Reading
from palier.cli.importing.report import Report
from palier.cli.importing.run import Job, as_row, bar, was_finished
from palier.cli.importing.values import (
    end_of_day,
    minor,
    parse_day,
    parse_instant,
    parse_number,
    parse_whole,
    parse_yes,
)
from palier.core.errors import Refusal
from palier.core.member import MemberFacts
from palier.core.messages import parse_member

if TYPE_CHECKING:
    from datetime import datetime

    from palier.flows.points.open_balances import OpeningBalance

CHUNK_MAX = 500
_NET_WORDS = {"net", "ht", "netto", "hors taxe", "excl"}


def import_members(job: Job, report: Report, *, now: datetime) -> None:
    """Write the profiles of all rows that can be read; those that cannot are listed."""
    from palier.flows.members.register_members import RegisterMembers, register_members

    if not job.is_dry and was_finished(job, report, "members"):
        return
    total = _check(job, report, _members(job))
    if job.is_dry or not total:
        report.counts["members"] = total
        report.status = "planned" if job.is_dry else "refused"
        return
    _start(job, report, "members", now)
    readable = (facts for _, facts in _members(job) if isinstance(facts, MemberFacts))
    progress = iter(bar(readable, "importing", is_quiet=job.is_quiet, total=total))
    while chunk := tuple(islice(progress, CHUNK_MAX)):
        done = register_members(RegisterMembers(job.shop_id, chunk, report.batch), now=now)
        report.counts.update(
            {"members": len(chunk), "new_members": done.new, "profiles_changed": done.changed}
        )
    _finish(report, now)


def import_balances(job: Job, report: Report, *, now: datetime, is_partial: bool = False) -> None:
    """Book the opening balances: all of them, or none while a row cannot be read (unless ``is_partial``)."""
    from palier.flows.points.open_balances import OpenBalances, open_balances

    if not job.is_dry and was_finished(job, report, "balances"):
        return
    total = _check(job, report, _balances(job, now))
    if report.problems and not is_partial and not job.is_dry:
        report.counts["balances"] = total
        report.status, report.note = "refused", "mend these rows, or import the others with --partial"
        return
    if job.is_dry or not total:
        report.counts["balances"] = total
        report.status = "planned" if job.is_dry else "refused"
        return
    _start(job, report, "balances", now)
    assert report.batch is not None
    readable = (row for _, row in _balances(job, now) if not isinstance(row, Problem))
    progress = iter(bar(readable, "importing", is_quiet=job.is_quiet, total=total))
    while chunk := tuple(islice(progress, CHUNK_MAX)):
        done = open_balances(OpenBalances(job.shop_id, chunk, report.batch), now=now)
        report.counts.update({"balances": done.booked, "unchanged": done.repeated})
    _finish(report, now)


def _check(job: Job, report: Report, checked: Iterator[tuple[int, Any]]) -> int:
    """Read every row once, before anything is written; returns how many are good."""
    good = 0
    for number, found in bar(checked, "reading", is_quiet=job.is_quiet):
        report.rows = number
        if isinstance(found, Problem):
            report.tell(found)
        else:
            good += 1
    return good


def _start(job: Job, report: Report, kind: Any, now: datetime) -> None:
    """Make the batch, or find it again after an interruption."""
    from palier.flows.imports.start_import import StartImport, start_import

    started = start_import(
        StartImport(
            job.shop_id, kind, job.source.path.name, job.digest(), job.reading.as_document(), report.rows,
            {f"problem:{code}": count for code, count in report.problems.items()}, tuple(map(as_row, report.listed)),
        ),
        now=now,
    )  # fmt: skip
    report.batch = started.batch_id


def _finish(report: Report, now: datetime) -> None:
    from palier.flows.imports.advance_import import AdvanceImport, advance_import

    assert report.batch is not None
    advance_import(
        AdvanceImport(report.batch, 0, report.rows, dict(report.counts), is_finished=True), now=now
    )
    report.status = "done"


def _members(job: Job) -> Iterator[tuple[int, MemberFacts | Problem]]:
    if job.source.kind == "jsonl":
        yield from jsonlines.members(job.source)
        return
    yield from _read(job.source, job.reading, lambda get, _: _member(job.reading, get))


def _balances(job: Job, now: datetime) -> Iterator[tuple[int, OpeningBalance | Problem]]:
    yield from _read(job.source, job.reading, lambda get, number: _balance(job, get, number, now))


Get = Callable[[str], str]


def _read(source: Source, reading: Reading, read: Callable[[Get, int], Any]) -> Iterator[tuple[int, Any]]:
    places = {meaning: source.header.index(name) for meaning, name in reading.columns.items()}
    for number, row in rows(source):
        if isinstance(row, str):
            yield number, Problem(number, "", "unreadable_row", row)
            continue
        texts = {meaning: row[place].strip() for meaning, place in places.items()}
        customer = texts.get("customer", "")
        try:
            if not customer:
                raise RowRefused("unreadable_row", "it names no customer")
            yield number, read(lambda meaning, texts=texts: texts.get(meaning, ""), number)  # type: ignore[misc]
        except RowRefused as error:
            yield number, Problem(number, customer[:200], error.code, error.reason)
        except Refusal as error:
            yield number, Problem(number, customer[:200], error.code, str(error))


def _member(reading: Reading, get: Get) -> MemberFacts:
    """What the file has a column for is said, and so is a blank in it."""
    has = reading.columns.keys()
    said: dict[str, Any] = {}
    if "name" in has:
        said["name"] = get("name")
    elif {"first_name", "last_name"} & has:
        said["name"] = f"{get('first_name')} {get('last_name')}".strip()
    said |= {meaning: get(meaning) for meaning in ("email", "language") if get(meaning)}
    for meaning in ("groups", "tags"):
        if meaning in has:
            said[meaning] = [
                word.strip() for word in get(meaning).replace("|", ",").split(",") if word.strip()
            ]
    if "company" in has:
        said["company"] = parse_yes(get("company"))
    if get("born"):
        said["born"] = parse_day(get("born"), _form_of(get("born"), reading)).isoformat()
    if get("signed_up"):
        said["signed_up"] = parse_instant(get("signed_up"), reading.date_format, reading.zone).isoformat()
    if get("prices"):
        said["prices"] = "net" if get("prices").casefold() in _NET_WORDS else "gross"
    return parse_member(get("customer"), {key: value for key, value in said.items() if value != ""})


def _form_of(text: str, reading: Reading) -> str:
    """Days are often written as in the other column, without the time."""
    for form in (reading.date_format.partition(" ")[0], "%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y"):
        try:
            parse_day(text, form)
        except RowRefused:
            continue
        return form
    return reading.date_format


def _balance(job: Job, get: Get, number: int, now: datetime) -> OpeningBalance:
    from palier.flows.points.open_balances import OpeningBalance

    points = parse_whole(get("points"), job.reading.decimal) if get("points") else 0
    spend = minor(parse_number(get("spend"), job.reading.decimal), job.currency) if get("spend") else 0
    if not points and not spend:
        raise RowRefused("no_points", "neither points nor spend")
    ends_at = None
    if get("expires"):
        ends_at = end_of_day(parse_day(get("expires"), job.reading.date_format), job.reading.zone)
        if points > 0 and ends_at <= now:
            raise RowRefused("expired", f"these points expired on {get('expires')}")
    if len(get("customer")) > 200:
        raise RowRefused("unreadable_row", "an id is longer than 200 characters")
    return OpeningBalance(get("customer"), points, ends_at, get("reason")[:500], spend, key=str(number))
