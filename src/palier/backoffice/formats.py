"""Numbers, money and times as people of the viewer's language write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import dates, numbers

from palier.core.money import from_minor

# Most readers of English here write 25 Nov 2026, not Nov 25, 2026.
LOCALES = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE"}


def number(value: int, *, language: str, signed: bool = False) -> str:
    """``12,400``; with ``signed`` a gain carries its plus, and minus is a true minus."""
    text = numbers.format_decimal(abs(value), locale=_locale(language))
    sign = "\N{MINUS SIGN}" if value < 0 else "+" if signed and value > 0 else ""
    return sign + text


def money(amount_minor: int, *, currency: str, language: str) -> str:
    """``€1,234.50``, ``1 234,50 €``."""
    return numbers.format_currency(from_minor(amount_minor, currency), currency, locale=_locale(language))


def percent(part: int, whole: int, *, language: str) -> str:
    """A share in whole percent, rounded down; 100 % only when it is all."""
    share = 100 * part // whole if whole else 0
    return numbers.format_percent(share / 100, locale=_locale(language))


def day(value: datetime | date, *, tz: ZoneInfo, language: str) -> str:
    """``25 Nov 2026``, in the programme's time zone."""
    local = value.astimezone(tz).date() if isinstance(value, datetime) else value
    written = dates.format_date(local, "medium", locale=_locale(language))
    return written.replace("1 ", "1er ", 1) if local.day == 1 and language == "fr" else written


def moment(value: datetime, *, tz: ZoneInfo, language: str) -> str:
    """``25 Nov 2026, 14:05``, in the programme's time zone."""
    locale = _locale(language)
    at = dates.format_time(value, "short", tzinfo=tz, locale=locale)
    return f"{day(value, tz=tz, language=language)}, {at}"


def _locale(language: str) -> str:
    return LOCALES.get(language, "en_GB")
