"""Exact amounts: spreading loses nothing, rounding is half up, currencies keep their own decimals."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from palier.core.money import (
    allocate,
    exponent,
    from_minor,
    is_currency,
    ratio_half_up,
    round_half_up,
    to_minor,
)
from tests.core.kit import few

WEIGHTS = st.lists(st.integers(0, 10**12), min_size=1, max_size=12)


@few(40)
@given(st.integers(0, 10**12), WEIGHTS)
@example(100, [1, 1, 1])
@example(5, [0, 0])
def test_num_3_the_parts_add_up_to_the_whole(total, weights):
    shares = allocate(total, weights)
    assert sum(shares) == total
    assert min(shares) >= 0


@few(40)
@given(st.integers(0, 10**12), WEIGHTS)
def test_num_3_no_part_is_a_unit_away_from_its_exact_share(total, weights):
    whole = sum(weights)
    if whole:
        for share, weight in zip(allocate(total, weights), weights, strict=True):
            assert abs(share - Fraction(total * weight, whole)) < 1
            assert weight or not share


@few(40)
@given(WEIGHTS.flatmap(lambda w: st.tuples(st.just(w), st.integers(0, max(1, sum(w))))))
def test_num_3_a_discount_never_exceeds_the_line_that_it_is_spread_to(case):
    weights, total = case
    if total <= sum(weights):
        assert all(share <= weight for share, weight in zip(allocate(total, weights), weights, strict=True))


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (100, (1, 1, 1), (34, 33, 33)),
        (1, (1, 2), (0, 1)),
        (1, (2, 2), (1, 0)),
        (10, (0, 0), (10, 0)),
        (0, (3, 4), (0, 0)),
        (7, (), ()),
        (1000, (3333, 3333, 3334), (333, 333, 334)),
    ],
)
def test_what_is_left_goes_to_the_largest_remainder_and_ties_to_the_earlier(total, weights, shares):
    assert allocate(total, weights) == shares


@few(40)
@given(st.fractions())
def test_half_up_rounds_halves_away_from_nothing(value):
    rounded = round_half_up(value)
    assert abs(rounded - value) <= Fraction(1, 2)
    assert rounded == -round_half_up(-value)
    assert ratio_half_up(value.numerator, value.denominator) == rounded


@pytest.mark.parametrize(("value", "rounded"), [("2.5", 3), ("-2.5", -3), ("2.4999", 2), ("0.5", 1)])
def test_half_up_at_its_borders(value, rounded):
    assert round_half_up(Fraction(value)) == rounded


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("EUR", "12.345", 1235), ("JPY", "12.5", 13), ("KWD", "1.2345", 1235), ("EUR", "0.005", 1)],
)
def test_num_1_each_currency_has_its_own_decimals(currency, amount, minor):
    assert to_minor(Decimal(amount), currency) == minor


@few(40)
@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_num_1_minor_units_come_back_exactly(minor, currency):
    amount = from_minor(minor, currency)
    assert to_minor(amount, currency) == minor
    assert -amount.as_tuple().exponent == exponent(currency)


def test_an_unknown_currency_is_none():
    assert is_currency("EUR")
    assert is_currency("JPY")
    assert not is_currency("EURO")
    with pytest.raises(KeyError):
        exponent("XXX")
