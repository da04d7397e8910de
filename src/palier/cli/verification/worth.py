"""What an order should be worth: the earning rules a second time, straight from the programme's meanings 1 to 3, 7, 19.

Everything is an exact fraction until the one place where it is rounded. What the order was accepted with (number,
tier, segments, room under caps) is taken as it was frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from palier.cli.verification.rows import Bought, Row, instant_of
from palier.core.money import exponent
from palier.core.programme.values import Award, EarningRule, LineFilter, Programme

VALID = {"paid", "shipped", "delivered"}


@dataclass(frozen=True, slots=True)
class Part:
    """What counts of a line: pieces kept, what was paid for them, and their price before discounts."""

    line: Row
    pieces: int
    paid: Fraction
    listed: Fraction


@dataclass(frozen=True, slots=True)
class Sale:
    """What is left of an order, line by line in the order's own currency; ``is_gone`` when nothing is."""

    pieces: list[int]
    paid: list[int]
    listed: list[int]
    shipping: int
    is_gone: bool


@dataclass(frozen=True, slots=True)
class Deserved:
    """Points and spend. ``is_exact`` is False where meaning 19 leaves the last point to rounding."""

    points: int
    spend_minor: int
    is_exact: bool = True


def deserved_by(bought: Bought, programme: Programme) -> Deserved:
    """The points and the spend that an order deserves as it stands now."""
    order, frozen = bought.order, bought.order.frozen
    sale = kept_of(bought)
    if not frozen or order.status not in VALID or sale.is_gone:
        return Deserved(0, 0)
    counts_net = programme.spend.tax == "excluded"
    if programme.spend.tax == "as_displayed":
        counts_net = bool(frozen["is_net"])
    other_basis = counts_net != (order.prices == "net")
    scale = _fraction(order.rate) * Fraction(10) ** (exponent(programme.currency) - exponent(order.currency))
    parts = []
    for i, line in enumerate(bought.lines):
        if not _is_excluded(programme.spend.exclude, line):
            factor = scale * (_fraction(line.other) if other_basis else 1)
            parts.append(Part(line, sale.pieces[i], sale.paid[i] * factor, sale.listed[i] * factor))
    shipping = Fraction(0)
    if programme.spend.shipping == "included":
        shipping = sale.shipping * scale * (_fraction(order.shipping_other) if other_basis else 1)
    spend = half_up(sum((part.paid for part in parts), shipping))
    if _earns_nothing(order, frozen, programme):
        return Deserved(0, spend)
    earning = [part for part in parts if part.pieces and part.line.amount_minor]
    points, is_exact = _points(order, frozen, programme, earning, spend, shipping)
    room = frozen["room"]
    return Deserved(points if room is None else max(0, min(points, room)), spend, is_exact)


