"""What a stretch of time did to points, from the sums of its entries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.turnover import COLUMNS, Turnover, turnover
from tests.core.kit import Story, few
from tests.core.test_histories import HISTORIES, PROGRAMMES, happen


@pytest.mark.parametrize(
    ("kinds", "column", "sign"),
    [
        (("earn", "event", "gift", "opening"), "issued", 1),
        (("take_back",), "taken_back", -1),
        (("use", "capture", "return", "reward", "withdraw", "reissue"), "used", -1),
        (("expire", "lapse"), "expired", -1),
        (("waive",), "waived", 1),
        (("merge_in", "merge_out"), "moved", 1),
    ],
)
def test_every_kind_has_its_column_and_sign(kinds, column, sign):
    for kind in kinds:
        assert turnover({kind: 7}) == Turnover(**{column: 7 * sign})
    assert turnover(dict.fromkeys(kinds, 3)) == Turnover(**{column: 3 * sign * len(kinds)})


def test_stretches_add_up():
    one, other = Turnover(1, 2, 3, 4, 5, 6), Turnover(10, 20, 30, 40, 50, 60)
    assert one.plus(other) == Turnover(11, 22, 33, 44, 55, 66)
    assert (one.change, other.change) == (1 - 2 - 3 - 4 + 5 + 6, 10 - 20 - 30 - 40 + 50 + 60)


def test_a_kind_without_amount_moves_nothing():
    assert turnover({"settle": 0, "hold": 0}) == Turnover()
    with pytest.raises(AssertionError):
        turnover({"settle": 1})


@few(15)
@given(st.sampled_from(sorted(PROGRAMMES)), HISTORIES)
def test_the_change_of_a_history_is_what_the_member_has_of_it(name, history):
    story = Story(PROGRAMMES[name])
    for step in history:
        happen(story, step)
    amounts = {}
    for entry in story.entries:
        amounts[entry.kind] = amounts.get(entry.kind, 0) + entry.amount
    totals, told = story.state.totals, turnover(amounts)
    assert told.change == totals.available + totals.pending + totals.held - totals.debt
    assert (told.used, told.expired) == (totals.spent, totals.expired)
    assert told.issued - told.taken_back + told.waived == totals.lifetime
    assert COLUMNS.keys() >= {kind for kind, amount in amounts.items() if amount}
