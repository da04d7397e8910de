"""The scalar kinds of a programme: numbers, money, percentages, durations, days, names, ids and texts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Decimal
from decimal import Context as DecimalContext
from fractions import Fraction
from typing import Any, Literal

from palier.core.money import LIMIT
from palier.core.period import Duration, parse_duration, start_of_day
from palier.core.programme.reader import (
    Broken,
    Context,
    Kind,
    Reference,
    brief,
    key_path,
    meant,
    shown,
    wrapped,
)
from palier.core.programme.values import Text

_DECIMAL = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_ID = re.compile(r"\w[\w.-]{0,63}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEXT_MAX = 2000
_DECIMAL_SCHEMA: Mapping[str, Any] = {"type": ["number", "string"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}


def fold_city(name: str) -> str:
    """The name without case, accents, hyphens or double spaces, as city names are compared.

    >>> fold_city("Saint-Étienne") == fold_city("saint etienne")
    True
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("-", " ").replace("’", "'").split())


def read_decimal(context: Context, path: str, value: object, *, decimals: int | None) -> Decimal:
    """An exact decimal with at most ``decimals`` places (12 when None), never from a binary float.

    Bounded by 10^12 either way. A text such as ``"12.50"`` is read too; trailing zeros are no places.
    """
    if isinstance(value, float):
        context.fail(path, "a binary float is not exact; read the document's text, or write it in quotes")
    if isinstance(value, str):
        if not _DECIMAL.fullmatch(value):
            suggestion = value.replace(",", ".") if re.fullmatch(r"-?[0-9]+,[0-9]+", value) else ""
            bare = re.sub(r"[\s€$£%]|EUR|CHF|USD|GBP", "", value[:40])
            suggestion = suggestion or (bare if _DECIMAL.fullmatch(bare) else "")
            context.fail(path, f"expected a number; found {shown(value)}", suggestion)
        value = Decimal(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        context.fail(path, f"expected a number; found {shown(value)}")
    if isinstance(value, Decimal) and not value.is_finite():
        context.fail(path, "expected a number; found one that is none (infinite or undefined)")
    if value > LIMIT or value < -LIMIT:
        context.fail(path, "this number is too large; the limit is 10^12")
    number = Decimal(int(value)) if isinstance(value, int) else _stripped(value)
    places = 12 if decimals is None else decimals
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    if -exponent > places:
        allowed = "a whole number, no decimals" if places == 0 else f"at most {places} decimals"
        context.fail(path, f"too many decimals: {allowed} here")
    return number


_EXACT = DecimalContext(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)


def _stripped(value: Decimal) -> Decimal:
    """The same number without the zeros at its end, however many digits it has."""
    return _EXACT.normalize(value) if value else Decimal(0)


def whole(*, least: int = 0, most: int = LIMIT) -> Kind[int]:
    """A whole number from ``least`` to ``most``, both included (points, quantities, grams, ranks)."""

    def read(context: Context, path: str, value: object) -> int:
        if type(value) is int and least <= value <= most:
            return value
        if isinstance(value, str):
            suggestion = value if re.fullmatch(r"[0-9]{1,13}", value) else ""
            context.fail(path, f"expected a whole number; found {shown(value)}", suggestion)
        number = int(read_decimal(context, path, value, decimals=0))
        if not least <= number <= most:
            context.fail(path, f"expected a whole number from {least} to {most}; found {number}")
        return number

    return Kind(read, {"type": "integer", "minimum": least, "maximum": most})


def money(*, least: int = 0) -> Kind[int]:
    """An amount of at least ``least`` minor units; returns minor units, exactly.

    More decimals than the currency has are refused, and so is more than 10^12 minor units.
    """

    def read(context: Context, path: str, value: object) -> int:
        number = read_decimal(context, path, value, decimals=context.exponent)
        minor = int(number * 10 ** (context.exponent or 0))
        if minor > LIMIT:
            context.fail(path, "this amount is too large; the limit is 10^12 minor units")
        if context.exponent is not None and minor < least:
            context.fail(
                path, "this amount must be more than 0" if least else "this amount must not be negative"
            )
        return minor

    return Kind(read, {**_DECIMAL_SCHEMA, "minimum": 0})


def _read_percent(context: Context, path: str, value: object) -> int:
    number = read_decimal(context, path, value, decimals=2)
    if not 0 <= number <= 100:
        context.fail(path, f"a percentage lies between 0 and 100; found {number}")
    return int(number * 100)


PERCENT: Kind[int] = Kind(_read_percent, {**_DECIMAL_SCHEMA, "minimum": 0, "maximum": 100})
"""0 to 100 with at most 2 decimals, as basis points."""


def _read_multiplier(context: Context, path: str, value: object) -> Fraction:
    number = Fraction(read_decimal(context, path, value, decimals=None))
    if number <= 0:
        context.fail(path, "a multiplier must be more than 0")
    return number


MULTIPLIER: Kind[Fraction] = Kind(_read_multiplier, {**_DECIMAL_SCHEMA, "exclusiveMinimum": 0})
"""An exact decimal above 0, with at most 12 decimals."""


def duration(*, zero: bool = False) -> Kind[Duration]:
    """An ISO 8601 duration; ``P0D`` only where ``zero`` is allowed."""

    def read(context: Context, path: str, value: object) -> Duration:
        if not isinstance(value, str) or len(value) > 60:
            context.fail(
                path, f"expected a duration such as P12M or P14D; found {shown(value)}", _guess_span(value)
            )
        try:
            span = parse_duration(value)
        except ValueError as error:
            context.fail(path, f"{value[:40]!r} is {error}", _guess_span(value))
        if span.is_zero and not zero:
            context.fail(path, "this duration must be longer than nothing")
        return span

    return Kind(read, {"type": "string", "pattern": "^P(?!$)([0-9]+[YMWD])*(T([0-9]+[HMS])+)?$"})


def _guess_span(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 36525:
        return f"P{value}D"
    if not isinstance(value, str):
        return ""
    match = re.fullmatch(r"P?\s*([0-9]{1,5})\s*([A-Za-z]{1,12})", value.strip()[:40], re.IGNORECASE)
    if not match:
        return ""
    unit = next((unit for word, unit in _UNITS if match[2].lower().startswith(word)), "")
    guess = f"P{match[1]}{unit}" if unit else ""
    return guess if guess != value else ""


_UNITS = (
    ("jahr", "Y"), ("sec", ""), ("sek", ""), ("min", ""), ("d", "D"), ("j", "D"), ("t", "D"), ("w", "W"), ("s", "W"),
    ("m", "M"), ("y", "Y"), ("a", "Y"),
)  # fmt: skip
"""How words for a length of time begin in English, French and German; seconds and minutes are no guess."""


DAY_OR_INSTANT_SCHEMA: Mapping[str, Any] = {
    "type": "string",
    "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+(Z|[+-][0-9:]+)?)?$",
}


def edge(*, shift: Literal["start", "after"]) -> Kind[datetime]:
    """A day or an instant as a half-open edge in UTC.

    ``start``: the first instant of the day, or the instant itself. ``after``: the first instant after the
    whole day, or just after the instant. Instants without an offset are local to the programme's time zone.
    """

    def read(context: Context, path: str, value: object) -> datetime:
        moment = _day_or_instant(context, path, value)
        if not 1900 <= moment.year <= 2200:
            context.fail(path, "a year lies between 1900 and 2200")
        if isinstance(moment, datetime):
            aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=context.tz)
            step = timedelta(microseconds=1) if shift == "after" else timedelta()
            return aware.astimezone(UTC) + step
        return start_of_day(moment + timedelta(days=1) if shift == "after" else moment, context.tz)

    return Kind(read, DAY_OR_INSTANT_SCHEMA)


def _day_or_instant(context: Context, path: str, value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and len(value) <= 40:
        try:
            return date.fromisoformat(value) if _DAY.fullmatch(value) else _instant(value)
        except ValueError:
            pass
    context.fail(path, f"expected a day such as 2026-12-05 or an instant with offset; found {shown(value)}")


def _instant(value: str) -> datetime:
    if not _DAY.match(value):
        raise ValueError
    return datetime.fromisoformat(value)


def is_clean(text: str) -> bool:
    """Whether a text has no control characters (line breaks and tabs aside) and no broken characters."""
    return not any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text)


_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e")
"""They turn the direction of all that follows, also of what is no part of the text. Isolates and marks do not."""


def read_text(context: Context, path: str, value: object) -> str:
    """A text that is not empty, of at most 2000 characters, without control characters."""
    if not isinstance(value, str):
        quoted = "" if isinstance(value, bool) else wrapped(value, '"%s"')
        context.fail(path, f"expected a text; found {shown(value)}", quoted)
    if not value.strip():
        context.fail(path, "this text must not be empty")
    if len(value) > _TEXT_MAX:
        context.fail(path, f"this text is too long; at most {_TEXT_MAX} characters")
    if not is_clean(value) or not _OVERRIDES.isdisjoint(value):
        context.fail(path, "this text holds control characters or broken characters")
    return str(value)


STRING: Kind[str] = Kind(read_text, {"type": "string", "minLength": 1, "maxLength": _TEXT_MAX})


def read_name(context: Context, path: str, value: object) -> str:
    """A word of the shop (product, category, carrier, group, tag); a whole number is read as its digits."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LIMIT:
        return str(int(value))
    return read_text(context, path, value).strip()


NAME: Kind[str] = Kind(read_name, {"type": ["string", "integer"]})


def names(kind: Kind[str] = NAME, *, least: int = 0, single: bool = True) -> Kind[frozenset[str]]:
    """A list of names (any of them), or one name alone where ``single``."""

    def read(context: Context, path: str, value: object) -> frozenset[str]:
        if not isinstance(value, list | tuple):
            if not single or isinstance(value, Mapping) or value is None:
                context.fail(path, f"expected a list; found {shown(value)}", wrapped(value, "[%s]"))
            return frozenset({kind.read(context, path, value)})
        if len(value) < least:
            context.fail(path, "this list must not be empty; leave the key out to ask for nothing")
        found: list[str] = []
        broken = False
        for index, item in enumerate(value):
            context.visit(path)
            try:
                found.append(kind.read(context, f"{path}[{index}]", item))
            except Broken:
                broken = True
        if broken:
            raise Broken
        return frozenset(found)

    listed: dict[str, Any] = {"type": "array", "items": dict(kind.schema)}
    if least:
        listed["minItems"] = least
    return Kind(read, {"anyOf": [dict(kind.schema), listed]} if single else listed)


def read_id(context: Context, path: str, value: object) -> str:
    """An id: letters, digits, ``-``, ``_`` and ``.``, the first a letter or digit, at most 64 characters."""
    if not isinstance(value, str):
        quoted = "" if isinstance(value, bool) else wrapped(value, '"%s"')
        context.fail(path, f"expected an id; found {shown(value)}", quoted)
    if not _ID.fullmatch(value):
        slug = re.sub(r"[^\w.-]+", "-", value[:64]).strip("-.").lower()
        context.fail(path, "an id has letters, digits, - _ . and no spaces, at most 64 characters", slug)
    return str(value)


def new_id(what: str) -> Kind[str]:
    """The id of a ``what``, unique among them."""

    def read(context: Context, path: str, value: object) -> str:
        id = read_id(context, path, value)
        context.define(what, id, path)
        return id

    return Kind(read, {"type": "string", "pattern": r"^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$"})


def reference(what: str) -> Kind[str]:
    """The id of a ``what`` that the document defines somewhere (before or after)."""

    def read(context: Context, path: str, value: object) -> str:
        id = read_id(context, path, value)
        context.references.append(Reference(what, id, path))
        return id

    return Kind(read, {"type": "string"})


def read_language(context: Context, path: str, value: object) -> str:
    """A language code such as fr, de or pt-BR."""
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        guess = value.replace("_", "-") if isinstance(value, str) else ""
        lower = guess.lower() if _LANGUAGE.fullmatch(guess.lower()) else ""
        suggestion = guess if _LANGUAGE.fullmatch(guess) else lower
        context.fail(path, f"expected a language such as fr or de; found {shown(value)}", suggestion)
    return str(value)


LANGUAGE: Kind[str] = Kind(read_language, {"type": "string", "pattern": f"^{_LANGUAGE.pattern}$"})


def by_language(context: Context, path: str, value: Mapping[Any, object]) -> list[tuple[str, str, object]]:
    """The (language, path, value) of a map by language, in the order of the document's languages."""
    if not value:
        context.fail(path, "this map by language must not be empty")
    items: list[tuple[str, str, object]] = []
    broken = False
    for key, item in value.items():
        where = key_path(path, brief(key, 80))
        try:
            language = read_language(context, where, key)
            if context.languages is not None and language not in context.languages:
                listed = ", ".join(context.languages)
                context.fail(
                    where,
                    f"this language is not among the document's languages ({listed})",
                    meant(language, context.languages),
                )
            items.append((language, where, item))
        except Broken:
            broken = True
    if broken:
        raise Broken
    order = context.languages or ()
    return sorted(items, key=lambda item: (order.index(item[0]) if item[0] in order else len(order), item[0]))


def _read_translated(context: Context, path: str, value: object) -> Text:
    if not isinstance(value, Mapping):
        return Text((("", read_text(context, path, value)),))
    items = by_language(context, path, value)
    texts: list[tuple[str, str]] = []
    for language, where, item in items:
        try:
            texts.append((language, read_text(context, where, item)))
        except Broken:
            continue
    if len(texts) < len(items):
        raise Broken
    return Text(tuple(texts))


TEXT: Kind[Text] = Kind(
    _read_translated,
    {"anyOf": [dict(STRING.schema), {"type": "object", "additionalProperties": dict(STRING.schema)}]},
)
"""One string, or a map by language."""
