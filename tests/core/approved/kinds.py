"""What each kind of value reads, at its edges and beyond; and the schema that says so."""

# ruff: noqa: E501  (tables of values)

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from palier.core.period import zone
from palier.core.programme import kinds, parse_parts, parse_segments
from palier.core.programme.parse import FIELDS
from palier.core.programme.reader import BOOLEAN, Broken, Context, Field, Kind, choice, many, record
from palier.core.programme.schema import schema

LIMIT = 10**12
OTHERS: list[Any] = [None, True, False, 1.5, [], {}, ["a"], {"a": 1}, date(2026, 2, 3)]
NUMBERS: list[Any] = [
    -LIMIT - 1, -LIMIT, -1, 0, 1, 2, 10_000, 10_001, LIMIT - 1, LIMIT, LIMIT + 1, 10**59, 10**60, 10**80, "0", "7",
    "-7", "1" * 13, "1" * 14, "1.5", "1,5", "1,5,5", "1,", "€ 5", "5 EUR", "5 CHF", "5%", "£", "x" * 50 + "5 EUR", "",
    ".5", "1.", "1" * 31, "0." + "1" * 12, "0." + "1" * 13, Decimal("0.001"), Decimal("0.01"), Decimal("0.1"),
    Decimal("1.0"), Decimal("100"), Decimal("100.00"), Decimal("100.01"), Decimal("99.999"), Decimal("-0.01"),
    Decimal("-0"), Decimal("1E+3"), Decimal("1E+12"), Decimal("10000000000.00"), Decimal("10000000000.01"),
    Decimal("NaN"), Decimal("-Infinity"), Decimal("1e-12"), Decimal("1e-13"),
]  # fmt: skip
SPANS: list[Any] = [
    "P1D", "P0D", "P12M", "P1Y2M3W4DT5H6M7S", "PT1S", "P", "PT", "p1d", "1 day", "P 14 Days", "2 weeks", "3 mois",
    "4 Jahre", "5 Tage", "6 ans", "7 semaines", "8 jours", "8 Monate", "8 minutes", "8 secondes", "8 Sekunden", "9 x", "123456 days", "1 " + "d" * 12, "1 " + "d" * 13,
    "P1D" + " " * 57, "P1D" + " " * 58, "P" + "0" * 58 + "D", "P" + "0" * 59 + "1D", 0, 1, 36524, 36525, -1, "P9999D", "P36500D",
    "P36501D", "P1200M", "P1201M", "P100Y", "P101Y", "P99999999D",
]  # fmt: skip
TIMES: list[Any] = [
    "2026-02-03", "2026-02-30", "2026-2-3", "20260203", "1899-12-31", "1900-01-01", "2200-12-31", "2201-01-01",
    "2026-03-29", "2026-03-29T02:30", "2026-02-03T10:00", "2026-02-03 10:00:00Z", "2026-02-03T10:00:00.123456+02:00",
    "2026-02-03T10:00:00" + "0" * 22, "2026-02-03T10:00:00.000000000000000000000", "T10:00", "x", 20260203,
    datetime(2026, 2, 3, 10, tzinfo=timezone(timedelta(hours=2))), datetime.fromisoformat("2026-02-03T10:00"),
]  # fmt: skip
TEXTS: list[Any] = [
    "", " ", "a", " a b ", "x" * 64, "x" * 65, "x" * 2000, "x" * 2001, "a\tb\nc\rd", "a\x00", "a\x7f", "a\ud800", "a\u202e",
    "a\u2066b", "Straße 5", "-a", ".a", "a.", "_a", "a.b-c_d", "A B!C", "!" * 64 + "a", "9", 5, -5, LIMIT, LIMIT + 1,
    Decimal("1.50"), 10**60, "silver", "Silver", "slver",
]  # fmt: skip
LANGUAGES: list[Any] = [
    "fr", "FR", "fre", "f", "fren", "pt-BR", "pt_BR", "PT_br", "pt-B", "a-b-c", "de-1996-x1-y2", "de-1996-x1-y2-z3",
    "zh-abcdefgh", "zh-abcdefghi", 5,
]  # fmt: skip
LISTS: list[Any] = [
    [1, "b", " b "], ["a", None, ""], ("a",), "a", 5, [["a"]], [True], {"a": "b"}, ["a"] * 3, [LIMIT + 1], "x" * 70, 10**59,
]  # fmt: skip
MAPS: list[Any] = [
    {"fr": "a", "de": "b"}, {"de": "b", "fr": "a"}, {"en": "a"}, {"FR": "a"}, {"fr": ""}, {"fr": "", "de": 5}, {5: "a"},
    {"x" * 90: "a"}, {False: "a"},
]  # fmt: skip
COUNTRIES: list[Any] = ["FR", "fr", "F", "FRA", "F1", "ÉÉ", "12", ["FR", "de"], ["FR", False], "Fr"]
CITIES: list[Any] = ["Saint-Étienne", "L’Isle", ["Paris ", "paris"], 75001]
SOURCES: list[Any] = [
    "points",
    "coupons",
    "tier",
    "tiers",
    "free_shipping",
    "segment:x",
    "segment",
    "promo_code",
]
PLAIN: list[Any] = [
    {"welcome": True}, {"welcom": True}, {"welcome": 1}, {"welcome": "x"}, {"welcome": {"email": {"fr": ""}}}, "welcome",
    {"welcome": {"a": LIMIT}}, {"welcome": {"a": LIMIT + 1}}, {"welcome": {"a": -LIMIT}}, {"welcome": {"x" * 80: 1}},
    {"welcome": {"x" * 81: 1}}, {"welcome": {"a\x00": 1}}, {"welcome": {"a": "x" * 100_000}},
    {"welcome": {"a": "x" * 100_001}}, {"welcome": {"a": "b\x00"}}, {"welcome": {"a": Decimal("1.5")}}, {5: True},
    {"welcome": {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}}, {"welcome": {"a": [1, [2, {"b": None}]]}}, {"welcome": [[[[[[[1]]]]]]]}, {"welcome": {"a": [[[[[[[1]]]]]]]}},
    {"welcome": {"a": {"b": {"c": {"d": {"e": {"f": {"g": {"h": 1}}}}}}}}},
]  # fmt: skip
ZONES: list[Any] = [
    "UTC",
    "Europe/Paris",
    "europe/paris",
    "Europe/Pari",
    "Mars/Base",
    "../etc/passwd",
    "",
    5,
    "GMT+1",
]
CURRENCIES: list[Any] = ["EUR", "eur", "€", "Euro", "euros", "$", "£", "EURR", "XXX", "JPY", 5]
DISCOUNTS: list[Any] = [
    "10%", "10 % ", "%", "x%", 10, 100, 101, 0, -1, 10**6 - 1, 10**6, True, {"percent": 10, "amount": 5}, {},
    {"percent": 10, "points": 5}, {"amount": 1, "points": 5}, {"amount": 1, "points": 0}, {"amount": 0},
    {"percent": 10, "max": 0}, {"percent": 0}, {"percent": 10, "currency": "EUR"}, {"percent": 10, "currency": "USD"},
    {"percent": 5, "lines": {}}, {"percent": 5, "lines": "tee"}, {"percent": 5, "lines": {"on_sale": False}},
]  # fmt: skip
BOUNDS: list[Any] = [
    5, Decimal("5.00"), -1, True, "5", {}, {"from": 5}, {"over": 5}, {"to": 5}, {"under": 5}, {"from": 5, "over": 5},
    {"to": 5, "under": 5}, {"from": 5, "to": 5}, {"from": 5, "to": 4}, {"over": 5, "under": 6}, {"over": 5, "under": 7},
    {"under": 0}, {"under": 1}, {"to": 0}, {"currency": "EUR"}, {"from": 5, "currency": "EUR"}, {"from": 5, "currency": 5},
]  # fmt: skip
PERIODS: list[Any] = [
    {}, {"from": "2026-02-03"}, {"over": "2026-02-03"}, {"to": "2026-02-03"}, {"under": "2026-02-03"}, "2026-02-03",
    {"from": "2026-02-03", "over": "2026-02-03"}, {"to": "2026-02-03", "under": "2026-02-03"},
    {"from": "2026-02-03", "to": "2026-02-03"}, {"from": "2026-02-03", "under": "2026-02-03"},
    {"over": "2026-02-03", "to": "2026-02-03"}, {"from": "2026-02-03T10:00Z", "to": "2026-02-03T10:00Z"},
]  # fmt: skip
SHIPPING: list[Any] = ["all", "ALL", "relay", [], ["relay", 5], [None], True, False, {"relay": True}]
BRACKETS: list[Any] = [
    {}, {"to": 5}, {"from": 5}, {"over": 5}, {"from": 0, "cost": 5}, {"from": 0, "discount": {"points": 5, "amount": 1}},
    {"from": 0, "cost": 5, "discount": {"points": 5, "amount": 1}}, {"from": 0, "cost": 5, "discount": {"amount": 1}},
    {"from": 1, "currency": "EUR"}, {"from": 5, "to": 4}, {"from": 5, "enabled": False},
    {"from": 0, "gift": "mug", "free_shipping": "all"}, {"from": 0, "gift": {"product": "mug", "quantity": 10_000}},
    {"from": 0, "gift": {"product": "mug", "quantity": 10_001}}, {"from": 0, "gift": {"product": "mug", "quantity": 0}},
]  # fmt: skip
COUPONS: list[Any] = [
    {}, {"valid_for": "P1M"}, {"gift": "mug"}, {"free_shipping": "all"}, {"discount": {"percent": 5}, "remainder": "kept"},
    {"discount": {"amount": 5}, "remainder": "kept", "min_total": 0}, {"gift": 5, "remainder": "kept"},
    {"discount": {"amount": 5}, "remainder": "lost"}, {"discount": {"amount": 5}, "remainder": "half"},
]  # fmt: skip
AGO: list[Any] = [
    "P1M",
    5,
    {},
    {"within": "P1M"},
    {"before": "P1M"},
    {"within": "P1M", "before": "P2M"},
    {"after": "P1M"},
]


