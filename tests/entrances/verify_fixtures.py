"""A small programme in which everything that ``palier verify`` looks at has happened, and the damage done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F

from palier.store.models import (
    Account,
    CouponRow,
    Draw,
    Entry,
    EntryNote,
    Happening,
    Lot,
    Order,
    OrderLine,
    Profile,
    Refund,
    Renewal,
)
from tests.simulation.play import World, play
from tests.simulation.steps import History, Step

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOCUMENT = {
    "format": 1,
    "name": "Verified",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "points": {
        "valid_for": "P3M",
        "settle": {"on": "paid", "after": "P3D"},
        "earn_with": ["points", "coupon", "promo_code"],
    },
    "earning": [
        {"id": "spend", "award": {"points": 1, "per": 1}},
        {"id": "mugs", "lines": {"products": ["mug"]}, "award": {"points": 5, "per_item": True}},
        {"id": "visit", "on": "visit", "award": {"points": 7}},
    ],
    "rewards": [{"id": "hundred", "at": 100, "coupon": {"discount": {"percent": 10}}}],
    "tiers": {
        "ladder": [
            {"id": "low", "from": 0},
            {"id": "high", "from": 200, "coupon": {"discount": {"amount": 5}}},
        ]
    },
}


def _order(day: int, order: str, customer: str, price: int, **more: Any) -> Step:
    at = START + timedelta(days=day)
    facts = {"shop": 0, "order": order, "customer": customer, "status": "paid", "lines": [("desk", 1, price)]}
    facts |= {"updated": at, "carrier": "post", "payment_method": "card", "prices": "gross"}
    return Step(at, "order", facts | more)


def _step(day: int, do: str, **facts: Any) -> Step:
    return Step(START + timedelta(days=day), do, {"shop": 0, **facts})


STEPS = (
    _order(0, "a1", "ann", 16000),
    _order(4, "a2", "ann", 9000, lines=[("desk", 1, 6000), ("mug", 2, 1500)], coupon=0, coupon_amount=900),
    _step(5, "refund", order="a2", id="r1", pieces=[{"quantity": 1, "line": "2"}]),
    _order(8, "a3", "ann", 2000, status="placed", use_points=12, points_amount=120),
    _step(9, "event", customer="ann", name="visit", key="v1"),
    _order(1, "b1", "bob", 5000),
    _step(2, "refund", order="b1", id="r2", full=True),
    _step(3, "gift", customer="bob", points=40, key="g1"),
    _order(3, "b2", "bob", 3000, use_points=160, points_amount=600),
    _step(4, "gift", customer="cy", points=15, key="g2"),
    _step(5, "merge", kept="bob", merged="cy"),
    _step(6, "gift", customer="dan", points=30, key="g3"),
    _step(7, "erase", customer="dan"),
    _step(8, "gift", customer="eve", points=25, key="g4"),
    _step(6, "gift", customer="ann", points=20, key="g5"),
    _order(60, "a4", "ann", 1000),
)


def make_world() -> World:
    """Ann has a used coupon, a tier's and a hold; bob owes and absorbed cy; dan is erased; eve's points expired."""
    steps = tuple(sorted(STEPS, key=lambda step: step.at))
    return play(History(0, DOCUMENT, START, START + timedelta(days=110), steps), works_often=True)


def lift_guards() -> None:
    """Let the ledger's rows be changed until this test's transaction is rolled back."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def of(customer: str) -> Account:
    """The account of a customer of the first shop."""
    return Account.objects.get(identities__customer_id=customer)


def _entries(customer: str, kind: str) -> Any:
    return Entry.objects.filter(account=of(customer), kind=kind)


def _change_state(customer: str, change: Callable[[dict[str, Any]], None]) -> None:
    account = of(customer)
    change(account.state)
    Account.objects.filter(id=account.id).update(state=account.state)


def _lot_left(state: dict[str, Any]) -> None:
    state["lots"][0][1] += 1


def _lot_end(state: dict[str, Any]) -> None:
    state["lots"][0][7] += 86_400_000_000


def _lot_settled(state: dict[str, Any]) -> None:
    state["lots"][0][4] = not state["lots"][0][4]


def _no_coupons(state: dict[str, Any]) -> None:
    state["coupons"] = []


def _column(name: str) -> Callable[[], object]:
    return lambda: Account.objects.filter(id=of("ann").id).update(**{name: F(name) + 1})


def _redirect_cause(kind: str) -> Callable[[], object]:
    return lambda: Entry.objects.filter(cause_kind=kind).update(cause="424242")


def _expire_on(days: int) -> Callable[[], object]:
    """An expiry that came so many days after the lot's end."""

    def plant() -> None:
        entry = _entries("eve", "expire")
        entry.update(effective_at=entry.get().effective_at + timedelta(days=days))

    return plant


def _forget_order_line() -> None:
    OrderLine.objects.filter(order__external_id="a1").update(amount_minor=F("amount_minor") - 1000)


def _use_coupon_twice() -> None:
    a2, a1 = (Order.objects.get(external_id=name) for name in ("a2", "a1"))
    Order.objects.filter(id=a1.id).update(booking=a1.booking | {"coupons": a2.booking["coupons"]})


def _drop_hold() -> None:
    booking = Order.objects.get(external_id="a3").booking
    booking.pop("uses")
    Order.objects.filter(external_id="a3").update(booking=booking)


def _award_twice() -> None:
    entry = _entries("ann", "earn").order_by("sequence")[0]
    facts = entry.facts | {"awards": entry.facts["awards"] * 2}
    Entry.objects.filter(account=of("ann"), sequence=entry.sequence).update(facts=facts)


def _merged_in_more() -> None:
    _entries("bob", "merge_in").update(amount=F("amount") + 5, points=F("points") + 5)


