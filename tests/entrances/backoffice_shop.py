"""A small shop with members of every kind, made through the flows: what the back-office's tests look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Group, User
from django_scopes import scopes_disabled

from palier.core.member import MemberFacts
from palier.core.order import Line, Order, OrderDiscount, Refund
from palier.core.programme.load import load_yaml
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.flows.staff.prepare_roles import prepare_roles
from palier.store.members.models import Identity

DOCUMENT = """
format: 1
name: {name}
currency: EUR
timezone: Europe/Paris
languages: [fr, de, en]
points:
  valid_for: P12M
  remind: [P1M]
  settle: {{on: paid, after: P14D}}
  value: {{points: 10, amount: 1}}
earning:
  - {{id: spend, award: {{points: 1, per: 1}}}}
  - {{id: sign-up, on: sign_up, once: true, award: {{points: 50}}}}
rewards:
  - {{id: thanks, at: 500, coupon: {{discount: {{amount: 10}}, min_total: 30, valid_for: P2M}}}}
tiers:
  ladder:
    - {{id: bronze, from: 0, name: {{fr: Bronze, de: Bronze, en: Bronze}}}}
    - {{id: silver, from: 500, name: {{fr: Argent, de: Silber, en: Silver}}, discount: {{percent: 5}}}}
    - {{id: gold, from: 1000, name: {{fr: Or, de: Gold, en: Gold}}, discount: {{percent: 10}}}}
"""

LONG_NAME = (
    "Maximiliane Wolfeschlegelsteinhausenbergerdorff-Hohenzollern-Sigmaringen von und zu Liechtenstein"
)
LONG_EMAIL = "maximiliane.wolfeschlegelsteinhausenbergerdorff.hohenzollern@a-rather-long-domain.example"


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop's ids, and the instant at which its story ends."""

    programme_id: int
    shop_id: int
    now: datetime

    def public_id(self, customer: str) -> str:
        """The address part of a member's page."""
        with scopes_disabled():
            return Identity.objects.get(shop_id=self.shop_id, customer_id=customer).account.public_id


def make_shop(name: str = "Maison Lune", *, now: datetime | None = None) -> Shop:
    """A programme with tiers, pending points, rewards and an end, and nobody in it."""
    now = now or datetime.now(UTC).replace(microsecond=0)
    document = load_yaml(DOCUMENT.format(name=name))
    begun = now - timedelta(days=500)
    made = init_programme(InitProgramme(name, "EUR", document=document), now=begun)
    return Shop(made.programme_id, made.shop_id, now)


def order(
    shop: Shop, number: str, customer: str, amount_minor: int, *, days_ago: float, status: str = "paid"
) -> None:
    """One order, paid so many days ago."""
    at = shop.now - timedelta(days=days_ago)
    line = Line("1", "tea", 1, amount_minor)
    message = Order(
        number, status, "EUR", customer=customer, updated=at, placed_at=at, paid_at=at, lines=(line,),
        said=frozenset({"lines", "paid_at", "placed_at"}),
    )  # fmt: skip
    record_orders(RecordOrders(shop.shop_id, (message,), is_history=True), now=shop.now)


def owing_order(shop: Shop, number: str, customer: str, *, points: int) -> None:
    """An order just paid whose shop says that it used points, which the member lacks."""
    message = Order(
        number, "paid", "EUR", customer=customer, updated=shop.now, placed_at=shop.now, paid_at=shop.now,
        lines=(Line("1", "tea", 1, 5000),), discounts=(OrderDiscount("points", amount_minor=300, points=points),),
        said=frozenset({"lines", "placed_at", "paid_at", "discounts"}),
    )  # fmt: skip
    record_orders(RecordOrders(shop.shop_id, (message,)), now=shop.now)


def refund(shop: Shop, number: str, order_number: str, amount_minor: int, *, days_ago: float) -> None:
    """A partial refund by amount."""
    at = shop.now - timedelta(days=days_ago)
    message = Refund(order_number, number, amount_minor=amount_minor, at=at)
    record_orders(RecordOrders(shop.shop_id, (message,), is_history=True), now=shop.now)


def person(shop: Shop, customer: str, name: str, email: str = "", language: str = "fr") -> None:
    """A member with a profile."""
    facts = MemberFacts(
        customer, name=name, email=email, language=language, signed_up=shop.now - timedelta(days=400)
    )
    register_members(RegisterMembers(shop.shop_id, (facts,)), now=shop.now - timedelta(days=450))


def full_shop(name: str = "Maison Lune") -> Shop:
    """Everybody whom the pages must be able to show."""
    shop = make_shop(name)
    person(shop, "C-1001", "Élodie Lefèvre", "elodie@example.com")
    person(shop, "C-1002", "Jürgen Groß", "juergen@example.com", "de")
    person(shop, "C-1003", LONG_NAME, LONG_EMAIL, "de")
    person(shop, "C-1004", "", "nur-mail@example.com")
    person(shop, "C-1005", "")
    record_event(RecordEvent(shop.shop_id, "C-1001", "sign_up", "s1"), now=shop.now - timedelta(days=400))
    order(shop, "A1", "C-1001", 62990, days_ago=380)
    order(shop, "A3", "C-1001", 18760, days_ago=320)
    order(shop, "A2", "C-1001", 4500, days_ago=200)
    refund(shop, "R1", "A1", 20000, days_ago=190)
    order(shop, "A4", "C-1001", 1240, days_ago=3)
    give_points(
        GivePoints(shop.shop_id, "C-1001", 25, "Colis abîmé", author="Sam", key="g1"),
        now=shop.now - timedelta(days=1),
    )
    order(shop, "B1", "C-1002", 9876543, days_ago=30)
    order(shop, "B2", "C-1003", 51200, days_ago=60)
    order(shop, "B3", "C-1006", 999, days_ago=1)
    return shop


def staff(role: str) -> User:
    """A colleague of that role."""
    prepare_roles()
    user = User.objects.create_user(f"{role}@example.com", f"{role}@example.com", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user
