"""What happened to a member: one row for each cause, newest first, in words, with the balance after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.backoffice.access import Viewpoint
from palier.core.explain.movement import Movement
from palier.core.explain.sentences import sentences, title
from palier.store.ledger.timeline import load_movements

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
    return History(
        rows=tuple(_row(movement, viewpoint) for movement in shown),
        before=shown[-1].sequence if has_older else None,
        is_newest=start is None,
    )


def _row(movement: Movement, viewpoint: Viewpoint) -> Row:
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
        version=viewpoint.numbers.get(last.version) if last.version is not None else None,
    )


def _rules(movement: Movement) -> tuple[str, ...]:
    """The earning rules that had a part in it, each once, in the order in which they are written."""
    rules: dict[str, None] = {}
    for shown in movement.shown:
        for award in shown.entry.facts.get("awards", ()):
            rules.setdefault(str(award["rule"]))
    return tuple(rules)
