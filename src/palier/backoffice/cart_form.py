"""The cart that somebody types: boxes that keep what was typed, errors beside them, and the message that they mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from palier.backoffice.boxes import Box, Numbers, cut, read_names, read_word
from palier.core.messages_order import QUANTITY_MAX, WEIGHT_MAX
from palier.core.money import LIMIT, exponent

LINES_MAX = 30
LINE_BOXES = ("product", "quantity", "price", "categories", "weight", "tax")
CART_BOXES = (
    "carrier", "shipping", "shipping_tax", "payment", "city", "country", "promo_code", "promo_amount", "coupons",
    "use_points",
)  # fmt: skip

LABELS = {
    "product": gettext_lazy("Product"),
    "quantity": gettext_lazy("Quantity"),
    "price": gettext_lazy("Price of one piece"),
    "categories": gettext_lazy("Categories"),
    "weight": gettext_lazy("Weight"),
    "tax": gettext_lazy("Tax"),
    "carrier": gettext_lazy("Carrier"),
    "shipping": gettext_lazy("Delivery costs"),
    "shipping_tax": gettext_lazy("Tax on delivery"),
    "payment": gettext_lazy("Payment method"),
    "city": gettext_lazy("Delivery city"),
    "country": gettext_lazy("Delivery country"),
    "promo_code": gettext_lazy("Promo code of the shop"),
    "promo_amount": gettext_lazy("It takes off"),
    "coupons": gettext_lazy("Coupon codes"),
    "use_points": gettext_lazy("Points to use"),
}


@dataclass(slots=True)
class CartBox(Box):
    """A field of the cart; those of a line carry its number behind their name."""

    @property
    def name(self) -> str:
        """What the browser sends it as: lines share their names."""
        return self.id.partition("-")[0]

    @property
    def line(self) -> int:
        """The number of its line as people count, 0 for a field of the whole cart."""
        number = self.id.partition("-")[2]
        return int(number) + 1 if number else 0


@dataclass(slots=True)
class LineBoxes:
    """The fields of one line."""

    number: int
    boxes: dict[str, CartBox]
    on_sale: bool = False

    @property
    def has_more(self) -> bool:
        """Whether something stands in the fields that are folded away."""
        return any(self.boxes[name].value for name in ("categories", "weight", "tax"))

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; a quantity alone is nothing."""
        return not self.on_sale and not any(b.value for name, b in self.boxes.items() if name != "quantity")


