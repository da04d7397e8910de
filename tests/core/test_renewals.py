"""Which lots a renewal reaches, also through merges, and when they end by it."""

from datetime import timedelta

import pytest

from palier.core.account import Lot, Renewal
from palier.core.renewals import as_moved, end_at, end_with, end_without, is_same, of_person, reaches
from palier.core.values import replace
from tests.core.kit import START, days

LOT = Lot(1, 5, START, START, True, START, START + days(30), START + days(30))
INSTANT = timedelta(microseconds=1)


def renewed(day, until, **more):
    return Renewal("A", START + days(day), START + days(until), **more)


def reach(renewals, merges, home=1):
    """For each renewal of a person, from which accounts the points were that it reached; 0 are those of ``home``."""
    moved = [(merged, kept, START + days(day)) for merged, kept, day in merges]
    given = {account: [renewed(day, 99) for day in each] for account, each in renewals.items()}
    return [((each.at - START).days, sorted(each.accounts)) for each in of_person(home, given, moved)]


@pytest.mark.parametrize(
    ("lot", "renewal", "end"),
    [
        (LOT, renewed(0, 60, next_lot=2), 60),
        (LOT, renewed(0, 60, next_lot=1), 30),
        (LOT, renewed(0, 60), 60),
        (LOT, renewed(1, 60, next_lot=1), 60),
        (replace(LOT, origin=(7, 3)), renewed(0, 60, next_lot=4, account=7), 60),
        (replace(LOT, origin=(7, 3)), renewed(0, 60, next_lot=3, account=7), 30),
        (replace(LOT, origin=(7, 3)), renewed(0, 60, next_lot=3), 60),
    ],
)
def test_of_one_instant_numbers_say_which_lots_a_renewal_reached(lot, renewal, end):
    assert end_with(lot, [renewal], START + days(9)) == START + days(end)
    assert end_at(lot, [renewal], START + days(9), at_birth=True) == START + days(end)


def test_undoing_one_renewal_keeps_another_of_the_lots_first_instant_by_its_number():
    """Seed 140768: the end does not tell whether the one before it was the other's too."""
    lot = replace(LOT, ends_at=START + days(60))
    for next_lot, end in ((2, 60), (1, 30)):
        assert end_without(lot, (renewed(0, 60, next_lot=next_lot),), START + days(9)) == START + days(end)


@pytest.mark.parametrize(
    ("renewals", "merges", "found"),
    [
        ({1: [5]}, [], [(5, [0, 1])]),
        ({1: [5], 2: [3]}, [(2, 1, 4)], [(3, [2]), (5, [0, 1, 2])]),
        ({1: [3], 2: [5]}, [(2, 1, 4)], [(3, [0, 1]), (5, [])]),
        ({1: [4], 2: [4]}, [(2, 1, 4)], [(4, [0, 1, 2]), (4, [2])]),
        ({1: [9], 2: [], 3: []}, [(3, 2, 4), (2, 1, 6)], [(9, [0, 1, 2, 3])]),
        ({1: [], 2: [5], 3: []}, [(3, 2, 4), (2, 1, 6)], [(5, [2, 3])]),
        ({1: [5], 2: [], 3: []}, [(3, 2, 4), (2, 1, 6)], [(5, [0, 1])]),
        ({1: [], 2: [], 3: [4]}, [(3, 2, 4), (2, 1, 6)], [(4, [3])]),
        ({1: [], 2: [4], 3: []}, [(3, 2, 4), (2, 1, 6)], [(4, [2, 3])]),
        ({1: [6], 2: [6], 3: []}, [(3, 2, 4), (2, 1, 6)], [(6, [0, 1, 2, 3]), (6, [2, 3])]),
    ],
)
def test_a_renewal_reaches_the_points_that_were_on_its_account_at_its_instant(renewals, merges, found):
    assert reach(renewals, merges) == found


def test_the_account_that_is_asked_about_is_named_as_the_lots_name_it():
    assert reach({1: [5], 2: [7]}, [], home=2) == [(5, [1]), (7, [0, 2])]
    own, moved = LOT, replace(LOT, origin=(7, 3))
    for accounts, reached in (
        (None, (True, True)),
        ({0}, (True, False)),
        ({7}, (False, True)),
        (set(), (False, False)),
    ):
        renewal = renewed(5, 60, accounts=None if accounts is None else frozenset(accounts))
        assert (reaches(renewal, own), reaches(renewal, moved)) == reached


