"""The working ledger's primitives: moved lots, renewals, what is told."""

from datetime import timedelta

import pytest

from palier.core.account import AccountState, Cause, Lot, Piece, Renewal, Timeline, Version
from palier.core.book import Book, Post
from palier.core.renewals import end_with
from palier.core.values import replace
from tests.core.kit import START, Story, days, points, programme, when

CAUSE = Cause("gift", "g")


def book(*, account=2, **sections):
    timeline = Timeline((Version(1, START, programme(**sections)),))
    return Book(AccountState(account, START), timeline, new_code=lambda: ("c", "CODE"))


def lot(number, remaining, *, ends_at=None, **more):
    return Lot(number, remaining, START, START, True, START, ends_at, ends_at, **more)


def credited(found, number, **more):
    post = Post("opening", CAUSE)
    found.add_lot(post, number, starts_at=START, available_at=START, own_end=None, **more)
    found.commit(post)


def returned(found, piece):
    post = Post("return", CAUSE)
    found.give_back(post, piece, ())
    return found.commit(post)


def test_points_of_a_merged_account_come_back_to_the_lot_that_took_their_place():
    found = book()
    credited(found, 30, origin=(1, 7))
    entry = returned(found, Piece(20, account=1, lot=lot(7, 0)))
    assert (entry.points, entry.draws) == (20, ((1, 20),))


def test_points_of_a_merged_account_whose_lot_had_nothing_left_come_back_as_their_own():
    found = book()
    ends = START + days(90)
    entry = returned(found, Piece(20, account=1, lot=lot(7, 0, ends_at=ends)))
    (here,) = found.lots.values()
    assert (entry.points, here.origin, here.ends_at, here.remaining) == (20, (1, 7), ends, 20)


def test_points_of_a_merged_account_that_have_ended_live_thirty_days():
    found = book()
    returned(found, Piece(20, account=1, lot=lot(7, 0, ends_at=START)))
    (here,) = found.lots.values()
    assert here.ends_at == when("2026-02-10")


def test_cus_4_a_take_back_follows_the_lots_that_moved():
    """The order was credited on account 9; a merge moved its lot here."""
    story = Story(programme(points=points("P12M", expiry="fixed"))).gift(30).order("A", 50)
    known = story.orders["A"]
    known.booking = replace(known.booking, lots=((9, 4),))
    story.state = replace(
        story.state, lots=tuple(replace(x, origin=(9, 4)) if x.number == 2 else x for x in story.state.lots)
    )
    story.refund("A", full=True)
    assert story.entries[-1].draws == ((2, -50),)


@pytest.mark.parametrize(
    ("renewals", "ends"),
    [
        ([], 30),
        ([(10, 60, None)], 60),
        ([(10, 60, 20)], 30),
        ([(10, 20, None)], 30),
        ([(30, 60, None)], 30),
        ([(10, 60, None), (50, 90, None)], 90),
        ([(50, 90, None), (10, 60, None)], 90),
        ([(10, 60, 55), (50, 90, None)], 30),
    ],
)
def test_a_lots_end_follows_from_the_renewals_that_came_before_it(renewals, ends):
    rows = tuple(
        Renewal(str(i), START + days(at), START + days(until), START + days(undone) if undone else None)
        for i, (at, until, undone) in enumerate(renewals)
    )
    assert end_with(lot(1, 5, ends_at=START + days(30)), rows, START + days(99)) == START + days(ends)


def test_a_lot_without_an_end_is_not_renewed_and_one_born_later_neither():
    renewal = Renewal("A", START, START + days(60))
    assert end_with(lot(1, 5), (renewal,), START) is None
    younger = replace(lot(1, 5, ends_at=START + days(30)), born_at=START + timedelta(seconds=1))
    assert end_with(younger, (renewal,), START) == START + days(30)


@pytest.mark.parametrize(
    ("messages", "told"),
    [
        ({}, ["tier_up"]),
        ({"tier_up": False}, []),
        ({"tier_up": {"enabled": False}}, []),
        ({"tier_up": {"email": {}}}, ["tier_up"]),
        ({"points_earned": True}, ["tier_up", "points_earned"]),
        ({"points_earned": {"enabled": False}}, ["tier_up"]),
        ({"points_earned": {"email": {}}}, ["tier_up", "points_earned"]),
    ],
)
def test_a_member_is_told_what_the_programme_says(messages, told):
    found = book(messages=messages)
    found.tell("tier_up", "1")
    found.tell("points_earned", "1")
    assert [intent.event for intent in found.intents] == told


def test_a_posting_that_moves_nothing_leaves_no_entry():
    found = book()
    assert found.commit(Post("hold", CAUSE)) is None
    assert found.close(next_due_at=None).entries == ()


def test_a_timeline_knows_the_version_of_every_instant():
    versions = tuple(Version(i, START + days(i), programme(name=str(i))) for i in range(3))
    timeline = Timeline(versions)
    assert [timeline.at(START + days(n)).id for n in (-1, 0, 0.9, 1, 5)] == [0, 0, 0, 1, 2]
    assert timeline.next_after(START) == START + days(1)
    assert timeline.next_after(START + days(2)) is None
    assert timeline.by_id(1) is versions[1]
    with pytest.raises(KeyError):
        timeline.by_id(9)
