"""Times that a database compares hold exactly for those that the core counts."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from palier.core.ago import first_day_within, spans_within
from palier.core.period import Duration, add_to_date, subtract, subtract_from_date, zone
from palier.core.programme.values import Ago
from palier.core.segments import is_ago

ZONES = st.sampled_from(
    ["UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut"]
)
DURATIONS = st.builds(
    Duration,
    months=st.sampled_from([0, 1, 2, 6, 12, 24]),
    days=st.sampled_from([0, 0, 1, 14, 30]),
    seconds=st.sampled_from([0, 0, 3600, 86_399]),
)
CHANGES = st.sampled_from(
    [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 2, 28, 12, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
        datetime(2026, 4, 4, 15, tzinfo=UTC),
        datetime(2026, 9, 6, 4, tzinfo=UTC),
        datetime(2026, 3, 28, 22, tzinfo=UTC),
    ]
)
NOWS = st.one_of(
    st.builds(lambda at, hours: at + timedelta(hours=hours), CHANGES, st.integers(-40, 40)),
    st.integers(0, 730 * 1440).map(
        lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)
OFFSETS = st.one_of(
    st.integers(-20_000, 20_000).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(-150, 150).map(lambda hours: timedelta(hours=hours)),
    st.integers(-3, 3).map(lambda us: timedelta(microseconds=us)),
)


@given(NOWS, DURATIONS, ZONES, OFFSETS)
@settings(max_examples=200)
@example(
    datetime(2026, 2, 28, 11, tzinfo=UTC),
    Duration(months=1),
    "UTC",
    timedelta(days=2, hours=-1),
)
def test_an_instant_is_in_a_span_exactly_when_it_is_within(now, duration, name, offset):
    tz = zone(name)
    instant = subtract(now, duration, tz) + offset
    spans = spans_within(duration, now=now, tz=tz)
    held = any(start <= instant and (end is None or instant < end) for start, end in spans)
    assert held is is_ago(Ago(within=duration), instant, now=now, tz=tz)
    for start, end in spans:
        for edge in filter(None, (start, end)):
            for near in (edge - timedelta(microseconds=1), edge):
                held = any(s <= near and (e is None or near < e) for s, e in spans)
                assert held is is_ago(Ago(within=duration), near, now=now, tz=tz)


def test_two_days_of_january_are_within_a_month_of_the_end_of_february():
    """29 January at noon is, 30 January at ten is not: both fall on 28 February, at their own hour."""
    spans = spans_within(Duration(months=1), now=datetime(2026, 2, 28, 11, tzinfo=UTC), tz=zone("UTC"))
    assert [start.day for start, _ in spans] == [28, 29, 30, 31]


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.builds(Duration, months=st.integers(0, 1200), days=st.integers(0, 40)),
    st.integers(-9, 9),
)
def test_a_day_is_within_from_the_first_such_day_on(today, duration, offset):
    day = subtract_from_date(today, duration) + timedelta(days=offset)
    assert (day >= first_day_within(duration, today=today)) is (today < add_to_date(day, duration))
