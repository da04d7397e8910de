"""The lines that nearly every shop sends, read in one go; a list with anything out of the ordinary is left to the
strict reader, which reads the same from it or says what is wrong."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from palier.core.money import LIMIT, ratio_half_up

ID_MAX = 200
LINE_ID_MAX = 100
QUANTITY_MAX = 1_000_000
WEIGHT_MAX = 1_000_000_000
LINES_MAX = 200
CATEGORIES_MAX = 20
NUMBER_MAX = 20
"""Longer lists are out of the ordinary too: their limits are the strict reader's business."""

_KEYS = frozenset({"id", "product", "categories", "quantity", "price", "tax_rate", "weight", "on_sale"})
_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?")


class QuickLine(NamedTuple):
    """A line whose amount is price × quantity; ``id`` is empty when the message gave none."""

    id: str
    product: str
    quantity: int
    amount_minor: int
    categories: tuple[str, ...]
    tax_rate: Fraction | None
    weight_g: int
    on_sale: bool


class QuickLines(tuple[QuickLine, ...]):
    """All lines of one message, and how many maps and list items they are."""

    nodes: int = 0


def quick_lines(value: object, exponent: int | None) -> QuickLines | None:
    """The lines, amounts in minor units of a currency with ``exponent`` decimals; None: not for this reader."""
    if type(value) is not list or not 0 < len(value) <= LINES_MAX or exponent is None:
        return None
    read, nodes = [], 2 * len(value)
    for each in value:
        line = _line(each, exponent) if type(each) is dict and _KEYS.issuperset(each) else None
        if line is None:
            return None
        nodes += len(each.get("categories", ()))
        read.append(line)
    lines = QuickLines(read)
    lines.nodes = nodes
    return lines


def _line(each: dict[str, object], exponent: int) -> QuickLine | None:
    product, id, quantity = each.get("product"), each.get("id", ""), each.get("quantity", 1)
    if type(product) is not str or len(product) > ID_MAX or not _is_word(product):
        return None
    if type(id) is not str or len(id) > LINE_ID_MAX or ("id" in each and not _is_word(id)):
        return None
    if type(quantity) is not int or not 0 < quantity <= QUANTITY_MAX:
        return None
    amount = _amount(each.get("price"), quantity, exponent)
    categories = _words(each["categories"]) if "categories" in each else ()
    if amount is None or categories is None:
        return None
    rate = _rate(each["tax_rate"]) if "tax_rate" in each else None
    weight, on_sale = each.get("weight", 0), each.get("on_sale", False)
    if ("tax_rate" in each and rate is None) or type(on_sale) is not bool:
        return None
    if type(weight) is not int or not 0 <= weight <= WEIGHT_MAX:
        return None
    return QuickLine(id, product, quantity, amount, categories, rate, weight, on_sale)


@lru_cache(1 << 14)
def _is_word(text: str) -> bool:
    """Whether the strict reader takes the text as it is. Products and categories come again and again."""
    return bool(text) and text.isprintable() and text.strip() == text


def _words(value: object) -> tuple[str, ...] | None:
    if type(value) is not list or len(value) > CATEGORIES_MAX:
        return None
    for each in value:
        if type(each) is not str or len(each) > ID_MAX or not _is_word(each):
            return None
    return tuple(dict.fromkeys(value)) if len(value) > 1 else tuple(value)


def _amount(price: object, quantity: int, exponent: int) -> int | None:
    """Price × quantity in minor units, rounded half up."""
    if type(price) is int:
        return price * quantity * 10**exponent if 0 <= price * quantity * 10**exponent <= LIMIT else None
    if type(price) is not str and type(price) is not Decimal:
        return None
    text = str(price)
    found = _decimal(text) if len(text) <= NUMBER_MAX else None
    if found is None:
        return None
    amount = ratio_half_up(found[0] * quantity * 10**exponent, found[1])
    return amount if amount <= LIMIT else None


@lru_cache(1 << 12)
def _decimal(text: str) -> tuple[int, int] | None:
    """A decimal as numerator and denominator."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    whole, decimals = found.groups("")
    return int(whole + decimals), 10 ** len(decimals)


@lru_cache(256)
def _of_percent(text: str) -> Fraction | None:
    rate = Fraction(Decimal(text)) / 100 if _AMOUNT.fullmatch(text) else None
    return rate if rate is not None and rate <= 1 else None


def _rate(value: object) -> Fraction | None:
    if type(value) is int and not 0 <= value <= 100:  # too long, perhaps, to be written
        return None
    if type(value) not in (int, str, Decimal):
        return None
    text = str(value)
    return _of_percent(text) if len(text) <= NUMBER_MAX else None
