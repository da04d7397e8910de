"""What happened to a member: one row for each cause, newest first, in words, with the balance after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from palier.backoffice.access import Viewpoint
from palier.core.explain.movement import Movement
from palier.core.explain.sentences import sentences, title
from palier.flows.points.take_back_gift import undo_key
from palier.store.ledger.timeline import load_movements
from palier.store.orders.happenings import find_happenings

PAGE_SIZE = 20

ICONS = {
    "order": "shopping_bag",
    "refund": "assignment_return",
    "event": "celebration",
    "gift": "redeem",
    "coupon": "local_activity",
    "reward": "local_activity",
    "expire": "hourglass_bottom",
    "tier": "stairs",
    "publish": "rule",
    "import": "upload",
    "merge": "merge",
    "erase": "person_off",
    "override": "stairs",
    "waive": "money_off",
    "hold": "shopping_cart_checkout",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the timeline. ``gain`` counts pending points too; ``balance`` is what was available after it."""

    sequence: int
    icon: str
    title: str
    at: datetime
    gain: int
    balance: int
    pending: int
    debt: int
    lines: tuple[str, ...]
    rules: tuple[str, ...]
    version: int | None
    gift: str = ""
    """The gift that may be taken back; empty for everything else."""


@dataclass(frozen=True, slots=True)
class History:
    """A page of the timeline. ``before`` leads to the next older page; None when there is none."""

    rows: tuple[Row, ...]
    before: int | None
    is_newest: bool


def history_of(account_id: int, viewpoint: Viewpoint, before: str) -> History:
    """The movements before that one, the newest when it is empty or nonsense; a fixed number of queries."""
    start = int(before) if before.isdecimal() and len(before) < 10 else None
    found = load_movements(account_id, before_sequence=start, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    has_older = len(found) > PAGE_SIZE
    gifts = _gifts(account_id, shown)
    return History(
        rows=tuple(_row(movement, viewpoint, gifts) for movement in shown),
        before=shown[-1].sequence if has_older else None,
        is_newest=start is None,
    )


def rows_of(movements: Sequence[Movement], viewpoint: Viewpoint) -> tuple[Row, ...]:
    """The movements as rows, for reading alone."""
    return tuple(_row(movement, viewpoint, set()) for movement in movements)


def _gifts(account_id: int, shown: Sequence[Movement]) -> set[str]:
    """Those that were not taken back yet."""
    given = [each.cause.id for each in shown if each.cause.kind == "gift" and each.change.total > 0]
    if not given:
        return set()
    undone = find_happenings([account_id], "gift", "", [undo_key(gift) for gift in given])
    return {gift for gift in given if (account_id, undo_key(gift)) not in undone}


def _row(movement: Movement, viewpoint: Viewpoint, gifts: set[str]) -> Row:
    told = sentences(movement, viewpoint.timeline, viewpoint.language, viewpoint.formats, for_staff=True)
    last = movement.last.entry
    kind = last.kind if movement.cause.kind == "time" else movement.cause.kind
    return Row(
        sequence=movement.sequence,
        icon=ICONS.get(kind, "schedule"),
        title=title(movement, viewpoint.timeline, viewpoint.language, viewpoint.formats),
        at=movement.when,
        gain=movement.change.total,
        balance=movement.balance.available,
        pending=movement.balance.pending,
        debt=movement.balance.debt,
        lines=told,
        rules=_rules(movement),
        gift=movement.cause.id if movement.cause.id in gifts else "",
        version=viewpoint.numbers.get(last.version) if last.version is not None else None,
    )


def _rules(movement: Movement) -> tuple[str, ...]:
    """The earning rules that had a part in it, each once, in the order in which they are written."""
    rules: dict[str, None] = {}
    for shown in movement.shown:
        for award in shown.entry.facts.get("awards", ()):
            rules.setdefault(str(award["rule"]))
    return tuple(rules)
