"""Numbers are read as people of each language type them, and written back so."""

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from palier.backoffice.boxes import Box, Numbers
from palier.backoffice.typed import NotANumber, read_number, write_number

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("12", "en", "12"),
        ("12,5", "en", "12.5"),
        ("12.5", "de", "12.5"),
        ("12,50", "fr", "12.50"),
        ("1,234", "en", "1234"),
        ("1,234", "fr", "1.234"),
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1.234,5", "en", "1234.5"),
        ("1,234.5", "de", "1234.5"),
        ("1.234.567", "fr", "1234567"),
        ("1 234,50", "fr", "1234.50"),
        ("1\N{NARROW NO-BREAK SPACE}234,50", "fr", "1234.50"),
        ("1'234.50", "de", "1234.50"),
        ("1,5", "de", "1.5"),
        ("0", "fr", "0"),
    ],
)
def test_a_number_is_read_with_comma_or_point(text, language, number):
    assert read_number(text, language=language) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "\N{MINUS SIGN}1",
        "1e5",
        "abc",
        "1,2,3",
        "1.2.3",
        "12,34.5",
        "١٢",
        "NaN",
        "Infinity",
        "1_000",
        "€5",
        "9" * 40,
    ],
)
@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_what_is_no_number_is_refused(text, language):
    with pytest.raises(NotANumber):
        read_number(text, language=language)


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["en", "fr", "de"]))
def test_what_is_written_is_read_again(number, language):
    assert read_number(write_number(number, language=language, decimals=2), language=language) == number


def test_numbers_are_written_with_the_languages_mark():
    assert write_number(Decimal("1234.5"), language="fr", decimals=2) == "1234,50"
    assert write_number(Decimal("1234.5"), language="en", decimals=2) == "1234.50"
    assert write_number(Decimal(100), language="de") == "100"


@pytest.mark.parametrize(
    "text", ["9" * 19, "9" * 40, "9.999.999.999.999.999.999", "10 000 000 000 000 000 000"]
)
def test_a_number_of_too_many_digits_is_told_to_be_too_much_and_not_to_be_no_number(text):
    box = Box("points", value=text)
    with override("en"):
        Numbers("de", "EUR").whole(box)
    assert box.error == "This is too much."
