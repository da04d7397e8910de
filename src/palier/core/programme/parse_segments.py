"""Reading ``segments``: facts about members, nested by ``all``, ``any`` and ``not``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palier.core.programme.kinds import (
    LANGUAGE,
    NAME,
    TEXT,
    duration,
    fold_city,
    money,
    names,
    new_id,
    read_name,
    reference,
    whole,
)
from palier.core.programme.parse_benefits import CART_BRACKETS
from palier.core.programme.parse_parts import ENABLED, bounds, line_filter
from palier.core.programme.reader import (
    BOOLEAN,
    Broken,
    Context,
    Field,
    Kind,
    Values,
    brief,
    key_path,
    many,
    meant,
    record,
    shown,
    wrapped,
)
from palier.core.programme.values import Ago, Fact, Segment, Where

DEPTH_MAX = 16
"""``all``, ``any`` and ``not`` nest at most so deep."""


def _read_city(context: Context, path: str, value: object) -> str:
    return fold_city(read_name(context, path, value))


def _read_country(context: Context, path: str, value: object) -> str:
    if not isinstance(value, str) or len(value) != 2 or not (value.isascii() and value.isalpha()):
        hint = "NO" if value is False else ""
        context.fail(
            path, f"expected a country by its two letters (ISO 3166), such as FR; found {shown(value)}", hint
        )
    return value.upper()


def _build_ago(context: Context, path: str, values: Values) -> Ago:
    if len(values) != 1:
        context.fail(path, "a time has exactly one of within and before; write two facts under all for both")
    return Ago(**values)


_AGO: Kind[Ago] = record(
    {
        "within": Field(duration(), "Not longer ago than"),
        "before": Field(duration(), "Longer ago than"),
    },
    _build_ago,
    shorthand=lambda value: wrapped(value, "{within: %s}") if isinstance(value, str) else "",
)

FACTS: dict[str, Field] = {
    "company": Field(BOOLEAN, "Whether the buyer is a company (this cart, else the last order)"),
    "delivery_city": Field(
        names(Kind(_read_city, NAME.schema), least=1), "One of these, without case or accents"
    ),
    "delivery_country": Field(
        names(Kind(_read_country, {"type": "string"}), least=1), "One of these, two letters"
    ),
    "carrier": Field(names(least=1), "One of these carriers"),
    "payment_method": Field(names(least=1), "One of these"),
    "orders": Field(bounds(whole(), "valid orders", number=True), "How many valid orders"),
    "spend": Field(
        bounds(money(), "the programme's currency", number=True, priced=True), "What the member spent"
    ),
    "points": Field(bounds(whole(), "points", number=True), "Points available"),
    "last_order": Field(_AGO, "When the last order was"),
    "signed_up": Field(_AGO, "When the member signed up"),
    "born": Field(_AGO, "When the member was born"),
    "bought": Field(line_filter(on_sale=False, least=True), "Ever bought one of these"),
    "tier": Field(names(reference("tier"), least=1), "In one of these tiers"),
    "group": Field(names(least=1), "In one of the shop's groups"),
    "language": Field(names(LANGUAGE, least=1), "Reads one of these languages"),
    "tags": Field(names(least=1), "Has one of these tags"),
}
"""Everything that a segment can ask about a member, by key."""

_KEYS = (*FACTS, "all", "any", "not")


def read_where(context: Context, path: str, value: object, *, depth: int = 0) -> Where | Fact:
    """A condition; several keys in one map mean all of them, and an empty map holds for everybody."""
    context.visit(path)
    if depth > DEPTH_MAX:
        context.fail(path, f"all, any and not nest at most {DEPTH_MAX} deep")
    if not isinstance(value, Mapping):
        hint = "{all: […]}" if isinstance(value, list | tuple) else ""
        context.fail(path, f"expected a map with facts, all, any or not; found {shown(value)}", hint)
    parts: list[Where | Fact] = []
    for key, item in value.items():
        try:
            parts.append(_read_part(context, path, key, item, depth))
        except Broken:
            continue
    if len(parts) < len(value):
        raise Broken
    return parts[0] if len(parts) == 1 else Where("all", tuple(parts))


def _read_part(context: Context, path: str, key: object, item: object, depth: int) -> Where | Fact:
    if not isinstance(key, str):
        context.fail(f"{path}[{brief(key, 40)}]", f"a key must be a text; found {shown(key)}")
    where = key_path(path, key)
    if key == "not":
        return Where("not", (read_where(context, where, item, depth=depth + 1),))
    if key == "all" or key == "any":
        return Where(
            "all" if key == "all" else "any", _read_parts(context, where, item, depth, least=key == "any")
        )
    if key not in FACTS:
        context.fail(where, f"unknown fact; known: {', '.join(_KEYS)}", meant(key, _KEYS))
    return Fact(str(key), FACTS[key].kind.read(context, where, item))


def _read_parts(
    context: Context, path: str, value: object, depth: int, *, least: bool
) -> tuple[Where | Fact, ...]:
    def read(inner: Context, where: str, item: object) -> Where | Fact:
        return read_where(inner, where, item, depth=depth + 1)

    return many(Kind(read, {}), least=int(least)).read(context, path, value)


def where_schema() -> dict[str, Any]:
    """JSON Schema of a condition; it refers to itself as ``#/$defs/where``."""
    each = {"$ref": "#/$defs/where"}
    properties = {key: {**fact.kind.schema, "description": fact.about} for key, fact in FACTS.items()}
    nested = {
        "all": {"type": "array", "items": each, "description": "All of these hold"},
        "any": {"type": "array", "items": each, "minItems": 1, "description": "One of these holds"},
        "not": {**each, "description": "This does not hold"},
    }
    return {"type": "object", "properties": properties | nested, "additionalProperties": False}


def _build_segment(context: Context, path: str, values: Values) -> Segment:
    return Segment(**values)


SEGMENTS: Kind[tuple[Segment, ...]] = many(
    record(
        {
            "id": Field(new_id("segment"), "Its name in quotes and conditions", required=True),
            "name": Field(TEXT, "What people call it"),
            "where": Field(Kind(read_where, {"$ref": "#/$defs/where"}), "Who belongs to it", required=True),
            "earn_points": Field(BOOLEAN, "Whether its members earn; default true"),
            "brackets": Field(CART_BRACKETS, "What it gives, by the goods in the cart"),
            "enabled": ENABLED,
        },
        _build_segment,
    ),
    about="In order of priority: the first that matches gives its benefits",
)
