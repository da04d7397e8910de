"""Calendar time: durations, days of a zone, ends that count through their whole last day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.period import (
    Duration,
    add,
    add_to_date,
    end_after,
    end_of_year_after,
    last_day,
    local_day,
    parse_duration,
    start_of_day,
    subtract,
    subtract_from_date,
    zone,
)
from tests.core.kit import few

ZONES = [
    "UTC",
    "Europe/Paris",
    "Pacific/Pago_Pago",
    "Pacific/Kiritimati",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
]
INSTANTS = st.integers(0, 60 * 365 * 86400).map(
    lambda s: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
SPANS = st.builds(Duration, st.integers(0, 40), st.integers(0, 400))


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P12M", Duration(12)),
        ("P1Y2M", Duration(14)),
        ("P2W", Duration(days=14)),
        ("P14D", Duration(days=14)),
        ("PT1H", Duration(seconds=3600)),
        ("P1DT30M", Duration(days=1, seconds=1800)),
        ("P0D", Duration()),
    ],
)
def test_durations_are_read_as_iso_8601(text, duration):
    assert parse_duration(text) == duration
    assert parse_duration(str(duration)) == duration


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "12M", "P1.5D", "-P1D", "P1201M", "P36526D", "P101Y", "p1d", "P1D "]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        parse_duration(text)


def test_nothing_passes_in_p0d():
    assert Duration().is_zero
    assert not Duration(seconds=1).is_zero


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -12, date(2025, 1, 15)),
    ],
)
def test_months_are_clamped_to_the_last_day(day, months, found):
    assert add_to_date(day, Duration(months)) == found
    assert subtract_from_date(day, Duration(-months)) == found


def test_time_1_the_local_time_is_kept_across_a_change_of_clocks():
    paris = zone("Europe/Paris")
    before = datetime(2026, 3, 28, 9, tzinfo=UTC)  # 10:00 in winter time
    assert add(before, Duration(days=1), paris) == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert subtract(datetime(2026, 3, 29, 8, tzinfo=UTC), Duration(days=1), paris) == before


def test_seconds_are_exact_across_a_change_of_clocks():
    paris = zone("Europe/Paris")
    before = datetime(2026, 3, 28, 9, tzinfo=UTC)
    assert add(before, Duration(seconds=86400), paris) == before + timedelta(days=1)


def test_time_1_valid_until_6_july_means_through_the_whole_day_of_the_zone():
    paris = zone("Europe/Paris")
    ends = end_after(datetime(2026, 6, 6, 23, 30, tzinfo=UTC), Duration(1), paris)  # already the 7th in Paris
    assert ends == datetime(2026, 7, 7, 22, tzinfo=UTC)
    assert last_day(ends, paris) == date(2026, 7, 7)


@few(40)
@given(INSTANTS, SPANS, st.sampled_from(ZONES))
def test_time_1_whatever_is_good_lasts_at_least_its_time_and_ends_at_a_midnight(instant, span, name):
    tz = zone(name)
    ends = end_after(instant, span, tz)
    assert ends == start_of_day(local_day(ends, tz), tz)
    assert last_day(ends, tz) == add_to_date(local_day(instant, tz), span)
    assert ends > instant


@few(40)
@given(INSTANTS, st.integers(0, 10**6), st.sampled_from(ZONES))
def test_hours_run_to_the_end_of_the_day_that_they_reach(instant, seconds, name):
    tz = zone(name)
    assert last_day(end_after(instant, Duration(seconds=seconds), tz), tz) == local_day(
        instant + timedelta(seconds=seconds), tz
    )


def test_year_end_is_the_last_day_of_the_year_in_which_the_fixed_date_falls():
    paris = zone("Europe/Paris")
    twelve = Duration(12)
    assert last_day(end_of_year_after(datetime(2026, 1, 1, tzinfo=UTC), twelve, paris), paris) == date(
        2027, 12, 31
    )
    eve = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    assert last_day(end_of_year_after(eve, twelve, paris), paris) == date(2027, 12, 31)
    assert last_day(end_of_year_after(eve + timedelta(minutes=1), twelve, paris), paris) == date(2028, 12, 31)


@few(40)
@given(INSTANTS, INSTANTS, SPANS, st.sampled_from(ZONES))
def test_later_stays_later(one, other, span, name):
    tz = zone(name)
    first, second = sorted((one, other))
    assert end_after(first, span, tz) <= end_after(second, span, tz)
