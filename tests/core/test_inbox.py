"""When a message is tried again, and when a shop has gone silent."""

from datetime import UTC, datetime, timedelta

import pytest

from palier.core.inbox import FAILURES_MAX, is_silent, next_try, usual_gap

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_evt_9_pauses_grow_to_an_hour_and_end_after_twenty_failures():
    pauses = [next_try(failures=failures, now=NOW) - NOW for failures in range(1, FAILURES_MAX)]
    assert pauses[:3] == [timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == HOUR
    assert next_try(failures=FAILURES_MAX, now=NOW) is None
    assert FAILURES_MAX == 20


def shop_hours(days=14, opens=8, closes=20, weekend=True):
    """Hours with orders: by day, not by night, perhaps not at weekends; the last day ends now."""
    start = NOW.replace(hour=0) - timedelta(days=days)
    hours = [
        start + timedelta(days=day, hours=hour) for day in range(days + 1) for hour in range(opens, closes)
    ]
    return [hour for hour in hours if hour <= NOW and (weekend or hour.weekday() < 5)]


def test_evt_7_nights_are_usual_and_a_longer_silence_is_not():
    hours = shop_hours()
    assert usual_gap(hours) == timedelta(hours=13)
    last = hours[-1]
    assert not is_silent(hours, last=last, now=last + timedelta(hours=14))
    assert is_silent(hours, last=last, now=last + timedelta(hours=14, seconds=1))


def test_evt_7_weekends_are_usual_for_a_shop_that_rests():
    hours = shop_hours(weekend=False)
    assert usual_gap(hours) == timedelta(days=2, hours=13)


def test_evt_7_one_outage_does_not_make_outages_usual():
    quiet = [hour for hour in shop_hours() if not NOW - timedelta(days=6) < hour < NOW - timedelta(days=3)]
    assert usual_gap(quiet) == timedelta(hours=13)


def test_evt_7_a_busy_shop_is_noticed_within_the_hour():
    hours = [NOW - HOUR * back for back in range(14 * 24)]
    assert is_silent(hours, last=NOW, now=NOW + timedelta(hours=2, minutes=1))


@pytest.mark.parametrize("count", [0, 1, 11])
def test_evt_7_a_shop_that_hardly_spoke_yet_is_not_silent(count):
    hours = [NOW - HOUR * back for back in range(count)]
    assert usual_gap(hours) is None
    assert not is_silent(hours, last=NOW, now=NOW + timedelta(days=100))
