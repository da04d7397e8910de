"""Invoices to orders, and credit notes, which name no invoice, to refunds of the orders that they most likely mean."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from fractions import Fraction
from typing import NamedTuple

from palier.cli.importing.errors import Problem
from palier.cli.importing.rows import CREDIT, DISCOUNT, GOODS, SHIPPING
from palier.cli.importing.staging import Note, Staging
from palier.core.money import ratio_half_up
from palier.core.order import Delivery, Line, Order, OrderDiscount, Refund, RefundLine, Shipping


class Made(NamedTuple):
    """An order or refund, how many rows it was made of, and the first of them."""

    message: Order | Refund
    rows: int
    row: int


class Sold(NamedTuple):
    """A sold line that credit notes may reach; ``left`` is a list of one so that it can shrink."""

    order: str
    line: str
    quantity: int
    amount: int
    left: list[int]


def messages(
    staging: Staging, *, status: str, prices: str, tell: Callable[[Problem], None], shift_s: int = 0
) -> Iterator[Made]:
    """Orders and refunds by time, ``shift_s`` later than the file says; what moves nothing goes to ``tell``.

    A credited line is taken off the same customer's earlier lines of the same product, newest first, at most what is
    left there. What remains is listed, and so is what the credit note's own price makes it differ.
    """
    credited = staging.credited()
    sold: dict[tuple[str, str], list[Sold]] = defaultdict(list)
    for note in staging.notes():
        if note.kind == CREDIT:
            yield from _refunds(note, sold, tell, shift_s)
            continue
        order = _order(note, status, prices, shift_s)
        if not order.lines:
            tell(
                Problem(
                    note.lines[0].row, note.number, "no_goods", "an order of carriage or discounts only",
                    sum(line.amount for line in note.lines),
                )
            )  # fmt: skip
            continue
        if note.customer:
            for line in order.lines:
                if (note.customer, line.product) in credited:
                    sold[note.customer, line.product].append(
                        Sold(order.id, line.id, line.quantity, line.amount_minor, [line.quantity])
                    )
        yield Made(order, len(note.lines), note.lines[0].row)


def _order(note: Note, status: str, prices: str, shift_s: int) -> Order:
    facts = json.loads(note.facts)
    at = datetime.fromtimestamp(note.at + shift_s, UTC)
    lines: list[Line] = []
    shipping = facts.get("shipping", 0)
    discount = facts.get("discount", 0)
    for line in note.lines:
        if line.role == SHIPPING:
            shipping += line.amount
        elif line.role == DISCOUNT:
            discount += line.amount
        elif line.about:
            about = json.loads(line.about)
            lines.append(
                Line(
                    str(len(lines) + 1), line.product, line.quantity, line.amount, tuple(about["categories"]),
                    Fraction(about["other"]),
                )
            )  # fmt: skip
        else:
            lines.append(Line(str(len(lines) + 1), line.product, line.quantity, line.amount))
    state = facts.get("status", status)
    rate = facts.get("rate")
    return Order(
        id=f"{note.number}/{note.customer or 'guest'}" if note.is_second else note.number, status=state,
        currency=facts["currency"], customer=note.customer or None, email=facts.get("email", ""), updated=at,
        placed_at=at, paid_at=at if state in ("paid", "shipped", "delivered") else None,
        rate=Fraction(rate) if rate else None, prices="net" if prices == "net" else "gross", lines=tuple(lines),
        shipping=Shipping(facts.get("carrier", ""), shipping),
        discounts=(OrderDiscount("promo_code", discount),) if discount else (),
        payment_method=facts.get("payment", ""),
        delivery=Delivery(facts.get("city", ""), facts.get("country", "")),
        said=frozenset({"shipping", "discounts", "payment_method", "delivery"}),
    )  # fmt: skip


def _refunds(
    note: Note, sold: dict[tuple[str, str], list[Sold]], tell: Callable[[Problem], None], shift_s: int
) -> Iterator[Made]:
    """One refund for each order that the credit note reaches, in the order in which it reaches them."""
    taken: dict[str, list[tuple[str, int]]] = {}
    for credit in note.lines:
        assert credit.role == GOODS
        wanted, moved = credit.quantity, 0
        for piece in reversed(sold.get((note.customer, credit.product), ()) if note.customer else ()):
            count = min(wanted, piece.left[0])
            if count:
                moved += _worth(piece, piece.left[0]) - _worth(piece, piece.left[0] - count)
                piece.left[0] -= count
                wanted -= count
                taken.setdefault(piece.order, []).append((piece.line, count))
            if not wanted:
                break
        _list_rest(note, credit.row, credit.product, credit.quantity, wanted, credit.amount - moved, tell)
    at = datetime.fromtimestamp(note.at + shift_s, UTC)
    for i, (order, lines) in enumerate(taken.items()):
        refund = Refund(order, note.number, tuple(RefundLine(count, line) for line, count in lines), at=at)
        yield Made(refund, len(note.lines) if i == 0 else 0, note.lines[0].row)


def _worth(piece: Sold, count: int) -> int:
    """What the order counts ``count`` of its pieces for: its amount × kept ÷ quantity, half up."""
    return ratio_half_up(piece.amount * count, piece.quantity)


def _list_rest(
    note: Note, row: int, product: str, quantity: int, wanted: int, difference: int, tell: Callable[[Problem], None]
) -> None:  # fmt: skip
    subject = f"{note.number} {product}".strip()
    if not note.customer:
        tell(Problem(row, subject, "credit_of_guest", "a credit note without a customer", -difference))
    elif wanted == quantity:
        reason = f"nothing of {quantity} is left of what customer {note.customer} bought of {product} before"
        tell(Problem(row, subject, "credit_unattached", reason, -difference))
    elif wanted:
        reason = f"{wanted} of {quantity} are more than customer {note.customer} bought of {product} before"
        tell(Problem(row, subject, "credit_partly_attached", reason, -difference))
    elif difference:
        reason = "the credit's amount is not that of the pieces given back; what the order was charged counts"
        tell(Problem(row, subject, "credit_price_differs", reason, -difference))