def kept_of(bought: Bought) -> Sale:
    """What is left after all refunds: pieces first, then amounts, whatever their order was."""
    lines, refunds = bought.lines, bought.refunds
    paid = _after_discounts([line.amount_minor for line in lines], bought.order.discounts or [])
    pieces = _pieces(lines, refunds)
    amounts = [
        half_up(Fraction(p * n, line.quantity)) for p, n, line in zip(paid, pieces, lines, strict=True)
    ]
    listed = [
        half_up(Fraction(line.amount_minor * n, line.quantity)) for n, line in zip(pieces, lines, strict=True)
    ]
    by_amount = sum(refund.amount_minor for refund in refunds)
    # Presents at no price do not keep an order alive, unless it has nothing else.
    priced = [n for n, line in zip(pieces, lines, strict=True) if line.amount_minor] or pieces
    is_gone = any(refund.is_full for refund in refunds) or (bool(lines) and sum(priced) == 0)
    if is_gone or (by_amount and by_amount >= sum(amounts)):
        return Sale([0] * len(lines), [0] * len(lines), [0] * len(lines), 0, True)
    if by_amount:
        still = 1 - Fraction(by_amount, sum(amounts))
        listed = [half_up(price * still) if p else price for price, p in zip(listed, paid, strict=True)]
        amounts = [amount - share for amount, share in zip(amounts, shares(by_amount, amounts), strict=True)]
    free = [d.get("amount_minor", 0) for d in bought.order.discounts or [] if d.get("free_shipping")]
    shipping = bought.order.shipping_minor
    if free:
        shipping = max(0, shipping - sum(free)) if sum(free) else 0
    if any(refund.is_with_shipping for refund in refunds):
        shipping = 0
    return Sale(pieces, amounts, listed, shipping, False)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """``total`` in proportion to ``weights``, to the unit: largest remainders first, ties to the earlier."""
    whole = sum(weights)
    exact = [Fraction(total * weight, whole) for weight in weights] if whole else [Fraction(0)] * len(weights)
    given = [int(share) for share in exact]
    if not whole:
        return given
    while sum(given) < total:
        rest = [
            share - int(share) if given[i] == int(share) else Fraction(-1) for i, share in enumerate(exact)
        ]
        given[rest.index(max(rest))] += 1
    return given


def half_up(value: Fraction | int) -> int:
    """The nearest integer; halves go up (amounts are not negative)."""
    return int(Fraction(value) + Fraction(1, 2))


def _after_discounts(amounts: list[int], discounts: Iterable[dict[str, Any]]) -> list[int]:
    left = list(amounts)
    for discount in discounts:
        if discount.get("free_shipping"):
            continue
        by_line = discount.get("lines")
        if by_line is None:
            by_line = shares(min(discount.get("amount_minor", 0), sum(left)), left)
        left = [max(0, amount - share) for amount, share in zip(left, by_line, strict=True)]
    return left


def _pieces(lines: list[Row], refunds: list[Row]) -> list[int]:
    left = [line.quantity for line in lines]
    by_product: dict[str, int] = {}
    for piece in (piece for refund in refunds for piece in refund.lines):
        quantity, line_id, product = _refunded(piece)
        if line_id:
            for i, line in enumerate(lines):
                left[i] = max(0, left[i] - quantity) if line.line_id == line_id else left[i]
        else:
            by_product[product] = by_product.get(product, 0) + quantity
    for i, line in enumerate(lines):
        gone = min(left[i], by_product.get(line.product, 0))
        left[i] -= gone
        if gone:
            by_product[line.product] -= gone
    return left


def _refunded(piece: Any) -> tuple[int, str, str]:
    if isinstance(piece, dict):
        return piece["quantity"], piece.get("line", ""), piece.get("product", "")
    return piece[0], piece[1], piece[2]


def _fraction(text: str) -> Fraction:
    return Fraction(text) if text else Fraction(1)


def _is_excluded(exclude: LineFilter | None, line: Row) -> bool:
    if exclude is None:
        return False
    return line.product in exclude.products or bool(set(line.categories) & exclude.categories)


def _earns_nothing(order: Row, frozen: dict[str, Any], programme: Programme) -> bool:
    for discount in order.discounts or []:
        gives = discount.get("amount_minor", 0) or discount.get("points", 0)
        allowed = ("tier", *programme.points.earn_with)
        if gives and not discount.get("free_shipping") and discount["source"] not in allowed:
            return True
    if frozen["number"] == 1 and not programme.points.earn_on_first_order:
        return True
    for segment in programme.segments:
        if segment.enabled and segment.id in frozen["segments"]:
            return not segment.earn_points
    return False


