"""Checks of what is given: brackets, rewards and how discounts add up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from palier.core.money import from_minor, ratio_half_up
from palier.core.programme.canonical import write_decimal
from palier.core.programme.check_warning import Warning
from palier.core.programme.values import Bracket, CouponTerms, Discount, FreeShipping, Programme

Written = Callable[[int], str]


def check_brackets(programme: Programme) -> Iterator[Warning]:
    """Holes, overlaps, ends, empty brackets, and benefits that drop at a border, for every list of brackets."""

    def amount(minor: int) -> str:
        return str(from_minor(minor, programme.currency))

    if programme.redemption is not None:
        yield from _brackets("redemption.brackets", programme.redemption.brackets, str, of_points=True)
        yield from _above_rewards(programme)
    yield from _brackets("first_order.brackets", programme.first_order, amount, of_points=False)
    for index, segment in enumerate(programme.segments):
        if segment.enabled:
            path = f"segments[{index}].brackets"
            yield from _brackets(path, segment.brackets, amount, of_points=False)


def _brackets(
    path: str, brackets: tuple[Bracket, ...], write: Written, *, of_points: bool
) -> Iterator[Warning]:
    ranked = sorted(
        ((index, each) for index, each in enumerate(brackets) if each.enabled),
        key=lambda item: lower_bound(item[1]),
    )
    for index, each in ranked:
        if not (each.discount or each.free_shipping or each.gift) or each.discount == Discount(percent_bp=0):
            yield Warning(f"{path}[{index}]", "bracket_gives_nothing", "this bracket gives nothing", "")
    for (index, each), (_, following) in pairwise(ranked):
        yield from _between(f"{path}[{index}]", each, following, write)
    if ranked and ranked[-1][1].bounds.at_most is not None:
        index, last = ranked[-1]
        ends = last.bounds.at_most or 0
        yield Warning(
            f"{path}[{index}].to",
            "brackets_end",
            f"above {write(ends)} nothing is given any more",
            "leave the end out, or add a bracket after it",
            {"at": write(ends)},
        )
    yield from _drops(path, [each for _, each in ranked], brackets, write, of_points=of_points)


def _between(path: str, each: Bracket, following: Bracket, write: Written) -> Iterator[Warning]:
    ends, begins = each.bounds.at_most, lower_bound(following)
    if ends is None:
        return
    if ends >= begins:
        yield Warning(
            f"{path}.to",
            "brackets_overlap",
            f"from {write(begins)} to {write(ends)} two brackets hold; the higher one applies",
            f"to: {write(begins - 1)}",
            {"from": write(begins), "to": write(ends)},
        )
    elif ends < begins - 1:
        yield Warning(
            f"{path}.to",
            "brackets_hole",
            f"from {write(ends + 1)} to {write(begins - 1)} nothing is given",
            f"to: {write(begins - 1)}",
            {"from": write(ends + 1), "to": write(begins - 1)},
        )


def lower_bound(bracket: Bracket) -> int:
    """Where a bracket begins, in points or minor units."""
    return bracket.bounds.at_least or 0


def cost_of(bracket: Bracket) -> int | None:
    """The points that a bracket of redemption takes: its ``cost``, else its ``from``; None when it is computed."""
    if bracket.discount is not None and bracket.discount.points is not None:
        return None
    return bracket.cost if bracket.cost is not None else bracket.bounds.at_least


def _drops(
    path: str, ranked: list[Bracket], brackets: tuple[Bracket, ...], write: Written, *, of_points: bool
) -> Iterator[Warning]:
    ends = {each.bounds.at_most + 1 for each in ranked if each.bounds.at_most is not None}
    for border in sorted(ends | {lower_bound(each) for each in ranked}):
        before, after = _reached(ranked, border - 1), _reached(ranked, border)
        if before is None or after is None or before is after:
            continue
        place = f"{path}[{brackets.index(after)}]"
        worth = _worth_of_points if of_points else _worth_of_cart
        less, more = worth(after.discount, border), worth(before.discount, border - 1)
        if of_points and before.discount and after.discount and before.discount.percent_bp is not None:
            less, more = _percent(after.discount), _percent(before.discount)
        if less is not None and more is not None and less < more and _same_goods(before, after):
            yield Warning(
                place,
                "discount_drops",
                f"the discount at {write(border)} is smaller than just below it",
                "raise this discount, or move its border to where it is larger",
                {"at": write(border)},
            )
        if loses_shipping(before.free_shipping, after.free_shipping):
            yield Warning(
                place,
                "free_shipping_drops",
                f"delivery that is free below {write(border)} is not free from there on",
                "give free_shipping here too",
                {"at": write(border)},
            )


def _percent(discount: Discount) -> Fraction | None:
    return None if discount.percent_bp is None else Fraction(discount.percent_bp)


def _reached(ranked: list[Bracket], value: int) -> Bracket | None:
    held = [each for each in ranked if each.bounds.hold(value)]
    return held[-1] if held else None


def _same_goods(one: Bracket, other: Bracket) -> bool:
    lines = [each.discount.lines if each.discount else None for each in (one, other)]
    return other.discount is None or one.discount is None or lines[0] == lines[1]


def loses_shipping(before: FreeShipping, after: FreeShipping) -> bool:
    """Whether a carrier that is free before is not free after."""
    if before is None or after == "all":
        return False
    if after is None or before == "all":
        return True
    return not set(before) <= set(after)


def _worth_of_cart(discount: Discount | None, goods: int) -> Fraction | None:
    if discount is None:
        return Fraction(0)
    if discount.percent_bp is not None:
        worth = ratio_half_up(goods * discount.percent_bp, 10_000)
    else:
        worth = min(discount.amount_minor or 0, goods)
    return Fraction(worth if discount.max_minor is None else min(worth, discount.max_minor))


def _worth_of_points(discount: Discount | None, points: int) -> Fraction | None:
    """In minor units; None for a percentage, which no amount can be compared with before there is a cart."""
    if discount is None:
        return Fraction(0)
    if discount.percent_bp is not None:
        return None
    steps = points // discount.points if discount.points is not None else 1
    worth = steps * (discount.amount_minor or 0)
    return Fraction(worth if discount.max_minor is None else min(worth, discount.max_minor))


def _above_rewards(programme: Programme) -> Iterator[Warning]:
    ats = [reward.at for reward in programme.rewards if reward.enabled]
    assert programme.redemption is not None
    for index, each in enumerate(programme.redemption.brackets):
        if ats and each.enabled and lower_bound(each) >= min(ats):
            yield Warning(
                f"redemption.brackets[{index}]",
                "bracket_above_rewards",
                f"members never have {lower_bound(each)} points: at {min(ats)} a reward takes them",
                "",
                {"points": lower_bound(each), "at": min(ats)},
            )


def check_rewards(programme: Programme) -> Iterator[Warning]:
    """Rewards that a cheaper one leaves no points for."""
    enabled = [(index, reward) for index, reward in enumerate(programme.rewards) if reward.enabled]
    if not enabled:
        return
    cheapest = min((reward for _, reward in enabled), key=lambda reward: reward.at)
    for index, reward in enabled:
        if reward is cheapest:
            continue
        reason = f"the reward {cheapest.id} takes the points at {cheapest.at}, before they reach {reward.at}"
        facts: dict[str, str | int] = {
            "id": reward.id,
            "at": reward.at,
            "first": cheapest.id,
            "first_at": cheapest.at,
        }
        yield Warning(f"rewards[{index}]", "reward_out_of_reach", reason, "", facts)


def check_stacking(programme: Programme) -> Iterator[Warning]:
    """Percentages that together take half of the price, or all of it."""
    shares = _shares(programme)
    tier = shares.pop("tier", 0)
    sets = [*programme.combine] or [frozenset({source}) for source in sorted(shares)]
    worst: tuple[Fraction, list[str]] = (Fraction(0), [])
    for allowed in sets:
        sources = sorted(source for source in shares if any(_is_of(name, source) for name in allowed))
        parts = [("tier", tier), *((source, shares[source]) for source in sources)]
        parts = [part for part in parts if part[1]]
        left = Fraction(1)
        for _, share in parts:
            left *= 1 - Fraction(share, 10_000)
        if len(parts) > 1 and 1 - left > worst[0]:
            worst = (1 - left, [name for name, _ in parts])
    if worst[0] >= Fraction(1, 2):
        percent = write_decimal(Fraction(int(worst[0] * 10_000), 100))
        is_all = worst[0] >= 1
        yield Warning(
            "combine" if programme.combine else "tiers",
            "discounts_reach_everything" if is_all else "discounts_over_half",
            f"{' and '.join(worst[1])} together can take {percent} % of the price",
            "combine less, or give max",
            {"percent": percent, "sources": ", ".join(worst[1])},
        )


def _is_of(name: str, source: str) -> bool:
    return name == source or (source == "segment" and name.startswith("segment:"))


def _shares(programme: Programme) -> dict[str, int]:
    ladder = [tier for tier in programme.tiers.ladder if tier.enabled] if programme.tiers else []
    coupons: list[CouponTerms | None] = [reward.coupon for reward in programme.rewards if reward.enabled]
    coupons += [tier.coupon for tier in ladder]
    redemption = programme.redemption
    segments = [each for segment in programme.segments if segment.enabled for each in segment.brackets]
    shares = {
        "tier": _largest([tier.discount for tier in ladder]),
        "segment": _largest([each.discount for each in segments if each.enabled]),
        "first_order": _largest([each.discount for each in programme.first_order if each.enabled]),
        "coupon": _largest([coupon.discount for coupon in coupons if coupon]),
        "points": _largest([each.discount for each in redemption.brackets if each.enabled])
        if redemption
        else 0,
    }
    if redemption is not None and redemption.max_percent_bp is not None:
        buys_amounts = any(each.enabled and each.discount for each in redemption.brackets)
        shares["points"] = redemption.max_percent_bp if buys_amounts else 0
    return shares


def _largest(discounts: list[Discount | None]) -> int:
    return max((each.percent_bp or 0 for each in discounts if each and each.max_minor is None), default=0)