@pytest.mark.parametrize(
    ("renewals", "now", "ends"),
    [
        ([], 99, 30),
        ([(0, 40)], 99, 40),
        ([(-1, 40)], 99, 30),
        ([(29, 50)], 99, 50),
        ([(30, 60)], 99, 30),
        ([(20, 50), (45, 80)], 99, 80),
        ([(45, 80), (20, 50)], 99, 80),
        ([(45, 80)], 99, 30),
        ([(5, 20)], 99, 30),
        ([(10, 50)], 9, 30),
        ([(10, 50)], 10, 50),
    ],
)
def test_renewals_before_the_end_move_it_later_and_never_earlier(renewals, now, ends):
    given = [renewed(*each) for each in renewals]
    assert end_with(LOT, given, START + days(now)) == START + days(ends)
    assert end_with(replace(LOT, own_end=None), given, START + days(now)) is None


def test_a_renewal_that_is_undone_or_of_other_points_moves_nothing():
    now = START + days(20)
    undone, other = renewed(5, 60, undone_at=now), renewed(5, 60, accounts=frozenset({7}))
    assert end_with(LOT, [undone, other], now) == START + days(30)
    assert end_with(replace(LOT, origin=(7, 1)), [other], now) == START + days(60)


@pytest.mark.parametrize(
    ("undone", "now", "ends"),
    [(None, 99, 60), (10, 9, 60), (10, 10, 30), (40, 39, 60), (40, 40, 40), (40, 99, 40)],
)
def test_what_is_undone_gives_the_end_before_or_that_instant_if_it_has_passed(undone, now, ends):
    gone = None if undone is None else START + days(undone)
    renewals = [renewed(5, 60, undone_at=gone)]
    assert end_at(LOT, renewals, START + days(now), at_birth=False) == START + days(ends)


def test_a_renewal_of_the_instant_of_birth_came_before_or_after_it():
    renewals = [renewed(0, 60)]
    found = [end_at(LOT, renewals, START + days(9), at_birth=birth) for birth in (False, True)]
    assert found == [START + days(30), START + days(60)]
    assert end_at(replace(LOT, own_end=None), renewals, START, at_birth=True) is None
    late = [renewed(5, 60)]
    assert end_at(LOT, late, START + days(5) - INSTANT, at_birth=True) == START + days(30)


def test_two_renewals_of_which_the_later_is_undone_leave_the_earlier():
    renewals = [renewed(5, 60), renewed(10, 90, undone_at=START + days(20))]
    assert end_at(LOT, renewals, START + days(19), at_birth=False) == START + days(90)
    assert end_at(LOT, renewals, START + days(20), at_birth=False) == START + days(60)


def test_an_end_that_has_passed_by_an_undoing_stays_what_it_was():
    """What came later does not reach points that were dead by then, and does not bring their first end back."""
    renewals = [renewed(5, 60, undone_at=START + days(40)), renewed(50, 90)]
    assert end_at(LOT, renewals, START + days(60), at_birth=False) == START + days(40)


def test_the_undoing_of_a_renewal_before_the_birth_changes_nothing():
    renewals = [renewed(5, 60, undone_at=START + days(40)), renewed(-5, 70, undone_at=START + days(50))]
    for birth in (False, True):
        assert end_at(LOT, renewals, START + days(60), at_birth=birth) == START + days(40)


@pytest.mark.parametrize(
    ("ends", "left", "found"),
    [
        (60, [(0, 40)], 40),
        (60, [(0, 60)], 60),
        (60, [], 30),
        (40, [(0, 60)], 30),
        (40, [(0, 60), (5, 35)], 35),
        (40, [(5, 60)], 60),
        (None, [(0, 60)], 60),
    ],
)
def test_undoing_a_renewal_lets_no_other_reach_points_that_came_after_it(ends, left, found):
    """Where the end would be later than it is, the renewal of the instant of birth had come before the points."""
    lot = replace(LOT, ends_at=None if ends is None else START + days(ends))
    given = tuple(renewed(*each) for each in left)
    assert end_without(lot, given, START + days(9)) == START + days(found)
    assert end_without(replace(lot, own_end=None), given, START + days(9)) is None


def test_a_lot_that_moved_is_known_by_its_root_its_birth_and_its_end():
    moved = replace(LOT, number=9, origin=(2, 1), remaining=0)
    assert is_same(moved, LOT, (2, 1))
    assert not is_same(moved, LOT, (2, 2))
    assert not is_same(moved, replace(LOT, own_end=None), (2, 1))
    assert not is_same(moved, replace(LOT, born_at=START + days(1)), (2, 1))


def test_a_lot_that_left_nothing_comes_as_it_would_be_here():
    assert as_moved(LOT, (2, 1), (), START) == replace(LOT, origin=(2, 1))
    known = (renewed(5, 60, accounts=frozenset({2})), renewed(6, 90, accounts=frozenset({0})))
    assert as_moved(LOT, (2, 1), known, START + days(9)).ends_at == START + days(60)
    assert as_moved(LOT, (2, 1), known, START + days(4)).ends_at == START + days(30)
