"""What an order or an event should earn: pure, from what is kept and what the order was accepted with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any

from msgspec import Struct

from palier.core.account import Frozen
from palier.core.money import exponent, ratio_half_up, round_half_up
from palier.core.order import Kept, KeptLine, Order
from palier.core.programme.values import Award, Conditions, EarningRule, LineFilter, Programme

ONE = Fraction(1)
"""To make one costs more than to ask for it, and most orders are in the programme's currency."""


class RuleAward(Struct, frozen=True):
    """What one rule gives. ``base_minor`` is the amount it counted, for awards by amount."""

    rule: str
    points: int
    base_minor: int | None = None
    pieces: int | None = None


class Worth(Struct, frozen=True):
    """What an order should be worth as it stands now.

    ``why_not`` says why it earns nothing although rules exist: discount, first_order, segment, refunded.
    """

    points: int
    spend_minor: int
    awards: tuple[RuleAward, ...] = ()
    multiplier: Fraction = Fraction(1)
    multiplied_by: tuple[str, str] | None = None
    """("tier" or "rule", its id): whose general multiplier it is."""
    uncapped: int = 0
    why_not: str = ""

    def facts(self) -> dict[str, Any]:
        """The explanation as plain data: rules, amounts, multiplier and cap."""
        facts: dict[str, Any] = {
            "awards": [
                {k: v for k, v in (("rule", a.rule), ("points", a.points), ("base", a.base_minor), ("pieces", a.pieces))
                 if v is not None}
                for a in self.awards
            ]
        }  # fmt: skip
        if self.multiplied_by is not None and self.multiplier != 1:
            facts["multiplier"] = str(self.multiplier)
            facts["multiplied_by"] = dict([self.multiplied_by])
        if self.uncapped != self.points:
            facts["uncapped"] = self.uncapped
        if self.why_not:
            facts["why_not"] = self.why_not
        return facts


class Counted(Struct, frozen=True):
    """A kept line that counts: its paid amount in the basis that counts (exact), and its measures."""

    kept: KeptLine
    paid: Fraction | int
    listed: Fraction | int


def matches(line_filter: LineFilter | None, product: str, categories: Sequence[str], on_sale: bool) -> bool:
    """Whether a line is one of those that the filter names; no filter names all."""
    if line_filter is None:
        return True
    if line_filter.on_sale is not None and line_filter.on_sale != on_sale:
        return False
    if not line_filter.products and not line_filter.categories:
        return True
    return product in line_filter.products or not line_filter.categories.isdisjoint(categories)


def order_worth(programme: Programme, order: Order, kept: Kept, frozen: Frozen) -> Worth:
    """The points and the spend that ``order`` deserves for what is kept, by the rules and facts it was frozen with.

    Amounts become the programme's currency, rounded half up once; each rule is rounded once as ``points.rounding``
    says; the sum is multiplied, rounded again, and cut to the room that caps left. Flat awards are kept whole while
    their conditions hold for what is kept.
    """
    lines = counted_lines(programme, order, kept, frozen)
    shipping = _shipping(programme, order, kept, frozen)
    spend_minor = round_half_up(sum(line.paid for line in lines) + shipping)
    why_not = "refunded" if kept.is_refunded else prevented(programme, benefit_sources(order), frozen)
    earning_lines = [line for line in lines if _earns(line)]
    if why_not or not earning_lines:
        return Worth(0, spend_minor, why_not=why_not)
    rules = [rule for rule in programme.earning if rule.enabled and rule.on is None]
    awards: list[tuple[EarningRule, RuleAward, list[Counted]]] = []
    for rule in rules:
        if rule.award is None:
            continue
        own = [line for line in earning_lines if line_matches(rule.lines, line)]
        if own and holds(rule.when, order, own, frozen):
            given = _award(programme, rule, rule.award, own, spend_minor)
            if given.points:
                awards.append((rule, given, own))
    total, multiplier, by = _multiplied(programme, order, earning_lines, awards, frozen, rules, shipping)
    points = total if frozen.room is None else max(0, min(total, frozen.room))
    return Worth(points, spend_minor, tuple(a for _, a, _ in awards), multiplier, by, total)