def _expired_lot_lives() -> None:
    account = of("eve")
    expired = _entries("eve", "expire").get().sequence
    Draw.objects.filter(account=account, sequence=expired).delete()


def _lots(customer: str) -> Any:
    return Lot.objects.filter(account=of(customer), number=1)


def _renewals(customer: str) -> Any:
    return Renewal.objects.filter(account=of(customer))


def _demote_with_entries() -> None:
    _entries("ann", "tier").update(tier="low")
    Account.objects.filter(id=of("ann").id).update(tier="low")


def _give_profile_back() -> None:
    erased = Account.objects.get(erased_at__isnull=False)
    Profile.objects.create(account=erased, name="Dan", email="dan@example.org")


def _give_note_back() -> None:
    erased = Account.objects.get(erased_at__isnull=False)
    EntryNote.objects.create(account=erased, sequence=1, salt="s", reason="because", author="me")


def _more_facts(customer: str, kind: str) -> dict[str, Any]:
    return _entries(customer, kind).get().facts | {"uncapped": 9}


DAMAGE: dict[str, tuple[str, Callable[[], object]]] = {
    **{
        f"summary {name}": ("I-1", _column(name))
        for name in (
            "available", "pending", "held", "lifetime", "spent", "expired", "activity", "spend_minor", "orders",
        )
    },
    "summary debt": ("I-1", lambda: Account.objects.filter(id=of("bob").id).update(debt=F("debt") + 1)),
    "state: a lot has more left": ("I-1", lambda: _change_state("ann", _lot_left)),
    "state: a lot ends later": ("I-1", lambda: _change_state("ann", _lot_end)),
    "state: a lot is pending": ("I-1", lambda: _change_state("ann", _lot_settled)),
    "state: a coupon is lost": ("I-1", lambda: _change_state("ann", _no_coupons)),
    "a lot is larger": ("I-4", lambda: _lots("ann").update(amount=F("amount") + 1)),
    "a lot is smaller than its draws": ("I-3", lambda: _lots("ann").update(amount=1)),
    "a draw of no lot": ("I-2", lambda: Draw.objects.filter(account=of("ann"), lot_number=1).update(lot_number=99)),
    "a draw is lost": ("I-4", lambda: Draw.objects.filter(account=of("ann"), sequence=3).delete()),
    "an entry gives one more": (
        "I-4", lambda: _entries("ann", "event").update(amount=F("amount") + 1, points=F("points") + 1)
    ),
    "an order is lost": ("I-5", _redirect_cause("order")),
    "an event is lost": ("I-5", lambda: Happening.objects.filter(kind="event").delete()),
    "a gift is lost": ("I-5", lambda: Happening.objects.filter(kind="gift").delete()),
    "a coupon is lost": ("I-5", _redirect_cause("coupon")),
    "an unknown version": ("I-5", lambda: _entries("ann", "earn").update(version_id=999_999)),
    "a rule awards twice": ("I-6", _award_twice),
    "booked points of an order": ("I-7", lambda: Order.objects.filter(external_id="a1").update(booked_points=1)),
    "booked spend of an order": ("I-7", lambda: Order.objects.filter(external_id="a1").update(booked_spend_minor=1)),
    "an order was cheaper": ("I-7", _forget_order_line),
    "a refund is lost": ("I-7", lambda: Refund.objects.filter(external_id="r1").delete()),
    "debt beside available points": (
        "I-9", lambda: _entries("ann", "event").update(debt=F("debt") + 3, amount=F("amount") - 3)
    ),
    "another tier": ("I-10", lambda: Account.objects.filter(id=of("bob").id).update(tier="high")),
    "another tier in the entries too": ("I-10", _demote_with_entries),
    "a hold without its order": ("I-11", _drop_hold),
    "points expired a day early": ("I-11", _expire_on(-1)),
    "points expired a day late": ("I-11", _expire_on(1)),
    "an ended lot lives": ("I-11", _expired_lot_lives),
    "a renewal is lost": ("I-1", lambda: Renewal.objects.filter(account=of("ann")).delete()),
    "a renewal before its place": ("I-11", lambda: _renewals("ann").update(next_lot=F("next_lot") - 1)),
    "a renewal after its place": ("I-11", lambda: _renewals("ann").update(next_lot=F("next_lot") + 1)),
    "a lot's own end": (
        "I-11", lambda: _lots("ann").update(own_end=START + timedelta(days=900))
    ),
    "a merge made points": ("I-13", _merged_in_more),
    "a merge at another instant": (
        "I-13", lambda: Account.objects.exclude(merged_into=None).update(caught_up_at=START + timedelta(days=900))
    ),
    "an erased member's profile": ("I-14", _give_profile_back),
    "an erased member's note": ("I-14", _give_note_back),
    "a coupon used twice": ("I-18", _use_coupon_twice),
    "a used coupon is issued": ("I-18", lambda: CouponRow.objects.filter(state="used").update(state="issued")),
    "a coupon in no state": ("I-19", lambda: CouponRow.objects.filter(state="used").update(state="gone")),
    "an ended coupon is issued": (
        "I-19", lambda: CouponRow.objects.filter(state="issued").update(ends_at=START + timedelta(days=1))
    ),
    "a reward that cost less": ("I-21", lambda: CouponRow.objects.filter(origin="reward").update(points=1)),
    "the last entry is lost": (
        "I-26", lambda: Entry.objects.filter(account=of("ann"), sequence=of("ann").last_sequence).delete()
    ),
    "an entry's fact was changed": ("I-26", lambda: _entries("ann", "event").update(facts=_more_facts("ann", "event"))),
    "the head of the chain": ("I-26", lambda: Account.objects.filter(id=of("ann").id).update(last_hash="0" * 64)),
}  # fmt: skip
