"""Strict reading of plain values: a kind for each sort of value, and a context that collects every problem.

A kind both reads a value and describes itself as JSON Schema, so that the two cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Generic, NoReturn, TypeVar
from zoneinfo import ZoneInfo

from palier.core.programme.problems import InvalidProgramme, Problem

T = TypeVar("T")
Values = dict[str, Any]

PROBLEMS_MAX = 200
"""After so many problems the rest of the document is not read."""
NODES_MAX = 50_000
"""A document with more maps and list items than this is refused."""

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
_SYNONYMS = {
    "threshold": ("from", "at", "thresholds"),
    "minimum": ("from", "min_total"),
    "min": ("from", "min_total", "over"),
    "at_least": ("from",),
    "more_than": ("over",),
    "maximum": ("max", "to"),
    "at_most": ("to",),
    "less_than": ("under",),
    "below": ("under",),
    "above": ("over",),
    "percentage": ("percent",),
    "fixed": ("amount",),
    "value": ("amount",),
    "price": ("amount",),
    "expires": ("valid_for",),
    "validity": ("valid_for",),
    "expires_after": ("valid_for",),
    "multiplier": ("multiply",),
    "event": ("on",),
    "trigger": ("on",),
    "condition": ("when", "where"),
    "conditions": ("when", "where"),
    "if": ("when", "where"),
    "when": ("where",),
    "where": ("when",),
    "rules": ("earning",),
    "levels": ("tiers", "ladder"),
    "active": ("enabled",),
    "disabled": ("enabled",),
    "tz": ("timezone",),
    "title": ("name",),
    "label": ("name",),
    "cart": ("total",),
    "start": ("from",),
    "since": ("from",),
    "end": ("to",),
    "until": ("to",),
}


class Broken(Exception):
    """This value could not be read; the problem is already noted."""


class Enough(Exception):
    """The document holds too many problems, or is too large, to read on."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names something (``what`` is tier or segment) which must exist."""

    what: str
    id: str
    path: str


@dataclass(slots=True)
class Context:
    """What values are read against (currency, zone, languages, metric), and the problems found so far."""

    currency: str = "EUR"
    exponent: int | None = 2
    tz: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    languages: tuple[str, ...] | None = None
    metric: str = "spend"
    problems: list[Problem] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    defined: dict[str, dict[str, str]] = field(default_factory=dict)
    nodes: int = 0

    def note(self, path: str, reason: str, suggestion: str = "") -> None:
        """Keep a problem and read on. ``Enough`` when there are too many."""
        self.problems.append(Problem(path, reason, suggestion))
        if len(self.problems) >= PROBLEMS_MAX:
            raise Enough

    def fail(self, path: str, reason: str, suggestion: str = "") -> NoReturn:
        """Keep a problem and give this value up."""
        self.note(path, reason, suggestion)
        raise Broken

    def fail_noted(self) -> NoReturn:
        """Give this value up; its problems are noted already."""
        raise Broken

    def visit(self, path: str) -> None:
        """Count one map or item. ``Enough`` when the document is too large."""
        self.nodes += 1
        if self.nodes > NODES_MAX:
            self.problems.append(
                Problem(path, "the document is too large: more than 50000 maps and list items")
            )
            raise Enough

    def define(self, what: str, id: str, path: str) -> None:
        """Keep that ``what`` of this id exists; two of one id are a problem."""
        seen = self.defined.setdefault(what, {})
        if id in seen:
            self.fail(path, f"this id is already used at {seen[id]}; ids are unique", "")
        seen[id] = path

    def resolve(self) -> None:
        """Note every reference to something that is not defined."""
        for reference in self.references:
            known = self.defined.get(reference.what, {})
            if reference.id not in known:
                self.note(
                    reference.path, f"there is no {reference.what} with this id", meant(reference.id, known)
                )

    def refused(self) -> InvalidProgramme:
        """All that was found, as one error."""
        return InvalidProgramme(tuple(self.problems))


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """One sort of value: ``read(context, path, value)`` returns it or raises Broken; ``schema`` tells it."""

    read: Callable[[Context, str, object], T]
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a map: its kind, what it means, and whether it must be there."""

    kind: Kind[Any]
    about: str = ""
    required: bool = False


def key_path(path: str, key: str) -> str:
    """The path of a key below ``path``; a key that is no plain word is quoted."""
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key}" if path else key
    return f"{path}[{key[:80]!r}]"


def meant(word: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """The known word nearest to ``word``, or nothing when none is near."""
    if len(word) > 64:
        return ""
    for candidate in _SYNONYMS.get(word.lower(), ()):
        if candidate in known:
            return candidate
    near = get_close_matches(word.lower(), list(known)[:500], n=1)
    return near[0] if near else ""


def shown(value: object) -> str:
    """What was found, in the words of a document."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "a map"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    written = brief(value, 40)
    if isinstance(value, int | Decimal):
        return f"the number {written}" if written else "a huge number"
    if isinstance(value, date):
        return f"the day {written}"
    return f"{type(value).__name__} {written}" if written else f"a {type(value).__name__}"


