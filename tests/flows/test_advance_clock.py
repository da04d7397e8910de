"""A month later: in the demo alone, and what is due then is booked as on any other day."""

from datetime import UTC, datetime, timedelta

import pytest

from palier.flows.members.read_member import read_member
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.programme.advance_clock import AdvanceClock, ClockStands, advance_clock
from palier.store.programmes.models import Programme
from tests.entrances.backoffice_shop import make_shop, order

pytestmark = [pytest.mark.django_db]
NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forget_programmes():
    from palier.store.programmes import load

    load._versions.clear()
    load._timelines.clear()


def test_a_month_later_is_a_calendar_month(settings):
    settings.PALIER_DEMO = True
    shop = make_shop(now=NOW)
    assert advance_clock(AdvanceClock(shop.programme_id), now=NOW) == datetime(2026, 2, 28, 9, tzinfo=UTC)
    later = NOW + timedelta(hours=1)
    assert advance_clock(AdvanceClock(shop.programme_id, 2), now=later) == datetime(
        2026, 4, 28, 9, tzinfo=UTC
    )  # in Paris summer time has begun


def test_a_month_later_pending_points_have_come(settings):
    settings.PALIER_DEMO = True
    shop = make_shop(now=NOW)
    order(shop, "A1", "C-1", 5000, days_ago=0)
    assert read_member(shop.shop_id, "C-1", now=NOW).totals.pending == 50
    later = advance_clock(AdvanceClock(shop.programme_id), now=NOW)
    assert catch_up_accounts(shop.programme_id, now=later) == 1
    totals = read_member(shop.shop_id, "C-1", now=later).totals
    assert (totals.available, totals.pending) == (50, 0)


def test_outside_the_demo_no_clock_moves():
    shop = make_shop(now=NOW)
    with pytest.raises(ClockStands):
        advance_clock(AdvanceClock(shop.programme_id), now=NOW)
    assert Programme.objects.get(pk=shop.programme_id).clock_offset_s == 0


@pytest.mark.parametrize("months", [0, -1, 13])
def test_the_clock_goes_forward_only_and_by_a_year_at_most(settings, months):
    settings.PALIER_DEMO = True
    shop = make_shop(now=NOW)
    with pytest.raises(ClockStands):
        advance_clock(AdvanceClock(shop.programme_id, months), now=NOW)


def test_ten_years_ahead_is_enough(settings):
    settings.PALIER_DEMO = True
    shop = make_shop(now=NOW)
    Programme.objects.filter(pk=shop.programme_id).update(clock_offset_s=3650 * 86_400 - 100)
    with pytest.raises(ClockStands):
        advance_clock(AdvanceClock(shop.programme_id), now=NOW)
