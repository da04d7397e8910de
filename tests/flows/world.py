"""A programme with a shop, and short ways to tell it things and to look at what became of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scopes_disabled

from palier.core.account import AccountState
from palier.core.order import Delivery, Line, Order, OrderDiscount, Refund, RefundLine, Shipping
from palier.flows.members.merge_members import MergeMembers, merge_members
from palier.flows.members.read_member import read_member
from palier.flows.orders.record_orders import Recorded, RecordOrders, record_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
from palier.store.ledger.chain import entry_hash
from palier.store.members.load import read_by_id
from palier.store.models import Account, Draw, Entry, Identity, Lot
from palier.store.models import Order as OrderRow
from palier.store.programmes import load

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)

DOCUMENT: dict[str, Any] = {
    "format": 1,
    "name": "Maison Lune",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "languages": ["fr", "en"],
    "points": {
        "valid_for": "P12M",
        "earn_with": ["promo_code", "coupon", "points", "first_order", "segment"],
        "remind": ["P1M", "P1W"],
    },
    "earning": [
        {"id": "spend", "award": {"points": 1, "per": 1}},
        {"id": "welcome", "on": "sign_up", "award": {"points": 20}, "once": True},
        {"id": "word", "on": "review", "award": {"points": 5}},
    ],
    "redemption": {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]},
    "rewards": [{"id": "thousand", "at": 1000, "coupon": {"discount": {"percent": 10}, "valid_for": "P3M"}}],
    "tiers": {
        "metric": "spend",
        "ladder": [
            {"id": "bronze", "name": "Bronze", "from": 0},
            {
                "id": "silver",
                "name": "Silver",
                "from": 500,
                "group": "silver",
                "coupon": {"discount": {"amount": 15}, "valid_for": "P2M"},
            },
            {"id": "gold", "name": "Gold", "from": 2000, "group": "gold"},
        ],
    },
}  # fmt: skip


def document(**changes: Any) -> dict[str, Any]:
    """The usual programme with some sections replaced; None leaves one out."""
    changed = {**deepcopy(DOCUMENT), **changes}
    return {key: value for key, value in changed.items() if value is not None}


def order(id: str = "1", euros: int = 100, status: str = "paid", *, customer="anna", **parts: Any) -> Order:
    """One order; ``lines`` may be given, else it has one line worth ``euros``."""
    parts.setdefault("lines", (line(euros),))
    return Order(id=id, status=status, currency="EUR", customer=customer, **parts)


def line(euros: int = 100, *, id: str = "1", product: str = "mug", quantity: int = 1, **parts: Any) -> Line:
    return Line(id=id, product=product, quantity=quantity, amount_minor=euros * 100, **parts)


def refund(order: str = "1", id: str = "r1", euros: int = 0, **parts: Any) -> Refund:
    return Refund(order=order, id=id, amount_minor=euros * 100, **parts)


def points_used(points: int, euros: int) -> OrderDiscount:
    return OrderDiscount("points", amount_minor=euros * 100, points=points)


@dataclass(slots=True)
class World:
    """A programme, its shop, and a clock that stands until it is moved."""

    programme_id: int
    shop_id: int
    now: datetime = START
    others: list[int] = field(default_factory=list)

    @classmethod
    def new(cls, doc: dict[str, Any] | None = None, *, slug: str = "default") -> "World":
        # Tests roll back, so that ids come again: what a process may keep for ever must go with them.
        load._versions.clear()
        load._timelines.clear()
        made = init_programme(
            InitProgramme("", "", document=doc or DOCUMENT, shop_slug=slug), now=START - 100 * DAY
        )
        return cls(made.programme_id, made.shop_id)

    # Telling

    def tell(self, *messages: Order | Refund, **options: Any) -> tuple[Recorded, ...]:
        return record_orders(RecordOrders(self.shop_id, messages, **options), now=self.now)

    def pay(self, id: str = "1", euros: int = 100, status: str = "paid", **parts: Any) -> Recorded:
        return self.tell(order(id, euros, status, **parts))[0]

    def give(self, points: int, *, customer: str = "anna", reason: str = "sorry", **parts: Any):
        return give_points(GivePoints(self.shop_id, customer, points, reason, **parts), now=self.now)

    def event(self, name: str = "sign_up", key: str = "e1", *, customer: str = "anna"):
        return record_event(RecordEvent(self.shop_id, customer, name, key), now=self.now)

    def merge(self, kept: str = "anna", merged: str = "bea"):
        return merge_members(MergeMembers(self.shop_id, kept, merged), now=self.now)

    def publish(self, doc: dict[str, Any], **options: Any):
        return publish_programme(PublishProgramme(self.programme_id, doc, **options), now=self.now)

    def work(self) -> int:
        """All due work."""
        done = 0
        while worked := catch_up_accounts(self.programme_id, now=self.now):
            done += worked
        return done

    def later(self, **span: Any) -> "World":
        self.now += timedelta(**span)
        return self

    # Looking

    def id_of(self, customer: str = "anna") -> int:
        return Identity.objects.get(shop_id=self.shop_id, customer_id=customer).account_id

    def account(self, customer: str = "anna") -> Account:
        return Account.objects.get(pk=self.id_of(customer))

    def state(self, customer: str = "anna") -> AccountState:
        loaded = read_by_id(self.id_of(customer))
        assert loaded is not None
        return loaded.state

    def view(self, customer: str = "anna"):
        return read_member(self.shop_id, customer, now=self.now)

    def row(self, id: str = "1") -> OrderRow:
        return OrderRow.objects.get(shop_id=self.shop_id, external_id=id)

    def kinds(self, customer: str = "anna") -> list[str]:
        return list(
            Entry.objects.filter(account_id=self.id_of(customer))
            .order_by("sequence")
            .values_list("kind", flat=True)
        )

    def coupons(self, customer: str = "anna") -> dict[str, str]:
        """What each coupon comes from, and its state."""
        return {coupon.origin_id: coupon.state for coupon in self.view(customer).coupons}

    def prove(self) -> None:
        """Everything that must hold of every ledger, recomputed from its rows."""
        with scopes_disabled():
            for account in Account.objects.filter(programme_id=self.programme_id):
                _prove(account)


def _prove(account: Account) -> None:
    entries = list(Entry.objects.filter(account=account).order_by("sequence"))
    assert [entry.sequence for entry in entries] == list(range(1, account.last_sequence + 1))
    head = ""
    for entry in entries:
        assert entry.amount == entry.points + entry.pending + entry.held - entry.debt
        head = entry_hash(
            head, account.public_id, entry_value(entry), recorded_us=_us(entry.recorded_at),
            note_digest=entry.note_digest,
        )  # fmt: skip
        assert entry.hash == head
    assert account.last_hash == head
    for name, total in (("points", "available"), ("pending", "pending"), ("held", "held"), ("debt", "debt"),
                        ("spend_minor", "spend_minor"), ("orders", "orders")):  # fmt: skip
        assert sum(getattr(entry, name) for entry in entries) == getattr(account, total), total
    balance = account.available + account.pending + account.held - account.debt
    assert balance == account.lifetime - account.spent - account.expired
    loaded = read_by_id(account.pk)
    assert loaded is not None
    left = {lot.number: lot.amount for lot in Lot.objects.filter(account=account)}
    for draw in Draw.objects.filter(account=account):
        left[draw.lot_number] += draw.points
    assert all(rest >= 0 for rest in left.values())
    remaining = {lot.number: lot.remaining for lot in loaded.state.lots if lot.remaining}
    assert remaining == {number: rest for number, rest in left.items() if rest}
    assert sum(remaining.values()) == account.available + account.pending


def entry_value(row: Entry):
    """The core value of an entry row."""
    from palier.core.account import Cause
    from palier.core.account import Entry as Value

    return Value(
        row.sequence, row.kind, Cause(row.cause_kind, row.cause), row.effective_at, row.amount, row.points,
        row.pending, row.held, row.debt, row.spend_minor, row.orders, row.qualifies_at, row.tier, row.version_id,
        row.facts,
    )  # fmt: skip


def _us(instant: datetime) -> int:
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


_FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements of the block, those that only frame the transaction aside."""
    found: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [q["sql"] for q in captured.captured_queries if not q["sql"].upper().startswith(_FRAME)]


__all__ = [
    "DAY", "DOCUMENT", "START", "Delivery", "Line", "Order", "OrderDiscount", "Refund", "RefundLine", "Shipping",
    "World", "document", "entry_value", "line", "order", "points_used", "refund", "statements",
]  # fmt: skip
