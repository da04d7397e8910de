"""The canonical form and the digest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from palier.core.programme.canonical import canonical_json, digest, to_document
from palier.core.programme.check import check
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse, parse_text
from palier.core.programme.problems import InvalidProgramme
from tests.core.programme.documents import DOCUMENTS, scenario_programmes, whole_document, with_sections


@given(DOCUMENTS)
def test_a_programme_reads_back_equal_from_its_canonical_form(document: Any) -> None:
    programme = parse(document)
    assert parse(to_document(programme)) == programme
    assert parse_text(canonical_json(programme)) == programme
    assert to_document(parse(to_document(programme))) == to_document(programme)


@settings(max_examples=40)
@given(DOCUMENTS)
def test_checks_never_fail_and_say_the_same_again(document: Any) -> None:
    programme = parse(document)
    assert check(programme) == check(parse(to_document(programme)))


@settings(max_examples=50)
@given(DOCUMENTS, DOCUMENTS)
def test_a_diff_is_empty_exactly_when_nothing_differs(one: Any, other: Any) -> None:
    old, new = parse(one), parse(other)
    for language in ("fr", "de", "en"):
        assert diff(old, old, language) == ()
        assert (diff(old, new, language) == ()) is (old == new)


def test_the_whole_example_reads_back_equal() -> None:
    programme = parse(whole_document())
    assert parse(to_document(programme)) == programme


def test_every_scenario_programme_parses_and_reads_back_equal() -> None:
    documents = scenario_programmes()
    if not documents:
        pytest.skip("the shared scenarios are not here")
    for file, document in documents:
        programme = parse(document)
        assert parse(to_document(programme)) == programme, file


def test_defaults_and_the_order_of_keys_do_not_change_the_digest() -> None:
    short = parse(with_sections(earning=[{"id": "a", "award": {"points": 1, "per": 1}}]))
    long = parse(
        {
            "earning": [{"award": {"per": "1.00", "points": 1}, "enabled": True, "id": "a"}],
            "conflict": "priority",
            "timezone": "UTC",
            "format": 1,
            "currency": "EUR",
            "name": "Demo",
            "spend": {"tax": "included"},
            "priority": ["promo_code"],
        }
    )
    assert short == long
    assert digest(short) == digest(long)
    assert len(digest(short)) == 64


def test_a_changed_amount_changes_the_digest() -> None:
    one = parse(with_sections(redemption={"brackets": [], "min_total": "80.00"}))
    other = parse(with_sections(redemption={"brackets": [], "min_total": "80.01"}))
    assert digest(one) != digest(other)


def test_equal_programmes_have_one_digest_in_whatever_order_their_messages_stand():
    head = "{name: A, currency: EUR, messages: {%s}}"
    one = parse_text(head % "welcome: true, tier_up: false")
    other = parse_text(head % "tier_up: false, welcome: true")
    assert one == other
    assert digest(one) == digest(other)


def test_what_points_are_worth_is_written_unless_the_brackets_say_it():
    head = "{name: A, currency: EUR, points: {value: {points: 10, amount: %s}}, redemption: {brackets: [%s]}}"
    bracket = "{from: 10, discount: {points: 10, amount: 1}}"
    for text, written in (
        (head % ("1", bracket), None),
        (head % ("2", bracket), {"points": 10, "amount": "2.00"}),
        (head % ("1", ""), {"points": 10, "amount": "1.00"}),
    ):
        programme = parse_text(text)
        assert (to_document(programme).get("points") or {}).get("value") == written
        assert parse(to_document(programme)) == programme


def test_a_refused_programme_says_how_many_problems_there_are_more():
    for text, more in (("{name: A}", ""), ("{}", " (and 1 more)"), ("{x: 1}", " (and 2 more)")):
        with pytest.raises(InvalidProgramme) as refused:
            parse_text(text)
        problem = refused.value.problems[0]
        assert str(refused.value).startswith(f"{problem.path}: {problem.reason}{more}")
        assert len(refused.value.problems) == (1 if not more else int(more.split()[1]) + 1)
