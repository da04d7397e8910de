"""How money, numbers and days are written for people of each language."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from palier.core.money import exponent, from_minor
from palier.core.period import local_day, zone

_CODE_BEFORE_DIGITS = re.compile(r"([A-Z]{3})(?=\d)")

LANGUAGES = ("en", "fr", "de")
"""The languages that Palier itself speaks; any other reads English."""


@dataclass(frozen=True, slots=True)
class Formats:
    """The writings that a sentence needs. ``price`` is money without decimals where they are zero."""

    money: Callable[[int], str]
    price: Callable[[int], str]
    number: Callable[[int | Decimal], str]
    day: Callable[[date | datetime], str]


def spoken(language: str) -> str:
    """The one of Palier's languages that serves a reader of ``language``: "de-AT" is served by "de"."""
    base = language.replace("_", "-").split("-")[0].lower()
    return base if base in LANGUAGES else "en"


@lru_cache(maxsize=256)
def formats_for(language: str, currency: str, timezone: str) -> Formats:
    """The customs of ``language``, and of its region if it names one; days are those of ``timezone``."""
    locale = _locale(language)
    tz = zone(timezone)
    whole = 10 ** exponent(currency)

    def money(amount_minor: int) -> str:
        return _money(locale, amount_minor, currency, exponent(currency))

    def price(amount_minor: int) -> str:
        return _money(locale, amount_minor, currency, exponent(currency) if amount_minor % whole else 0)

    def number(value: int | Decimal) -> str:
        return format_decimal(value, locale=locale)

    def day(when: date | datetime) -> str:
        local = local_day(when, tz) if isinstance(when, datetime) else when
        written = str(format_date(local, "long", locale=locale))
        return written.replace("1 ", "1er ", 1) if local.day == 1 and locale.language == "fr" else written

    return Formats(money, price, number, day)


def _locale(language: str) -> Any:
    """A locale that speaks one of Palier's languages; English without a region is written as in Britain."""
    base = spoken(language)
    if base == language.replace("_", "-").split("-")[0].lower():
        try:
            found = Locale.parse(language.replace("_", "-"), sep="-")
            if found.territory or base != "en":
                return found
        except (UnknownLocaleError, ValueError):
            pass  # a region that nobody knows: the language alone will do
    return Locale.parse("en_GB" if base == "en" else base)


def _money(locale: Any, amount_minor: int, currency: str, decimals: int) -> str:
    """The decimals are those that the ledger counts in, which are not always those of the locale's data."""
    pattern = copy(locale.currency_formats["standard"])
    pattern.frac_prec = (decimals, decimals)
    amount = from_minor(amount_minor, currency)
    written = str(pattern.apply(amount, locale, currency=currency, currency_digits=False))
    return _CODE_BEFORE_DIGITS.sub("\\1\u00a0", written)
