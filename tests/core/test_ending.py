"""Points that end at night: the quick way answers only where it cannot differ from catching up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import AccountState, Lot, Timeline, Totals, Version
from palier.core.book import Book
from palier.core.catch_up import catch_up, horizon_of, reminders
from palier.core.ending import End, ended_lots, night_of
from palier.core.period import Duration
from palier.core.programme.values import Interval, Season
from palier.core.values import replace
from tests.core.kit import START, days, few, ladder, points, programme, reward

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(microseconds=1)


def micros(instant):
    return None if instant is None else (instant - EPOCH) // SECOND


def row(number=1, remaining=10, settled=True, available_at=None, ends_at=None):
    return (number, remaining, 0, 0, settled, available_at, ends_at, ends_at, None)


def ended(*lots, others=(), until=100, reminders=lambda end: ()):
    return ended_lots(lots, others, until, reminders)


# Which nights


def timeline(*versions):
    return Timeline(tuple(Version(i, at, rules) for i, (at, rules) in enumerate(versions, 1)))


def test_a_night_has_the_version_the_lowest_reward_and_the_horizon():
    rules = programme(rewards=(reward(90), reward(70), replace(reward(20), enabled=False)))
    first = night_of(timeline((START, rules)), START + days(3))
    assert (first.version.id, first.reward_at, first.since) == (1, 70, START - SECOND)
    assert first.horizon == horizon_of(rules, START + days(3))
    second = night_of(timeline((START, rules), (START + days(1), programme())), START + days(3))
    assert (second.version.id, second.reward_at, second.since) == (2, None, START + days(1))


def test_there_is_no_night_before_the_newest_version_is_in_force():
    known = timeline((START, programme()), (START + days(5), programme()))
    assert night_of(known, START + days(5) - SECOND) is None
    assert night_of(known, START + days(5)) is not None


def test_there_is_no_night_where_a_window_or_a_season_may_end():
    season = Season(Interval(START, START + days(9)), (("t1", 1),))
    for tiers, lasts in (
        (None, True),
        (ladder(0, 9), True),
        (ladder(0, 9, window="calendar_year"), False),
        (ladder(0, 9, window="rolling", rolling=Duration(2)), False),
        (ladder(0, 9, schedule=(season,)), False),
        (ladder(0, 9, schedule=(replace(season, enabled=False),)), True),
    ):
        found = night_of(timeline((START, programme(tiers=tiers))), START + days(3))
        assert (found is not None) is lasts, tiers


# Which lots


def test_lots_that_end_together_are_one_end_and_pending_points_are_told_apart():
    found = ended(
        row(3, 5, ends_at=100),
        row(1, 7, ends_at=50),
        row(2, 2, settled=False, available_at=200, ends_at=100),
        row(4, 1, ends_at=101),
    )
    assert found.ends == [End(50, -7, 0, [(1, -7)]), End(100, -5, -2, [(2, -2), (3, -5)])]
    assert ([lot[0] for lot in found.kept], found.next_due) == ([4], 101)


def test_when_nothing_ends_there_is_no_answer():
    assert ended(row(ends_at=101), row(2)) is None
    assert ended() is None


def test_when_anything_else_is_due_there_is_no_answer():
    gone = row(9, ends_at=100)
    assert ended(gone).next_due is None
    assert ended(gone, others=[100]) is None
    assert ended(gone, others=[101]).next_due == 101
    assert ended(gone, row(2, settled=False, available_at=100)) is None
    assert ended(gone, row(2, settled=False, available_at=101)).next_due == 101
    assert ended(gone, row(2, settled=False)).next_due is None
    assert ended(gone, row(2, settled=True, available_at=90)).next_due is None
    assert ended(gone, row(2, remaining=0)) is None


def test_a_reminder_that_is_still_to_come_is_due_and_one_of_before_is_not():
    gone, lot = row(9, ends_at=90), row(2, ends_at=500)
    told = {90: (80, 89), 500: (40, 300)}
    assert ended(gone, lot, reminders=told.get).next_due == 300
    assert ended(gone, lot, reminders={90: (), 500: (95,)}.get) is None
    assert ended(gone, lot, reminders={90: (), 500: (90,)}.get) is None


# The same as catching up

LOTS = st.lists(
    st.tuples(
        st.integers(0, 3), st.booleans(), st.sampled_from([None, 1, 2, 3, 9]), st.sampled_from([None, 1, 2, 3, 4, 9])
    ),
    max_size=5,
)  # fmt: skip


def _lot(number, at, remaining, settled, opens, end):
    ends_at = None if end is None else at + days(end)
    available_at = at if settled else None if opens is None else at + days(opens)
    return Lot(number, remaining, at, at, settled or opens is None, available_at, ends_at, ends_at)


@few(120)
@given(LOTS, st.booleans())
def test_where_it_answers_it_says_what_catching_up_does(drawn, reminds):
    rules = programme(points=points("P1Y", remind=(Duration(days=1),) if reminds else ()))
    at = START.replace(hour=0)
    lots = tuple(_lot(number, at, *each) for number, each in enumerate(drawn, 1))
    sums = Totals(
        available=sum(lot.remaining for lot in lots if lot.settled),
        pending=sum(lot.remaining for lot in lots if not lot.settled),
    )
    until = at + days(2)
    rows = [
        (lot.number, lot.remaining, 0, 0, lot.settled, micros(lot.available_at), end, end, None)
        for lot, end in ((lot, micros(lot.ends_at)) for lot in lots)
    ]
    told = {micros(lot.ends_at): [micros(i) for _, i in reminders(lot.ends_at, rules)] for lot in lots}
    answer = ended_lots(rows, (), micros(until), told.__getitem__)
    if answer is None:
        return
    book = Book(AccountState(1, at, sums, lots), timeline((at - days(9), rules)), new_code=lambda: ("", ""))
    due = catch_up(book, until)
    entries = [
        (micros(e.effective_at), e.points, e.pending, sorted(e.draws))
        for e in book.entries
        if e.kind == "expire"
    ]
    assert [(end.at, end.points, end.pending, sorted(end.draws)) for end in answer.ends] == entries
    assert len(book.entries) == len(entries)
    assert [lot[0] for lot in answer.kept] == [n for n, lot in book.lots.items() if lot.remaining]
    assert answer.next_due == micros(due)
