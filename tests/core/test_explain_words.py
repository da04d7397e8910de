"""The tables of sentences agree with each other, and numbers, money and days are written as each language does."""

from datetime import UTC, date, datetime
from string import Formatter

import pytest

from palier.core.explain import english, french, german
from palier.core.explain.speech import TABLES, Speech, singular
from palier.core.formats import LANGUAGES, formats_for, spoken
from palier.core.period import parse_duration
from palier.core.programme.values import Points, Programme, Text

SOURCES = {"en": english.SENTENCES, "fr": french.SENTENCES, "de": german.SENTENCES}
FIXED = "\u00a0"


def speech(language, name=None):
    points = Points() if name is None else Points(name=Text((("", name),)))
    programme = Programme("Demo", "EUR", points=points)
    return Speech(language, programme, formats_for(language, "EUR", "Europe/Paris"))


def placeholders(forms):
    return {field for form in forms for _, field, _, _ in Formatter().parse(form) if field is not None}


def test_every_language_has_the_same_sentences():
    assert set(SOURCES) == set(LANGUAGES) == set(TABLES)
    assert set(french.SENTENCES) == set(english.SENTENCES)
    assert set(german.SENTENCES) == set(english.SENTENCES)


@pytest.mark.parametrize("key", sorted(english.SENTENCES))
def test_a_sentence_names_the_same_things_in_every_language(key):
    named = {language: placeholders(TABLES[language][key]) for language in LANGUAGES}
    assert named["fr"] == named["en"] == named["de"]
    for language in LANGUAGES:
        one, other = TABLES[language][key]
        assert placeholders([other]) - placeholders([one]) <= {"count"}, language  # "per day", "every 2 days"


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_are_typeset(language):
    for key, forms in SOURCES[language].items():
        for text in (forms,) if isinstance(forms, str) else forms:
            assert text == text.strip(), key
            assert "  " not in text, key
            assert "'" not in text, key
            assert '"' not in text, key


def test_french_colons_and_semicolons_never_start_a_line():
    for one, other in TABLES["fr"].values():
        assert not any(f" {mark}" in text for text in (one, other) for mark in ":;»")


@pytest.mark.parametrize(
    ("language", "n", "written"),
    [
        ("en", 0, "0 points"), ("en", 1, "1 point"), ("en", 1200, "1,200 points"),
        ("fr", 0, "0\u00a0point"), ("fr", 1, "1\u00a0point"), ("fr", 1200, "1\u202f200\u00a0points"),
        ("de", 0, "0 Punkte"), ("de", 1, "1 Punkt"), ("de", 1200, "1.200 Punkte"), ("it", 2, "2 points"),
    ],
)  # fmt: skip
def test_points_are_counted_as_the_language_does(language, n, written):
    assert speech(language).points(n) == written


@pytest.mark.parametrize(
    ("name", "language", "one"),
    [
        ("points fidélité", "fr", "point fidélité"), ("étoiles", "fr", "étoile"), ("bonus", "fr", "bonus"),
        ("Treuepunkte", "de", "Treuepunkt"), ("Sterne", "de", "Sterne"), ("gold stars", "en", "gold star"),
        ("Points", "en", "Point"), ("kudos", "en", "kudos"), ("miles", "en", "mile"), ("", "en", ""),
    ],
)  # fmt: skip
def test_one_point_by_the_programmes_own_name(name, language, one):
    assert singular(name, language) == one


def test_a_custom_name_needs_no_grammar():
    assert speech("fr", "étoiles").say("expired", 2, points=speech("fr", "étoiles").points(2)) == (
        f"2{FIXED}étoiles ont expiré."
    )


@pytest.mark.parametrize(
    ("every", "en", "de"),
    [
        ("order", "per order", "je Bestellung"), ("ever", "in all", "insgesamt"),
        (parse_duration("P1D"), "per day", "pro Tag"), (parse_duration("P30D"), "every 30 days", "alle 30 Tage"),
        (parse_duration("P1M"), "per month", "pro Monat"), (parse_duration("P1Y"), "per year", "pro Jahr"),
        (parse_duration("PT2H"), "every 2 hours", "alle 2 Stunden"), (parse_duration("P1M3D"), "", ""),
    ],
)  # fmt: skip
def test_the_time_of_a_limit(every, en, de):
    assert (speech("en").every(every), speech("de").every(every)) == (en, de)


@pytest.mark.parametrize(
    ("language", "currency", "minor", "written"),
    [
        ("en", "GBP", 1234050, "£12,340.50"), ("fr", "EUR", 1234050, "12\u202f340,50\u00a0€"),
        ("de", "EUR", 1234050, "12.340,50\u00a0€"), ("de-AT", "EUR", 1250, "€\u00a012,50"),
        ("de", "JPY", 1250, "1.250\u00a0¥"), ("en", "KWD", 1250, "KWD\u00a01.250"), ("fr", "EUR", -5, "-0,05\u00a0€"),
        ("en", "HUF", 1250, "HUF\u00a012.50"), ("it", "EUR", 1250, "€12.50"), ("fr-XX", "EUR", 5, "0,05\u00a0€"),
    ],
)  # fmt: skip
def test_money_has_the_decimals_of_the_ledger(language, currency, minor, written):
    assert formats_for(language, currency, "UTC").money(minor) == written


def test_a_price_drops_decimals_that_say_nothing():
    formats = formats_for("en", "GBP", "UTC")
    assert (formats.price(100), formats.price(150), formats.price(1000000)) == ("£1", "£1.50", "£10,000")


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "1 April 2026"), ("fr", "1er avril 2026"), ("de", "1. April 2026"), ("en-US", "April 1, 2026")],
)
def test_days_are_those_of_the_programmes_zone(language, written):
    formats = formats_for(language, "EUR", "Europe/Paris")
    assert formats.day(datetime(2026, 3, 31, 22, 30, tzinfo=UTC)) == written
    assert formats.day(date(2026, 4, 1)) == written


def test_every_reader_is_served_by_some_language():
    assert [spoken(tag) for tag in ("fr-CA", "DE_at", "en", "pt-BR", "")] == ["fr", "de", "en", "en", "en"]
