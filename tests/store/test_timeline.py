"""The history of an account: one movement per cause, in pages, in few statements."""

from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scopes_disabled

from palier.core.explain.movement import Balance
from palier.store.ledger.models import CouponRow, Entry, EntryNote, Lot
from palier.store.ledger.timeline import count_movements, load_movements
from palier.store.members.models import Account
from palier.store.orders.models import Order
from palier.store.programmes.models import Programme, Shop

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
COUPON = "0190c0de-0000-7000-8000-000000000001"


class Ledger:
    """An account whose entries are written by hand."""

    def __init__(self):
        self.programme = Programme.objects.create(
            public_id="p", name="Demo", currency="GBP", created_at=START
        )
        self.shop = Shop.objects.create(
            programme=self.programme, public_id="s", slug="s", name="S", created_at=START
        )
        self.account = Account.objects.create(
            programme=self.programme, public_id="a", created_at=START, caught_up_at=START
        )
        self.sequence = 0
        self.lots = 0

    def order(self, external_id):
        return Order.objects.create(
            programme=self.programme,
            shop=self.shop,
            account=self.account,
            external_id=external_id,
            recorded_at=START,
        )

    def entry(self, kind, cause, *, day=0, points=0, pending=0, held=0, debt=0, tier=None, **facts):
        self.sequence += 1
        cause_kind, cause_id = cause
        at = START + timedelta(days=day)
        Entry.objects.create(
            account=self.account, programme=self.programme, sequence=self.sequence, kind=kind, cause_kind=cause_kind,
            cause=str(cause_id), effective_at=at, recorded_at=at, amount=points + pending + held - debt,
            points=points, pending=pending, held=held, debt=debt, spend_minor=0, orders=0, tier=tier, version_id=1,
            facts=facts, hash="",
        )  # fmt: skip
        return self.sequence

    def lot(self, sequence, amount, *, origin=None, available_at=None):
        self.lots += 1
        Lot.objects.create(
            account=self.account, number=self.lots, sequence=sequence, amount=amount, starts_at=START,
            born_at=START, available_at=available_at, origin_number=origin,
        )  # fmt: skip
        return self.lots

    def note(self, sequence, reason, author):
        EntryNote.objects.create(
            account=self.account, sequence=sequence, salt="x", reason=reason, author=author
        )

    def load(self, **page):
        return load_movements(self.account.pk, **page)


@pytest.fixture
def ledger():
    with scopes_disabled():
        yield Ledger()


def filled(ledger):
    """Two orders, the first one settled by time, then refunded; a gift with a note; a coupon."""
    first, second = ledger.order("A1"), ledger.order("A2")
    earned = ledger.entry("earn", ("order", first.pk), pending=100)
    lot = ledger.lot(earned, 100, available_at=START + timedelta(days=14))
    given = ledger.entry("gift", ("gift", 7), day=1, points=50)
    ledger.note(given, "Sorry for the delay", "mia@example.org")
    ledger.entry(
        "settle", ("time", f"settle:{lot}"), day=14, pending=-100, points=100, lot=lot, points_settled=100
    )
    ledger.entry("use", ("order", second.pk), day=20, points=-40)
    ledger.entry("earn", ("order", second.pk), day=20, points=90)
    CouponRow.objects.create(
        programme=ledger.programme, account=ledger.account, public_id=COUPON, code="QW7RT9XYZ234",
        origin="reward", origin_id="five", state="issued", issued_at=START,
    )  # fmt: skip
    ledger.entry("reward", ("coupon", COUPON), day=20, points=-150, reward="five", at=150)
    ledger.entry("tier", ("order", second.pk), day=20, tier="silver", **{"from": "bronze", "to": "silver"})
    ledger.entry("take_back", ("refund", f"{first.pk}:R:1"), day=30, points=-50, debt=50)


def test_history_counts_causes_and_no_settlements(ledger):
    filled(ledger)
    assert count_movements(ledger.account.pk) == 5
    assert len(ledger.load()) == 5


def test_an_account_without_entries_has_no_history(ledger):
    assert count_movements(ledger.account.pk) == 0
    assert ledger.load() == ()


