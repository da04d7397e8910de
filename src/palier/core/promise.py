"""What an order placed with a quote would earn, and which rules it just misses: ``order_worth`` over indexed rules.

Where a multiplier is for some lines only, ``order_worth`` itself answers. Tests hold the two together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import itemgetter

from msgspec import Struct, field

from palier.core.account import Frozen
from palier.core.benefits import Till
from palier.core.caps import room_under_caps
from palier.core.earning import award_points, order_holds, order_worth, prevented, rounded, terms_hold
from palier.core.earning_plan import EarningPlan, IndexedRule, Unit
from palier.core.money import round_half_up
from palier.core.offers import Basket
from palier.core.order import Line, Order, keep
from palier.core.placed import Parts, order_discounts
from palier.core.programme.values import Conditions
from palier.core.quote_values import Hint
from palier.core.values import replace

_NO_CONDITIONS = Conditions()


class Promise(Struct):
    """What the order would be worth; ``hints`` name the thresholds of rules that it does not reach."""

    points: int
    spend_minor: int
    why_not: str = ""
    hints: tuple[Hint, ...] = ()


class Goods(Struct):
    """The lines that count for some rules: their positions, and their measures once a rule has asked."""

    positions: list[int]
    total: int | None = None
    quantity: int | None = None
    weight: int | None = None


class Tally(Struct):
    """The order as earning reads it: ``paid`` by line, in the basis and currency that count, and what it has earned.

    ``factors`` turn amounts of the lines into that basis and currency; None when nothing is to be converted.
    """

    basket: Basket
    frozen: Frozen
    factors: list[Fraction] | None
    paid: list[int] | list[Fraction]
    spend_minor: int
    points: int = 0
    multiplier: Fraction | None = None
    is_by_line: bool = False
    missed: list[tuple[int, Hint]] = field(default_factory=list)


def promise(basket: Basket, till: Till, parts: Parts) -> Promise:
    """What the cart would earn, placed now as an order with these parts of its quote."""
    lines, counted = basket.lines, basket.counted
    tally = _tally(basket, till)
    programme, plan = basket.plan.programme, basket.plan.earning
    sources = [given.offer.source for given in till.given if given.amount_minor or given.prevents_earning]
    why_not = prevented(programme, sources, tally.frozen)
    positions = [i for i in counted if lines[i].amount_minor > 0]
    if why_not or not positions:
        return Promise(0, tally.spend_minor, why_not)
    tally.points, tally.multiplier = plan.flat, plan.tier_multipliers.get(basket.buyer.tier or "")
    for indexed, goods in _candidates(plan, tally, positions):
        _count(tally, indexed, goods)
    hints = tuple([hint for _, hint in sorted(tally.missed, key=itemgetter(0))]) if tally.missed else ()
    points, frozen = tally.points, tally.frozen
    if plan.has_caps or tally.is_by_line:
        order = replace(basket.cart.order, discounts=order_discounts(parts))
        frozen = replace(frozen, room=_room(tally, order))
        if tally.is_by_line:
            points = order_worth(programme, order, keep(order, ()), frozen).points
            return Promise(points, tally.spend_minor, "", hints)
    if tally.multiplier is not None:
        points = rounded(programme, points * tally.multiplier.numerator, tally.multiplier.denominator)
    if frozen.room is not None:
        points = max(0, min(points, frozen.room))
    return Promise(points, tally.spend_minor, "", hints)


def _tally(basket: Basket, till: Till) -> Tally:
    plan, buyer, order, left = basket.plan, basket.buyer, basket.cart.order, till.left
    at = order.paid_at or order.updated or buyer.now
    frozen = Frozen(at, buyer.orders + 1, buyer.tier, buyer.segments, None, buyer.is_net)
    rate, is_other, counted = basket.rate, basket.is_other, basket.counted
    shipping = till.shipping_left if plan.programme.spend.shipping == "included" else 0
    if rate is None and not is_other:
        spend = till.total if type(counted) is range else sum([left[i] for i in counted])
        return Tally(basket, frozen, None, left, spend + shipping)
    factor = rate if rate is not None else Fraction(1)
    factors = [factor * line.other_per_amount if is_other else factor for line in basket.lines]
    paid = [amount * each for amount, each in zip(left, factors, strict=True)]
    delivery = shipping * (factor * order.shipping.other_per_amount if is_other else factor)
    spend = round_half_up(sum(paid[i] for i in counted) + delivery)
    return Tally(basket, frozen, factors, paid, spend)


def _count(tally: Tally, indexed: IndexedRule, goods: Goods) -> None:
    """Add what a rule gives, if its conditions hold."""
    rule = indexed.rule
    if indexed.asks_more and not terms_hold(rule.when, tally.basket.cart.order, tally.frozen):
        return
    if indexed.asked and not _reaches(tally, indexed, goods):
        return
    if indexed.flat:
        tally.points += indexed.flat
    elif rule.award is not None:
        pieces = _quantity(tally, goods) if rule.award.per_item else 0
        base = tally.spend_minor
        if indexed.lines is not None and rule.award.per_minor is not None:
            base = _whole(sum([tally.paid[i] for i in goods.positions]))
        tally.points += award_points(tally.basket.plan.programme, rule.award, pieces, base)
    elif indexed.lines is not None:
        tally.is_by_line = True
    elif tally.multiplier is None or (rule.multiply is not None and rule.multiply > tally.multiplier):
        tally.multiplier = rule.multiply


def _candidates(plan: EarningPlan, tally: Tally, positions: list[int]) -> list[tuple[IndexedRule, Goods]]:
    """The rules that could concern this order, each with the lines that count for it."""
    whole, order = Goods(positions), tally.basket.cart.order
    found = [(indexed, whole) for indexed in plan.always]
    if plan.by_word:
        words = [
            ("carrier", order.shipping.carrier),
            ("payment_method", order.payment_method),
            ("tier", tally.frozen.tier or ""),
            *(("segment", segment) for segment in tally.frozen.segments),
        ]
        named = {each.position: each for word in words for each in plan.by_word.get(word, ())}
        found += [(indexed, whole) for indexed in named.values()]
    if plan.by_time:
        first = bisect_right(plan.over_at, tally.frozen.order_at)
        found += [(indexed, whole) for indexed in plan.by_time[first:]]
    if plan.by_product or plan.by_category or plan.by_sale:
        found += _by_line(plan, tally, positions)
    return found


def _by_line(plan: EarningPlan, tally: Tally, positions: list[int]) -> list[tuple[IndexedRule, Goods]]:
    found: dict[int, tuple[IndexedRule, Goods]] = {}
    lines, by_category = tally.basket.lines, plan.by_category
    for i in positions:
        line = lines[i]
        rules = plan.by_product.get(line.product)
        if rules is not None:
            _note(found, rules, line, i)
        if plan.by_sale:
            _note(found, plan.by_sale.get(line.on_sale, ()), line, i)
        for category in line.categories:
            rules = by_category.get(category)
            if rules is not None:
                _note(found, rules, line, i)
    return list(found.values())


def _note(
    found: dict[int, tuple[IndexedRule, Goods]], rules: tuple[IndexedRule, ...], line: Line, place: int
) -> None:
    for indexed in rules:
        assert indexed.lines is not None
        if indexed.lines.on_sale is not None and indexed.lines.on_sale != line.on_sale:
            continue
        known = found.get(indexed.position)
        if known is None:
            found[indexed.position] = (indexed, Goods([place]))
        elif known[1].positions[-1] != place:
            known[1].positions.append(place)


def _reaches(tally: Tally, indexed: IndexedRule, goods: Goods) -> bool:
    """Whether the goods lie within what the rule measures; notes what is missing to the first bound not reached."""
    missing: Hint | None = None
    for unit, bounds in indexed.asked:
        value = _MEASURES[unit](tally, goods)
        if bounds.at_most is not None and value > bounds.at_most:
            return False
        if missing is None and bounds.at_least is not None and value < bounds.at_least:
            missing = Hint("earning", bounds.at_least - value, unit, indexed.rule.id)
    if missing is not None:
        tally.missed.append((indexed.position, missing))
    return missing is None


def _total(tally: Tally, goods: Goods) -> int:
    if goods.total is None:
        lines, factors = tally.basket.lines, tally.factors
        if factors is None:
            goods.total = sum([lines[i].amount_minor for i in goods.positions])
        else:
            goods.total = round_half_up(sum([lines[i].amount_minor * factors[i] for i in goods.positions]))
    return goods.total


def _quantity(tally: Tally, goods: Goods) -> int:
    if goods.quantity is None:
        goods.quantity = sum([tally.basket.lines[i].quantity for i in goods.positions])
    return goods.quantity


def _weight(tally: Tally, goods: Goods) -> int:
    if goods.weight is None:
        lines = tally.basket.lines
        goods.weight = sum([lines[i].quantity * lines[i].weight_g for i in goods.positions])
    return goods.weight


_MEASURES: Mapping[Unit, Callable[[Tally, Goods], int]] = {
    "amount": _total,
    "pieces": _quantity,
    "grams": _weight,
}


def _whole(amount: int | Fraction) -> int:
    return amount if isinstance(amount, int) else round_half_up(amount)


def _room(tally: Tally, order: Order) -> int | None:
    """Most points that caps leave; a cap's conditions are looked at for the whole order."""
    programme, buyer = tally.basket.plan.programme, tally.basket.buyer
    kept = keep(order, ())
    return room_under_caps(
        programme,
        buyer.contributions,
        activity=buyer.activity,
        at=tally.frozen.order_at,
        cause="order:",
        applies=lambda when: (
            when == _NO_CONDITIONS or order_holds(programme, when, order, kept, tally.frozen)
        ),
    )
