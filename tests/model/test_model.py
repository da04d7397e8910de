"""The model notices what it is there to notice, and reads programme.md by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django_scopes import scopes_disabled

from palier.store.models import Account, CouponRow
from palier.store.models import Order as OrderRow
from tests.model.compare import differences
from tests.model.world import tell
from tests.simulation.play import play
from tests.simulation.steps import History, Step

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOCUMENT = {
    "format": 1,
    "name": "Simulated",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "points": {"valid_for": "P1M", "settle": {"on": "paid", "after": "P14D"}},
    "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}],
    "rewards": [{"id": "coupon", "at": 40, "coupon": {"discount": {"percent": 10}}}],
    "tiers": {"ladder": [{"id": "low", "from": 0}, {"id": "high", "from": 100}]},
}


def order(day, price, status="paid", name="o1"):
    at = START + timedelta(days=day)
    facts = {"shop": 0, "order": name, "customer": "ann", "status": status, "lines": [("desk", 1, price)]}
    return Step(
        at, "order", {**facts, "updated": at, "carrier": "relay", "payment_method": "card", "prices": "gross"}
    )


def refund(day, name, amount):
    return Step(
        START + timedelta(days=day), "refund", {"shop": 0, "order": "o1", "id": name, "amount": amount}
    )


def ann(*steps, until=15):
    told = History(0, DOCUMENT, START, START + timedelta(days=until), steps)
    return tell(told).members[0, "ann"]


def test_points_wait_settle_become_a_coupon_and_end():
    paid = order(0, 5099)
    assert (ann(paid, until=13).purse.pending, ann(paid, until=13).purse.available) == (50, 0)
    settled = ann(paid, until=15)
    assert (settled.purse.available, [c.state for c in settled.purse.coupons]) == (10, ["issued"])
    assert ann(paid, until=40).purse.available == 0


def test_a_refund_takes_the_coupon_before_a_debt_and_the_tier_at_once():
    member = ann(order(0, 10000), refund(14.5, "r1", 9000))
    assert (member.purse.available, member.purse.debt, member.tier) == (10, 0, "low")
    assert [coupon.state for coupon in member.purse.coupons] == ["cancelled", "cancelled"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "column"),
    [
        *(
            (Account, name)
            for name in ("available", "pending", "held", "lifetime", "spent", "expired", "spend_minor")
        ),
        *((OrderRow, name) for name in ("booked_points", "booked_spend_minor")),
        (CouponRow, "points"),
    ],
)
def test_a_figure_that_is_one_off_is_told(table, column):
    history = History(0, DOCUMENT, START, START + timedelta(days=15), (order(0, 5099),))
    with scopes_disabled():
        world = play(history, works_often=False)
        assert list(differences(history, world.programme_id, world.shops)) == []
        mine = {} if table is CouponRow else {"programme_id": world.programme_id}
        assert table.objects.filter(**mine).update(**{column: F(column) + 1})
        assert list(differences(history, world.programme_id, world.shops))
