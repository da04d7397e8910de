"""Changes of the ladder as one edits it: tiers placed anew, put, switched and removed, seasons along with them.

All of them leave the rest of the programme as it is. What they return is read by ``parse`` again before it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from palier.core.errors import Refusal
from palier.core.programme.values import Fact, Programme, Season, Segment, Tier, Tiers, Where

Metric = Literal["spend", "points", "orders"]


class NotThisLadder(Refusal):
    """The order names other tiers than those that are switched on."""

    code = "not_this_ladder"


def ladder_of(programme: Programme) -> Tiers:
    """The programme's ladder, an empty one where it has none."""
    return programme.tiers or Tiers(())


def rungs(tiers: Tiers) -> tuple[Tier, ...]:
    """The tiers that are switched on, lowest first."""
    return tuple(tier for tier in tiers.ladder if tier.enabled)


def place(tiers: Tiers, order: Sequence[str]) -> Tiers:
    """The tiers of ``order`` (ids, lowest first) on the thresholds that there are; these stay where they are.

    A threshold takes what seasons make of it along: whoever moves onto it has its seasonal thresholds too. Tiers that
    are switched off stay as they are. Raises NotThisLadder unless ``order`` names each tier that is on exactly once.
    """
    held = rungs(tiers)
    known = {tier.id: tier for tier in held}
    if sorted(order) != sorted(known):
        raise NotThisLadder("the order must name every tier that is switched on, once", path="order")
    heir = {before.id: id for before, id in zip(held, order, strict=True)}
    placed = [replace(known[id], threshold=before.threshold) for before, id in zip(held, order, strict=True)]
    off = [tier for tier in tiers.ladder if not tier.enabled]
    schedule = tuple(
        replace(season, thresholds=tuple(sorted((heir.get(id, id), at) for id, at in season.thresholds)))
        for season in tiers.schedule
    )
    return replace(tiers, ladder=_ordered([*placed, *off]), schedule=schedule)


def put(tiers: Tiers, tier: Tier) -> Tiers:
    """With this tier, in the place of the one with its id if there is one."""
    kept = [tier if each.id == tier.id else each for each in tiers.ladder]
    is_known = any(each.id == tier.id for each in tiers.ladder)
    return replace(tiers, ladder=_ordered(kept if is_known else [*kept, tier]))


def remove(tiers: Tiers, id: str) -> Tiers:
    """Without that tier; seasons forget it, and one that named no other goes too."""
    left = [
        replace(season, thresholds=tuple(each for each in season.thresholds if each[0] != id))
        for season in tiers.schedule
    ]
    return replace(
        tiers,
        ladder=tuple(tier for tier in tiers.ladder if tier.id != id),
        schedule=tuple(season for season in left if season.thresholds),
    )


def put_season(tiers: Tiers, season: Season | None, *, index: int | None) -> Tiers:
    """With this season at ``index`` (at the end when None); without the one at ``index`` when it is None."""
    seasons = list(tiers.schedule)
    at = len(seasons) if index is None else index
    seasons[at : at + 1] = [season] if season is not None else []
    return replace(tiers, schedule=tuple(seasons))


def measured_by(tiers: Tiers, metric: Metric, *, exponent: int) -> Tiers:
    """The ladder with another metric; every threshold keeps its number, 500 € become 500 points.

    Decimals are lost: 499.50 € become 499 points. ``exponent`` is the currency's.
    """
    were, are = tiers.metric == "spend", metric == "spend"
    unit = 10**exponent

    def converted(threshold: int) -> int:
        return threshold if were == are else threshold // unit if were else threshold * unit

    return replace(
        tiers,
        metric=metric,
        ladder=_ordered([replace(tier, threshold=converted(tier.threshold)) for tier in tiers.ladder]),
        schedule=tuple(
            replace(season, thresholds=tuple((id, converted(at)) for id, at in season.thresholds))
            for season in tiers.schedule
        ),
    )


def who_asks_for(programme: Programme, id: str) -> tuple[tuple[str, str], ...]:
    """The earning rules and segments that name this tier, as (``rule`` or ``segment``, id)."""
    rules = [("rule", rule.id) for rule in programme.earning if id in (rule.when.tier or ())]
    return (*rules, *(("segment", segment.id) for segment in programme.segments if _asks(segment, id)))


def _asks(segment: Segment, id: str) -> bool:
    def within(part: Where | Fact) -> bool:
        if isinstance(part, Fact):
            return part.name == "tier" and isinstance(part.test, frozenset) and id in part.test
        return any(within(each) for each in part.parts)

    return within(segment.where)


def _ordered(tiers: Sequence[Tier]) -> tuple[Tier, ...]:
    """Lowest threshold first, as the parser has them; of equal ones the earlier stays earlier."""
    return tuple(sorted(tiers, key=lambda tier: tier.threshold))
