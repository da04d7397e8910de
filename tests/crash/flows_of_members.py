"""Flows about members, their orders, points and checkouts."""

from __future__ import annotations

from typing import Any

from palier.core.member import MemberFacts
from palier.core.order import Order
from palier.flows.checkout.hold_cart import HoldCart, hold_cart
from palier.flows.checkout.keep_cart import KeepCart, keep_cart
from palier.flows.checkout.redeem_points import RedeemPoints, redeem_points
from palier.flows.checkout.release_hold import ReleaseHold, release_hold
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.merge_members import MergeMembers, merge_members
from palier.flows.members.override_tier import OverrideTier, override_tier
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.points.take_back_gift import TakeBackGift, take_back_gift
from palier.flows.points.waive_debt import WaiveDebt, waive_debt
from tests.crash.case import Case
from tests.flows import checkout
from tests.flows.world import DAY, line, order, points_used, refund


def _tell(facts: Any, *messages: Any, **options: Any) -> None:
    record_orders(RecordOrders(facts.shop, messages, **options), now=facts.now)


def _orders(facts: Any) -> tuple[Any, ...]:
    """A batch in which nearly everything happens to several members, new ones among them."""
    mugs = tuple(line(10 * n, id=str(n), product=f"p{n}") for n in range(1, 4))
    return (
        order("new-1", lines=mugs, customer="anna"),
        order("new-2", 450, customer="hal"),
        order("new-3", 600, customer="ivy"),
        refund("new-2", "half", 200),
        order("3", 80, "cancelled", customer="anna", updated=facts.now),
        order("c1", 140, customer="cleo", updated=facts.now),
        refund("1", "part", 90),
        order("later-1", 30, customer="bea"),
        order("nobody", 10, customer=None),
    )


def _with_quote(facts: Any) -> Order:
    return order("quoted", 60, customer="anna", use_quote=True, use_points=30, coupons=(facts.voucher,))


def _work_off(facts: Any, days: int) -> None:
    while catch_up_accounts(facts.programme, now=facts.now + days * DAY, limit=3):
        pass


def _hold(facts: Any) -> None:
    cart = checkout.cart(100, facts.coupon, use_points=40)
    hold_cart(HoldCart(facts.shop, "anna", cart, "k-9", replaces=facts.hold_given_up), now=facts.now)


ORDERS = (
    Case("a new order", "orders.record_orders", lambda f: _tell(f, order("new", 500, customer="anna"))),
    Case("a stranger's order", "orders.record_orders", lambda f: _tell(f, order("new", 500, customer="zoe"))),
    Case("a batch", "orders.record_orders", lambda f: _tell(f, *_orders(f))),
    Case("a history", "orders.record_orders", lambda f: _tell(f, *_orders(f), is_history=True, is_silent=True)),
    Case("an order with a hold", "orders.record_orders",
         lambda f: _tell(f, order("held", 100, customer="anna", hold=f.hold))),
    Case("an order that asks for a quote", "orders.record_orders", lambda f: _tell(f, _with_quote(f))),
    Case("an order that uses points and a coupon", "orders.record_orders", lambda f: _tell(
        f, order("uses", 90, customer="anna", discounts=(points_used(60, 6),)))),
    Case("an order is cancelled", "orders.record_orders",
         lambda f: _tell(f, order("2", 700, "cancelled", customer="anna", updated=f.now))),
    Case("an order is paid", "orders.record_orders",
         lambda f: _tell(f, order("3", 80, "paid", customer="anna", updated=f.now))),
    Case("an order is lowered", "orders.record_orders",
         lambda f: _tell(f, order("1", 20, customer="anna", updated=f.now))),
    Case("a refund", "orders.record_orders", lambda f: _tell(f, refund("2", "r", 300))),
    Case("a refund that leaves a debt", "orders.record_orders", lambda f: _tell(f, refund("b2", "r", full=True))),
    Case("a refund before its order", "orders.record_orders", lambda f: _tell(f, refund("unknown", "r", 3))),
    Case("a batch with what is refused", "orders.record_orders", lambda f: _tell(
        f, order("ok", 5, customer="anna"), refund("1", "bad", lines=(checkout_line(),)), collects=True)),
    Case("guest orders are claimed", "orders.claim_guest_orders", lambda f: claim_guest_orders(
        ClaimGuestOrders(f.shop, "anna", "anna@example.org", True), now=f.now)),
)  # fmt: skip


