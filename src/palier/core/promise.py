"""What an order placed with a quote would earn, and which rules it just misses: ``order_worth`` over indexed rules.

Where a multiplier is for some lines only, ``order_worth`` itself answers. Tests hold the two together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from operator import itemgetter

from palier.core.account import Frozen
from palier.core.benefits import Till
from palier.core.caps import room_under_caps
from palier.core.earning import award_points, order_holds, order_worth, prevented, rounded, terms_hold
from palier.core.earning_plan import EarningPlan, IndexedRule, Unit
from palier.core.money import round_half_up
from palier.core.offers import Basket, conversion, counted_positions, counts_net
from palier.core.order import Line, Order, keep
from palier.core.placed import Parts, order_discounts
from palier.core.programme.values import Conditions
from palier.core.quote_values import Hint

_NO_CONDITIONS = Conditions()


@dataclass(slots=True)
class Promise:
    """What the order would be worth; ``hints`` name the thresholds of rules that it does not reach."""

    points: int
    spend_minor: int
    why_not: str = ""
    hints: tuple[Hint, ...] = ()


@dataclass(slots=True)
class Goods:
    """The lines that count for some rules: their positions, and their measures once a rule has asked."""

    positions: list[int]
    total: int | None = None
    quantity: int | None = None
    weight: int | None = None


@dataclass(slots=True)
class Tally:
    """The order as earning reads it: ``listed`` and ``paid`` by line, in the basis and currency that count."""

    basket: Basket
    parts: Parts
    frozen: Frozen
    listed: list[int] | list[Fraction]
    paid: list[int] | list[Fraction]
    spend_minor: int

    def placed(self) -> Order:
        """The cart as an order."""
        return replace(self.basket.cart.order, discounts=order_discounts(self.parts))


def promise(basket: Basket, till: Till, parts: Parts) -> Promise:
    """What the cart would earn, placed now as an order with these parts of its quote."""
    lines, counted = basket.lines, counted_positions(basket.plan, basket.lines)
    tally = _tally(basket, till, parts, counted)
    sources = [given.offer.source for given in till.given if given.prevents_earning]
    why_not = prevented(basket.plan.programme, sources, tally.frozen)
    positions = [i for i in counted if lines[i].amount_minor > 0 and lines[i].quantity > 0]
    if why_not or not positions:
        return Promise(0, tally.spend_minor, why_not)
    programme, plan = basket.plan.programme, basket.plan.earning
    summed, multiplier = 0, plan.tier_multipliers.get(basket.buyer.tier or "")
    missed: list[tuple[int, Hint]] = []
    is_by_line = False
    for indexed, goods in _candidates(plan, tally, positions):
        rule = indexed.rule
        if indexed.asks_more and not terms_hold(rule.when, basket.cart.order, tally.frozen):
            continue
        if indexed.asked and not _reaches(tally, indexed, goods, missed):
            continue
        if rule.award is not None:
            pieces = _quantity(tally, goods) if rule.award.per_item else 0
            base = tally.spend_minor
            if indexed.lines is not None and rule.award.per_minor is not None:
                base = _whole(sum([tally.paid[i] for i in goods.positions]))
            summed += award_points(programme, rule.award, pieces, base)
        elif indexed.lines is not None:
            is_by_line = True
        elif multiplier is None or (rule.multiply is not None and rule.multiply > multiplier):
            multiplier = rule.multiply
    hints = tuple([hint for _, hint in sorted(missed, key=itemgetter(0))]) if missed else ()
    frozen = replace(tally.frozen, room=_room(tally)) if plan.has_caps else tally.frozen
    if is_by_line:
        order = tally.placed()
        points = order_worth(programme, order, keep(order, ()), frozen).points
        return Promise(points, tally.spend_minor, "", hints)
    if multiplier is not None:
        summed = rounded(programme, summed * multiplier.numerator, multiplier.denominator)
    points = summed if frozen.room is None else max(0, min(summed, frozen.room))
    return Promise(points, tally.spend_minor, "", hints)


def _tally(basket: Basket, till: Till, parts: Parts, counted: range | list[int]) -> Tally:
    plan, buyer, order, left = basket.plan, basket.buyer, basket.cart.order, till.left
    at = order.paid_at or order.updated or buyer.now
    frozen = Frozen(at, buyer.orders + 1, buyer.tier, buyer.segments, None, buyer.is_net)
    rate = conversion(plan, order)
    is_other = counts_net(plan, is_net=buyer.is_net) != (order.prices == "net")
    shipping = 0
    if plan.programme.spend.shipping == "included":
        shipping = till.shipping_left
    if rate is None and not is_other:
        spend = sum(left) if type(counted) is range else sum([left[i] for i in counted])
        listed = [line.amount_minor for line in basket.lines]
        return Tally(basket, parts, frozen, listed, left, spend + shipping)
    factor = rate if rate is not None else Fraction(1)
    factors = [factor * line.other_per_amount if is_other else factor for line in basket.lines]
    paid = [amount * each for amount, each in zip(left, factors, strict=True)]
    delivery = shipping * (factor * order.shipping.other_per_amount if is_other else factor)
    return Tally(
        basket,
        parts,
        frozen,
        [line.amount_minor * each for line, each in zip(basket.lines, factors, strict=True)],
        paid,
        round_half_up(sum(paid[i] for i in counted) + delivery),
    )


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


def _reaches(tally: Tally, indexed: IndexedRule, goods: Goods, missed: list[tuple[int, Hint]]) -> bool:
    """Whether the goods lie within what the rule measures; notes what is missing to the first bound not reached."""
    missing: Hint | None = None
    for unit, bounds in indexed.asked:
        value = _MEASURES[unit](tally, goods)
        if bounds.at_most is not None and value > bounds.at_most:
            return False
        if missing is None and bounds.at_least is not None and value < bounds.at_least:
            missing = Hint("earning", bounds.at_least - value, unit, indexed.rule.id)
    if missing is not None:
        missed.append((indexed.position, missing))
    return missing is None


def _total(tally: Tally, goods: Goods) -> int:
    if goods.total is None:
        goods.total = _whole(sum([tally.listed[i] for i in goods.positions]))
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


def _room(tally: Tally) -> int | None:
    """Most points that caps leave; a cap's conditions are looked at for the whole order."""
    programme, buyer, order = tally.basket.plan.programme, tally.basket.buyer, tally.placed()
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
