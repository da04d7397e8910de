"""Points that end at night: the quick way answers only where it cannot differ from catching up."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import AccountState, Lot, Timeline, Totals, Version
from palier.core.book import Book
from palier.core.catch_up import catch_up, horizon_of, reminders
from palier.core.ending import End, Ladder, Window, ended_lots, leaving_of, looks_of, night_of
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


def ended(*lots, others=(), until=100, reminders=lambda end: (), looks=()):
    return ended_lots(lots, others, until, reminders, looks=looks)


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


def test_a_night_is_for_those_who_met_the_season_and_knows_the_next_edge():
    season = Season(Interval(START + days(2), START + days(9)), (("t1", 1),))
    tiers = ladder(0, 9, schedule=(season,))
    before, within, after = (
        night_of(timeline((START, programme(tiers=tiers))), START + days(day)) for day in (1, 2, 9)
    )
    assert (before.since, before.edge, before.ladder.thresholds) == (
        START - SECOND,
        START + days(2),
        (0, 900),
    )
    assert (within.since, within.edge) == (START + days(2) - SECOND, START + days(9))
    assert (within.ladder.thresholds, within.ladder.names) == ((0, 1), ("t0", "t1"))
    assert (after.since, after.edge, after.ladder.thresholds) == (START + days(9) - SECOND, None, (0, 900))
    off = ladder(0, 9, schedule=(replace(season, enabled=False),))
    assert night_of(timeline((START, programme(tiers=off))), START + days(3)).edge is None
    assert night_of(timeline((START, programme())), START + days(3)).ladder is None


# Which windows


def test_until_when_what_happened_counts():
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert leaving_of(programme()) is None
    assert leaving_of(programme(tiers=ladder(0, 9))) is None
    paris = {"timezone": "Europe/Paris"}
    rolling = leaving_of(programme(tiers=ladder(0, 9, window="rolling", rolling=Duration(2)), **paris))
    assert rolling(at) == datetime(2026, 5, 2, 8, tzinfo=UTC)  # nine in Paris, in summer
    year = leaving_of(programme(tiers=ladder(0, 9, window="calendar_year"), **paris))
    assert year(at) == datetime(2026, 12, 31, 23, tzinfo=UTC)


def window(*contributions, tier="t0", is_year=False, leaves=lambda at: at + 100):
    rows = [("", at, spend, 0, 0) for at, spend in contributions]
    steps = Ladder(ladder(0, 9), (0, 900), ("t0", "t1"))
    return Window(rows, tier, steps, leaves, is_year)


def test_what_leaves_a_window_is_looked_at_while_the_tier_stays():
    mine = window((10, 5), (20, 5), (60, 5))
    assert looks_of(mine, since=50, until=100) == ([], 110)
    assert looks_of(mine, since=50, until=110) == ([110], 120)
    assert looks_of(mine, since=110, until=160) == ([120, 160], None)
    assert looks_of(window(), since=50, until=110) == ([], None)
    assert looks_of(window((10, 5), leaves=None), since=50, until=110) == ([], None)


def test_where_the_tier_would_change_or_wait_there_is_no_answer():
    both = ((10, 500), (20, 900))
    assert looks_of(window(*both, tier="t1"), since=50, until=110) == ([110], 120)
    assert looks_of(window(*both, tier="t1"), since=50, until=120) is None
    assert looks_of(window(*both, tier="t0"), since=50, until=110) is None
    assert looks_of(window((10, -10), (20, 905), tier="t0"), since=50, until=110) is None
    assert looks_of(window((10, 5), (20, -1), tier=""), since=50, until=110) == ([110], 120)
    assert looks_of(window((10, 5), (20, -1), tier="t0"), since=50, until=110) is None


def test_in_a_calendars_window_every_end_of_a_year_is_looked_at():
    def ends(at):
        return (at // 100 + 1) * 100

    mine = window((30, 5), (210, 5), is_year=True, leaves=ends)
    assert looks_of(mine, since=250, until=299) == ([], 300)
    assert looks_of(mine, since=250, until=410) == ([300, 400], 500)
    assert looks_of(window((210, 900), tier="t1", is_year=True, leaves=ends), since=250, until=300) is None


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


def test_an_account_that_is_only_looked_at_keeps_its_lots():
    found = ended(row(1, ends_at=101), looks=[40, 60])
    assert (found.first, found.ends, found.next_due, len(found.kept)) == (40, [], 101, 1)
    assert ended(row(1, ends_at=50), looks=[60]).first == 50
    assert ended(row(1, ends_at=101), looks=[40], others=[100]) is None
    assert ended(row(1, ends_at=101), looks=[40], reminders=lambda end: (39, 40)) is None
    assert ended(row(1, ends_at=101), looks=[40], reminders=lambda end: (39,)).next_due == 101


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