def counted_lines(programme: Programme, order: Order, kept: Kept, frozen: Frozen) -> list[Counted]:
    """The kept lines that count (excluded goods do not), in the basis of ``spend.tax`` and the programme's currency."""
    counts_net = programme.spend.tax == "excluded" or (
        programme.spend.tax == "as_displayed" and frozen.is_net
    )
    is_other = counts_net != (order.prices == "net")
    rescale = _rate(order, programme)
    counted = []
    exclude = programme.spend.exclude
    for line in kept.lines:
        goods = line.line
        if exclude is not None and _excluded(exclude, goods.product, goods.categories):
            continue
        factor = rescale * goods.other_per_amount if is_other else rescale
        if factor is ONE or factor == 1:
            counted.append(Counted(line, line.paid_minor, line.list_minor))
        else:
            counted.append(Counted(line, line.paid_minor * factor, line.list_minor * factor))
    return counted


def _excluded(exclude: LineFilter, product: str, categories: Sequence[str]) -> bool:
    return product in exclude.products or not exclude.categories.isdisjoint(categories)


def in_programme_currency(programme: Programme, order: Order, amount_minor: int) -> int:
    """An amount of the order, at its own rate, rounded half up to the programme's minor unit."""
    return round_half_up(amount_minor * _rate(order, programme))


def _rate(order: Order, programme: Programme) -> Fraction:
    """What turns minor units of the order into those of the programme."""
    rescale = rescaled(order, programme)
    return rescale if order.rate is None else order.rate * rescale


def rescaled(order: Order, programme: Programme) -> Fraction:
    """Minor units of the programme's currency for one of the order's, at rate 1 (yen have none, dinars three)."""
    if programme.currency == order.currency:
        return ONE
    return Fraction(10 ** exponent(programme.currency), 10 ** exponent(order.currency))


def _shipping(programme: Programme, order: Order, kept: Kept, frozen: Frozen) -> Fraction | int:
    if programme.spend.shipping != "included" or not kept.shipping_minor:
        return 0
    counts_net = programme.spend.tax == "excluded" or (
        programme.spend.tax == "as_displayed" and frozen.is_net
    )
    amount = Fraction(kept.shipping_minor)
    if counts_net != (order.prices == "net"):
        amount *= order.shipping.other_per_amount
    return amount * _rate(order, programme)


def benefit_sources(order: Order) -> Iterator[str]:
    """Who gave the discounts that reduce goods or use points; free shipping prevents no earning."""
    for discount in order.discounts:
        if not discount.free_shipping and (discount.amount_minor or discount.points):
            yield discount.source


def prevented(programme: Programme, sources: Iterable[str], frozen: Frozen) -> str:
    """Why an order whose discounts are from these sources earns nothing: discount, first_order or segment; or empty."""
    allowed = programme.points.earn_with
    for source in sources:
        if source != "tier" and source not in allowed:
            return "discount"
    if frozen.number == 1 and not programme.points.earn_on_first_order:
        return "first_order"
    first = next((s for s in programme.segments if s.enabled and s.id in frozen.segments), None)
    if first is not None and not first.earn_points:
        return "segment"
    return ""


def line_matches(line_filter: LineFilter | None, line: Counted) -> bool:
    """Whether a counted line is one of those that the filter names."""
    goods = line.kept.line
    return matches(line_filter, goods.product, goods.categories, goods.on_sale)


def _earns(line: Counted) -> bool:
    return line.kept.quantity > 0 and line.kept.line.amount_minor > 0


def order_holds(programme: Programme, when: Conditions, order: Order, kept: Kept, frozen: Frozen) -> bool:
    """Whether the conditions hold for the whole order."""
    lines = [line for line in counted_lines(programme, order, kept, frozen) if _earns(line)]
    return holds(when, order, lines, frozen)


def holds(when: Conditions, order: Order, lines: list[Counted], frozen: Frozen) -> bool:
    """Whether the conditions hold for these lines; measures are before any discount."""
    if when.total is not None and not when.total.hold(round_half_up(sum(x.listed for x in lines))):
        return False
    if when.quantity is not None and not when.quantity.hold(sum(x.kept.quantity for x in lines)):
        return False
    if when.weight is not None and not when.weight.hold(
        sum(x.kept.quantity * x.kept.line.weight_g for x in lines)
    ):
        return False
    return terms_hold(when, order, frozen)


def terms_hold(when: Conditions, order: Order, frozen: Frozen) -> bool:
    """Whether those of the conditions hold that do not measure goods."""
    if when.order_number is not None and not when.order_number.hold(frozen.number):
        return False
    if when.payment_method is not None and order.payment_method not in when.payment_method:
        return False
    if when.carrier is not None and order.shipping.carrier not in when.carrier:
        return False
    return member_holds(when, tier=frozen.tier, segments=frozen.segments, at=frozen.order_at)