def brief(value: object, length: int = 60) -> str:
    """A scalar as it would be written, cut to ``length``; empty when it is no scalar or cannot be printed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)[:length] if abs(value) < 10**60 else ""
    if isinstance(value, str | Decimal | date):
        written = str(value)[:length]
        return written if written.isprintable() else ""
    return ""


def wrapped(value: object, template: str) -> str:
    """The template with ``%s`` filled by a scalar; empty when there is nothing to fill in."""
    written = brief(value)
    return template.replace("%s", written) if written else ""


def record(
    fields: Mapping[str, Field],
    build: Callable[[Context, str, Values], T],
    *,
    about: str = "",
    elsewhere: Mapping[str, str] | None = None,
    shorthand: Callable[[object], str] | None = None,
) -> Kind[T]:
    """A map with these keys only, built into a value when all of them could be read.

    ``elsewhere`` explains keys that exist in other places but have no meaning here; ``shorthand`` suggests
    how a value that is no map should have been written.
    """

    def read(context: Context, path: str, value: object) -> T:
        values = read_fields(context, path, value, fields, elsewhere=elsewhere, shorthand=shorthand)
        return build(context, path, values)

    schema: dict[str, Any] = {
        "type": "object",
        "properties": {
            key: {**each.kind.schema, **({"description": each.about} if each.about else {})}
            for key, each in fields.items()
        },
        "additionalProperties": False,
    }
    needed = [key for key, each in fields.items() if each.required]
    if needed:
        schema["required"] = needed
    if about:
        schema["description"] = about
    return Kind(read, schema)


def read_fields(
    context: Context,
    path: str,
    value: object,
    fields: Mapping[str, Field],
    *,
    elsewhere: Mapping[str, str] | None = None,
    shorthand: Callable[[object], str] | None = None,
) -> Values:
    """The values of a map's keys, in the document's order; Broken when one of them is wrong or missing."""
    context.visit(path)
    if type(value) is not dict and not isinstance(value, Mapping):
        wanted = "a map with " + ", ".join(list(fields)[:6])
        context.fail(path, f"expected {wanted}; found {shown(value)}", shorthand(value) if shorthand else "")
    values: Values = {}
    meant_keys: set[str] = set()
    broken = False
    below = f"{path}." if path else ""
    for key, item in value.items():
        try:
            each = fields.get(key) if isinstance(key, str) else _refuse_key(context, path, key)
            if each is None:
                meant_keys.add(_note_unknown(context, path, key, fields, elsewhere or {}))
                raise Broken
            # What is known is a plain word: its path needs no looking at.
            values[str(key)] = each.kind.read(context, below + key, item)
        except Broken:
            broken = True
    for key, each in fields.items():
        if each.required and key not in value:
            broken = True
            if key not in meant_keys:
                context.note(key_path(path, key), "this key is required", "")
    if broken:
        raise Broken
    return values


def _refuse_key(context: Context, path: str, key: object) -> NoReturn:
    word = {True: "on", False: "off"}[key] if isinstance(key, bool) else ""
    context.fail(f"{path}[{brief(key, 40)}]", f"a key must be a text; found {shown(key)}", word)


def _note_unknown(
    context: Context, path: str, key: str, fields: Mapping[str, Field], elsewhere: Mapping[str, str]
) -> str:
    """Note a key that is not known here and say which one was meant, if that can be guessed."""
    if key in elsewhere:
        context.note(key_path(path, key), elsewhere[key])
        return ""
    guess = meant(key, fields)
    context.note(key_path(path, key), f"unknown key; known here: {', '.join(fields)}", guess)
    return guess


def many(kind: Kind[T], *, least: int = 0, about: str = "") -> Kind[tuple[T, ...]]:
    """A list of these, in the order of the document."""

    def read(context: Context, path: str, value: object) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            suggestion = "[…]" if isinstance(value, Mapping | str | int) else ""
            context.fail(path, f"expected a list; found {shown(value)}", suggestion)
        if len(value) < least:
            context.fail(path, "this list must not be empty")
        items: list[T] = []
        broken = False
        for index, item in enumerate(value):
            context.visit(path)
            try:
                items.append(kind.read(context, f"{path}[{index}]", item))
            except Broken:
                broken = True
        if broken:
            raise Broken
        return tuple(items)

    schema: dict[str, Any] = {"type": "array", "items": dict(kind.schema)}
    if least:
        schema["minItems"] = least
    if about:
        schema["description"] = about
    return Kind(read, schema)


def choice(*words: str) -> Kind[str]:
    """One of these words."""

    def read(context: Context, path: str, value: object) -> str:
        if isinstance(value, str) and value in words:
            return str(value)
        suggestion = meant(value, words) if isinstance(value, str) else ""
        context.fail(path, f"expected one of {', '.join(words)}; found {shown(value)}", suggestion)

    return Kind(read, {"enum": list(words)})


def _read_boolean(context: Context, path: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    words = {"yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false"}
    written = brief(value, 8).lower()
    suggestion = words.get(written, written)
    if suggestion not in ("true", "false"):
        suggestion = ""
    context.fail(path, f"expected true or false; found {shown(value)}", suggestion)


BOOLEAN: Kind[bool] = Kind(_read_boolean, {"type": "boolean"})