def checkout_line() -> Any:
    """A line that no order has."""
    from palier.core.order import RefundLine

    return RefundLine(1, line="99")


MEMBERS = (
    Case("members are told", "members.register_members", lambda f: register_members(RegisterMembers(f.shop, (
        MemberFacts("anna", "Anna Lune", language="de", said=frozenset({"name", "language"})),
        MemberFacts("kim", "Kim", "kim@example.org", said=frozenset({"name", "email"})),
        MemberFacts("lee", "Lee", said=frozenset({"name"})))), now=f.now)),
    Case("two are one", "members.merge_members",
         lambda f: merge_members(MergeMembers(f.shop, "anna", "cleo"), now=f.now)),
    Case("one who owes is merged", "members.merge_members",
         lambda f: merge_members(MergeMembers(f.shop, "cleo", "bea"), now=f.now)),
    Case("a customer is deleted", "members.close_account",
         lambda f: close_account(CloseAccount(f.shop, "dora"), now=f.now)),
    Case("a person is forgotten", "members.erase_member",
         lambda f: erase_member(EraseMember(f.shop, "dora"), now=f.now), refuses=True),
    Case("a tier by hand", "members.override_tier", lambda f: override_tier(
        OverrideTier(f.shop, "bea", "silver", "because", "me", f.now + 90 * DAY), now=f.now)),
)  # fmt: skip

POINTS = (
    Case("points are given", "points.give_points", lambda f: give_points(
        GivePoints(f.shop, "anna", 950, "sorry", "me", "key-1"), now=f.now)),
    Case("a stranger is given points", "points.give_points", lambda f: give_points(
        GivePoints(f.shop, "zoe", 5, "welcome", "me", "key-1"), now=f.now)),
    Case("points pay a debt", "points.give_points", lambda f: give_points(
        GivePoints(f.shop, "bea", 60, "sorry", "me", "key-1"), now=f.now)),
    Case("a gift is taken back", "points.take_back_gift", lambda f: take_back_gift(
        TakeBackGift(f.shop, "anna", f.gift, "a mistake", "me"), now=f.now)),
    Case("a debt is waived", "points.waive_debt", lambda f: waive_debt(
        WaiveDebt(f.shop, "bea", "never mind", "me", "key-1"), now=f.now)),
    Case("an event", "points.record_event", lambda f: record_event(
        RecordEvent(f.shop, "anna", "review", "ev-1"), now=f.now)),
    Case("a stranger's event", "points.record_event", lambda f: record_event(
        RecordEvent(f.shop, "zoe", "sign_up", "ev-1"), now=f.now)),
    Case("balances are opened", "points.open_balances", lambda f: open_balances(OpenBalances(f.shop, (
        OpeningBalance("anna", 40, reason="moved", key="1"), OpeningBalance("max", -5, key="2"),
        OpeningBalance("ned", 90, spend_minor=60000, key="3")), f.balances), now=f.now)),
    Case("holds lapse", "points.catch_up_accounts", lambda f: _work_off(f, 2), steps=True),
    Case("reminders fall due", "points.catch_up_accounts", lambda f: _work_off(f, 340), steps=True),
    Case("points and coupons end", "points.catch_up_accounts", lambda f: _work_off(f, 500), steps=True),
)  # fmt: skip

CHECKOUT = (
    Case("a cart is held", "checkout.hold_cart", _hold),
    Case("a stranger's cart is held", "checkout.hold_cart", lambda f: hold_cart(
        HoldCart(f.shop, "zoe", checkout.cart(10), "k-9"), now=f.now)),
    Case("a hold is released", "checkout.release_hold", lambda f: release_hold(
        ReleaseHold(f.shop, f.hold), now=f.now)),
    Case("points become a voucher", "checkout.redeem_points", lambda f: redeem_points(
        RedeemPoints(f.shop, "anna", 30, "v-9"), now=f.now)),
    Case("a cart is kept", "checkout.keep_cart", lambda f: keep_cart(
        KeepCart(f.shop, "bea", {"lines": [{"product": "lamp"}]}), now=f.now)),
    Case("a cart is forgotten", "checkout.keep_cart", lambda f: keep_cart(
        KeepCart(f.shop, "bea", None), now=f.now)),
)  # fmt: skip

CASES = (*ORDERS, *MEMBERS, *POINTS, *CHECKOUT)
