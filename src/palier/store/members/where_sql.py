"""A segment's condition as SQL over accounts (``a``) and their profiles (``p``), for SQLite and PostgreSQL.

What is written never yields NULL, so that ``not`` means what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from palier.core.ago import Span, first_day_within, spans_within
from palier.core.period import local_day, zone
from palier.core.programme.values import Ago, Bounds, Fact, LineFilter, Programme, Where
from palier.store.codec import to_us
from palier.store.rows import Query, any_of, is_postgresql, listed, to_time

TRUE: Query = ("TRUE", ())
FALSE: Query = ("FALSE", ())

_NUMBERS = {"orders": "a.orders", "spend": "a.spend_minor", "points": "a.available"}
_LAST_ORDER = {"delivery_country": 2, "carrier": 3, "payment_method": 4}


class Writer:
    """Writes conditions of one programme as of one instant."""

    def __init__(self, programme_id: int, programme: Programme, *, now: datetime) -> None:
        self.programme_id = programme_id
        self.now = now
        self.tz = zone(programme.timezone)
        self.ladder = programme.tiers.ladder if programme.tiers else ()

    def where(self, where: Where | Fact) -> Query:
        """The condition, true or false for every account."""
        if isinstance(where, Fact):
            return self._fact(where)
        parts = [self.where(part) for part in where.parts]
        if where.combine == "all":
            return joined("AND", parts, empty=TRUE)
        some = joined("OR", parts, empty=FALSE)
        return some if where.combine == "any" else negated(some)

    def _fact(self, fact: Fact) -> Query:
        test = fact.test
        if isinstance(test, bool):
            return f"(COALESCE(p.is_company, FALSE) = {'TRUE' if test else 'FALSE'})", ()
        if isinstance(test, Bounds):
            return _bounds(_NUMBERS[fact.name], test)
        if isinstance(test, LineFilter):
            return self._bought(test)
        if isinstance(test, Ago):
            return self._ago(fact.name, test)
        if fact.name == "group":
            return self._group(test)
        return _words(fact.name, test)

    def _group(self, groups: frozenset[str]) -> Query:
        """In a group that the shop told, or on a step of the ladder that puts its members in one."""
        steps = frozenset(step.id for step in self.ladder if step.group in groups)
        parts = [_has_one("p.groups", groups), *([_words("tier", steps)] if steps else [])]
        return joined("OR", parts, empty=FALSE)

    def _ago(self, name: str, ago: Ago) -> Query:
        span = ago.within or ago.before
        assert span is not None
        if name == "born":
            first = first_day_within(span, today=local_day(self.now, self.tz))
            sign = ">=" if ago.within is not None else "<"
            return f"(p.born IS NOT NULL AND p.born {sign} %s)", (_to_day(first),)
        column = "p.signed_up_at" if name == "signed_up" else _number_of_last_order()
        spans = spans_within(span, now=self.now, tz=self.tz)
        within = joined("OR", [_within(column, name, each) for each in spans], empty=FALSE)
        known: Query = (f"{column} IS NOT NULL", ())
        return joined("AND", [known, within if ago.within is not None else negated(within)], empty=TRUE)

    def _bought(self, goods: LineFilter) -> Query:
        """Lines of orders that count; asked once for all accounts, and free of NULL, which NOT would turn to none."""
        asked: list[Query] = []
        if goods.products:
            asked.append((any_of("l.product"), (listed(sorted(goods.products)),)))
        if goods.categories:
            asked.append(_has_one("l.categories", goods.categories))
        sql, parameters = joined("OR", asked, empty=FALSE)
        buyers = (
            "SELECT o.account_id FROM store_order o JOIN store_orderline l ON l.order_id = o.id"
            f" WHERE o.programme_id = %s AND o.counts AND o.account_id IS NOT NULL AND {sql}"
        )
        return f"a.id IN ({buyers})", (self.programme_id, *parameters)


def joined(word: str, parts: Sequence[Query], *, empty: Query) -> Query:
    """All parts with ``AND`` or ``OR`` between them, as a balanced tree: databases bound how deep one may nest."""
    if not parts:
        return empty
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = (joined(word, half, empty=empty) for half in (parts[:middle], parts[middle:]))
    return f"({left[0]} {word} {right[0]})", (*left[1], *right[1])


def negated(part: Query) -> Query:
    """Where the part does not hold."""
    return f"(NOT {part[0]})", part[1]


def _bounds(column: str, bounds: Bounds) -> Query:
    parts: list[Query] = []
    if bounds.at_least is not None:
        parts.append((f"{column} >= %s", (bounds.at_least,)))
    if bounds.at_most is not None:
        parts.append((f"{column} <= %s", (bounds.at_most,)))
    return joined("AND", parts, empty=TRUE)


def _within(column: str, name: str, span: Span) -> Query:
    start, end = (to_us(edge) if name == "last_order" else to_time(edge) for edge in span)
    if end is None:
        return f"{column} >= %s", (start,)
    return f"({column} >= %s AND {column} < %s)", (start, end)


def _words(name: str, words: frozenset[str]) -> Query:
    asked = listed(sorted(words))
    if name == "tags":
        return _has_one("p.tags", words)
    if name == "tier":
        return any_of("a.tier"), (asked,)
    if name == "language":
        whole = "COALESCE(p.language, '')"
        first = (
            f"split_part({whole}, '-', 1)"
            if is_postgresql()
            else f"substr({whole}, 1, instr({whole} || '-', '-') - 1)"
        )
        return f"({any_of(whole)} OR {any_of(first)})", (asked, asked)
    if name == "delivery_city":
        return any_of(_city()), (asked,)
    column = f"COALESCE({_text_of_last_order(_LAST_ORDER[name])}, '')"
    return any_of(f"UPPER({column})" if name == "delivery_country" else column), (asked,)


def _has_one(column: str, words: frozenset[str]) -> Query:
    """Whether the JSON array has one of the words."""
    asked = listed(sorted(words))
    if is_postgresql():
        return f"COALESCE(jsonb_exists_any({column}, %s), FALSE)", (asked,)
    return f"EXISTS (SELECT 1 FROM json_each({column}) AS each WHERE {any_of('each.value')})", (asked,)


def _city() -> str:
    """The city as it was folded; before that was kept, as well as a database can fold."""
    plain = f"LOWER(REPLACE({_text_of_last_order(1)}, '-', ' '))"
    return f"COALESCE({_text_of_last_order(5)}, {plain}, '')"


def _text_of_last_order(position: int) -> str:
    if is_postgresql():
        return f"(a.state #>> '{{last_order,{position}}}')"
    return f"json_extract(a.state, '$.last_order[{position}]')"


def _number_of_last_order() -> str:
    text = _text_of_last_order(0)
    return f"CAST({text} AS bigint)" if is_postgresql() else text


def _to_day(day: date) -> Any:
    return day if is_postgresql() else day.isoformat()
