"""How amounts, times and languages are written and read over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, lru_cache

from palier.core.formats import LANGUAGES, spoken
from palier.core.money import exponent

_TAG = re.compile(
    r"(?P<tag>[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8})*)(?:\s*;\s*q=(?P<weight>[01](?:\.[0-9]{0,3})?))?"
)


def amount(minor: int, currency: str) -> str:
    """An amount as a decimal text with exactly the currency's decimals: ``"12.50"``."""
    return written(currency)(minor)


@cache
def written(currency: str) -> Callable[[int], str]:
    """Writes amounts of one currency as ``amount`` does: a quote has dozens of them."""
    decimals = exponent(currency)
    if not decimals:
        return str
    unit = 10**decimals

    @lru_cache(1 << 12)
    def write(minor: int) -> str:
        whole, rest = divmod(abs(minor), unit)
        return f"{'-' if minor < 0 else ''}{whole}.{rest:0{decimals}d}"

    return write


def instant(at: datetime | None) -> str | None:
    """An instant in UTC, as RFC 3339 writes it: ``2026-01-10T09:00:00Z``."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


def asked_language(accepted: str, chosen: str = "", *, fallback: str = "en") -> str:
    """The language that an answer's sentences are in: the ``chosen`` one, else the best accepted, else ``fallback``.

    ``accepted`` is an ``Accept-Language`` header; of languages that Palier does not speak the next one counts.
    """
    if chosen:
        return spoken(chosen)
    for tag in _by_weight(accepted[:500]):
        base = tag.replace("_", "-").split("-")[0].lower()
        if base in LANGUAGES:
            return base
    return spoken(fallback)


def _by_weight(accepted: str) -> list[str]:
    """The language tags of the header, those that the reader likes best first."""
    weighed = []
    for place, part in enumerate(accepted.split(",")):
        found = _TAG.fullmatch(part.strip())
        if found is None:
            continue
        weight = Decimal(found["weight"] or 1)
        if weight > 0:
            weighed.append((-weight, place, found["tag"]))
    return [tag for _, _, tag in sorted(weighed)]