def _nested(depth: int) -> Any:
    return {"company": True} if depth == 0 else {"not": _nested(depth - 1)}


WHERE: list[Any] = [
    {"company": True, "orders": 3}, {"all": []}, {"any": []}, {"all": {}}, {"compny": True}, {5: True},
    {True: True}, {"all": [{"company": 5}, {"orders": -1}]}, _nested(16), _nested(17), {"bought": {}}, {"bought": "tee"},
    {"bought": {"products": "tee"}}, {"bought": {"on_sale": True}}, {"tier": "gold"}, {"tags": []}, {"spend": 5},
    {"points": 5}, {"spend": {"from": 5, "currency": "EUR"}}, {"points": {"from": 5, "currency": "EUR"}},
]  # fmt: skip

_TOY = record(
    {"a": Field(kinds.NAME, "An a", required=True), "b": Field(BOOLEAN), "c-d": Field(kinds.whole())},
    lambda context, path, values: tuple(values.items()),
    about="A toy",
    elsewhere={"z": "this belongs elsewhere"},
    shorthand=lambda value: "{a: …}" if isinstance(value, str) else "",
)
TOYS: list[Any] = [
    {"a": 1}, {"a": 1, "b": True, "c-d": 5}, {"b": True}, {"a": None}, {"A": 1}, {"z": 1}, {"a": 1, "z": 1}, {"a": 1, 5: 1},
    {"a": 1, True: 1}, {"a": 1, False: 1}, {"a": 1, "c d": 5}, {"a": 1, "x" * 70: 5}, {"a": 1, "c-d": -1, "b": "yes"},
    {"b": "Off", "a": 1}, {"b": "TRUE", "a": 1}, {"b": 1, "a": 1}, {"b": 0, "a": 1}, {"b": "maybe", "a": 1}, {"b": "on        ", "a": 1},
    {"a": 1, "less_than": 1}, "x", 5, [1], {"aa": 1},
]  # fmt: skip

