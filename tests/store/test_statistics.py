"""Figures of any stretch of time are the sums of its entries, to the point (R-ADM-7)."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from palier.backoffice.periods import chosen_period
from palier.core.account import EntryKind
from palier.core.entry_kinds import EXPIRED, LIFETIME, MERGES, SPENT
from palier.core.turnover import COLUMNS, Turnover
from palier.flows.members.merge_members import MergeMembers, merge_members
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.store.ledger import statistics
from palier.store.ledger.models import CouponRow
from palier.store.ledger.models import Entry as EntryRow
from palier.store.members.models import Account
from palier.store.orders.models import Order
from tests.entrances.backoffice_shop import full_shop, make_shop, order, refund

pytestmark = [pytest.mark.django_db]
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture(autouse=True)
def _fresh():
    from palier.store.programmes import load

    load._versions.clear()
    load._timelines.clear()


@pytest.fixture
def shop():
    """Everything that moves points: orders, refunds, gifts, events, rewards, expiry, settling, a merge."""
    shop = full_shop()
    order(shop, "D0", "C-1008", 4200, days_ago=450)
    order(shop, "D1", "C-1007", 30000, days_ago=300)
    refund(shop, "R9", "B2", 51200, days_ago=40)
    while catch_up_accounts(shop.programme_id, now=shop.now):
        pass
    merge_members(MergeMembers(shop.shop_id, "C-1001", "C-1007"), now=shop.now)
    other = make_shop("Another programme", now=shop.now)
    order(other, "A1", "C-1001", 99900, days_ago=10)
    return shop


def days_until(shop, count):
    """So many days up to today, each from midnight to midnight in Paris."""
    today = shop.now.astimezone(PARIS).date()
    days = [today - timedelta(days=back) for back in range(count, -1, -1)]
    period = chosen_period(
        "", days[0].isoformat(), days[-1].isoformat(), now=shop.now, tz=PARIS, language="en"
    )
    assert period.unit == "day"
    return [step.first for step in period.steps], period.stretches


def by_hand(shop):
    """Day → kind → amount, from the rows one by one."""
    sums = defaultdict(lambda: defaultdict(int))
    with scopes_disabled():
        for entry in EntryRow.objects.filter(programme_id=shop.programme_id):
            sums[entry.effective_at.astimezone(PARIS).date()][entry.kind] += entry.amount
    return sums


def test_adm_7_every_past_day_is_what_its_entries_add_up_to(shop):
    sums = by_hand(shop)
    seen = set()
    first = shop.now - timedelta(days=500)
    for end in range(0, 500, 50):
        now = shop.now - timedelta(days=end)
        if now < first:
            break
        days, stretches = days_until(type(shop)(shop.programme_id, shop.shop_id, now), 49)
        outstanding = statistics.outstanding_at(shop.programme_id, stretches[0][0])
        assert outstanding == sum(sum(kinds.values()) for day, kinds in sums.items() if day < days[0])
        for day, turnover in zip(days, statistics.turnovers(shop.programme_id, stretches), strict=True):
            kinds = sums[day]
            seen |= {kind for kind, amount in kinds.items() if amount}
            assert turnover.issued == sum(kinds[kind] for kind in ("earn", "event", "gift", "opening"))
            assert turnover.taken_back == -kinds["take_back"]
            assert turnover.used == -sum(kinds[k] for k in ("use", "capture", "return", "reward", "withdraw"))
            assert turnover.expired == -(kinds["expire"] + kinds["lapse"])
            assert turnover.change == sum(kinds.values())
    assert {"earn", "take_back", "event", "gift", "reward", "withdraw", "expire"} <= seen


def test_adm_7_the_whole_is_what_the_accounts_say(shop):
    stretch = (datetime(2000, 1, 1, tzinfo=UTC), shop.now + timedelta(days=1))
    (whole,) = statistics.turnovers(shop.programme_id, [stretch])
    with scopes_disabled():
        accounts = list(Account.objects.filter(programme_id=shop.programme_id))
    assert whole.issued - whole.taken_back + whole.waived == sum(a.lifetime for a in accounts)
    assert (whole.used, whole.expired) == (sum(a.spent for a in accounts), sum(a.expired for a in accounts))
    balances = sum(a.available + a.pending + a.held - a.debt for a in accounts)
    assert (whole.change, whole.moved) == (balances, 0)
    assert statistics.outstanding_at(shop.programme_id, stretch[1]) == balances


def test_sales_by_tier_and_day_are_what_the_orders_booked(shop):
    stretch = (datetime(2000, 1, 1, tzinfo=UTC), shop.now + timedelta(days=1))
    booked = defaultdict(lambda: [0, 0])
    with scopes_disabled():
        for row in Order.objects.filter(programme_id=shop.programme_id, frozen__isnull=False):
            booked[row.frozen["tier"] or ""][0] += row.booked_spend_minor
            booked[row.frozen["tier"] or ""][1] += row.counts
    found = statistics.sales(shop.programme_id, [stretch])
    assert {sale.tier: [sale.spend_minor, sale.orders] for sale in found} == dict(booked)
    _days, stretches = days_until(shop, 49)
    by_day = statistics.sales(shop.programme_id, stretches)
    refunded = [sale for sale in by_day if sale.spend_minor < 0]
    assert [(sale.tier, sale.spend_minor, sale.orders) for sale in refunded] == [("bronze", -51200, -1)]


def test_moves_coupons_and_buyers_are_counted(shop):
    stretch = (shop.now - timedelta(days=600), shop.now + timedelta(days=1))
    moves = {(m.origin, m.target): m.times for m in statistics.moves(shop.programme_id, stretch)}
    assert moves["bronze", "gold"] == 1
    assert moves["silver", "bronze"] >= 1
    coupons = statistics.coupons(shop.programme_id, stretch)
    with scopes_disabled():
        states = list(
            CouponRow.objects.filter(programme_id=shop.programme_id).values_list("state", flat=True)
        )
    assert coupons.issued == len(states) > 0
    assert coupons.open == sum(state in ("issued", "reserved") for state in states)
    assert (coupons.used, coupons.expired) == (states.count("used"), states.count("expired"))
    assert statistics.buyers(shop.programme_id, stretch) == 6


def test_an_entry_at_midnight_belongs_to_the_day_that_begins(shop):
    at = datetime(2026, 3, 29, tzinfo=PARIS)
    stretches = [(at - timedelta(days=1), at), (at, datetime(2026, 3, 30, tzinfo=PARIS))]
    account = _an_account(shop)
    _entry(shop, account, at.astimezone(UTC), 7)
    _entry(shop, account, datetime(2026, 3, 29, 21, 59, 59, 999999, tzinfo=UTC), 5)
    before, day = statistics.turnovers(shop.programme_id, stretches)
    assert (before.issued, day.issued) == (0, 12)


def test_the_number_of_statements_does_not_grow_with_the_steps(shop):
    _days, stretches = days_until(shop, 49)
    for some in (stretches[:1], stretches):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            statistics.turnovers(shop.programme_id, some)
            statistics.sales(shop.programme_id, some)
        assert len(queries) == 2


def test_every_kind_of_entry_is_counted_once_and_as_the_accounts_sums_do():
    counted = {column: {k for k, (c, _) in COLUMNS.items() if c == column} for column in Turnover.__slots__}
    assert counted["issued"] | counted["taken_back"] | counted["waived"] == set(LIFETIME)
    assert counted["used"] == set(SPENT)
    assert counted["expired"] == set(EXPIRED)
    assert counted["moved"] == set(MERGES)
    assert set(EntryKind.__args__) - set(COLUMNS) == {"spend", "hold", "release", "settle", "tier"}


def _an_account(shop):
    with scopes_disabled():
        return Account.objects.filter(programme_id=shop.programme_id).first()


def _entry(shop, account, at, points):
    account.last_sequence += 1
    with scopes_disabled():
        EntryRow.objects.create(
            programme_id=shop.programme_id, account=account, sequence=account.last_sequence + 5000, kind="gift",
            cause_kind="gift", cause=str(at), effective_at=at, recorded_at=at, amount=points, points=points, pending=0,
            held=0, debt=0, spend_minor=0, orders=0, hash="",
        )  # fmt: skip
