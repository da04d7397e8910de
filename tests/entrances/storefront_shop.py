"""The demo's programme with a few members, and the demo's shop open on it: what the storefront's tests walk through."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources

from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from palier.cli.demo_access import prepare_access
from palier.core.member import MemberFacts
from palier.core.order import Line, Order
from palier.core.programme.load import load_yaml
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.flows.staff.make_demo_staff import make_demo_staff

ALISTAIR, REMI, BJOERN = "15312", "16600", "15498"
"""Silver and close to Gold; silver with points and a coupon; gold, with points on their way."""


@dataclass(frozen=True, slots=True)
class DemoShop:
    """The ids of the programme and its shop."""

    programme_id: int
    shop_id: int


def within_the_test(environ, start_response):
    """Django's application inside a test's transaction: it must not close the connection at the end of a request.

    (The short way in front of Django has connections of its own, which do not see what a test has not committed.)
    """
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    try:
        answer = get_wsgi_application()(environ, start_response)
        content = b"".join(answer)
        answer.close()
        return [content]
    finally:
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)


def open_demo_shop(settings, folder) -> DemoShop:
    """Demo mode, the programme of ``palier demo`` with three members, and the shop's key in ``folder``."""
    settings.PALIER_DEMO = True
    settings.PALIER_VAR = folder
    now = datetime.now(UTC).replace(microsecond=0)
    text = (resources.files("palier") / "data" / "demo.yaml").read_text(encoding="utf-8")
    made = init_programme(
        InitProgramme("Maison Lune", "GBP", "Europe/London", "en", document=load_yaml(text), source=text),
        now=now - timedelta(days=400),
    )
    shop = DemoShop(made.programme_id, made.shop_id)
    for customer, name, language in (
        (ALISTAIR, "Alistair Ravenscroft", "en"),
        (REMI, "Rémi Hébert", "fr"),
        (BJOERN, "Björn Kesselring", "de"),
    ):
        facts = MemberFacts(
            customer, name=name, email=f"{customer}@example.com", language=language,
            said=frozenset({"name", "email", "language"}),
        )  # fmt: skip
        register_members(RegisterMembers(shop.shop_id, (facts,)), now=now - timedelta(days=390))
    bought(shop, "A-1", ALISTAIR, 199539, now=now, days_ago=200)
    bought(shop, "R-1", REMI, 128004, now=now, days_ago=100)
    bought(shop, "B-1", BJOERN, 1210023, now=now, days_ago=300)
    bought(shop, "B-2", BJOERN, 45300, now=now, days_ago=5)
    while catch_up_accounts(shop.programme_id, now=now):
        pass
    make_demo_staff(now=now)
    prepare_access(shop.shop_id, now=now)
    return shop


def bought(
    shop: DemoShop, number: str, customer: str, amount_minor: int, *, now: datetime, days_ago: int
) -> None:
    """One order of the past."""
    at = now - timedelta(days=days_ago)
    order = Order(
        number, "paid", "GBP", customer=customer, updated=at, placed_at=at, paid_at=at,
        lines=(Line("1", "22423", 1, amount_minor),), said=frozenset({"lines", "paid_at", "placed_at"}),
    )  # fmt: skip
    record_orders(RecordOrders(shop.shop_id, (order,), is_history=True, is_silent=True), now=now)