KINDS: dict[str, tuple[Kind[Any], list[Any]]] = {
    "whole number": (kinds.whole(), NUMBERS),
    "whole number from 1 to 10000": (kinds.whole(least=1, most=10_000), NUMBERS),
    "money": (kinds.money(), NUMBERS),
    "money above nothing": (kinds.money(least=1), NUMBERS),
    "percent": (kinds.PERCENT, NUMBERS),
    "multiplier": (kinds.MULTIPLIER, NUMBERS),
    "duration": (kinds.duration(), SPANS),
    "duration or nothing": (kinds.duration(zero=True), SPANS),
    "from a time": (kinds.edge(shift="start"), TIMES),
    "after a time": (kinds.edge(shift="after"), TIMES),
    "text": (kinds.STRING, TEXTS),
    "name": (kinds.NAME, TEXTS),
    "id": (kinds.new_id("thing"), TEXTS),
    "reference": (kinds.reference("thing"), TEXTS),
    "language": (kinds.LANGUAGE, LANGUAGES),
    "translated": (kinds.TEXT, MAPS),
    "names": (kinds.names(least=1), LISTS),
    "list of names": (kinds.names(single=False), LISTS),
    "many": (many(kinds.NAME, least=1, about="Many"), LISTS),
    "choice": (choice("gold", "silver"), TEXTS[-4:]),
    "truth": (BOOLEAN, ["yes", "ON", "1", "no", "off", "0", "TRUE", "falsehood", "on       x", 1, 0, 2]),
    "toy": (_TOY, TOYS),
    "country": (parse_segments.FACTS["delivery_country"].kind, COUNTRIES),
    "city": (parse_segments.FACTS["delivery_city"].kind, CITIES),
    "orders": (parse_segments.FACTS["orders"].kind, BOUNDS),
    "spend of a member": (parse_segments.FACTS["spend"].kind, BOUNDS),
    "points of a member": (parse_segments.FACTS["points"].kind, BOUNDS),
    "ago": (parse_segments.FACTS["last_order"].kind, AGO),
    "where": (Kind(parse_segments.read_where, {}), WHERE),
    "during": (parse_parts.DURING, PERIODS),
    "lines": (parse_parts.LINES, [{}, "tee", ["tee"], {"products": "tee"}, {"on_sale": False}, {"categories": []}]),
    "free shipping": (parse_parts.FREE_SHIPPING, SHIPPING),
    "gift": (parse_parts.GIFT, ["mug", 5, True, {"product": "mug"}, {"quantity": 2}, {"product": "m", "quantity": 2}]),
    "discount": (parse_parts.DISCOUNT, DISCOUNTS),
    "discount for points": (parse_parts.discount(for_points=True), DISCOUNTS),
    "bracket of a cart": (parse_parts.CART_BRACKET, BRACKETS),
    "bracket of points": (parse_parts.POINTS_BRACKET, BRACKETS),
    "coupon": (parse_parts.COUPON, COUPONS),
    "zone": (FIELDS["timezone"].kind, ZONES),
    "currency": (FIELDS["currency"].kind, CURRENCIES),
    "languages": (FIELDS["languages"].kind, [["fr", "de", "fr"], ["fr"], "fr", ["FR"]]),
    "combine": (FIELDS["combine"].kind, [[[each]] for each in SOURCES] + [["points", "coupon"], [[]], ["points", 5], []]),
    "priority": (FIELDS["priority"].kind, [["points", "coupon", "points"], ["segment:x"], ["tier"], "points", []]),
    "format": (FIELDS["format"].kind, [1, "1", 2, Decimal(1), "01"]),
    "messages": (FIELDS["messages"].kind, PLAIN),
}  # fmt: skip


