"""The carts that nearly every shop sends, read in one go; anything out of the ordinary is left to the strict reader.

That one reads the same from such a cart, or says everything that is wrong with it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert
from msgspec.json import Decoder

from palier.core.money import LIMIT
from palier.core.order import Delivery, Line, Order, OrderDiscount, Shipping, country_told
from palier.core.quote_values import Cart

LISTED_MAX = 20
"""Longer lists are out of the ordinary, like longer texts: their limits are the strict reader's business."""
NUMBER_MAX = 14
"""So that no number has more than twelve decimals, which the strict reader refuses."""
_LINES_MAX = 200

Found = tuple[str | None, Cart, str]
"""Whose cart it is, the cart, and the hold that it had."""

_Word = Annotated[str, Meta(min_length=1, max_length=100)]
_Words = Annotated[list[_Word], Meta(max_length=LISTED_MAX)]
_Perhaps = Annotated[str, Meta(max_length=100)]


class _Line(Struct, frozen=True, forbid_unknown_fields=True):
    product: _Word
    price: Any
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    tax_rate: Any = 0
    categories: _Words = []
    id: _Word | UnsetType = UNSET
    weight: Annotated[int, Meta(ge=0, le=1_000_000_000)] = 0
    on_sale: bool = False


class _Shipping(Struct, frozen=True, forbid_unknown_fields=True):
    carrier: _Perhaps = ""
    amount: Any = 0
    tax_rate: Any = 0


class _Delivery(Struct, frozen=True, forbid_unknown_fields=True):
    city: _Perhaps = ""
    country: Annotated[str, Meta(max_length=2)] = ""


class _Code(Struct, frozen=True, forbid_unknown_fields=True):
    amount: Any
    code: _Perhaps = ""


class _Message(Struct, frozen=True, forbid_unknown_fields=True):
    lines: Annotated[list[_Line], Meta(min_length=1, max_length=_LINES_MAX)]
    member: _Word | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    coupons: _Words = []
    promo_codes: Annotated[list[_Code], Meta(max_length=LISTED_MAX)] = []
    use_points: Annotated[int, Meta(ge=0, le=LIMIT)] | UnsetType = UNSET
    hold: Annotated[str, Meta(min_length=1, max_length=36)] | UnsetType = UNSET
    shipping: _Shipping | UnsetType = UNSET
    payment_method: _Perhaps = ""
    delivery: _Delivery | UnsetType = UNSET


# msgspec looks all types up here, while one thread imports: threads that meet in the first cart of a process would
# read by what is half looked up, and crash it.
Decoder(_Message)

_POSITIONS = tuple(map(str, range(1, _LINES_MAX + 1)))
_NO_SHIPPING, _NOWHERE = Shipping(), Delivery()


class _Odd(Exception):
    """Something that the strict reader has to look at."""


def quick_cart(message: object, *, currency: str, exponent: int, id: str) -> Found | None:
    """The cart in the programme's ``currency`` of so many decimals, prices with tax; None: not for this reader."""
    try:
        asked = convert(message, _Message)
        if asked.currency is not UNSET and asked.currency != currency:
            return None
        words: list[str] = []
        lines = _lines(asked.lines, exponent, words)
        coupons, member, hold = asked.coupons, asked.member, asked.hold
        words += coupons
        perhaps = [asked.payment_method]
        if member is not UNSET:
            words.append(member)
        if hold is not UNSET:
            words.append(hold)
        shipping, delivery = _NO_SHIPPING, _NOWHERE
        codes: tuple[OrderDiscount, ...] = ()
        if asked.shipping is not UNSET:
            shipping = _shipping(asked.shipping, exponent)
            perhaps.append(shipping.carrier)
        if asked.delivery is not UNSET:
            delivery = Delivery(asked.delivery.city, country_told(asked.delivery.country))
            perhaps += (delivery.city, delivery.country)
        if asked.promo_codes:
            codes = tuple(
                [OrderDiscount("promo_code", _amount(c.amount, exponent), c.code) for c in asked.promo_codes]
            )
            perhaps += [discount.code for discount in codes]
        _check_words(words + [word for word in perhaps if word])
    except (ValidationError, _Odd):
        return None
    customer = None if member is UNSET else member
    order = Order(
        id, "placed", currency, customer, lines=lines, shipping=shipping, discounts=codes,
        payment_method=asked.payment_method, delivery=delivery,
    )  # fmt: skip
    use_points = None if asked.use_points is UNSET else asked.use_points
    return customer, Cart(order, tuple(dict.fromkeys(coupons)), use_points), "" if hold is UNSET else hold


