"""The sorts of values in messages: words, instants, amounts; and how what is wrong becomes one refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from palier.core.errors import Refusal
from palier.core.money import LIMIT, exponent, is_currency
from palier.core.programme.kinds import read_decimal
from palier.core.programme.problems import Problem
from palier.core.programme.reader import Broken, Context, Enough, Kind, Values, shown, wrapped

T = TypeVar("T")

ID_MAX = 200
"""Ids, codes and names that shops give have at most so many characters."""
YEAR_MIN, YEAR_MAX = 1900, 2200
PROBLEMS_SHOWN = 20

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_DECIMAL: Mapping[str, Any] = {"type": ["number", "string"], "pattern": r"^-?[0-9]{1,30}(\.[0-9]{1,30})?$"}
_PRINTABLE = r"^[^\u0000-\u001f\u007f-\u009f]*$"


def read_message(
    refusal: type[Refusal], read: Callable[[Context], T], *, currency: str = "EUR", path: str = "currency"
) -> T:
    """What ``read`` returns; all that it found wrong as one ``refusal`` instead. The currency must be known."""
    context = Context(currency=currency, exponent=exponent(currency) if is_currency(currency) else None)
    try:
        if context.exponent is None:
            context.fail(path, f"{currency[:20]!r} is no currency of ISO 4217", _currency_meant(currency))
        result = read(context)
    except (Broken, Enough):
        raise refused(refusal, context.problems) from None
    if context.problems:
        raise refused(refusal, context.problems)
    return result


def refused(refusal: type[Refusal], problems: list[Problem]) -> Refusal:
    """All problems in one refusal: its path is that of the first."""
    assert problems
    made = _refused(refusal, problems)
    made.problems = tuple(problems)
    return made


def _refused(refusal: type[Refusal], problems: list[Problem]) -> Refusal:
    first, *others = problems
    if not others:
        return refusal(
            first.reason, path=first.path, hint=f"meant: {first.suggestion}" if first.suggestion else ""
        )
    told = "; ".join(str(problem) for problem in others[: PROBLEMS_SHOWN - 1])
    more = f"; and {len(others) - PROBLEMS_SHOWN + 1} more" if len(others) >= PROBLEMS_SHOWN else ""
    reason = f"{first.reason} (meant: {first.suggestion})" if first.suggestion else first.reason
    return refusal(f"{reason}; also {told}{more}", path=first.path)


def word(*, most: int = ID_MAX, least: int = 1) -> Kind[str]:
    """A text on one line of at most ``most`` characters, its outer blanks taken off; a whole number is its digits."""

    def read(context: Context, path: str, value: object) -> str:
        if type(value) is str and len(value) <= most and value.isprintable():
            # Nearly every text: what can be printed holds no character that is looked for below.
            plain = value.strip()
            if len(plain) >= least:
                return plain
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LIMIT:
            value = str(int(value))
        if not isinstance(value, str):
            quoted = "" if isinstance(value, bool) else wrapped(value, '"%s"')
            context.fail(path, f"expected a text; found {shown(value)}", quoted)
        if len(value) > most:
            context.fail(path, f"this text is too long; at most {most} characters")
        if any(unicodedata.category(c) in ("Cc", "Cs") for c in value):
            context.fail(path, "this text holds control characters or broken characters")
        bare = value.strip()
        if len(bare) < least:
            context.fail(path, "this text must not be empty")
        return str(bare)

    text = {"minLength": least, "maxLength": most, "pattern": _PRINTABLE}
    return Kind(read, {"type": ["string", "integer"], **text, "minimum": -LIMIT, "maximum": LIMIT})


def _read_email(context: Context, path: str, value: object) -> str:
    if not isinstance(value, str):
        context.fail(path, f"expected an e-mail address; found {shown(value)}")
    address = word(most=254, least=0).read(context, path, value)
    name, _, domain = address.rpartition("@")
    if address and not (name and domain and " " not in address):
        context.fail(path, f"expected an e-mail address; found {shown(value)}")
    return address


EMAIL: Kind[str] = Kind(
    _read_email, {"type": "string", "maxLength": 254, "pattern": r"^\s*([^ ]+@[^ ]+)?\s*$"}
)
"""An address, as far as one can tell by looking at it; or an empty text for none."""


def _read_instant(context: Context, path: str, value: object) -> datetime:
    moment = _moment(value)
    if moment is None:
        context.fail(
            path, f"expected an instant such as 2026-01-10T09:00:00Z, or a day; found {shown(value)}"
        )
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        context.fail(path, f"a year lies between {YEAR_MIN} and {YEAR_MAX}")
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), tzinfo=UTC)
    if moment.utcoffset() is None:
        context.fail(path, "an instant needs its offset from UTC", f"{moment.isoformat()}Z")
    return moment.astimezone(UTC)


def _moment(value: object) -> date | None:
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            if _DAY.fullmatch(value):
                return date.fromisoformat(value)
            if _INSTANT.fullmatch(value):
                return datetime.fromisoformat(value)
        except ValueError:
            pass
    return None


INSTANT: Kind[datetime] = Kind(
    _read_instant, {"type": "string", "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}"}
)
"""An instant with its offset, in UTC; a day is the start of that day in UTC."""


def _read_day(context: Context, path: str, value: object) -> date:
    moment = _moment(value)
    if moment is None or isinstance(moment, datetime):
        context.fail(path, f"expected a day such as 1990-05-17; found {shown(value)}")
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        context.fail(path, f"a year lies between {YEAR_MIN} and {YEAR_MAX}")
    return moment


DAY: Kind[date] = Kind(
    _read_day, {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
)


def _read_amount(context: Context, path: str, value: object) -> int:
    number = read_decimal(context, path, value, decimals=context.exponent)
    minor = int(number * 10 ** (context.exponent or 0))
    if minor < 0:
        context.fail(path, "this amount must not be negative")
    if minor > LIMIT:
        context.fail(path, "this amount is too large; the limit is 10^12 minor units")
    return minor


AMOUNT: Kind[int] = Kind(_read_amount, {**_DECIMAL, "minimum": 0, "maximum": LIMIT})
"""An amount in minor units, exactly: no more decimals than the currency has, and not negative."""


def _read_price(context: Context, path: str, value: object) -> Decimal:
    number = read_decimal(context, path, value, decimals=None)
    if number < 0:
        context.fail(path, "a price must not be negative")
    return number


PRICE: Kind[Decimal] = Kind(_read_price, {**_DECIMAL, "minimum": 0, "maximum": LIMIT})
"""A price of one piece, which may have more decimals than the currency."""


def _read_rate(context: Context, path: str, value: object) -> Fraction:
    number = Fraction(read_decimal(context, path, value, decimals=None))
    if number <= 0:
        context.fail(path, "a rate must be more than 0")
    return number


RATE: Kind[Fraction] = Kind(_read_rate, {**_DECIMAL, "exclusiveMinimum": 0, "maximum": LIMIT})


def _read_tax_rate(context: Context, path: str, value: object) -> Fraction:
    number = Fraction(read_decimal(context, path, value, decimals=None))
    if not 0 <= number <= 100:
        context.fail(path, "a tax rate lies between 0 and 100, in percent")
    return number / 100


TAX_RATE: Kind[Fraction] = Kind(_read_tax_rate, {**_DECIMAL, "minimum": 0, "maximum": 100})
"""A percentage as a fraction: 20 is 1/5."""


def _read_currency(context: Context, path: str, value: object) -> str:
    if not isinstance(value, str) or not is_currency(value):
        suggestion = _currency_meant(value) if isinstance(value, str) else ""
        context.fail(path, f"expected a currency of ISO 4217 such as EUR; found {shown(value)}", suggestion)
    return str(value)


CURRENCY: Kind[str] = Kind(_read_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})


def _currency_meant(text: str) -> str:
    upper = text.strip().upper()[:10]
    return upper if is_currency(upper) else ""


def exactly_one(context: Context, path: str, values: Values, keys: tuple[str, ...]) -> str:
    """The one of ``keys`` that is given; none or several are a problem."""
    given = [key for key in keys if key in values]
    if len(given) != 1:
        context.fail(path, f"give one of {', '.join(keys)}" + (", not several" if given else ""))
    return given[0]
