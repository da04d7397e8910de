"""What shops tell Palier, read strictly from plain mappings: orders, refunds, members, events and gifts.

Keys are those of the scenario files. Numbers are integers, Decimal or texts; a binary float is refused. Everything
that is wrong with a message is told at once, with its path.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.core.errors import CurrencyMismatch, InvalidEvent, InvalidGift, InvalidRefund, Refusal
from palier.core.member import MemberFacts
from palier.core.messages_kinds import (
    AMOUNT,
    CURRENCY,
    DAY,
    EMAIL,
    INSTANT,
    exactly_one,
    read_message,
    word,
)
from palier.core.messages_order import LINES_MAX, QUANTITY_MAX, parse_order
from palier.core.money import is_currency
from palier.core.order import Refund, RefundLine
from palier.core.programme.kinds import LANGUAGE, STRING, whole
from palier.core.programme.reader import BOOLEAN, Context, Field, Values, choice, many, read_fields, record

LABELS_MAX = 200
"""A member has at most so many groups, and so many tags."""


class InvalidMember(Refusal):
    """What is said about a member is malformed or impossible."""

    code = "invalid_member"


@dataclass(frozen=True, slots=True)
class MemberEvent:
    """Something a member did (visit, sign_up …). ``id`` makes it count once; empty when the message gave none."""

    customer: str
    name: str
    id: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PointsGift:
    """Points given by hand, and why. ``id`` makes it count once; empty when the message gave none."""

    customer: str
    points: int
    reason: str
    id: str = ""


def parse_refund(message: Mapping[Any, object], *, currency: str) -> Refund:
    """A refund, its amount in ``currency``, that of its order.

    Raises InvalidRefund, or CurrencyMismatch when the refund names another currency.
    """
    refund, named = read_message(InvalidRefund, lambda context: _refund(context, message), currency=currency)
    if named not in ("", currency):
        raise CurrencyMismatch(
            f"the refund is in {named}, its order in {currency}", path="currency", hint=f"meant: {currency}"
        )
    return refund


def refund_currency(message: object) -> str:
    """The currency that a refund names, to read one by before its order is known; empty when it names none."""
    named = message.get("currency") if isinstance(message, Mapping) else None
    return named if isinstance(named, str) and is_currency(named) else ""


def parse_member(customer: str, message: Mapping[Any, object]) -> MemberFacts:
    """What a shop says about the customer of that id. Raises InvalidMember."""
    return read_message(InvalidMember, lambda context: _member(context, customer, message))


def parse_event(message: Mapping[Any, object]) -> MemberEvent:
    """An event of a member. Raises InvalidEvent."""

    def read(context: Context) -> MemberEvent:
        values = read_fields(context, "", message, EVENT_FIELDS)
        return MemberEvent(values["member"], values["name"], values.get("id", ""), values.get("at"))

    return read_message(InvalidEvent, read)


def parse_gift(message: Mapping[Any, object]) -> PointsGift:
    """Points given by hand. Raises InvalidGift."""

    def read(context: Context) -> PointsGift:
        values = read_fields(context, "", message, GIFT_FIELDS)
        return PointsGift(values["member"], values["points"], values["reason"], values.get("id", ""))

    return read_message(InvalidGift, read)


def _refund(context: Context, message: object) -> tuple[Refund, str]:
    values = read_fields(context, "", message, REFUND_FIELDS)
    lines: tuple[RefundLine, ...] = values.get("lines", ())
    if len(lines) > LINES_MAX:
        context.fail("lines", f"a refund has at most {LINES_MAX} lines; found {len(lines)}")
    refund = Refund(
        order=values["order"],
        id=values["id"],
        lines=lines,
        amount_minor=values.get("amount", 0),
        full=values.get("full", False),
        shipping=values.get("shipping", False),
        at=values.get("at"),
    )
    if not (refund.lines or refund.amount_minor or refund.full or refund.shipping):
        context.fail("", "nothing is refunded; give lines, an amount above 0, full: true or shipping: true")
    return refund, values.get("currency", "")


def _refund_line(context: Context, path: str, values: Values) -> RefundLine:
    key = exactly_one(context, path, values, ("line", "id", "product"))
    if key == "product":
        return RefundLine(values["quantity"], product=values["product"])
    return RefundLine(values["quantity"], line=values[key])


def _member(context: Context, customer: object, message: object) -> MemberFacts:
    values = read_fields(context, "", message, MEMBER_FIELDS)
    for key in ("groups", "tags"):
        if len(values.get(key, ())) > LABELS_MAX:
            context.note(key, f"at most {LABELS_MAX} of them")
    if len(values.get("language", "")) > 16:
        context.note("language", "a language has at most 16 characters")
    for key in ("groups", "tags"):
        values[key] = tuple(dict.fromkeys(values[key])) if key in values else None
    said = {key: value for key, value in values.items() if value is not None}
    return MemberFacts(word().read(context, "id", customer), said=frozenset(said), **said)


_NAME = word()
REFUND_FIELDS = {
    "order": Field(_NAME, "The shop's id of the order", required=True),
    "id": Field(_NAME, "The refund's own id: the same again is a repeat", required=True),
    "lines": Field(
        many(
            record(
                {
                    "line": Field(word(most=100), "The id of the order's line"),
                    "id": Field(word(most=100), "The same"),
                    "product": Field(_NAME, "The product: the earliest line of it with something left"),
                    "quantity": Field(whole(least=1, most=QUANTITY_MAX), "Pieces", required=True),
                },
                _refund_line,
            ),
            least=1,
        ),
        "Pieces that came back",
    ),
    "amount": Field(AMOUNT, "An amount of goods, as paid, in the order's currency"),
    "currency": Field(CURRENCY, "The order's, if it is said"),
    "full": Field(BOOLEAN, "Everything, delivery included"),
    "shipping": Field(BOOLEAN, "The delivery too"),
    "at": Field(INSTANT, "When it was refunded"),
}
MEMBER_FIELDS = {
    "name": Field(word(least=0), "As the member is addressed"),
    "email": Field(EMAIL, "Where messages go"),
    "language": Field(LANGUAGE, "Of messages and screens"),
    "company": Field(BOOLEAN, "Whether it is a business"),
    "groups": Field(many(word(most=100)), "The shop's customer groups"),
    "tags": Field(many(word(most=100)), "Free labels"),
    "born": Field(DAY, "The birthday"),
    "signed_up": Field(INSTANT, "When the shop's account was opened"),
    "prices": Field(choice("gross", "net"), "How the shop shows prices to this member"),
}
EVENT_FIELDS = {
    "member": Field(_NAME, "The shop's id of the customer", required=True),
    "name": Field(word(most=100), "visit, sign_up, newsletter, birthday … or any other", required=True),
    "id": Field(_NAME, "The event's own id: the same again is a repeat"),
    "at": Field(INSTANT, "When it happened"),
}
GIFT_FIELDS = {
    "member": Field(_NAME, "The shop's id of the customer", required=True),
    "points": Field(whole(least=1), "How many", required=True),
    "reason": Field(STRING, "Why; the member may read it", required=True),
    "id": Field(_NAME, "The gift's own id: the same again is a repeat"),
}

__all__ = [
    "InvalidMember", "MemberEvent", "PointsGift",
    "parse_event", "parse_gift", "parse_member", "parse_order", "parse_refund", "refund_currency",
]  # fmt: skip