def kind_lines() -> Iterator[str]:
    """Each kind with its values, in euros and, where amounts are read, in yen and in no known currency."""
    for name, (kind, values) in KINDS.items():
        yield f"{name}: {kind.schema}"[:400]
        for value in [*values, *OTHERS]:
            yield f"  {short(value)} -> {answer(kind.read, value)}"
    for exponent in (0, 3, None):
        yield f"money with {exponent} decimals"
        for value in NUMBERS:
            yield f"  {short(value)} -> {answer(kinds.money(least=1).read, value, exponent=exponent)}"
    yield "schema"
    yield from _tree(schema(), "  ")


def answer(
    read: Callable[[Context, str, Any], Any],
    value: Any,
    *,
    exponent: int | None = 2,
    metric: str = "spend",
    length: int = 150,
) -> str:
    """What is read, or what is wrong, what else was noted, and how many maps and items were counted."""
    context = Context(tz=zone("Europe/Paris"), exponent=exponent, languages=("fr", "de"), metric=metric)
    try:
        found = read(context, "at", value)
    except Broken:
        return "; ".join(map(str, context.problems))
    if isinstance(found, datetime):
        found = found.astimezone(UTC).isoformat()
    text = short(sorted(found) if isinstance(found, frozenset) else found, length)
    noted = "; ".join([*map(str, context.problems), *(f"asks for {each.id}" for each in context.references)])
    counted = f" [{context.nodes}]" if context.nodes else ""
    return f"{text} {noted}".strip() + counted


def short(value: Any, length: int = 60) -> str:
    text = repr(value)
    return text if len(text) <= length else f"{text[: length - 20]}…{text[-8:]} ({len(text)})"


def _tree(value: Any, indent: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{indent}{value}"
        return
    for key, item in value.items():
        if isinstance(item, dict) and item:
            yield f"{indent}{key}"
            yield from _tree(item, indent + "  ")
        else:
            yield f"{indent}{key}: {item}"
