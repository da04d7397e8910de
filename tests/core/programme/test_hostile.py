"""Nothing that a document holds makes the parser fail in another way than by refusing it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.core.programme.load import load_yaml
from palier.core.programme.parse import FIELDS, parse
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.schema import schema
from palier.core.programme.values import Programme
from tests.core.programme.documents import DOCUMENTS, problems, with_sections


def _keys(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        here = set(value["properties"]) if isinstance(value.get("properties"), Mapping) else set()
        return here.union(*(_keys(item) for item in value.values()))
    return set().union(*(_keys(item) for item in value)) if isinstance(value, list) else set()


KEYS = sorted(_keys(schema()) | {"all", "any", "not", "rolling"})
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.just(10**4000),
    st.decimals(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["all", "EUR", "P1D", "2026-12-05", "\0", "\ud800", "1e999", "segment:x", "0001-01-01", "P9D9"]
    ),
    st.sampled_from([Decimal("sNaN"), Decimal("1e999999"), Decimal("1e-999999"), Decimal("-0")]),
    st.sampled_from([date.min, date.max]),
    st.sampled_from(["0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-01-01T00:00"]).map(
        datetime.fromisoformat
    ),
    st.just(datetime(1900, 1, 1, tzinfo=timezone(timedelta(hours=23, minutes=59)))),
    st.just(b"bytes"),
)
KEY = (
    st.sampled_from(KEYS)
    | st.text(max_size=4)
    | st.sampled_from([True, None, 5, 10**4000, (1, 2), "\0", "\ud800"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4),
    max_leaves=12,
)


def accepts_or_refuses(document: Any) -> None:
    try:
        programme = parse(document)
    except InvalidProgramme as refused:
        reasons = [problem.reason for problem in refused.problems]
    else:
        reasons = ["none"]
        assert isinstance(programme, Programme)
    assert reasons
    assert all(reasons)


@settings(max_examples=100)
@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), ANYTHING, max_size=5))
def test_any_sections_are_read_or_refused(document: Any) -> None:
    accepts_or_refuses({"name": "Demo", "currency": "EUR", **document})


@settings(max_examples=60)
@given(ANYTHING)
def test_any_value_at_all_is_read_or_refused(document: Any) -> None:
    accepts_or_refuses(document)


@settings(max_examples=100)
@given(DOCUMENTS, st.randoms(use_true_random=False), ANYTHING)
def test_a_valid_document_with_one_value_replaced_is_read_or_refused(
    document: Any, random: Any, other: Any
) -> None:
    place = document
    for _ in range(random.randint(1, 6)):
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = random.choice(keys)
        if not isinstance(place[key], dict | list) or random.random() < 0.2:
            place[key] = other
            break
        place = place[key]
    accepts_or_refuses(document)


@pytest.mark.parametrize("section", sorted(FIELDS))
@pytest.mark.parametrize(
    "value", [None, 1, -1, Decimal("1.5"), 1.5, True, "x", [], {}, [[]], [{}], {"x": {}}, [None]]
)
def test_the_wrong_type_in_any_section_is_read_or_refused(section: str, value: Any) -> None:
    accepts_or_refuses(with_sections(**{section: value}))


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 0.1, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity")]
)
def test_what_is_no_exact_number_is_refused(value: Any) -> None:
    [problem] = problems(with_sections(redemption={"brackets": [], "min_total": value}))
    assert problem.path == "redemption.min_total"


def test_a_thousand_million_points_are_fine_and_more_than_the_limit_are_not() -> None:
    document = with_sections(rewards=[{"id": "a", "at": 10**9, "coupon": {"free_shipping": "all"}}])
    assert parse(document).rewards[0].at == 10**9
    document["rewards"][0]["at"] = 10**12 + 1
    assert "10^12" in problems(document)[0].reason
    document["rewards"][0]["at"] = 10**5000
    assert "10^12" in problems(document)[0].reason


def test_an_amount_is_limited_in_minor_units() -> None:
    assert "10^12" in problems(with_sections(redemption={"brackets": [], "min_total": 10**10 + 1}))[0].reason


def test_conditions_nest_only_so_deep() -> None:
    where: Any = {"company": True}
    for _ in range(10_000):
        where = {"not": where}
    assert "deep" in problems(with_sections(segments=[{"id": "a", "where": where}]))[0].reason


def test_a_condition_that_holds_itself_is_refused() -> None:
    where: dict[str, Any] = {}
    where["all"] = [where, where]
    messages: dict[str, Any] = {}
    messages["welcome"] = messages
    begun = time.perf_counter()
    assert problems(with_sections(segments=[{"id": "a", "where": where}]))
    assert problems(with_sections(messages=messages))
    assert time.perf_counter() - begun < 2


def test_a_document_with_endless_mistakes_stops_soon() -> None:
    found = problems(with_sections(**{f"key{n}": 1 for n in range(100_000)}))
    assert len(found) <= 201


def test_nul_characters_are_refused_wherever_a_text_stands() -> None:
    assert problems(with_sections(points={"name": "a\0b"}))[0].path == "points.name"
    assert problems(with_sections(earning=[{"id": "a\0", "award": {"points": 1}}]))[0].path == "earning[0].id"
    assert problems(with_sections(messages={"welcome": {"email": "a\0"}}))[0].path == "messages.welcome.email"


def test_an_alias_bomb_of_conditions_is_refused() -> None:
    text = "name: a\ncurrency: EUR\nx0: &x0 {company: true}\n"
    text += "".join(f"x{n}: &x{n} {{all: [{', '.join([f'*x{n - 1}'] * 9)}]}}\n" for n in range(1, 9))
    with pytest.raises(InvalidProgramme):
        load_yaml(text)