def _points(
    order: Row,
    frozen: dict[str, Any],
    programme: Programme,
    earning: list[Part],
    spend: int,
    shipping: Fraction,
) -> tuple[int, bool]:
    """The sum of the awards, multiplied; and whether line multipliers left nothing to choose."""
    if not earning:
        return 0, True
    awards: list[tuple[EarningRule, int, list[Part]]] = []
    general: list[Fraction] = []
    by_line: list[tuple[Fraction, LineFilter]] = []
    for rule in programme.earning:
        own = [part for part in earning if _matches(rule.lines, part.line)]
        if not rule.enabled or rule.on is not None or not own or not _holds(rule, order, frozen, own):
            continue
        if rule.award is not None:
            base = half_up(sum((part.paid for part in own), Fraction(0))) if rule.lines else spend
            awards.append((rule, _award(rule.award, own, base, programme), own))
        elif rule.multiply is not None and rule.lines is not None:
            by_line.append((rule.multiply, rule.lines))
        elif rule.multiply is not None:
            general.append(rule.multiply)
    tiers = programme.tiers.ladder if programme.tiers else ()
    general += [t.multiply for t in tiers if t.enabled and t.id == frozen["tier"] and t.multiply is not None]
    whole = max(general, default=Fraction(1))
    if not by_line:
        return _rounded(sum(points for _, points, _ in awards) * whole, programme), True
    total, is_exact = Fraction(0), True
    for rule, points, own in awards:
        award = rule.award
        assert award is not None
        if not award.per_item and award.per_minor is None:
            total += points * whole
            continue
        weights = [Fraction(part.pieces) if award.per_item else part.paid for part in own]
        rest = shipping if rule.lines is None and not award.per_item else Fraction(0)
        is_exact = is_exact and all(weight.denominator == 1 for weight in [*weights, rest])
        measured = sum(weights, rest)
        if not measured:
            total += points * whole
            continue
        total += points * rest / measured * whole
        for part, weight in zip(own, weights, strict=True):
            matching = [m for m, lines in by_line if _matches(lines, part.line)]
            total += points * weight / measured * max([*general, *matching], default=Fraction(1))
    return _rounded(total, programme), is_exact


def _award(award: Award, own: list[Part], base: int, programme: Programme) -> int:
    if award.per_item:
        return award.points * sum(part.pieces for part in own)
    if award.per_minor is None:
        return award.points
    if award.whole_steps:
        return base // award.per_minor * award.points
    return _rounded(Fraction(base * award.points, award.per_minor), programme)


def _rounded(value: Fraction | int, programme: Programme) -> int:
    exact = Fraction(value)
    if programme.points.rounding == "nearest":
        return half_up(exact)
    down = exact.numerator // exact.denominator
    return down + 1 if programme.points.rounding == "up" and exact != down else down


def _matches(wanted: LineFilter | None, line: Row) -> bool:
    if wanted is None:
        return True
    if wanted.on_sale is not None and line.on_sale is not wanted.on_sale:
        return False
    if wanted.products or wanted.categories:
        return line.product in wanted.products or bool(set(line.categories) & wanted.categories)
    return True


def _holds(rule: EarningRule, order: Row, frozen: dict[str, Any], own: list[Part]) -> bool:
    when = rule.when
    at = instant_of(frozen["order_at"])
    assert at is not None
    measures = (
        (when.total, half_up(sum((part.listed for part in own), Fraction(0)))),
        (when.quantity, sum(part.pieces for part in own)),
        (when.weight, sum(part.pieces * part.line.weight_g for part in own)),
        (when.order_number, frozen["number"]),
    )
    for bounds, value in measures:
        if bounds is None:
            continue
        if bounds.at_least is not None and value < bounds.at_least:
            return False
        if bounds.at_most is not None and value > bounds.at_most:
            return False
    if when.payment_method is not None and order.payment_method not in when.payment_method:
        return False
    if when.carrier is not None and order.carrier not in when.carrier:
        return False
    if when.tier is not None and frozen["tier"] not in when.tier:
        return False
    if when.segment is not None and not set(when.segment) & set(frozen["segments"]):
        return False
    during = when.during
    if during is None:
        return True
    return (during.start is None or during.start <= at) and (during.end is None or at < during.end)
