"""The quick reader of lines says what the strict one says, or nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core import messages_order
from palier.core.errors import Refusal
from palier.core.messages_order import parse_order
from palier.core.messages_quick import quick_lines

WORDS = st.one_of(
    st.sampled_from(["tee", "mug", "x" * 100, "x" * 101, "x" * 200, "x" * 201, "", " ", " tee", "t\te", "é✓", 7]),
    st.sampled_from([None, True, 1.5, [], {}, 10**13, "\x00", "\ud800", "\xa0tee", "tee\u2003"]),
    st.text(max_size=5),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-2, 10**13),
    st.decimals(allow_nan=True, allow_infinity=True),
    st.decimals(0, 10_000, places=2),
    st.decimals(0, 10_000, places=2).map(str),
    st.sampled_from(["1e3", "٣", "1,5", "-1", "+1", " 1", "0.0000000001", "1.005", "999999999.999999999", "01", True]),
    st.sampled_from([None, "20", 20, Decimal("19.6"), Decimal("1E+2"), Decimal("-0.0"), 101, "100.01", 0, 10**5000]),
)  # fmt: skip
LINES = st.lists(
    st.fixed_dictionaries(
        {"product": st.one_of(st.sampled_from(["tee", "mug"]), WORDS)},
        optional={
            "price": NUMBERS,
            "quantity": st.one_of(st.integers(1, 3), st.sampled_from([0, -1, 10**6, 10**6 + 1, "2", True, Decimal(2)])),
            "id": WORDS,
            "categories": st.one_of(st.lists(WORDS, max_size=3), st.sampled_from([None, "c", (), {}, ["a"] * 21])),
            "tax_rate": NUMBERS,
            "total": NUMBERS,
            "total_net": NUMBERS,
            "weight": st.one_of(st.integers(-1, 10**9 + 1), st.just("5")),
            "on_sale": st.sampled_from([True, False, 1, "true", None]),
            "pirce": NUMBERS,
        },
    ),
    max_size=4,
)  # fmt: skip


def read(lines, currency, basis):
    message = {"id": "A1", "status": "paid", "prices": basis, "currency": currency, "lines": lines}
    try:
        return parse_order(message, currency=currency)
    except Refusal as refusal:
        return type(refusal), str(refusal), refusal.problems


@given(LINES, st.sampled_from(["EUR", "JPY", "KWD"]), st.sampled_from(["gross", "net"]))
def test_both_readers_say_the_same_of_any_lines(lines, currency, basis):
    read_quickly = read(lines, currency, basis)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages_order, "quick_lines", lambda *_: None)
        assert read(lines, currency, basis) == read_quickly


USUAL = {"product": "tee", "price": "12.50"}


@pytest.mark.parametrize(
    "line",
    [
        USUAL,
        {**USUAL, "price": Decimal("12.505"), "quantity": 3, "tax_rate": 20},
        {**USUAL, "price": 12, "id": "a", "categories": ["mugs", "mugs", "all"], "tax_rate": "5.5"},
        {**USUAL, "weight": 10, "on_sale": True},
    ],
)
def test_usual_lines_are_read_quickly(line):
    """Else nobody would notice that the strict reader does all the work."""
    assert quick_lines([line], 2) is not None


def test_what_the_quick_reader_read_counts_as_much():
    """A message of too many parts is refused whoever reads it."""
    assert quick_lines([USUAL, {**USUAL, "categories": ["a", "b"]}], 2).nodes == 6
