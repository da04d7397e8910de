"""I-27: the roll-forward of every stretch closes, and the history that members are shown adds up to what they have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from palier.core.explain.movement import Balance
from palier.store.ledger.statistics import outstanding_at, turnovers
from palier.store.ledger.timeline import MOVEMENTS_MAX, count_movements, load_movements
from palier.store.models import Account
from tests.simulation.stage import World
from tests.simulation.steps import History

STRETCHES = 12


def statement_problems(world: World, history: History) -> Iterator[str]:
    """What does not close, or does not add up."""
    accounts = list(Account.objects.filter(programme_id=world.programme_id))
    step = (history.ends_at - history.starts_at) / STRETCHES + timedelta(microseconds=1)
    borders = [history.starts_at + step * number for number in range(STRETCHES + 1)]
    owned = [outstanding_at(world.programme_id, border) for border in borders]
    changes = turnovers(world.programme_id, list(pairwise(borders)))
    for (before, after), moved in zip(pairwise(owned), changes, strict=True):
        if before + moved.change != after:
            yield f"I-27: {before} and {moved} do not come to {after}"
    there = sum(_worth(account) for account in accounts)
    if owned[-1] != there:
        yield f"I-27: {owned[-1]} outstanding, the accounts have {there}"
    for account in accounts:
        yield from _history_problems(account)


def _history_problems(account: Account) -> Iterator[str]:
    movements = load_movements(account.id, limit=MOVEMENTS_MAX)
    if (counted := count_movements(account.id)) > MOVEMENTS_MAX:
        return
    if counted != len(movements):
        yield f"I-27: account {account.id} has {len(movements)} movements, counted {counted}"
    shown = [each for movement in movements for each in movement.shown]
    total = sum(each.entry.amount for each in shown)
    if total != _worth(account) or len(shown) != account.last_sequence:
        yield f"I-27: account {account.id} is shown {total} points in {len(shown)} steps, it has {_worth(account)}"
    if shown:
        last = max(shown, key=lambda each: each.entry.sequence).balance
        if last != Balance(account.available, account.pending, account.held, account.debt):
            yield f"I-27: account {account.id} is shown {last} at last"


def _worth(account: Account) -> int:
    worth: int = account.available + account.pending + account.held - account.debt
    return worth