def _check_words(words: list[str]) -> None:
    """Texts that the strict reader takes as they are: on one line, no blanks around them. Looked at all together."""
    together = "|".join(words)
    if not together.isprintable() or " |" in together or "| " in together or together.strip() != together:
        raise _Odd


def _lines(asked: list[_Line], exponent: int, words: list[str]) -> tuple[Line, ...]:
    read, ids = [], [line.id for line in asked]
    for line, own, position in zip(asked, ids, _POSITIONS, strict=False):
        product, categories, quantity = line.product, line.categories, line.quantity
        words.append(product)
        words += categories
        id = position if own is UNSET else own
        amount = _priced(line.price, quantity, exponent)
        listed = tuple(categories) if len(categories) < 2 else tuple(dict.fromkeys(categories))
        read.append(
            Line(id, product, quantity, amount, listed, _rated(line.tax_rate), line.weight, line.on_sale)
        )
    named = [id for id in ids if id is not UNSET]
    if named:
        words += named
        if len({line.id for line in read}) < len(read):
            raise _Odd
    if sum([line.amount_minor for line in read]) > LIMIT:
        raise _Odd
    return tuple(read)


_NUMBERS = frozenset({int, str, Decimal})


def _priced(price: Any, quantity: int, exponent: int) -> int:
    """Price × quantity in minor units, rounded half up."""
    amount: int
    kind = type(price)
    if kind is Decimal or kind is str:
        number, decimals = _decimal(str(price))
        if decimals <= exponent:
            amount = number * quantity * 10 ** (exponent - decimals)
        else:
            unit = 10 ** (decimals - exponent)
            amount = (2 * number * quantity + unit) // (2 * unit)
    elif kind is int:
        amount = price * quantity * 10**exponent
    else:
        raise _Odd
    if not 0 <= amount <= LIMIT:
        raise _Odd
    return amount


def _amount(value: Any, exponent: int) -> int:
    """An amount with no more decimals than the currency has, in minor units."""
    amount: int
    if type(value) is int:
        amount = value * 10**exponent
    elif type(value) in _NUMBERS:
        number, decimals = _decimal(str(value))
        if decimals > exponent:
            raise _Odd
        amount = number * 10 ** (exponent - decimals)
    else:
        raise _Odd
    if not 0 <= amount <= LIMIT:
        raise _Odd
    return amount


@lru_cache(1 << 12)
def _decimal(text: str) -> tuple[int, int]:
    """A plain decimal as a whole number and how many of its digits are decimals. Prices come again and again."""
    whole, dot, decimals = text.partition(".")
    if (
        len(text) > NUMBER_MAX
        or not text.isascii()
        or not whole.isdigit()
        or (dot and not decimals.isdigit())
    ):
        raise _Odd
    return int(whole + decimals), len(decimals)


@lru_cache(1 << 8)
def _net(rate: str) -> Fraction:
    """What a price with tax is to be multiplied with to be one without."""
    number, decimals = _decimal(rate)
    percent = Fraction(number, 10**decimals)
    if percent > 100:
        raise _Odd
    return 1 / (1 + percent / 100)


def _rated(rate: Any) -> Fraction:
    if type(rate) not in _NUMBERS:
        raise _Odd
    return _net(str(rate))


def _shipping(asked: _Shipping, exponent: int) -> Shipping:
    return Shipping(asked.carrier, _amount(asked.amount, exponent), _rated(asked.tax_rate))
