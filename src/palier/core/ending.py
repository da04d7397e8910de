"""The commonest due work by itself: points end, and nothing else is due for their account.

``catch_up`` is the rule. This is what it comes to on such a night, on plain numbers and at a tenth of the cost; it
answers only where the two cannot differ. A lot is here a row of its values in the order of ``Lot``'s fields, with
instants as whole microseconds since 1970.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from palier.core.account import Timeline, Version
from palier.core.catch_up import horizon_of
from palier.core.programme.values import Programme

Row = Sequence[Any]


class Night(NamedTuple):
    """What the accounts share whose points end by one instant, and at which nothing else may happen.

    An account belongs to it while it has fewer available points than ``reward_at``, and once it was caught up later
    than ``since``: it has met the version in force. Contributions at or before ``horizon`` are forgotten.
    """

    version: Version
    since: datetime
    reward_at: int | None
    horizon: datetime


class Ended(NamedTuple):
    """What ended, soonest first; the lots that are left; and what is due next."""

    ends: list[End]
    kept: list[Row]
    next_due: int | None


class End(NamedTuple):
    """Lots that end together: what that moves of available and of pending points, and of each lot by its number."""

    at: int
    points: int
    pending: int
    draws: list[tuple[int, int]]


def night_of(timeline: Timeline, until: datetime) -> Night | None:
    """The night up to ``until``; None when tiers may change then by themselves."""
    version = timeline.versions[-1]
    if version.published_at > until or not _has_lasting_tiers(version.programme):
        return None
    thresholds = (reward.at for reward in version.programme.rewards if reward.enabled)
    # The first version changes nothing for those who come at its very instant.
    since = version.published_at - (timedelta() if timeline.versions[1:] else timedelta(microseconds=1))
    return Night(version, since, min(thresholds, default=None), horizon_of(version.programme, until))


def _has_lasting_tiers(programme: Programme) -> bool:
    """Whether no window and no season ever ends (what one account has of its own, a grace or an override, is not seen
    here)."""
    tiers = programme.tiers
    return tiers is None or (
        tiers.window == "lifetime" and not any(season.enabled for season in tiers.schedule)
    )


def ended_lots(
    lots: Iterable[Row], others: Iterable[int], until: int, reminders: Callable[[int], Sequence[int]]
) -> Ended | None:
    """The lots of a caught-up account that end by ``until``; None when anything else is due by then, or nothing.

    ``others`` are the ends of its coupons; ``reminders`` says when the end of a lot is announced.
    """
    ended: list[tuple[int, int, int, bool]] = []
    kept: list[Row] = []
    announced: list[int] = []
    later = [*others]
    for lot in lots:
        number, remaining, _, _, settled, available_at, _, ends_at, _ = lot
        settles_at = None if settled else available_at
        if not remaining or (settles_at is not None and settles_at <= until):
            return None
        if ends_at is not None:
            announced += reminders(ends_at)
            if ends_at <= until:
                ended.append((ends_at, number, remaining, settled))
                continue
            later.append(ends_at)
        if settles_at is not None:
            later.append(settles_at)
        kept.append(lot)
    if not ended:
        return None
    ended.sort()
    later += [at for at in announced if at >= ended[0][0]]
    next_due = min(later) if later else None
    if next_due is not None and next_due <= until:
        return None
    return Ended(_together(ended), kept, next_due)


def _together(ended: Iterable[tuple[int, int, int, bool]]) -> list[End]:
    """One end for all lots that share it; given in the order of ends and numbers."""
    ends: list[End] = []
    draws: list[tuple[int, int]] = []
    end, points, pending = None, 0, 0
    for ends_at, number, remaining, settled in ended:
        if ends_at != end:
            if end is not None:
                ends.append(End(end, points, pending, draws))
            end, points, pending, draws = ends_at, 0, 0, []
        if settled:
            points -= remaining
        else:
            pending -= remaining
        draws.append((number, -remaining))
    if end is not None:
        ends.append(End(end, points, pending, draws))
    return ends