def test_an_order_that_uses_and_earns_and_lifts_the_tier_is_one_movement(ledger):
    filled(ledger)
    order = next(m for m in ledger.load() if m.order == "A2")
    assert [shown.entry.kind for shown in order.shown] == ["use", "earn", "tier"]
    assert order.change == Balance(available=50)
    assert order.tier == ("bronze", "silver")
    assert len(order.steps) == 1


def test_newest_first_with_the_balance_after_each(ledger):
    filled(ledger)
    refund, order, coupon, gift, first = ledger.load()
    assert refund.balance == Balance(debt=50)
    assert order.balance == Balance(available=50)
    assert coupon.balance == Balance(available=50)
    assert gift.balance == Balance(available=50, pending=100)
    assert first.steps[0].balance == Balance(pending=100)
    assert first.steps[1].balance == Balance(available=150)


def test_a_settlement_is_a_step_of_the_order_that_earned_the_points(ledger):
    filled(ledger)
    first = ledger.load()[-1]
    assert [step.shown[0].entry.kind for step in first.steps] == ["earn", "settle"]
    assert first.change == Balance(available=100)
    assert first.when == START


def test_causes_go_by_the_names_that_people_know(ledger):
    filled(ledger)
    refund, order, coupon, gift, _ = ledger.load()
    assert (refund.order, refund.refund) == ("A1", "R:1")
    assert (order.order, order.refund, order.coupon) == ("A2", "", "")
    assert coupon.coupon == "…234"
    assert (gift.shown[0].reason, gift.shown[0].author) == ("Sorry for the delay", "mia@example.org")


def test_lots_tell_when_points_are_available_and_that_they_came_back_late(ledger):
    order = ledger.order("A1")
    back = ledger.entry("return", ("order", order.pk), points=10)
    ledger.lot(back, 10, origin=3, available_at=START)
    (credit,) = ledger.load()[0].shown[0].credits
    assert (credit.points, credit.available_at, credit.is_return) == (10, START, True)


def test_pages_join_without_a_gap_even_when_an_old_order_moved_last(ledger):
    filled(ledger)
    first = Order.objects.get(external_id="A1")
    ledger.entry("take_back", ("order", first.pk), day=40, points=-1)
    whole = ledger.load()
    assert whole[0].order == "A1"
    paged, before = [], None
    while page := ledger.load(before_sequence=before, limit=2):
        paged += page
        before = page[-1].sequence
    assert tuple(paged) == whole


def test_another_account_is_never_seen(ledger):
    filled(ledger)
    other = Account.objects.create(
        programme=ledger.programme, public_id="b", created_at=START, caught_up_at=START
    )
    assert load_movements(other.pk) == ()
    assert count_movements(other.pk) == 0


def test_equal_ids_of_different_kinds_are_different_causes(ledger):
    ledger.entry("gift", ("gift", 7), points=1)
    ledger.entry("event", ("event", 7), points=2)
    assert count_movements(ledger.account.pk) == 2
    assert [movement.change.available for movement in ledger.load()] == [2, 1]


def test_a_settlement_booked_by_a_later_refund_stays_with_its_order(ledger):
    order = ledger.order("A1")
    lot = ledger.lot(ledger.entry("earn", ("order", order.pk), pending=100), 100)
    ledger.entry("settle", ("refund", f"{order.pk}:R1"), day=3, pending=-100, points=100, lot=lot)
    (movement,) = ledger.load()
    assert (movement.order, movement.refund, movement.change) == ("A1", "", Balance(available=100))
    assert count_movements(ledger.account.pk) == 1


@pytest.mark.parametrize("orders", [1, 40])
def test_the_number_of_statements_does_not_grow(ledger, django_assert_max_num_queries, orders):
    for number in range(orders):
        order = ledger.order(f"N{number}")
        ledger.lot(ledger.entry("earn", ("order", order.pk), points=10), 10)
    with django_assert_max_num_queries(5):
        assert len(ledger.load()) == orders
    with django_assert_max_num_queries(1):
        count_movements(ledger.account.pk)
