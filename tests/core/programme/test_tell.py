"""Every warning of the check is told in every language, with its place, its facts and what to do."""

import ast
import re

import pytest

from palier.core.check import CASES, check
from palier.core.programme.check_warning import Warning
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse_text
from palier.core.programme.tell import WARNINGS, tell
from tests.house.checkout import PACKAGE

NOT_CODES = {"a_tier", "a_segment", *(f"case_{case}" for case in CASES)}

DOUBTFUL = """
name: Doubt
currency: EUR
languages: [fr, de, en]
timezone: Europe/Berlin
points: {valid_for: P6M, remind: [P7M], settle: {after: P7M}}
earning:
  - {id: spend, award: {points: 1, per: 1}, when: {tier: [old], segment: [off]}}
  - {id: one, multiply: 1}
  - {id: none, cap: {points: 0, every: P1D}}
redemption:
  brackets:
    - {from: 10, to: 20, discount: {amount: 5}}
    - {from: 30, to: 45, discount: {amount: 3}}
    - {from: 40, discount: {percent: 60}}
    - {from: 600, free_shipping: all}
rewards:
  - {id: big, at: 500, coupon: {discount: {percent: 60}}}
  - {id: small, at: 100, coupon: {discount: {amount: 5}}}
tiers:
  grace: P1M
  ladder:
    - {id: silver, name: {fr: Argent, de: Silber, en: Silver}, from: 100, discount: {percent: 20}, free_shipping: all, multiply: 2}
    - {id: gold, from: 1000, discount: {percent: 10}, group: g}
    - {id: old, from: 1, enabled: false}
  schedule:
    - {from: 2026-12-01, thresholds: {silver: 1000}}
    - {from: 2026-12-20, thresholds: {silver: 2000.50}}
first_order:
  brackets: [{from: 50, to: 99.99, free_shipping: all}, {from: 80, discount: {percent: 5}}]
segments:
  - {id: never, where: {all: [{orders: {from: 5}}, {orders: {to: 1}}]}, brackets: [{from: 0}]}
  - {id: firms, name: {fr: Sociétés, de: Firmen, en: Firms}, where: {company: true}}
  - {id: more, where: {company: true}, brackets: [{from: 0, discount: {percent: 5}}]}
  - {id: off, where: {company: true}, enabled: false}
combine: [[coupon, points, segment]]
"""  # noqa: E501


def codes_of_the_check():
    """The code of every ``Warning(…)`` in the check's modules: its second argument."""
    found = {}
    for file in sorted((PACKAGE / "core").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Warning":
                given = [*node.args[1:2], *(word.value for word in node.keywords if word.arg == "code")]
                for constant in ast.walk(given[0]):
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        found[constant.value] = file.name
    return found


@pytest.mark.parametrize("language", sorted(WARNINGS))
def test_every_warning_that_the_check_can_give_has_words(language):
    missing = {code: file for code, file in codes_of_the_check().items() if code not in WARNINGS[language]}
    assert missing == {}


def test_no_words_are_left_of_warnings_that_are_no_more():
    assert set(WARNINGS["en"]) - set(codes_of_the_check()) == NOT_CODES


def test_every_language_tells_the_same_warnings_with_the_same_facts():
    gaps = {
        language: {code: set(re.findall(r"{(\w+)}", "".join(texts))) for code, texts in words.items()}
        for language, words in WARNINGS.items()
    }
    assert gaps["fr"] == gaps["de"] == gaps["en"]


@pytest.mark.parametrize("language", ["fr", "de", "en", "it"])
def test_a_doubtful_programme_is_told_without_a_gap(language):
    programme = parse_text(DOUBTFUL)
    warnings = check(programme)
    assert len({warning.code for warning in warnings}) >= 24
    for warning in warnings:
        told = tell(warning, programme, language)
        assert told.place, warning
        assert told.sentence != warning.reason, warning
        assert not re.search(r"[{}\[\]]", told.place + told.sentence + told.advice), told


def told(code, language):
    programme = parse_text(DOUBTFUL)
    found = [tell(each, programme, language) for each in check(programme) if each.code == code]
    return [(each.place, each.sentence) for each in found]


def test_places_and_facts_read_as_people_say_them():
    assert told("tier_discount_drops", "fr") == [
        ("gold", "gold donne un pourcentage plus petit que Argent, en dessous.")
    ]
    assert told("brackets_hole", "en") == [
        ("Use of points, 10 points to 20 points", "From 21 points to 29 points nothing is given.")
    ]
    assert told("brackets_overlap", "de")[1] == (
        "Erste Bestellung, 50\u00a0€ bis 99,99\u00a0€",
        "Von 80\u00a0€ bis 99,99\u00a0€ gelten zwei Staffeln; die höhere wird angewandt.",
    )
    assert told("season_turns_ladder", "de")[0][0] == "Saison seit 20.12.2026"
    assert told("segment_out_of_reach", "en") == [
        ("Segment more", "The segment Firms comes first and has everybody who belongs to this one.")
    ]
    assert told("reminder_longer_than_valid_for", "fr")[0][1].startswith("Le rappel 7 mois avant")
    assert ("Rule spend", "The segment off is switched off, so what asks for it never holds.") in told(
        "disabled_reference", "en"
    )


def test_a_warning_without_words_is_told_as_the_check_says_it():
    programme = parse_text(DOUBTFUL)
    warning = Warning("earning[0]", "brand_new", "something is odd", "mend it")
    said = tell(warning, programme, "fr")
    assert (said.place, said.sentence, said.advice) == ("Règle spend", "something is odd", "mend it")


def test_goods_are_named_in_one_order_however_they_are_kept():
    head = "{name: A, currency: EUR, earning: [{id: a, award: {points: 1}, lines: {products: [%s], categories: [%s]}}]}"
    one, other = parse_text(head % ("b, d, a, e, c", "z, y, x, w")), parse_text("{name: A, currency: EUR}")
    (said,) = diff(other, one, "en")
    assert "a, b, c, d, e" in said
    assert "w, x, y, z" in said