def member_holds(when: Conditions, *, tier: str | None, segments: Sequence[str], at: datetime) -> bool:
    """Whether those of the conditions hold that do not ask for an order: tier, segment and time."""
    if when.tier is not None and tier not in when.tier:
        return False
    if when.segment is not None and when.segment.isdisjoint(segments):
        return False
    return when.during is None or when.during.holds(at)


def _award(
    programme: Programme, rule: EarningRule, award: Award, own: list[Counted], spend_minor: int
) -> RuleAward:
    if award.per_item:
        pieces = sum(line.kept.quantity for line in own)
        return RuleAward(rule.id, award_points(programme, award, pieces, 0), pieces=pieces)
    if award.per_minor is None:
        return RuleAward(rule.id, award.points)
    base = spend_minor
    if rule.lines is not None:
        base = round_half_up(sum(line.paid for line in own))
    return RuleAward(rule.id, award_points(programme, award, 0, base), base_minor=base)


def award_points(programme: Programme, award: Award, pieces: int, base_minor: int) -> int:
    """The points of one award for so many pieces, or for an amount; rounded as the programme says."""
    if award.per_item:
        return award.points * pieces
    if award.per_minor is None:
        return award.points
    if award.whole_steps:
        return base_minor // award.per_minor * award.points
    return rounded(programme, base_minor * award.points, award.per_minor)


def rounded(programme: Programme, numerator: int, denominator: int) -> int:
    """So many points as ``points.rounding`` makes whole."""
    if programme.points.rounding == "down":
        return numerator // denominator
    if programme.points.rounding == "up":
        return -(-numerator // denominator)
    return ratio_half_up(numerator, denominator)


def _multiplied(
    programme: Programme,
    order: Order,
    lines: list[Counted],
    awards: list[tuple[EarningRule, RuleAward, list[Counted]]],
    frozen: Frozen,
    rules: list[EarningRule],
    shipping: Fraction | int,
) -> tuple[int, Fraction, tuple[str, str] | None]:
    """The sum of the awards, multiplied; the general multiplier, and whose it is (ties: tier, then earlier rule).

    A multiplier with ``lines`` counts for what those lines earn: an award by amount or by item is shared among its
    lines, and each line takes the highest multiplier that matches it; flat awards take the general one.
    """
    general: list[Fraction] = []
    sources: list[tuple[str, str]] = []
    by_line: list[tuple[Fraction, LineFilter]] = []
    tiers = programme.tiers
    tier = next((t for t in tiers.ladder if t.enabled and t.id == frozen.tier), None) if tiers else None
    if tier is not None and tier.multiply is not None:
        general.append(tier.multiply)
        sources.append(("tier", tier.id))
    for rule in rules:
        if rule.multiply is None:
            continue
        own = [line for line in lines if line_matches(rule.lines, line)]
        if own and holds(rule.when, order, own, frozen):
            if rule.lines is None:
                general.append(rule.multiply)
                sources.append(("rule", rule.id))
            else:
                by_line.append((rule.multiply, rule.lines))
    whole = max(general, default=ONE)
    source = sources[general.index(whole)] if general else None
    summed = sum(given.points for _, given, _ in awards)
    if not by_line:
        return rounded(programme, summed * whole.numerator, whole.denominator), whole, source
    exact = Fraction(0)
    for rule, given, own in awards:
        assert rule.award is not None
        if not rule.award.per_item and rule.award.per_minor is None:
            exact += given.points * whole
        else:
            beside = shipping if rule.lines is None and given.base_minor is not None else 0
            exact += _shared(rule.award, given, own, general, by_line, whole, beside)
    return rounded(programme, exact.numerator, exact.denominator), whole, source


def _shared(
    award: Award,
    given: RuleAward,
    own: list[Counted],
    general: list[Fraction],
    by_line: list[tuple[Fraction, LineFilter]],
    whole: Fraction,
    beside: Fraction | int,
) -> Fraction:
    """An award by amount or item, each line's share multiplied; ``beside`` is shipping that counts, of no line.

    Shares are of the exact amounts: that their sum was rounded takes nothing from the lines.
    """
    weights: list[Fraction | int] = [line.kept.quantity if award.per_item else line.paid for line in own]
    measured = Fraction(sum(weights))
    if not measured:
        return given.points * whole
    base = measured + beside
    exact = given.points * beside / base * whole
    for line, weight in zip(own, weights, strict=True):
        own_multipliers = [m for m, line_filter in by_line if line_matches(line_filter, line)]
        exact += given.points * weight / base * max([*general, *own_multipliers], default=ONE)
    return exact
