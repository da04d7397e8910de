"""Numbers as people type them: with a comma or a point, with or without spaces between thousands."""

from __future__ import annotations

import re
from decimal import Decimal

from babel import numbers

from palier.backoffice.formats import LOCALES

_SPACES = re.compile(r"[\s'’]")
_PLAIN = re.compile(r"[0-9]{1,18}(?:[.,][0-9]{1,12})?")
_GROUPED = {
    ",": re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]{1,12})?"),
    ".": re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,12})?"),
}
_THOUSANDS = {"en": ",", "de": "."}


class NotANumber(ValueError):
    """This cannot be read as a number that is not negative."""


def read_number(text: str, *, language: str) -> Decimal:
    """``1,234.50`` and ``1.234,50`` in any language; ``1,234`` is a thousand in English and ``1.234`` in German.

    A single mark is a decimal one in all other cases. ``NotANumber`` for everything else, minus included.
    """
    bare = _SPACES.sub("", text)
    if not bare.isascii() or len(bare) > 30:
        raise NotANumber(text)
    own = _THOUSANDS.get(language)
    for mark, pattern in _GROUPED.items():
        has_both = "." in bare and "," in bare
        if (has_both or mark == own or bare.count(mark) > 1) and pattern.fullmatch(bare):
            return Decimal(bare.replace(mark, "").replace(",", "."))
    if not _PLAIN.fullmatch(bare):
        raise NotANumber(text)
    return Decimal(bare.replace(",", "."))


def is_long(text: str) -> bool:
    """Whether somebody typed a number with more digits than any that is counted here."""
    bare = _SPACES.sub("", text)
    return bare.isascii() and bare.replace(".", "").replace(",", "").isdigit() and len(bare) > 18


def write_number(value: Decimal, *, language: str, decimals: int = 0) -> str:
    """The number as it is typed in that language, with at least so many decimals and no spaces or marks between."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    places = max(decimals, -exponent)
    locale = LOCALES.get(language, "en_GB")
    pattern = "0." + "0" * places if places else "0"
    return str(numbers.format_decimal(value, format=pattern, locale=locale, group_separator=False))
