"""Splits, refunds, tax and currencies are exact (G12); ``python -m tests.arithmetic`` tries as many as one likes."""

from unittest.mock import patch

import pytest

from palier.core import earning, money, order
from tests.arithmetic import laws
from tests.arithmetic.trial import try_cases, try_seed

pytestmark = pytest.mark.once


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda law: law.__name__)
def test_whole_numbers_say_the_same(law):
    assert list(try_seed(law, 1)) == []


def _one_too_many(total, weights):
    shares = money.allocate(total, weights)
    return (*shares[:-1], shares[-1] + 1)


def _down(numerator, denominator):
    return numerator // denominator


@pytest.mark.parametrize(
    ("law", "owner", "name", "wrong"),
    [
        (laws.split, laws, "allocate", _one_too_many),
        (laws.split, laws, "allocate", lambda total, weights: money.allocate(total, weights[::-1])[::-1]),
        (laws.refund, order, "allocate", lambda total, weights: (0,) * len(weights)),
        (laws.refund, order, "ratio_half_up", _down),
        (laws.tax, earning, "round_half_up", int),
        (laws.tax, earning, "ratio_half_up", _down),
        (laws.currency, earning, "exponent", lambda currency: 2),
        (
            laws.currency,
            laws,
            "to_minor",
            lambda amount, currency: int(amount * 10 ** money.exponent(currency)),
        ),
    ],
)
def test_a_planted_error_is_found(law, owner, name, wrong):
    with patch.object(owner, name, wrong):
        assert list(try_seed(law, 1, 300))


def test_a_case_is_told_so_that_it_can_be_tried_again():
    with patch.object(laws, "allocate", _one_too_many):
        found = list(try_seed(laws.split, 7, 3))
        assert found == list(try_seed(laws.split, 7, 3))
    assert "split, seed 7, case 0" in found[0]


@pytest.mark.slow
def test_a_hundred_thousand_cases_of_all_laws_in_turn():
    tried = [count for count, wrong in try_cases(100_000, 1) if not wrong]
    assert tried == [*range(1000, 101_000, 1000)]


def test_a_part_of_a_thousand_is_tried_too():
    assert [count for count, _ in try_cases(1_500, 1)] == [1000, 1500]
