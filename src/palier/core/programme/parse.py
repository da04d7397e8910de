"""Reading a whole programme document: strict, exact, and with all problems at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from palier.core.money import exponent, is_currency
from palier.core.period import zone
from palier.core.programme.kinds import LANGUAGE, STRING, is_clean, read_language
from palier.core.programme.load import load_text
from palier.core.programme.parse_benefits import FIRST_ORDER, REDEMPTION, REWARDS, TIERS
from palier.core.programme.parse_earning import EARNING, POINTS, SPEND
from palier.core.programme.parse_segments import SEGMENTS
from palier.core.programme.reader import (
    PROBLEMS_MAX,
    Broken,
    Context,
    Enough,
    Field,
    Kind,
    Reference,
    Values,
    choice,
    key_path,
    many,
    meant,
    read_fields,
    shown,
)
from palier.core.programme.values import SOURCES, PointsValue, Programme, Redemption

EVENTS = (
    "welcome",
    "points_earned",
    "points_available",
    "tier_up",
    "tier_down",
    "coupon_issued",
    "coupon_expiring",
    "points_expiring",
    "win_back",
)
"""The events that may send a message to a member."""

_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]{0,31}(?:/[A-Za-z0-9_+-]{1,32}){0,2}")


def parse(document: Mapping[Any, object]) -> Programme:
    """The programme that a document of format 1 describes.

    Raises InvalidProgramme with every problem found, each with its path, the reason and what was meant.
    Plain values only: maps, lists, texts, integers, Decimal, booleans, dates and instants. Binary floats are
    refused.
    """
    context = Context()
    try:
        _prepare(context, document)
        values = read_fields(context, "", document, FIELDS)
    except (Broken, Enough):
        values = None
    if len(context.problems) < PROBLEMS_MAX:
        try:
            context.resolve()
        except Enough:
            values = None
    if values is None or context.problems:
        raise context.refused()
    return _build(context, values)


def parse_text(text: str) -> Programme:
    """The programme in a YAML 1.2 or JSON text. Raises InvalidProgramme."""
    return parse(load_text(text))


def _prepare(context: Context, document: object) -> None:
    """Find out first what everything else is read against; mistakes in it are noted when its key is read."""
    if not isinstance(document, Mapping):
        return
    currency = document.get("currency")
    context.currency = currency if isinstance(currency, str) and is_currency(currency) else "EUR"
    context.exponent = exponent(currency) if currency == context.currency else None
    name = document.get("timezone")
    if isinstance(name, str) and _is_zone(name):
        context.tz = zone(name)
    tiers = document.get("tiers")
    metric = tiers.get("metric") if isinstance(tiers, Mapping) else None
    context.metric = metric if metric in ("points", "orders") else "spend"
    listed = document.get("languages")
    if "languages" not in document:
        context.languages = _languages_used(document) or None
    elif isinstance(listed, list | tuple) and listed and all(isinstance(item, str) for item in listed):
        context.languages = tuple(str(item) for item in listed[:100])


def _languages_used(document: Mapping[Any, object]) -> tuple[str, ...]:
    """The languages of the names and perks, in order of their first appearance."""
    places: list[object] = [_at(document, "points")]
    places += _items(document.get("rewards"))
    places += _items(_at(document, "tiers").get("ladder"))
    places += _items(document.get("segments"))
    found: dict[str, None] = {}
    for place in places:
        for key in ("name", "perks"):
            texts = place.get(key) if isinstance(place, Mapping) else None
            if isinstance(texts, Mapping):
                found.update(dict.fromkeys(word for word in texts if _is_language(word)))
    return tuple(found)


def _at(document: Mapping[Any, object], key: str) -> Mapping[Any, object]:
    section = document.get(key)
    return section if isinstance(section, Mapping) else {}


def _items(section: object) -> list[object]:
    return list(section) if isinstance(section, list | tuple) else []


def _is_language(word: object) -> bool:
    try:
        read_language(Context(), "", word)
    except Broken:
        return False
    return True


def _is_zone(name: str) -> bool:
    if not _ZONE.fullmatch(name):
        return False
    try:
        zone(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _read_currency(context: Context, path: str, value: object) -> str:
    if isinstance(value, str) and is_currency(value):
        return str(value)
    upper = value.upper() if isinstance(value, str) else ""
    guess = {"€": "EUR", "EURO": "EUR", "EUROS": "EUR", "$": "USD", "£": "GBP"}.get(upper, upper)
    context.fail(
        path,
        f"expected a current currency by its three letters (ISO 4217), such as EUR; found {shown(value)}",
        guess if is_currency(guess) else "",
    )


def _read_zone(context: Context, path: str, value: object) -> str:
    if isinstance(value, str) and _is_zone(value):
        return str(value)
    guess = meant(value, {name.lower(): name for name in _ZONES}) if isinstance(value, str) else ""
    known = {name.lower(): name for name in _ZONES}
    reason = f"expected a time zone of the IANA list, such as Europe/Paris; found {shown(value)}"
    context.fail(path, reason, known.get(guess, ""))


_ZONES = (
    "UTC",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/Brussels",
    "Europe/Luxembourg",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Madrid",
    "Europe/Lisbon",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Warsaw",
    "Europe/Prague",
    "Europe/Athens",
    "Europe/Copenhagen",
    "Europe/Stockholm",
    "Europe/Oslo",
    "Europe/Helsinki",
    "Europe/Budapest",
    "Europe/Bucharest",
    "Europe/Sofia",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "Asia/Tokyo",
    "Asia/Kuwait",
    "Asia/Dubai",
    "Asia/Singapore",
    "Asia/Hong_Kong",
    "Australia/Sydney",
    "Indian/Reunion",
)


def _read_source(context: Context, path: str, value: object) -> str:
    if isinstance(value, str):
        if value in SOURCES:
            return str(value)
        if value.startswith("segment:"):
            context.references.append(Reference("segment", value.removeprefix("segment:"), path))
            return str(value)
        if value in ("tier", "tiers"):
            context.fail(path, "the tier's discount is a price: it is always given and needs no combine")
        if value == "free_shipping":
            context.fail(path, "free shipping comes with its source and is not named by itself")
    guess = meant(value, SOURCES) if isinstance(value, str) else ""
    context.fail(path, f"expected {', '.join(SOURCES)} or segment:<id>; found {shown(value)}", guess)


_SOURCE: Kind[str] = Kind(_read_source, {"type": "string", "pattern": f"^({'|'.join(SOURCES)}|segment:.+)$"})


def _read_combine(context: Context, path: str, value: object) -> tuple[frozenset[str], ...]:
    if isinstance(value, list | tuple) and value and all(isinstance(item, str) for item in value):
        context.fail(
            path, "combine is a list of sets, each a list of sources", f"[[{', '.join(value)[:60]}]]"
        )
    return tuple(frozenset(item) for item in many(many(_SOURCE, least=1)).read(context, path, value))


def _read_priority(context: Context, path: str, value: object) -> tuple[str, ...]:
    given = many(_SOURCE).read(context, path, value)
    for index, source in enumerate(given):
        if source in given[:index]:
            context.note(f"{path}[{index}]", f"{source} is already named before")
    return given + tuple(source for source in SOURCES if source not in given)


def _read_languages(context: Context, path: str, value: object) -> tuple[str, ...]:
    given = many(LANGUAGE, least=1).read(context, path, value)
    for index, language in enumerate(given):
        if language in given[:index]:
            context.note(f"{path}[{index}]", f"{language} is already named before")
    return given


def _read_format(context: Context, path: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str) or value not in (1, "1"):
        context.fail(path, f"this version reads format 1; found {shown(value)}", "1")
    return 1


def _read_messages(context: Context, path: str, value: object) -> dict[str, object]:
    messages = _read_plain(context, path, value, 0)
    if not isinstance(messages, dict):
        context.fail(path, f"expected a map by event; found {shown(value)}", "{welcome: true}")
    for event, item in messages.items():
        where = key_path(path, event)
        if event not in EVENTS:
            context.note(where, f"unknown event; known: {', '.join(EVENTS)}", meant(event, EVENTS))
        elif not isinstance(item, bool | dict):
            context.note(where, f"expected true, false, or a map by channel; found {shown(item)}")
    return messages


def _read_plain(context: Context, path: str, value: object, depth: int) -> object:
    context.visit(path)
    if depth > 8:
        context.fail(path, "nested too deep")
    if isinstance(value, Mapping):
        plain: dict[str, object] = {}
        for key, item in value.items():
            if not isinstance(key, str) or len(key) > 80 or not is_clean(key):
                context.fail(path, f"a key must be a short text; found {shown(key)}")
            plain[str(key)] = _read_plain(context, key_path(path, key), item, depth + 1)
        return plain
    if isinstance(value, list | tuple):
        return [_read_plain(context, f"{path}[{index}]", item, depth + 1) for index, item in enumerate(value)]
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) <= 10**12:
        return int(value)
    if isinstance(value, str) and not value:
        return ""
    return _read_long_text(context, path, value)


def _read_long_text(context: Context, path: str, value: object) -> str:
    if not isinstance(value, str):
        context.fail(path, f"expected a text, a map, a list or a boolean; found {shown(value)}")
    if len(value) > 100_000 or not is_clean(value):
        context.fail(path, "this text is too long or holds control characters")
    return str(value)


FIELDS: dict[str, Field] = {
    "format": Field(Kind(_read_format, {"const": 1}), "The format of this document"),
    "name": Field(STRING, "What the programme is called", required=True),
    "currency": Field(
        Kind(_read_currency, {"type": "string", "pattern": "^[A-Z]{3}$"}),
        "ISO 4217, such as EUR",
        required=True,
    ),
    "timezone": Field(
        Kind(_read_zone, {"type": "string"}), "IANA name; days begin and end in it; default UTC"
    ),
    "languages": Field(
        Kind(_read_languages, many(LANGUAGE, least=1).schema),
        "Languages of members; the first is the fallback",
    ),
    "spend": Field(SPEND),
    "points": Field(POINTS),
    "earning": Field(EARNING),
    "redemption": Field(REDEMPTION),
    "rewards": Field(REWARDS),
    "tiers": Field(TIERS),
    "first_order": Field(FIRST_ORDER),
    "segments": Field(SEGMENTS),
    "combine": Field(
        Kind(_read_combine, many(many(_SOURCE, least=1)).schema),
        "Sets of sources whose discounts may stand together",
    ),
    "priority": Field(
        Kind(_read_priority, many(_SOURCE).schema),
        "Who stays when two cannot be combined; sources left out come last",
    ),
    "conflict": Field(
        choice("priority", "best"), "By priority (default), or the set that saves the member most"
    ),
    "messages": Field(
        Kind(
            _read_messages,
            {
                "type": "object",
                "properties": {event: {"type": ["boolean", "object"]} for event in EVENTS},
                "additionalProperties": False,
            },
        ),
        "Templates by event, channel and language; true or false switches an event on or off",
    ),
}
"""The keys of a document and how each is read."""


def _build(context: Context, values: Values) -> Programme:
    fields = {key: item for key, item in values.items() if key != "format"}
    fields.setdefault("languages", context.languages or ("en",))
    programme = Programme(**fields)
    if programme.points.value is None and programme.redemption is not None:
        worth = first_worth(programme.redemption)
        if worth is not None:
            programme = replace(programme, points=replace(programme.points, value=worth))
    return programme


def first_worth(redemption: Redemption) -> PointsValue | None:
    """What points are worth by the first enabled bracket with a computed discount, if there is one."""
    for bracket in redemption.brackets:
        discount = bracket.discount
        if bracket.enabled and discount is not None and discount.points is not None:
            assert discount.amount_minor is not None
            return PointsValue(discount.points, discount.amount_minor)
    return None
