"""Checks of who is who: the ladder, its seasons, and the segments."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from palier.core.money import from_minor
from palier.core.programme.check_benefits import loses_shipping
from palier.core.programme.check_warning import Warning
from palier.core.programme.values import (
    Ago,
    Bounds,
    Fact,
    Programme,
    Segment,
    Tier,
    Tiers,
    Where,
)

_ONE_VALUED = ("delivery_city", "delivery_country", "carrier", "payment_method", "tier", "language")


def check_tiers(programme: Programme) -> Iterator[Warning]:
    """Tiers nobody reaches, ladders without a floor, benefits that get smaller, seasons, grace."""
    tiers = programme.tiers
    if tiers is None:
        return
    enabled = [(index, tier) for index, tier in enumerate(tiers.ladder) if tier.enabled]
    if enabled and enabled[0][1].threshold > 0:
        yield Warning(
            "tiers.ladder",
            "ladder_without_zero",
            "no tier begins at 0, so new members have none",
            "from: 0",
            {"id": enabled[0][1].id},
        )
    awards = [rule for rule in programme.earning if rule.enabled and rule.award]
    for index, tier in enabled:
        path = f"tiers.ladder[{index}]"
        if tiers.metric == "points" and tier.threshold > 0 and not awards:
            yield Warning(
                f"{path}.from",
                "tier_out_of_reach",
                "no rule awards points, so nobody reaches it",
                "",
                {"id": tier.id},
            )
        if tier.multiply is not None and not any(rule.on is None for rule in awards):
            yield Warning(
                f"{path}.multiply",
                "multiplies_nothing",
                "no enabled rule awards points for orders, so there is nothing to multiply",
                "add an award, such as {points: 1, per: 1}",
                {"id": tier.id},
            )
        if tiers.discount_by == "group" and tier.discount is not None:
            yield from _group_discount(path, tier)
    for (_, lower), (index, higher) in pairwise(enabled):
        yield from _smaller(f"tiers.ladder[{index}]", lower, higher)
    yield from _grace(tiers)
    yield from _seasons(programme, tiers)


def _group_discount(path: str, tier: Tier) -> Iterator[Warning]:
    assert tier.discount is not None
    if tier.group is None:
        yield Warning(
            f"{path}.group",
            "discount_without_group",
            "the shop's group gives this discount, but the tier names no group",
            "name the group, or set discount_by: cart",
            {"id": tier.id},
        )
    if (
        tier.discount.percent_bp is None
        or tier.discount.max_minor is not None
        or tier.discount.lines is not None
    ):
        yield Warning(
            f"{path}.discount",
            "group_gives_percent_only",
            "a shop's group gives a percentage on everything; amounts, max and lines need the cart",
            "discount_by: cart",
            {"id": tier.id},
        )


def _smaller(path: str, lower: Tier, higher: Tier) -> Iterator[Warning]:
    percents = [(tier.discount.percent_bp or 0) if tier.discount else 0 for tier in (lower, higher)]
    facts: dict[str, str | int] = {"id": higher.id, "below": lower.id}
    if percents[1] < percents[0] and (higher.discount is None or higher.discount.percent_bp is not None):
        reason = f"{higher.id} gives a smaller percentage than {lower.id} below it"
        yield Warning(f"{path}.discount", "tier_discount_drops", reason, "", facts)
    if loses_shipping(lower.free_shipping, higher.free_shipping):
        reason = f"{higher.id} loses free delivery that {lower.id} below it has"
        yield Warning(f"{path}.free_shipping", "tier_free_shipping_drops", reason, "", facts)
    if (lower.multiply or 1) > (higher.multiply or 1):
        reason = f"{higher.id} earns less than {lower.id} below it"
        yield Warning(f"{path}.multiply", "tier_multiplier_drops", reason, "", facts)


def _grace(tiers: Tiers) -> Iterator[Warning]:
    seasons = any(season.enabled for season in tiers.schedule)
    if not tiers.grace.is_zero and tiers.window == "lifetime" and not seasons and not tiers.grace_refunds:
        yield Warning(
            "tiers.grace",
            "grace_without_cause",
            "nothing demotes by the passing of time: spend counts for ever and there is no season",
            "leave grace out, or give a window",
        )
    if tiers.grace_refunds and tiers.grace.is_zero:
        yield Warning(
            "tiers.grace_refunds", "grace_of_nothing", "there is no grace that refunds could have", ""
        )


def _seasons(programme: Programme, tiers: Tiers) -> Iterator[Warning]:
    def written(threshold: int) -> str:
        return str(from_minor(threshold, programme.currency)) if tiers.metric == "spend" else str(threshold)

    disabled = {tier.id for tier in tiers.ladder if not tier.enabled}
    enabled = [(index, season) for index, season in enumerate(tiers.schedule) if season.enabled]
    for index, season in enabled:
        path = f"tiers.schedule[{index}]"
        changed = dict(season.thresholds)
        for id in sorted(disabled & changed.keys()):
            reason = f"the tier {id} is switched off"
            yield Warning(f"{path}.thresholds.{id}", "disabled_reference", reason, "", {"id": id})
        ladder = [(tier.id, changed.get(tier.id, tier.threshold)) for tier in tiers.ladder if tier.enabled]
        for (lower, low), (higher, high) in pairwise(ladder):
            facts: dict[str, str | int] = {"id": lower, "above": higher, "threshold": written(low)}
            if low == high:
                reason = f"in this season {lower} and {higher} have the same threshold; nobody is in {lower}"
                yield Warning(f"{path}.thresholds", "season_equal_thresholds", reason, "", facts)
            elif low > high:
                reason = f"in this season {lower} asks for more than {higher} above it; nobody is in {lower}"
                yield Warning(f"{path}.thresholds", "season_turns_ladder", reason, "", facts)
        if ladder and tiers.ladder[0].threshold == 0 and min(threshold for _, threshold in ladder) > 0:
            reason = "in this season no tier begins at 0, so new members have none"
            yield Warning(f"{path}.thresholds", "ladder_without_zero", reason, "", {"id": ladder[0][0]})
    for position, (index, season) in enumerate(enabled):
        for other, earlier in enabled[:position]:
            starts, ends = season.during.start, season.during.end
            before = earlier.during.end is not None and starts is not None and earlier.during.end <= starts
            after = earlier.during.start is not None and ends is not None and ends <= earlier.during.start
            if not before and not after:
                reason = f"this season and tiers.schedule[{other}] hold at the same time"
                yield Warning(f"tiers.schedule[{index}]", "seasons_overlap", reason, "", {"other": other})


Certainty = Literal["always", "never", "sometimes"]


def check_segments(programme: Programme) -> Iterator[Warning]:
    """Segments that never match, that come too late, that give nothing, or that ask for what is switched off."""
    asked = {id for rule in programme.earning for id in rule.when.segment or ()}
    disabled = {tier.id for tier in programme.tiers.ladder if not tier.enabled} if programme.tiers else set()
    earlier: list[Segment] = []
    for index, segment in enumerate(programme.segments):
        path = f"segments[{index}]"
        if not segment.enabled:
            continue
        if certainty(segment.where) == "never":
            reason = "no member can ever match"
            yield Warning(f"{path}.where", "segment_never_matches", reason, "", {"id": segment.id})
        for before in earlier:
            same = before.where == segment.where
            if same or certainty(before.where) == "always":
                reason = f"{before.id} comes first and matches {'the same members' if same else 'everybody'}"
                facts: dict[str, str | int] = {"id": segment.id, "first": before.id}
                yield Warning(path, "segment_out_of_reach", reason, "move it up", facts)
                break
        if not segment.brackets and segment.earn_points and segment.id not in asked:
            reason = "this segment gives nothing and no rule asks for it"
            yield Warning(path, "segment_gives_nothing", reason, "", {"id": segment.id})
        for id in sorted(_tiers_of(segment.where) & disabled):
            reason = f"the tier {id} is switched off, so nobody is in it"
            yield Warning(f"{path}.where", "disabled_reference", reason, "", {"id": id})
        earlier.append(segment)


def _tiers_of(part: Where | Fact) -> set[str]:
    if isinstance(part, Fact):
        return set(part.test) if part.name == "tier" and isinstance(part.test, frozenset) else set()
    return {id for each in part.parts for id in _tiers_of(each)}


def certainty(part: Where | Fact) -> Certainty:
    """Whether a condition holds for everybody, for nobody, or for some, as far as its own words tell."""
    if isinstance(part, Fact):
        if isinstance(part.test, Bounds) and not part.test.at_least and part.test.at_most is None:
            return "always"
        return "sometimes"
    each = [certainty(inner) for inner in part.parts]
    if part.combine == "not":
        return "never" if each[0] == "always" else "always" if each[0] == "never" else "sometimes"
    if part.combine == "any":
        return "always" if "always" in each else "never" if set(each) == {"never"} else "sometimes"
    if "never" in each or _contradict(_conjunction(part)):
        return "never"
    return "always" if set(each) <= {"always"} else "sometimes"


def _conjunction(part: Where) -> list[Fact]:
    facts: list[Fact] = []
    for each in part.parts:
        if isinstance(each, Fact):
            facts.append(each)
        elif each.combine == "all":
            facts += _conjunction(each)
    return facts


def _contradict(facts: list[Fact]) -> bool:
    return any(
        one.name == other.name and _exclude(one, other)
        for position, one in enumerate(facts)
        for other in facts[:position]
    )


def _exclude(one: Fact, other: Fact) -> bool:
    a, b = one.test, other.test
    if isinstance(a, bool) and isinstance(b, bool):
        return a != b
    if isinstance(a, Bounds) and isinstance(b, Bounds):
        lows = [each.at_least for each in (a, b) if each.at_least is not None]
        highs = [each.at_most for each in (a, b) if each.at_most is not None]
        return bool(lows and highs) and max(lows) > min(highs)
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return one.name in _ONE_VALUED and not a & b
    if isinstance(a, Ago) and isinstance(b, Ago):
        return _never_both(a, b) or _never_both(b, a)
    return False


def _never_both(recent: Ago, old: Ago) -> bool:
    if recent.within is None or old.before is None:
        return False
    within, before = recent.within, old.before
    return before.months >= within.months and before.days >= within.days and before.seconds >= within.seconds
