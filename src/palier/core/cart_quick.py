"""The carts that nearly every shop sends, read in one go; anything out of the ordinary is left to the strict reader.

That one reads the same from such a cart, or says everything that is wrong with it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from palier.core.money import LIMIT
from palier.core.order import Delivery, Line, Order, OrderDiscount, Shipping
from palier.core.quote_values import Cart

WORD_MAX = 100
LINES_MAX = 200
LISTED_MAX = 20
"""Longer texts and lists are out of the ordinary: their limits are the strict reader's business."""
QUANTITY_MAX = 1_000_000
WEIGHT_MAX = 1_000_000_000
HOLD_MAX = 36
NUMBER_MAX = 15

Found = tuple[str | None, Cart, str]
"""Whose cart it is, the cart, and the hold that it had."""

_CART_KEYS = frozenset(
    {
        "member", "lines", "coupons", "promo_codes", "use_points", "hold", "shipping", "payment_method", "delivery",
        "currency",
    }
)  # fmt: skip
_LINE_KEYS = frozenset({"id", "product", "categories", "quantity", "price", "tax_rate", "weight", "on_sale"})
_POSITIONS = tuple(map(str, range(1, LINES_MAX + 1)))


class _Odd(Exception):
    """Something that the strict reader has to look at."""


def quick_cart(message: object, *, currency: str, exponent: int, id: str) -> Found | None:
    """The cart in the programme's ``currency`` of so many decimals, prices with tax; None: not for this reader."""
    if type(message) is not dict or not _CART_KEYS.issuperset(message):
        return None
    try:
        return _cart(message, currency, exponent, id)
    except (_Odd, KeyError, TypeError):
        return None


def _cart(message: dict[str, Any], currency: str, exponent: int, id: str) -> Found:
    get = message.get
    if get("currency", currency) != currency:
        raise _Odd
    words: list[str] = []
    lines = _lines(message["lines"], exponent, words)
    coupons = _listed(get("coupons", ()), words)
    hold = get("hold", "")
    if ("hold" in message and not hold) or len(hold) > HOLD_MAX:
        raise _Odd
    if "member" in message:
        words.append(message["member"])
    use_points = get("use_points", 0)
    if type(use_points) is not int or not 0 <= use_points <= LIMIT:
        raise _Odd
    payment_method = get("payment_method", "")
    optional = [hold, payment_method]
    shipping = _shipping(message["shipping"], exponent, optional) if "shipping" in message else Shipping()
    delivery = _delivery(message["delivery"], optional) if "delivery" in message else Delivery()
    codes = _codes(message["promo_codes"], exponent, optional) if "promo_codes" in message else ()
    words += [word for word in optional if word != ""]
    _check_words(words)
    member = get("member")
    order = Order(
        id, "placed", currency, member, lines=lines, shipping=shipping, discounts=codes,
        payment_method=payment_method, delivery=delivery,
    )  # fmt: skip
    return member, Cart(order, coupons, use_points if "use_points" in message else None), hold


def _check_words(words: list[str]) -> None:
    """Texts that the strict reader takes as they are: on one line, no blanks around them. Looked at all together."""
    together = "|".join(words)
    if not together.isprintable() or " |" in together or "| " in together or together.strip() != together:
        raise _Odd
    lengths = list(map(len, words))
    if min(lengths) == 0 or max(lengths) > WORD_MAX:
        raise _Odd


def _lines(value: Any, exponent: int, words: list[str]) -> tuple[Line, ...]:
    if type(value) is not list or not 0 < len(value) <= LINES_MAX:
        raise _Odd
    read, named, total = [], False, 0
    for each, position in zip(value, _POSITIONS, strict=False):
        if type(each) is not dict or not _LINE_KEYS.issuperset(each):
            raise _Odd
        get = each.get
        product, quantity, weight, on_sale = (
            each["product"],
            get("quantity", 1),
            get("weight", 0),
            get("on_sale", False),
        )
        if (
            type(quantity) is not int or not 0 < quantity <= QUANTITY_MAX
            or type(weight) is not int or not 0 <= weight <= WEIGHT_MAX
            or (on_sale is not False and on_sale is not True)
        ):  # fmt: skip
            raise _Odd
        amount = _priced(each["price"], quantity, exponent)
        total += amount
        words.append(product)
        if "id" in each:
            position = each["id"]
            words.append(position)
            named = True
        categories = each.get("categories")
        if categories is not None:
            categories = _listed(categories, words)
        elif "categories" in each:
            raise _Odd
        rate = each.get("tax_rate", 0)
        if type(rate) not in _NUMBERS:
            raise _Odd
        read.append(
            Line(position, product, quantity, amount, categories or (), _net(str(rate)), weight, on_sale)
        )
    if total > LIMIT or (named and len({line.id for line in read}) < len(read)):
        raise _Odd
    return tuple(read)


_NUMBERS = frozenset({int, str, Decimal})


def _listed(value: Any, words: list[str]) -> tuple[str, ...]:
    """The texts of a list, each once."""
    if value == ():
        return ()
    if type(value) is not list or len(value) > LISTED_MAX:
        raise _Odd
    words += value
    return tuple(value) if len(value) < 2 else tuple(dict.fromkeys(value))


def _priced(price: Any, quantity: int, exponent: int) -> int:
    """Price × quantity in minor units, rounded half up."""
    amount: int
    if type(price) is int:
        amount = price * quantity * 10**exponent
    elif type(price) in _NUMBERS:
        number, decimals = _decimal(str(price))
        if decimals <= exponent:
            amount = number * quantity * 10 ** (exponent - decimals)
        else:
            unit = 10 ** (decimals - exponent)
            amount = (2 * number * quantity + unit) // (2 * unit)
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


def _shipping(value: Any, exponent: int, optional: list[str]) -> Shipping:
    if type(value) is not dict or not value.keys() <= {"carrier", "amount", "tax_rate"}:
        raise _Odd
    carrier, rate = value.get("carrier", ""), value.get("tax_rate", 0)
    if type(rate) not in _NUMBERS:
        raise _Odd
    optional.append(carrier)
    return Shipping(carrier, _amount(value.get("amount", 0), exponent), _net(str(rate)))


def _delivery(value: Any, optional: list[str]) -> Delivery:
    if type(value) is not dict or not value.keys() <= {"city", "country"}:
        raise _Odd
    city, country = value.get("city", ""), value.get("country", "")
    if type(country) is not str or len(country) > 2:
        raise _Odd
    optional += (city, country)
    return Delivery(city, country.upper())


def _codes(value: Any, exponent: int, optional: list[str]) -> tuple[OrderDiscount, ...]:
    if type(value) is not list or len(value) > LISTED_MAX:
        raise _Odd
    found = []
    for each in value:
        if type(each) is not dict or not each.keys() <= {"code", "amount"}:
            raise _Odd
        code = each.get("code", "")
        optional.append(code)
        found.append(OrderDiscount("promo_code", _amount(each["amount"], exponent), code))
    return tuple(found)
