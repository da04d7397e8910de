"""What a member's page says about their points, from the view of the member as of this instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from palier.backoffice.access import Viewpoint
from palier.core.account import Lot
from palier.core.period import last_day
from palier.flows.members.read_member import MemberView

SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Due:
    """So many points at that time."""

    points: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """``lots`` are those with something left, soonest end first, pending ones last."""

    lots: tuple[Lot, ...]
    settling: Due | None
    """The pending points that become available next; None when nothing is pending or no date is known."""
    expiring: int
    """Available points that end within ``SOON``."""
    next_end: Due | None
    """The points that end on the first day on which any end."""
    worth_minor: int
    """What the available points are worth, if the programme says so; rounded down."""


def standing_of(member: MemberView, viewpoint: Viewpoint) -> Standing:
    """Writes nothing, asks nothing: the view was caught up to now already."""
    lots = tuple(sorted(member.lots, key=_by_end))
    ending = [(lot, lot.ends_at) for lot in lots if lot.settled and lot.ends_at is not None]
    value = member.programme.points.value
    return Standing(
        lots=lots,
        settling=_settling(lots),
        expiring=sum(lot.remaining for lot, end in ending if end <= viewpoint.now + SOON),
        next_end=_next_end(ending, viewpoint),
        worth_minor=member.totals.available * value.amount_minor // value.points if value else 0,
    )


def _settling(lots: tuple[Lot, ...]) -> Due | None:
    dated = [
        (lot.available_at, lot.remaining) for lot in lots if not lot.settled and lot.available_at is not None
    ]
    if not dated:
        return None
    first = min(at for at, _points in dated)
    return Due(sum(points for at, points in dated if at == first), first)


def _next_end(ending: list[tuple[Lot, datetime]], viewpoint: Viewpoint) -> Due | None:
    if not ending:
        return None
    first = min(end for _lot, end in ending)
    day = last_day(first, viewpoint.tz)
    return Due(sum(lot.remaining for lot, end in ending if last_day(end, viewpoint.tz) == day), first)


def _by_end(lot: Lot) -> tuple[bool, bool, float, int]:
    return (not lot.settled, lot.ends_at is None, lot.ends_at.timestamp() if lot.ends_at else 0, lot.number)
