"""The rows that a story leaves, and the account derived from them once more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from palier.core.account import AccountState, Cause, Hold, Timeline
from palier.core.awards import settles_at
from palier.core.order_case import OrderCase
from palier.core.rebuild import Accepted, Rebuilt, Rows
from palier.core.reconcile import last_order_of
from palier.core.values import replace
from tests.core.kit import Known, Story

UNORDERED = ("lots", "coupons", "withdrawn", "tier_coupons", "contributions", "holds")


def rows_of(story: Story) -> Rows:
    """What a store would have kept of the story."""
    born = [replace(new, lot=replace(new.lot, settled=False)) for new in story.lots.values()]
    return Rows(
        entries=list(story.entries),
        lots=born,
        renewals=list(story.renewals),
        coupons=list(story.coupons.values()),
        holds={
            hold.id: (hold.lapses_at, _codes(story, hold), f"hold:{hold.id}" in story.state.first_claims)
            for hold in story.state.holds
        },
        orders=[_accepted(story, name, known) for name, known in story.orders.items()],
        events=set(story.events_told),
        closed=[story.state.closed_at],
        last_hash=story.state.last_hash,
    )


def _codes(story: Story, hold: Hold) -> tuple[str, ...]:
    return tuple(story.coupons[coupon].code for coupon in hold.coupons)


def _accepted(story: Story, name: str, known: Known) -> Accepted:
    settled: datetime | None = None
    last = None
    if known.frozen is not None:
        programme = Timeline(tuple(story.versions)).by_id(known.version).programme
        cause = Cause("order", name)
        case = OrderCase(name, known.order, (), known.version, cause, reached_at=tuple(known.reached.items()))
        settled = settles_at(programme, case, known.frozen)
        last = last_order_of(known.order, known.frozen.order_at) if known.booking.counts else None
    identity: Any = name
    return Accepted(
        identity, known.frozen.order_at if known.frozen else None, last, len(known.reached) == 1,
        known.booking.claims_first, settled, known.booking.lots,
    )  # fmt: skip


def derived(story: Story, stored: AccountState | None = None, **changed: Any) -> AccountState:
    """The account as its rows tell it, beside a stored state that may be damaged."""
    rows = rows_of(story)
    for name, value in changed.items():
        setattr(rows, name, value)
    state = stored or story.state
    return plain(Rebuilt(state, rows, Timeline(tuple(story.versions)), {state.id: rows}).state())


def plain(state: AccountState) -> AccountState:
    """The state with what has no order in one order."""
    return replace(state, **{name: tuple(sorted(getattr(state, name), key=str)) for name in UNORDERED})
