"""Differences in plain words."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from palier.core.programme import values
from palier.core.programme.diff import LABELS, diff
from palier.core.programme.parse import parse
from palier.core.programme.parse_segments import FACTS
from palier.core.programme.words import WORDS, words_of
from tests.core.programme.documents import read


def said(old: str, new: str, language: str = "en") -> tuple[str, ...]:
    return diff(parse(read(old)), parse(read(new)), language)


LADDER = "tiers: {ladder: [{id: bronze, from: 0}, {id: silver, name: {fr: Argent, de: Silber, en: Silver}, from: %s}]}"


@pytest.mark.parametrize(
    ("old", "new", "language", "sentences"),
    [
        (LADDER % 500, LADDER % 400, "en", ["Silver: threshold €500 → €400"]),
        (LADDER % 500, LADDER % 400, "de", ["Silber: Schwelle 500\u00a0€ → 400\u00a0€"]),
        (LADDER % 500, LADDER % "499.50", "fr", ["Argent\u00a0: seuil 500\u00a0€ → 499,50\u00a0€"]),
        (
            "earning: [{id: spend, award: {points: 1, per: 1}}]",
            "earning: [{id: spend, award: {points: 2, per: 1}}]",
            "en",
            ["Rule spend: 1 → 2 points per €1"],
        ),
        (
            "earning: [{id: spend, award: {points: 1, per: 1}}]",
            "earning: [{id: spend, enabled: false, award: {points: 1, per: 1}}]",
            "de",
            ["Regel spend: ausgeschaltet"],
        ),
        (
            "earning: []",
            "earning: [{id: big, when: {total: {from: 50}}, award: {points: 1}}]",
            "en",
            ["Rule big: added (conditions total from €50; award 1 point)"],
        ),
        ("rewards: [{id: r, at: 5, coupon: {discount: {percent: 5}}}]", "", "en", ["Reward r: removed"]),
        ("points: {valid_for: P12M}", "points: {valid_for: P36M}", "de", ["Punkte: gültig 12 → 36 Monate"]),
        (
            "redemption: {brackets: [{from: 10, discount: {percent: 5}}]}",
            "redemption: {brackets: [{from: 10, discount: {percent: 7.5}}]}",
            "fr",
            ["Utilisation des points, à partir de 10 points\u00a0: remise 5 → 7,5 %"],
        ),
        (
            LADDER % 500,
            LADDER % 1234567,
            "en",
            ["Silver: threshold €500 → €1,234,567"],
        ),
        (
            "segments: [{id: a, where: {orders: {from: 5}}, earn_points: false}]",
            "segments: [{id: a, where: {orders: {to: 2000}}, earn_points: false}]",
            "de",
            ["Segment a: Mitglieder Bestellungen: mindestens 5 → Bestellungen: höchstens 2.000"],
        ),
        ("tiers: {ladder: []}", "", "en", ["Tiers: removed"]),
        ("messages: {welcome: true}", "messages: {welcome: false}", "en", ["Messages: welcome changed"]),
    ],
)
def test_a_difference_is_said_in_plain_words(old: str, new: str, language: str, sentences: list[str]) -> None:
    assert said(old, new, language) == tuple(sentences)


def test_the_order_of_segments_is_a_difference() -> None:
    one, two = "{id: a, where: {company: true}, earn_points: false}", "{id: b, where: {}, earn_points: false}"
    assert said(f"segments: [{one}, {two}]", f"segments: [{two}, {one}]") == ("Segments: order a, b → b, a",)


def test_a_text_that_changed_in_another_language_is_shown_in_all() -> None:
    found = said("points: {name: {fr: a, en: b}}", "points: {name: {fr: c, en: b}}")
    assert found == ("Points: name fr a, en b → fr c, en b",)


def test_all_languages_have_the_same_words_with_the_same_gaps() -> None:
    def gaps(words: dict[str, str]) -> dict[str, list[str]]:
        return {key: sorted(re.findall(r"{\w+}", text)) for key, text in words.items()}

    assert set(WORDS) == {"fr", "de", "en"}
    assert gaps(WORDS["fr"]) == gaps(WORDS["en"]) == gaps(WORDS["de"])


def test_every_field_and_every_fact_has_a_word() -> None:
    spoken = (
        values.Programme,
        values.Spend,
        values.Points,
        values.Conditions,
        values.EarningRule,
        values.Redemption,
    )
    spoken += (values.Reward, values.Tier, values.Tiers, values.Segment, values.Bracket)  # type: ignore[assignment]
    whole = {"id", "enabled", "strict", "brackets", "ladder", "schedule", "messages"}
    whole |= {"spend", "points", "earning", "redemption", "rewards", "tiers", "first_order", "segments"}
    names = {each.name for kind in spoken for each in _fields(kind)} | set(FACTS)
    missing = {name for name in names - whole if f"label.{LABELS.get(name, name)}" not in WORDS["en"]}
    assert missing == set()


def _fields(kind: Any) -> Any:
    assert is_dataclass(kind)
    return fields(kind)


def test_a_language_without_words_is_said_in_english() -> None:
    assert words_of("it") == WORDS["en"]
    assert words_of("fr-CH") == WORDS["fr"]