@dataclass(slots=True)
class CartForm:
    """The whole form. ``problem`` is an error of no single field."""

    language: str
    currency: str
    lines: list[LineBoxes]
    boxes: dict[str, CartBox]
    prices: str = "gross"
    problem: str = ""
    message: dict[str, Any] = field(default_factory=dict)

    @property
    def _numbers(self) -> Numbers:
        return Numbers(self.language, self.currency)

    @property
    def errors(self) -> list[CartBox]:
        """The fields with an error, in the order of the page."""
        boxes = [box for line in self.lines for box in line.boxes.values()]
        return [box for box in [*boxes, *self.boxes.values()] if box.error]

    def add_line(self) -> None:
        """One more line to type in, up to ``LINES_MAX``."""
        if len(self.lines) < LINES_MAX:
            self.lines.append(_line(len(self.lines), {"quantity": "1"}))

    def remove_line(self, number: int) -> None:
        """Without that line; one line always stays."""
        kept = [line for line in self.lines if line.number != number]
        self.lines = []
        for line in kept:
            values = {name: box.value for name, box in line.boxes.items()}
            self.lines.append(_line(len(self.lines), values, on_sale=line.on_sale))
        if not self.lines:
            self.add_line()

    def read(self) -> bool:
        """Read everything into ``message``; False when something is wrong, which then stands beside its field."""
        typed = [line for line in self.lines if not line.is_blank]
        if not typed:
            self.lines[0].boxes["product"].error = _("Name at least one product.")
        lines = [self._line(line) for line in typed]
        boxes = self.boxes
        promo_code, promo_amount = boxes["promo_code"].value, self._numbers.money(boxes["promo_amount"])
        if promo_code and not boxes["promo_amount"].value:
            boxes["promo_amount"].error = _("How much does the code take off?")
        if boxes["promo_amount"].value and not promo_code:
            boxes["promo_code"].error = _("Which code takes this off?")
        shipping = {
            "carrier": read_word(boxes["carrier"], most=100),
            "amount": self._numbers.money(boxes["shipping"]),
            "tax_rate": self._percent(boxes["shipping_tax"]),
        }
        self.message = {
            "lines": lines,
            "prices": self.prices,
            "shipping": {key: value for key, value in shipping.items() if value is not None},
            "payment_method": read_word(boxes["payment"], most=100),
            "delivery": {"city": read_word(boxes["city"]), "country": self._country()},
            "coupons": read_names(boxes["coupons"]),
            "promo_codes": [{"code": read_word(boxes["promo_code"]), "amount": promo_amount}]
            if promo_code and promo_amount is not None
            else [],
            **self._points(),
        }
        return not self.errors

    def _line(self, line: LineBoxes) -> dict[str, Any]:
        boxes = line.boxes
        product = read_word(boxes["product"])
        if not product:
            boxes["product"].error = boxes["product"].error or _("Which product?")
        quantity = self._numbers.whole(boxes["quantity"], most=QUANTITY_MAX)
        if quantity == 0:
            boxes["quantity"].error = _("At least 1.")
        price = self._numbers.money(boxes["price"])
        if not boxes["price"].value:
            boxes["price"].error = _("What does one piece cost?")
        if price is not None and quantity and price * quantity * 10 ** exponent(self.currency) > LIMIT:
            boxes["price"].error = _("This is too much.")
        said = {
            "product": product,
            "quantity": 1 if quantity is None else quantity,
            "price": price,
            "categories": read_names(boxes["categories"]),
            "weight": self._numbers.whole(boxes["weight"], most=WEIGHT_MAX),
            "tax_rate": self._percent(boxes["tax"]),
            "on_sale": line.on_sale,
        }
        return {key: value for key, value in said.items() if value is not None}

    def _points(self) -> dict[str, int]:
        points = self._numbers.whole(self.boxes["use_points"], most=LIMIT)
        return {} if points is None else {"use_points": points}

    def _country(self) -> str:
        box = self.boxes["country"]
        if box.value and not (len(box.value) == 2 and box.value.isascii() and box.value.isalpha()):
            box.error = _("Two letters, such as FR.")
        return box.value.upper()

    def _percent(self, box: Box) -> Decimal | None:
        rate = self._numbers.number(box, decimals=4)
        if rate is not None and rate > 100:
            box.error = _("A tax rate is at most 100.")
        return rate


def blank_form(*, language: str, currency: str) -> CartForm:
    """An empty cart with one line to type in."""
    form = CartForm(language, currency, [], {name: _box(name) for name in CART_BOXES})
    form.add_line()
    return form


def typed_form(post: QueryDict, *, language: str, currency: str) -> CartForm:
    """What was typed, not read yet."""
    columns = {name: post.getlist(name)[:LINES_MAX] for name in LINE_BOXES}
    on_sale = set(post.getlist("on_sale"))
    lines = [
        _line(
            number,
            {name: cut(column[number]) for name, column in columns.items() if number < len(column)},
            on_sale=str(number) in on_sale,
        )
        for number in range(max(1, *(len(column) for column in columns.values())))
    ]
    boxes = {name: _box(name, cut(post.get(name, ""))) for name in CART_BOXES}
    return CartForm(
        language, currency, lines, boxes, prices="net" if post.get("prices") == "net" else "gross"
    )


def _line(number: int, values: dict[str, str], *, on_sale: bool = False) -> LineBoxes:
    boxes = {name: _box(f"{name}-{number}", values.get(name, "")) for name in LINE_BOXES}
    return LineBoxes(number, boxes, on_sale)


def _box(id: str, value: str = "") -> CartBox:
    return CartBox(id, LABELS[id.partition("-")[0]], value)
