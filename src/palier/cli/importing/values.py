"""Texts of rows to values: numbers, amounts, instants, days, yes and no, as shops write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from zoneinfo import ZoneInfo

from palier.cli.importing.errors import RowRefused
from palier.core.money import LIMIT, exponent, round_half_up

_CURRENCY_SIGNS = str.maketrans("", "", "€£$¥₣ \u00a0\u202f\u2009'’")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,2})?")
_DIGITS_MAX = 30

DATE_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d.%m.%Y",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%d-%m-%Y",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%d/%m/%y %H:%M",
    "%m/%d/%y %H:%M",
    "%d/%m/%y",
    "%m/%d/%y",
    "%Y%m%d",
)
"""Where the day and the month could be either, the day comes first unless the file itself says otherwise."""

ISO = "iso"


def guess_date_format(samples: Iterable[str]) -> str:
    """The first format that reads every sample; blank when none does. ISO 8601 with a zone is ``iso``."""
    texts = {text.strip() for text in samples if text.strip()}
    if not texts:
        return ""
    return next((form for form in (*DATE_FORMATS, ISO) if all(_fits(text, form) for text in texts)), "")


def guess_decimal_mark(samples: Iterable[str]) -> str:
    """Whether amounts are written with a decimal comma: one that is not followed by exactly three digits says so."""
    comma = False
    for text in samples:
        plain = text.translate(_CURRENCY_SIGNS)
        if "," in plain and "." in plain:
            return "," if plain.rindex(",") > plain.rindex(".") else "."
        if plain.count(",") == 1 and len(plain.partition(",")[2].rstrip("%")) != 3:
            comma = True
        elif plain.count(".") == 1 and len(plain.partition(".")[2]) != 3:
            return "."
    return "," if comma else "."


def parse_number(text: str, mark: str = ".") -> Decimal:
    """The number in a text; currency signs, thousands' marks and blanks around it do not matter."""
    plain = text.strip()
    if len(plain) > _DIGITS_MAX:
        raise RowRefused("unreadable_number", f"{plain[:40]!r} is too long for a number")
    if not _NUMBER.fullmatch(plain):
        plain = plain.translate(_CURRENCY_SIGNS)
        if plain.startswith("(") and plain.endswith(")"):
            plain = "-" + plain[1:-1]
        if mark == ",":
            plain = plain.replace(".", "").replace(",", ".")
        else:
            plain = plain.replace(",", "")
    if not _NUMBER.fullmatch(plain):
        raise RowRefused("unreadable_number", f"{text.strip()[:40]!r} is no number")
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise RowRefused("unreadable_number", f"{text.strip()[:40]!r} is no number") from error


def parse_whole(text: str, mark: str = ".") -> int:
    """A whole number; ``12.0`` is one."""
    number = parse_number(text, mark)
    if number != number.to_integral_value():
        raise RowRefused("not_whole", f"{text.strip()!r} is no whole number")
    if abs(number) > LIMIT:
        raise RowRefused("too_large", f"{text.strip()!r} is too large")
    return int(number)


def minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units, rounded half up."""
    rounded = round_half_up(Fraction(amount) * 10 ** exponent(currency))
    if abs(rounded) > LIMIT:
        raise RowRefused("too_large", f"{amount} is too large")
    return rounded


def parse_instant(text: str, form: str, zone: ZoneInfo) -> datetime:
    """An instant in UTC. Local times are those of ``zone``: a doubled hour is the first one, a skipped one moves on."""
    plain = text.strip()
    try:
        if form == ISO or plain[-1:] == "Z" or plain[-6:-5] in ("+", "-"):
            found = datetime.fromisoformat(plain)
        else:
            try:
                found = datetime.strptime(plain, form)  # noqa: DTZ007
            except ValueError:
                found = datetime.fromisoformat(plain)
    except ValueError as error:
        raise RowRefused(
            "unreadable_date", f"{plain[:40]!r} is no date and time as {form or 'known'}"
        ) from error
    local = found if found.tzinfo else found.replace(tzinfo=zone)
    try:
        instant = local.astimezone(UTC)
    except OverflowError as error:
        raise RowRefused("unreadable_date", f"{plain[:40]!r} is out of range") from error
    if not datetime(1970, 1, 2, tzinfo=UTC) <= instant <= datetime(2200, 1, 1, tzinfo=UTC):
        raise RowRefused("unreadable_date", f"{plain[:40]!r} is out of range")
    return instant


def parse_day(text: str, form: str) -> date:
    """A day; a time behind it does not matter."""
    plain = text.strip()
    try:
        return (
            datetime.strptime(plain, form).date()  # noqa: DTZ007
            if form and form != ISO
            else datetime.fromisoformat(plain).date()
        )
    except ValueError as error:
        raise RowRefused("unreadable_date", f"{plain[:40]!r} is no date") from error


def parse_yes(text: str) -> bool:
    """Yes or no, in English, French or German."""
    word = text.strip().casefold()
    if word in {"1", "true", "yes", "y", "x", "oui", "o", "vrai", "ja", "j", "wahr", "pro"}:
        return True
    if word in {"", "0", "false", "no", "n", "non", "faux", "nein", "falsch", "-"}:
        return False
    raise RowRefused("unreadable_word", f"{text.strip()[:40]!r} is neither yes nor no")


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The midnight after a day: what is good through it ends then."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=zone).astimezone(UTC)


def _fits(text: str, form: str) -> bool:
    try:
        if form == ISO:
            datetime.fromisoformat(text)
        else:
            datetime.strptime(text, form)  # noqa: DTZ007
    except ValueError:
        return False
    return True
