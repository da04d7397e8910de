"""Rows of sales files: cleaned, given a role, and put in the form in which they are set aside for sorting."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter
from typing import Any

from palier.cli.importing.errors import Problem, RowRefused
from palier.cli.importing.files import Row
from palier.cli.importing.mapping import STATUSES, Reading, Rule
from palier.cli.importing.places import country_code
from palier.cli.importing.values import minor, parse_instant, parse_number, parse_whole
from palier.core.money import is_currency

SALE, CREDIT = 0, 1
GOODS, SHIPPING, DISCOUNT = 0, 1, 2
_ROLES = {"goods": GOODS, "shipping": SHIPPING, "discount": DISCOUNT}
TEXT_MAX = 200
_KEPT_MAX = 200_000
"""So many values that came before are kept; a file with more different ones is read a little slower."""

Staged = tuple[int, str, str, int, int, int, str, int, int, str, str]
"""(row, order, customer, second, kind, role, product, quantity, amount, facts of the order, facts of the line)."""
Refuse = Callable[[Problem, str], None]
"""Takes a problem, and the order that it makes incomplete (blank for none)."""

_ORDER_FACTS = (
    "currency",
    "rate",
    "email",
    "status",
    "carrier",
    "payment",
    "city",
    "country",
    "shipping",
    "discount",
)
_LINE_FACTS = ("category", "tax_rate")
_STATUS_WORDS = {
    "paid": "complete completed processing payée payé payee paye bezahlt",
    "shipped": "expédiée expédié expediee versendet versandt",
    "delivered": "livrée livré livree geliefert",
    "placed": "pending offen",
    "cancelled": "canceled annulée annulé annulee storniert",
}
_STATUS_OF = {word: status for status, words in _STATUS_WORDS.items() for word in (status, *words.split())}
assert set(_STATUS_WORDS) == set(STATUSES)


class RowReader:
    """Reads the rows of one file in ``reading``'s way; of ``[since, until)`` only, when they are given."""

    def __init__(
        self, reading: Reading, header: tuple[str, ...], *, since: datetime | None = None, until: datetime | None = None
    ) -> None:  # fmt: skip
        self.reading = reading
        self.since = since.timestamp() if since else None
        self.until = until.timestamp() if until else None
        self.outside = 0
        self.rows = 0
        # A column that the file lacks is read from a blank behind the row.
        self.at = {meaning: header.index(name) for meaning, name in reading.columns.items()}
        self.width = len(header)
        self.facts_of = itemgetter(*(self._place(meaning) for meaning in _ORDER_FACTS))
        self.about_of = itemgetter(*(self._place(meaning) for meaning in _LINE_FACTS))
        self.known: dict[Any, Any] = {}

    def staged(self, rows: Iterator[tuple[int, Row]], refuse: Refuse) -> Iterator[Staged]:
        """The rows that count, in their order; every other one goes to ``refuse``, once."""
        order_place, seconds = self._place("order"), self._second
        for number, row in rows:
            self.rows = number
            if isinstance(row, str):
                refuse(Problem(number, "", "unreadable_row", row), "")
                continue
            row.append("")
            order = row[order_place].strip()
            try:
                if not order or len(order) > TEXT_MAX:
                    raise RowRefused(
                        "unreadable_row", "its order number is missing or longer than 200 characters"
                    )
                at = self._once(("at", row[self._place("date")]), seconds)
                if (self.since and at < self.since) or (self.until and at >= self.until):
                    self.outside += 1
                    continue
                staged = self._row(number, row, order, at, refuse)
            except RowRefused as error:
                refuse(Problem(number, order[:TEXT_MAX], error.code, error.reason), order)
                continue
            if staged is not None:
                yield staged

    def _row(self, number: int, row: list[str], order: str, at: int, refuse: Refuse) -> Staged | None:
        product, customer = row[self._place("product")].strip(), self._customer(row)
        if len(product) > TEXT_MAX or len(customer) > TEXT_MAX:
            raise RowRefused("unreadable_row", "an id is longer than 200 characters")
        facts, currency = self._once(("facts", self.facts_of(row)), self._order_facts)
        quantity, amount = self._once(
            (currency, row[self._place("quantity")], row[self._place("price")], row[self._place("total")]),
            self._amount,
        )
        order_rule = self._once(("order", order), self._order_rule)
        rule = self._once(("product", product), self._product_rule)
        role = _ROLES.get(rule.role, GOODS) if rule else GOODS
        is_return = role == GOODS and amount < 0 < -quantity
        is_credit = is_return or (order_rule is not None and order_rule.role == "credit_note")
        wrong = _left_out(order_rule, rule) or _wrong_way(is_credit, role, quantity, amount)
        if wrong:
            subject = f"{order} {product}".strip()[:TEXT_MAX]
            refuse(Problem(number, subject, *wrong, amount), "")
            return None
        about = (
            ""
            if is_credit or role != GOODS
            else self._once(("about", rule, self.about_of(row)), self._line_facts)
        )
        kind = CREDIT if is_credit else SALE
        return number, order, customer, at, kind, role, product, abs(quantity), abs(amount), facts, about

    def _place(self, meaning: str) -> int:
        return self.at.get(meaning, self.width)

    def _once(self, key: Any, read: Callable[[Any], Any]) -> Any:
        """Values come again and again: what was read once is not read again."""
        found = self.known.get(key, self)
        if found is self:
            if len(self.known) > _KEPT_MAX:
                self.known.clear()
            found = self.known[key] = read(key)
        return found

    def _customer(self, row: list[str]) -> str:
        customer = row[self._place("customer")].strip()
        # Spreadsheets and data frames write whole numbers in a column with gaps as 13085.0.
        return customer[:-2] if customer.endswith(".0") and customer[:-2].isdigit() else customer

    def _second(self, key: tuple[str, str]) -> int:
        if not key[1].strip():
            raise RowRefused("unreadable_date", "its date is missing")
        return int(parse_instant(key[1], self.reading.date_format, self.reading.zone).timestamp())

    def _order_rule(self, key: tuple[str, str]) -> Rule | None:
        return next((rule for rule in self.reading.orders if rule.fits(key[1])), None)

    def _product_rule(self, key: tuple[str, str]) -> Rule | None:
        return next((rule for rule in self.reading.products if rule.fits(key[1])), None)

    def _amount(self, key: tuple[str, str, str, str]) -> tuple[int, int]:
        """(pieces, the whole line in minor units, rounded half up). A line's total wins over price × quantity."""
        currency, quantity, price, total = key
        pieces = parse_whole(quantity, self.reading.decimal) if "quantity" in self.at else 1
        if pieces == 0:
            raise RowRefused("no_quantity", "its quantity is 0")
        if abs(pieces) > 2**31 - 1:
            raise RowRefused("too_large", f"a quantity of {pieces} is too large")
        if total.strip():
            return pieces, minor(parse_number(total, self.reading.decimal), currency)
        if not price.strip():
            raise RowRefused("unreadable_number", "its price is missing")
        return pieces, minor(parse_number(price, self.reading.decimal) * pieces, currency)

    def _order_facts(self, key: tuple[str, tuple[str, ...]]) -> tuple[str, str]:
        """(the facts of the order as JSON, its currency)."""
        said = {name: text.strip() for name, text in zip(_ORDER_FACTS, key[1], strict=True) if text.strip()}
        currency = said.get("currency", self.reading.currency).upper()
        if not is_currency(currency):
            raise RowRefused("unknown_currency", f"{currency!r} is no currency that Palier knows")
        facts: dict[str, Any] = {**said, "currency": currency}
        if "country" in said:
            facts["country"] = country_code(said["country"], self.reading.countries or {})
        if "status" in said:
            status = _STATUS_OF.get(said["status"].casefold())
            if status is None:
                raise RowRefused("unknown_status", f"{said['status']!r} is no state of an order")
            facts["status"] = status
        if "rate" in said:
            rate = parse_number(said["rate"], self.reading.decimal)
            if rate <= 0:
                raise RowRefused("unreadable_number", f"an exchange rate of {rate} is impossible")
            facts["rate"] = str(rate)
        for name in ("shipping", "discount"):
            if name in said:
                facts[name] = abs(minor(parse_number(said[name], self.reading.decimal), currency))
        for name in ("carrier", "payment"):
            facts[name] = said.get(name, "")[:100]
        return json.dumps({k: v for k, v in facts.items() if v not in ("", 0)}, ensure_ascii=False), currency

    def _line_facts(self, key: tuple[str, Rule | None, tuple[str, str]]) -> str:
        _, rule, (category, tax_rate) = key
        categories = list(rule.categories) if rule else []
        categories += [
            word.strip()[:TEXT_MAX] for word in category.replace("|", ",").split(",") if word.strip()
        ]
        tax = (
            parse_number(tax_rate.strip().rstrip("% "), self.reading.decimal)
            if tax_rate.strip()
            else Decimal(0)
        )
        if not 0 <= tax <= 100:
            raise RowRefused("unreadable_number", f"a tax rate of {tax} % is impossible")
        if not categories and not tax:
            return ""
        factor = 1 + Fraction(tax) / 100
        other = factor if self.reading.prices == "net" else 1 / factor
        return json.dumps({"categories": categories, "other": str(other)}, ensure_ascii=False)


def _left_out(*rules: Rule | None) -> tuple[str, str] | None:
    rule = next((rule for rule in rules if rule is not None and rule.role == "leave_out"), None)
    return None if rule is None else ("left_out", rule.reason or "the mapping leaves it out")


def _wrong_way(is_credit: bool, role: int, quantity: int, amount: int) -> tuple[str, str] | None:
    """Why a row moves nothing although it can be read."""
    if role == DISCOUNT and is_credit:
        return "discount_unattached", "a discount that was granted later names no order"
    if role == SHIPPING and is_credit:
        return "shipping_unattached", "a refund of carriage names no order"
    if role == DISCOUNT:
        # A discount that adds to what is paid takes back an earlier one, of an order that it does not name.
        return None if amount < 0 else ("discount_unattached", "a discount taken back names no order")
    if is_credit and quantity > 0:
        return "wrong_way", "a credit note with a positive quantity"
    if not is_credit and quantity < 0:
        return "negative_quantity", "a negative quantity without a price: stock written off, not a sale"
    if not is_credit and amount < 0:
        return "wrong_way", "a sale with a negative price"
    return None
