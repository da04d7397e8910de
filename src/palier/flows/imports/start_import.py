"""An import begins: its batch is made, or found again where an interrupted run left it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django_scopes import scopes_disabled

from palier.flows.transaction import in_one_transaction
from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.programmes.models import Shop

PROBLEMS_MAX = 100_000
"""So many problems of one batch are kept; all are counted."""


@dataclass(frozen=True, slots=True)
class ImportedProblem:
    """A row that was left out or only partly understood, and why."""

    row: int
    subject: str
    code: str
    reason: str
    amount_minor: int = 0


@dataclass(frozen=True, slots=True)
class StartImport:
    """One file and how it is read; ``digest`` is of both, and makes the same import one batch."""

    shop_id: int
    kind: Literal["orders", "members", "balances"]
    source_name: str
    digest: str
    mapping: Mapping[str, Any]
    total_rows: int
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[ImportedProblem, ...] = ()


@dataclass(frozen=True, slots=True)
class StartedImport:
    """The batch, how many rows of it are done already, and when it was finished, if it is."""

    batch_id: int
    done_rows: int
    finished_at: datetime | None


def start_import(command: StartImport, *, now: datetime) -> StartedImport:
    """Make the batch with the problems that are known before anything is written; the same again is found, not made."""
    return in_one_transaction(lambda: _start(command, now))


def _start(command: StartImport, now: datetime) -> StartedImport:
    with scopes_disabled():
        # The shop's row is locked so that two runs of the same file at once share one batch.
        shop = Shop.objects.select_for_update().get(pk=command.shop_id)
        batch = ImportBatch.objects.filter(
            shop=shop, kind=command.kind, source_digest=command.digest, undone_at=None
        ).first()
        if batch is None:
            batch = ImportBatch.objects.create(
                programme_id=shop.programme_id, shop=shop, kind=command.kind, source_name=command.source_name[:300],
                source_digest=command.digest, mapping=dict(command.mapping), total_rows=command.total_rows,
                counts=dict(command.counts), started_at=now,
            )  # fmt: skip
            ImportProblem.objects.bulk_create(
                (problem_row(batch.pk, problem) for problem in command.problems[:PROBLEMS_MAX]),
                batch_size=1000,
            )
        return StartedImport(batch.pk, batch.done_rows, batch.finished_at)


def problem_row(batch_id: int, problem: ImportedProblem) -> ImportProblem:
    """The row that keeps a problem."""
    return ImportProblem(
        batch_id=batch_id, row=problem.row, subject=problem.subject[:200], code=problem.code[:50],
        reason=problem.reason, amount_minor=problem.amount_minor,
    )  # fmt: skip
