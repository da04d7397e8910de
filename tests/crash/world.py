"""The programme that every attempt begins with: everything that a flow can work on has happened in it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from django_scopes import scopes_disabled

from palier.core.access import SCOPES
from palier.core.inbox import Worked
from palier.core.member import MemberFacts
from palier.core.product import ProductFacts
from palier.core.webhooks import Answer
from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
from palier.flows.access.claim_answer import ClaimAnswer, claim_answer
from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.flows.access.keep_answer import KeepAnswer, keep_answer
from palier.flows.catalogue.describe_products import DescribeProducts, describe_products
from palier.flows.checkout.keep_cart import KeepCart, keep_cart
from palier.flows.imports.start_import import StartImport, start_import
from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret
from palier.flows.inbox.receive_hook import ReceiveHook, receive_hook
from palier.flows.inbox.settle_inbox import settle_inbox
from palier.flows.inbox.take_inbox import take_inbox
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from palier.flows.programme.save_draft import SaveDraft, save_draft
from palier.flows.staff.invite_staff import InviteStaff, invite_staff
from palier.flows.upkeep.seal_days import seal_days
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.open_deliveries import open_deliveries
from palier.flows.webhooks.settle_deliveries import SettleDelivery, settle_deliveries
from palier.flows.webhooks.take_deliveries import take_deliveries
from palier.store.models import Delivery, Entry, Inbox, Intent
from tests.flows import checkout
from tests.flows.world import DAY, World, order, points_used, refund

HOOK = '{"type": "order", "data": {"id": "push-1", "status": "paid", "member": "hook", "lines": %s}}'
LINES = '[{"product": "mug", "price": "30.00"}]'
LADDER = {
    "discount_by": "cart",
    "ladder": [
        {"id": "bronze", "from": 0},
        {"id": "silver", "from": 500, "discount": {"percent": 10},
         "coupon": {"discount": {"amount": 15}, "valid_for": "P2M"}},
    ],
}  # fmt: skip


def rules(**changes: Any) -> dict[str, Any]:
    """Points settle at once, and end after a year; coupons at 1000 points and for silver."""
    return checkout.shop(tiers=LADDER, **changes)


def make_world() -> Any:
    """Build it in the database that is there, which is empty; what the flows need to know of it."""
    with scopes_disabled():
        world = World.new(rules())
        facts = SimpleNamespace(programme=world.programme_id, shop=world.shop_id)
        _members(world, facts)
        _programme(world, facts)
        _webhooks(world, facts)
        _pushes(world, facts)
        _imports(world, facts)
        _programs(world, facts)
        world.prove()
        facts.now = world.now + DAY
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return facts


def _members(world: World, facts: Any) -> None:
    """anna has points, coupons and two holds; bea owes; cleo and anna may be merged; dora may be forgotten."""
    people = [("anna", "anna@example.org"), ("bea", "bea@example.org"), ("dora", "dora@example.org")]
    told = tuple(
        MemberFacts(name, name.title(), email, "fr", signed_up=world.now, said=frozenset({"name", "email"}))
        for name, email in people
    )
    register_members(RegisterMembers(world.shop_id, told), now=world.now)
    world.pay("emil-1", 40, customer="emil")
    world.give(25, customer="emil", key="of-emil")
    world.later(days=20)
    world.pay("1", 600)
    world.later(hours=1).pay("2", 700)
    world.pay("3", 80, "placed")
    world.give(150, key="first")
    facts.gift = _cause(world, "gift")
    world.pay("b1", 100, customer="bea")
    world.pay("b2", 60, customer="bea", discounts=(points_used(100, 10),))
    world.tell(refund("b1", "all", full=True))
    world.pay("c1", 120, customer="cleo")
    world.give(10, customer="cleo", key="cleo-1")
    world.pay("d1", 90, customer="dora")
    world.pay("d2", 30, "placed", customer="dora", discounts=(points_used(20, 2),))
    world.pay("guest-1", 55, customer=None, email="anna@example.org")
    world.pay("guest-2", 25, customer=None, email="anna@example.org")
    world.tell(refund("later-1", "early", 5))
    facts.hold = checkout.held(world, checkout.cart(100, use_points=50), "to-be-taken").id
    facts.hold_given_up = checkout.held(world, checkout.cart(40, use_points=20), "to-be-left").id
    facts.coupon = checkout.code(world)
    facts.voucher = checkout.voucher(world, 20, "before").coupon.code
    seal_days(world.programme_id, now=world.now + 2 * DAY)


def _cause(world: World, kind: str) -> str:
    rows = Entry.objects.filter(account_id=world.id_of(), kind=kind)
    return str(rows.values_list("cause", flat=True)[0])


def _programme(world: World, facts: Any) -> None:
    """A second version is in force, and a draft lies beside it."""
    world.later(days=1)
    facts.version = world.publish(rules(name="Maison Lune II")).version_id
    command = SaveDraft(world.programme_id, rules(name="Maison Lune III"), facts.version, author="me")
    facts.draft = save_draft(command, now=world.now).version_id
    for email, role in (("owner@example.org", "owner"), ("second@example.org", "owner")):
        invite_staff(InviteStaff(email, role), now=world.now)
    assert User.objects.count() == 2


def _webhooks(world: World, facts: Any) -> None:
    """One address took something, failed at something, and has something waiting; some intents are not handed on."""
    Intent.objects.all().update(done_at=world.now)
    command = AddWebhook(world.programme_id, "https://shop.example.org/loyalty", shop_id=world.shop_id)
    facts.webhook = add_webhook(command, now=world.now).id
    world.pay("fay-1", 600, customer="fay")
    while open_deliveries(world.programme_id, now=world.now):
        pass
    for due in take_deliveries(now=world.now, most=1):
        attempt = SettleDelivery(due.id, due.endpoint_id, due.tries, world.now, Answer(200), 0)
        settle_deliveries([attempt], now=world.now)
    facts.delivery = Delivery.objects.filter(state="delivered").values_list("public_id", flat=True)[0]
    world.pay("gus-1", 600, customer="gus")
    facts.waiting = Delivery.objects.filter(state="waiting").values_list("id", "endpoint_id", "tries")[0]
    assert Intent.objects.filter(done_at=None).count() >= 2


def _pushes(world: World, facts: Any) -> None:
    """Two pushes wait, one is being worked on, one cannot be worked off and waits for somebody."""
    facts.secret = change_hook_secret(ChangeHookSecret(world.shop_id), now=world.now)
    text = HOOK % LINES
    for number in (1, 2):
        command = ReceiveHook(world.shop_id, f"evt-{number}", "order", "hook", text)
        receive_hook(command, now=world.now)
    taken = take_inbox(now=world.now)
    settle_inbox([(taken[0].id, taken[0].tries, Worked("refused", "no lines"))], now=world.now)
    facts.refused, facts.taken = taken[0].id, (taken[1].id, taken[1].tries)
    for number in (3, 4):
        command = ReceiveHook(
            world.shop_id, f"evt-{number}", "order", "hook", text.replace("push-1", f"p-{number}")
        )
        receive_hook(command, now=world.now)
    old = ReceiveHook(world.shop_id, "evt-old", "order", "hook", text)
    receive_hook(old, now=world.now - 60 * DAY)
    Inbox.objects.filter(event_id="evt-old").update(done_at=world.now - 60 * DAY)


def _imports(world: World, facts: Any) -> None:
    """One import of orders and one of balances may be taken back; one of orders is under way."""
    start = StartImport(world.shop_id, "orders", "orders.csv", "digest-1", {"columns": {}}, 3)
    facts.batch = start_import(start, now=world.now).batch_id
    told = tuple(order(f"in-{number}", 50 * number, customer=f"ina{number % 2}") for number in (1, 2, 3))
    world.tell(*told, batch_id=facts.batch)
    start = StartImport(world.shop_id, "balances", "balances.csv", "digest-2", {}, 2)
    facts.balances = start_import(start, now=world.now).batch_id
    rows = (OpeningBalance("joe", 70, key="1"), OpeningBalance("anna", 30, spend_minor=5000, key="2"))
    open_balances(OpenBalances(world.shop_id, rows, facts.balances), now=world.now)
    start = StartImport(world.shop_id, "orders", "more.csv", "digest-3", {}, 900)
    facts.under_way = start_import(start, now=world.now).batch_id


def _programs(world: World, facts: Any) -> None:
    """A key, answers new and old, carts new and old, and a product."""
    key = issue_api_key(IssueApiKey(world.shop_id, "shop", SCOPES), now=world.now - 2 * DAY)
    facts.key, facts.key_id = key.key, key.id
    change_widget_secret(ChangeWidgetSecret(world.shop_id), now=world.now)
    for number, at in (("old", world.now - 40 * DAY), ("kept", world.now), ("claimed", world.now)):
        claim_answer(ClaimAnswer(world.shop_id, number, "digest"), now=at)
        if number != "claimed":
            keep_answer(KeepAnswer(world.shop_id, number, 200, {"said": number}))
    for customer, at in (("anna", world.now - 40 * DAY), ("bea", world.now)):
        keep_cart(KeepCart(world.shop_id, customer, {"lines": [{"product": "mug"}]}), now=at)
    product = ProductFacts("mug", names=(("en", "Mug"),), price_minor=1250, currency="EUR")
    describe_products(DescribeProducts(world.shop_id, (product,)), now=world.now)
    world.now += timedelta(hours=1)
