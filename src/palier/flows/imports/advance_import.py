"""An import goes on: how far it is, what it has done, and what it could not attach on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django_scopes import scopes_disabled

from palier.flows.imports.start_import import ImportedProblem, problem_row
from palier.flows.transaction import in_one_transaction
from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.rows import refresh_statistics

GROWN = tuple(1000 * 4**times for times in range(10))
"""At so many rows the database is told how its tables have grown: an import fills empty ones faster than it notices."""


@dataclass(frozen=True, slots=True)
class AdvanceImport:
    """One chunk that is done. ``from_rows`` is where it began, ``done_rows`` where it ended; ``counts`` are added."""

    batch_id: int
    from_rows: int
    done_rows: int
    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[ImportedProblem, ...] = ()
    is_finished: bool = False


def advance_import(command: AdvanceImport, *, now: datetime) -> bool:
    """Note the chunk; False, and nothing noted, when the batch has been undone or another run was faster."""
    is_noted = in_one_transaction(lambda: _advance(command, now))
    if is_noted and any(command.from_rows < grown <= command.done_rows for grown in GROWN):
        refresh_statistics()
    return is_noted


def _advance(command: AdvanceImport, now: datetime) -> bool:
    with scopes_disabled():
        batch = ImportBatch.objects.select_for_update().get(pk=command.batch_id)
        if (
            batch.undone_at is not None
            or batch.finished_at is not None
            or batch.done_rows != command.from_rows
        ):
            return False
        batch.done_rows = command.done_rows
        batch.counts = dict(Counter(batch.counts) + Counter(command.counts))
        if command.is_finished:
            batch.finished_at = now
        batch.save(update_fields=["done_rows", "counts", "finished_at"])
        ImportProblem.objects.bulk_create(
            (problem_row(batch.pk, problem) for problem in command.problems), batch_size=1000
        )
        return True
