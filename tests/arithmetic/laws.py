"""Four kinds of cases: what the core says, and what whole numbers say. A law yields what does not hold.

Nothing here rounds with the core, and nothing divides but by whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from random import Random

from palier.core.account import Frozen
from palier.core.earning import in_programme_currency, order_worth
from palier.core.money import allocate, from_minor, to_minor
from palier.core.order import Kept, Line, Order, Refund, keep, paid_by_line
from palier.core.programme.values import Award, EarningRule, Points, Programme, Spend
from tests.arithmetic import draw
from tests.core.kit import START

DECIMALS = {"EUR": 2, "CHF": 2, "JPY": 0, "ISK": 0, "KWD": 3, "TND": 3}
FROZEN = Frozen(START, 1, None, (), None)
Law = Callable[[Random], Iterator[str]]


def split(random: Random) -> Iterator[str]:
    """Parts add up to the whole; each is its exact share rounded down, or one more where most was left over."""
    weights = draw.weights(random)
    total = draw.amount(random)
    shares = allocate(total, weights)
    whole = sum(weights)
    if sum(shares) != total:
        yield f"allocate({total}, {weights}) = {shares}: not the whole"
    if not whole:
        return
    more = []
    for place, (share, weight) in enumerate(zip(shares, weights, strict=True)):
        down, left = divmod(total * weight, whole)
        if share not in (down, down + 1):
            yield f"allocate({total}, {weights})[{place}] = {share}, exactly {total * weight}/{whole}"
        more.append((-left, place, share == down + 1))
    more.sort()
    ups = [is_up for _, _, is_up in more]
    if ups != sorted(ups, reverse=True):
        yield f"allocate({total}, {weights}) = {shares}: who had more left over got less"


def refund(random: Random) -> Iterator[str]:
    """What is kept depends on the sum of the refunds only, and is what a count of pieces and cents says."""
    order = draw.order(random)
    lines = order.lines or ()
    told = draw.refunds(random, lines)
    kept = keep(order, tuple(told))
    shown = f"{order} {told}"
    random.shuffle(told)
    if keep(order, tuple(told)) != kept:
        yield f"another order of refunds: {shown}"
    if keep(order, tuple(_in_parts(told))) != kept:
        yield f"refunds in parts: {shown}"
    yield from (f"{wrong}: {shown}" for wrong in _paid_and_kept(order, told, kept))
    after = keep(order, (*told, Refund("o", "more", amount_minor=1 + int(random.random() * 500))))
    if _paid(after) > _paid(kept) or after.list_minor > kept.list_minor:
        yield f"one more refund leaves more: {shown}"


def _in_parts(told: Sequence[Refund]) -> Iterator[Refund]:
    """Amounts of two cents and more in two refunds."""
    for each in told:
        if each.amount_minor > 1 and not each.lines:
            first = each.amount_minor // 3
            yield Refund("o", f"{each.id}a", amount_minor=first, shipping=each.shipping)
            yield Refund("o", f"{each.id}b", amount_minor=each.amount_minor - first)
        else:
            yield each


def _paid_and_kept(order: Order, told: Sequence[Refund], kept: Kept) -> Iterator[str]:
    lines = order.lines or ()
    paid = paid_by_line(order)
    yield from _discounted(order, paid)
    pieces = _pieces(lines, told)
    left = [
        _half_up(amount * count, line.quantity)
        for amount, count, line in zip(paid, pieces, lines, strict=True)
    ]
    by_amount = sum(each.amount_minor for each in told)
    if any(each.full for each in told) or kept.is_refunded:
        if _paid(kept) or kept.list_minor or any(each.quantity for each in kept.lines):
            yield "something is left of all"
        has_price = any(line.amount_minor for line in lines)
        are_back = not any(
            n for n, line in zip(pieces, lines, strict=True) if line.amount_minor or not has_price
        )
        if not (any(each.full for each in told) or are_back or 0 < by_amount >= sum(left)):
            yield "it is not refunded"
        return
    if [each.quantity for each in kept.lines] != pieces:
        yield f"pieces {pieces}"
    if _paid(kept) != sum(left) - by_amount:
        yield f"paid {left} less {by_amount}"
    if any(not 0 <= each.paid_minor <= most for each, most in zip(kept.lines, left, strict=True)):
        yield f"a line keeps more than {left}, or less than nothing"


def _discounted(order: Order, paid: Sequence[int]) -> Iterator[str]:
    """Discounts that are spread take just what they say, as long as there is something."""
    lines = order.lines or ()
    if any(not 0 <= amount <= line.amount_minor for amount, line in zip(paid, lines, strict=True)):
        yield "a line is paid with more than its price, or less than nothing"
    goods = [each for each in order.discounts if not each.free_shipping]
    if all(each.lines_minor is None for each in goods):
        whole = sum(line.amount_minor for line in lines)
        if sum(paid) != max(0, whole - sum(each.amount_minor for each in goods)):
            yield f"{paid} is not the price less the discounts"


def _pieces(lines: Sequence[Line], told: Sequence[Refund]) -> list[int]:
    """What is kept, piece by piece: named lines first, then the earliest line of a product."""
    wanted = [piece for each in told for piece in each.lines]
    gone = {line.id: sum(piece.quantity for piece in wanted if piece.line == line.id) for line in lines}
    left = {line.id: max(0, line.quantity - gone[line.id]) for line in lines}
    for piece in wanted:
        if not piece.line:
            for _ in range(piece.quantity):
                first = next(
                    (line.id for line in lines if line.product == piece.product and left[line.id]), None
                )
                if first is not None:
                    left[first] -= 1
    return [left[line.id] for line in lines]


def _paid(kept: Kept) -> int:
    return sum(each.paid_minor for each in kept.lines)


def tax(random: Random) -> Iterator[str]:
    """What counts is the exact sum in the basis that counts, rounded once; points are rounded as they say."""
    programme = random.choice(PROGRAMMES)
    yield from _worth(random, programme, draw.order(random, currency=programme.currency))


def currency(random: Random) -> Iterator[str]:
    """Between currencies with nought, two and three decimals at any rate, nothing is rounded twice."""
    programme, other = random.choice(PROGRAMMES), random.choice(draw.CURRENCIES)
    rate = Fraction(1 + int(random.random() * 10**6), 1 + int(random.random() * 10**5))
    order = draw.order(random, currency=other, rate=rate)
    yield from _worth(random, programme, order)
    given = draw.amount(random)
    top = given * rate.numerator * 10 ** DECIMALS[programme.currency]
    if in_programme_currency(programme, order, given) != _half_up(
        top, rate.denominator * 10 ** DECIMALS[other]
    ):
        yield f"{given} {other} at {rate} in {programme.currency}"
    if to_minor(from_minor(given, other), other) != given:
        yield f"{given} {other} written and read"
    text = f"{given}.{int(random.random() * 10**6):06}"
    if to_minor(Decimal(text), other) != _half_up(int(text.replace(".", "")) * 10 ** DECIMALS[other], 10**6):
        yield f"{text} {other} in minor units"


def _worth(random: Random, programme: Programme, order: Order) -> Iterator[str]:
    kept = keep(order, tuple(draw.refunds(random, order.lines or ())))
    worth = order_worth(programme, order, kept, FROZEN)
    top, bottom = _exact(programme, order, kept)
    spend = _half_up(top, bottom)
    if worth.spend_minor != spend:
        yield f"spend {worth.spend_minor}, exactly {top}/{bottom}: {programme.spend} {order} {kept}"
    (rule,) = programme.earning
    assert rule.award is not None
    assert rule.award.per_minor is not None
    given = spend * rule.award.points
    points = {"down": given // rule.award.per_minor, "up": -(-given // rule.award.per_minor),
              "nearest": _half_up(given, rule.award.per_minor)}[programme.points.rounding]  # fmt: skip
    # Delivery and presents alone earn nothing.
    earns = any(each.quantity and each.line.amount_minor for each in kept.lines)
    if worth.points != (points if earns else 0):
        yield f"{worth.points} points for {spend}: {programme.points.rounding} {rule.award} {order} {kept}"


def _exact(programme: Programme, order: Order, kept: Kept) -> tuple[int, int]:
    """The amount that counts as a ratio of whole numbers."""
    is_other = (programme.spend.tax == "excluded") != (order.prices == "net")
    parts = [(each.paid_minor, each.line.other_per_amount) for each in kept.lines]
    if programme.spend.shipping == "included":
        parts.append((kept.shipping_minor, order.shipping.other_per_amount))
    top, bottom = 0, 1
    for amount, other in parts:
        up, down = (other.numerator, other.denominator) if is_other else (1, 1)
        top, bottom = top * down + amount * up * bottom, bottom * down
    rate = order.rate or Fraction(1)
    scale_up, scale_down = 10 ** DECIMALS[programme.currency], 10 ** DECIMALS[order.currency]
    return top * rate.numerator * scale_up, bottom * rate.denominator * scale_down


def _half_up(top: int, bottom: int) -> int:
    """The nearest whole number; of two the upper one. Nothing here is negative."""
    down, left = divmod(top, bottom)
    return down + (2 * left >= bottom)


def _programmes() -> Iterator[Programme]:
    for number, name in enumerate(draw.CURRENCIES):
        for tax_counts in ("included", "excluded"):
            for rounding in ("down", "nearest", "up"):
                award = Award(1 + number % 3, (1, 7, 100, 250)[number % 4])
                yield Programme(
                    "Arithmetic", name,
                    spend=Spend(tax_counts, "included" if number % 2 else "excluded"),  # type: ignore[arg-type]
                    points=Points(rounding=rounding, earn_with=frozenset({"points", "coupon", "promo_code"})),  # type: ignore[arg-type]
                    earning=(EarningRule("spend", award=award),),
                )  # fmt: skip


PROGRAMMES = tuple(_programmes())
LAWS: tuple[Law, ...] = (split, refund, tax, currency)
