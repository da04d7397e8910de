"""A history through the flows, and the state it leaves as plain data that does not depend on chance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any
from unittest.mock import patch

from palier.core.errors import Refusal
from palier.core.order import Line, Order, OrderDiscount, Refund, RefundLine, Shipping
from palier.flows.orders import record_orders as orders_flow
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.ids import new_public_id
from palier.store.models import Account, CouponRow, Entry, Identity, Shop
from palier.store.models import Order as OrderRow
from palier.store.programmes import load as programmes
from tests.simulation.shapes import PRODUCTS
from tests.simulation.steps import History, Step


class Untold(AssertionError):
    """A promise about answers was broken while the history was played."""


@dataclass(slots=True)
class World:
    """A programme in the database, with its shops."""

    programme_id: int
    shops: list[int]
    currency: str
    refused: list[str] = field(default_factory=list)
    told: list[tuple[int, Order | Refund]] = field(default_factory=list)
    codes: dict[tuple[Any, ...], str] = field(default_factory=dict)
    erased: set[tuple[int, str]] = field(default_factory=set)


def play(history: History, *, works_often: bool) -> World:
    """Tell the whole history to a new programme. With ``works_often`` the due work is done before every step and in
    between; without it only where the history says so, and at its end."""
    with _numbered_coupons():
        world = _begin(history)
        now = history.starts_at
        for step in history.steps:
            if works_often:
                for part in (1, 2) if step.do == "publish" else (1, 2, 3):
                    _work(world, now + (step.at - now) * part / 3)
            now = step.at
            try:
                DO[step.do](world, step)
            except Refusal as refusal:
                world.refused.append(f"{step.do}: {refusal}")
        _work(world, history.ends_at)
        _repeat_everything(world, history)
    return world


def _begin(history: History) -> World:
    # Numbers of versions come again after a rollback: what the process remembers of them would be another history's.
    programmes._versions.clear()
    programmes._timelines.clear()
    document = history.document
    command = InitProgramme(
        name=document["name"], currency=document["currency"], timezone=document["timezone"], language="en",
        document=document,
    )  # fmt: skip
    initiated = init_programme(command, now=history.starts_at)
    second = Shop.objects.create(
        programme_id=initiated.programme_id, public_id=new_public_id(), slug="second", name="second",
        created_at=history.starts_at,
    )  # fmt: skip
    return World(initiated.programme_id, [initiated.shop_id, second.id], document["currency"])


@contextmanager
def _numbered_coupons() -> Iterator[None]:
    """Coupons get rising numbers: which of two that were issued together comes first must not be chance."""
    count = iter(range(1, 10**9))

    def new_coupon() -> tuple[str, str]:
        number = next(count)
        return f"{number:036d}", f"{number:012d}"

    with patch("palier.flows.bench.accounts.new_coupon", new_coupon):
        yield


def _work(world: World, now: datetime) -> None:
    while catch_up_accounts(world.programme_id, now=now):
        pass


def _do_order(world: World, step: Step) -> None:
    _record(world, step, [("order", step.facts)])


def _do_refund(world: World, step: Step) -> None:
    _record(world, step, [("refund", step.facts)])


def _do_batch(world: World, step: Step) -> None:
    _record(world, step, step.facts["messages"])


def _record(world: World, step: Step, messages: list[tuple[str, dict[str, Any]]]) -> None:
    shop_id = world.shops[messages[0][1]["shop"]]
    if any("coupon" in facts for _, facts in messages):
        _work(world, step.at)
    told = tuple(_order(world, facts) if do == "order" else _refund(facts) for do, facts in messages)
    command = orders_flow.RecordOrders(shop_id, told, collects=True)
    for message, answer in zip(told, orders_flow.record_orders(command, now=step.at), strict=True):
        if answer.refusal is not None:
            world.refused.append(f"{step.do}: {answer.refusal}")
        elif answer.kind not in ("repeat", "older"):
            world.told.append((shop_id, message))


def _order(world: World, facts: dict[str, Any]) -> Order:
    lines = tuple(
        Line(
            id=str(i), product=product, quantity=quantity, amount_minor=quantity * price,
            categories=tuple(PRODUCTS[product]), weight_g=100 * quantity,
            other_per_amount=Fraction(5, 6) if facts["prices"] == "gross" else Fraction(6, 5),
        )
        for i, (product, quantity, price) in enumerate(facts["lines"], start=1)
    )  # fmt: skip
    shipping = Shipping(facts["carrier"], facts.get("shipping", 0))
    return Order(
        id=facts["order"], status=facts["status"], customer=facts["customer"],
        currency="USD" if "rate" in facts else world.currency,
        rate=Fraction(facts["rate"]) if "rate" in facts else None,
        updated=facts["updated"], paid_at=facts.get("paid_at"), prices=facts["prices"], lines=lines,
        shipping=shipping, discounts=tuple(_discounts(world, facts)), payment_method=facts["payment_method"],
    )  # fmt: skip


def _discounts(world: World, facts: dict[str, Any]) -> Iterator[OrderDiscount]:
    if facts.get("first_order"):
        yield OrderDiscount("first_order", facts["first_order"])
    if facts.get("promo"):
        yield OrderDiscount("promo_code", facts["promo"], code="PROMO")
    if "coupon" in facts:
        code = _code(world, facts)
        if code:
            yield OrderDiscount("coupon", facts["coupon_amount"], code=code)
    if facts.get("use_points"):
        yield OrderDiscount("points", facts["points_amount"], points=facts["use_points"])
    if facts.get("free_shipping"):
        yield OrderDiscount("tier", free_shipping=True)


def _code(world: World, facts: dict[str, Any]) -> str:
    """The member's coupon of that number, in the order of issue; a version of an order names the same one for ever.

    A shop can only name a coupon that is there: what is due was done before it was told.
    """
    version = (facts["shop"], facts["order"], facts["updated"])
    if version not in world.codes:
        world.codes[version] = _find_code(world, facts)
    return world.codes[version]


def _find_code(world: World, facts: dict[str, Any]) -> str:
    rows = CouponRow.objects.filter(
        account__identities__customer_id=facts["customer"],
        account__identities__shop_id=world.shops[facts["shop"]],
    )
    codes = list(rows.order_by("public_id").values_list("code", flat=True)[: facts["coupon"] + 1])
    return codes[-1] if len(codes) > facts["coupon"] else ""


def _refund(facts: dict[str, Any]) -> Refund:
    pieces = tuple(
        RefundLine(p["quantity"], p.get("line", ""), p.get("product", "")) for p in facts.get("pieces", ())
    )
    return Refund(
        facts["order"], facts["id"], pieces, facts.get("amount", 0), facts.get("full", False),
        facts.get("shipping", False),
    )  # fmt: skip


def _do_event(world: World, step: Step) -> None:
    facts = step.facts
    record_event(
        RecordEvent(world.shops[facts["shop"]], facts["customer"], facts["name"], facts["key"]), now=step.at
    )


def _do_gift(world: World, step: Step) -> None:
    facts = step.facts
    give_points(
        GivePoints(
            world.shops[facts["shop"]], facts["customer"], facts["points"], "because", key=facts["key"]
        ),
        now=step.at,
    )


def _do_work(world: World, step: Step) -> None:
    _work(world, step.at)


def _do_publish(world: World, step: Step) -> None:
    from palier.flows.programme.publish_programme import PublishProgramme, publish_programme

    publish_programme(PublishProgramme(world.programme_id, step.facts["document"]), now=step.at)


def _do_merge(world: World, step: Step) -> None:
    from palier.flows.members.merge_members import MergeMembers, merge_members

    facts = step.facts
    merge_members(MergeMembers(world.shops[facts["shop"]], facts["kept"], facts["merged"]), now=step.at)


def _do_erase(world: World, step: Step) -> None:
    from palier.flows.members.erase_member import EraseMember, erase_member

    shop_id, customer = world.shops[step.facts["shop"]], step.facts["customer"]
    named = Account.objects.filter(identities__shop_id=shop_id, identities__customer_id=customer)
    known = list(Identity.objects.filter(account__in=named).values_list("shop_id", "customer_id"))
    erase_member(EraseMember(shop_id, customer), now=step.at)
    world.erased |= {(world.shops.index(shop), customer) for shop, customer in known}


def _do_override(world: World, step: Step) -> None:
    from palier.flows.members.override_tier import OverrideTier, override_tier

    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    command = OverrideTier(shop_id, facts["customer"], facts["tier"], "because", until=facts["until"])
    override_tier(command, now=step.at)


def _do_waive(world: World, step: Step) -> None:
    from palier.flows.points.waive_debt import WaiveDebt, waive_debt

    facts = step.facts
    waive_debt(
        WaiveDebt(world.shops[facts["shop"]], facts["customer"], "because", key=facts["key"]), now=step.at
    )


def _do_close(world: World, step: Step) -> None:
    from palier.flows.members.close_account import CloseAccount, close_account

    close_account(CloseAccount(world.shops[step.facts["shop"]], step.facts["customer"]), now=step.at)


DO: dict[str, Callable[[World, Step], None]] = {
    "order": _do_order, "refund": _do_refund, "batch": _do_batch, "event": _do_event, "gift": _do_gift,
    "work": _do_work, "publish": _do_publish, "merge": _do_merge, "erase": _do_erase,
    "override": _do_override, "waive": _do_waive, "close": _do_close,
}  # fmt: skip


def _repeat_everything(world: World, history: History) -> None:
    """All that was told, once more: nothing may be posted."""
    before = _entries(world)
    for shop_id in world.shops:
        told = tuple(message for shop, message in world.told if shop == shop_id)[:500]
        command = orders_flow.RecordOrders(shop_id, told, collects=True)
        answers = orders_flow.record_orders(command, now=history.ends_at)
        for answer in answers:
            if answer.kind not in ("repeat", "older", "refused"):
                raise Untold(f"order {answer.order} told once more was {answer.kind}, not a repeat")
    for step in history.steps:
        if step.do in ("event", "gift") and (step.facts["shop"], step.facts["customer"]) not in world.erased:
            try:
                DO[step.do](world, Step(history.ends_at, step.do, step.facts))
            except Refusal:
                continue
    if _entries(world) != before:
        raise Untold("telling everything once more posted entries")


def _entries(world: World) -> dict[int, int]:
    rows = Account.objects.filter(programme_id=world.programme_id)
    return dict(rows.values_list("id", "last_sequence"))


def dump(world: World) -> dict[str, Any]:
    """Everything that the history decided, by the shops' own ids: what must not depend on when work was done."""
    mine = {"programme_id": world.programme_id}
    orders = {str(o.id): o for o in OrderRow.objects.filter(**mine).order_by("id")}
    told = {number: f"{world.shops.index(o.shop_id)}/{o.external_id}" for number, o in orders.items()}
    owners: dict[int, list[str]] = defaultdict(list)
    for identity in Identity.objects.filter(shop_id__in=world.shops).order_by("shop_id", "customer_id"):
        owners[identity.account_id].append(f"{world.shops.index(identity.shop_id)}/{identity.customer_id}")
    accounts = list(Account.objects.filter(**mine))
    names = {a.id: " ".join(owners[a.id]) or f"nobody, since {a.created_at}" for a in accounts}
    entries: dict[int, list[Any]] = defaultdict(list)
    for entry in (
        Entry.objects.filter(**mine).order_by("account_id", "sequence").values_list(*ENTRY, named=True)
    ):
        entries[entry.account_id].append(_entry(entry, told))
    coupons: dict[int, list[Any]] = defaultdict(list)
    for coupon in CouponRow.objects.filter(**mine).order_by("public_id").values_list("account_id", *COUPON):
        coupons[coupon[0]].append(list(coupon[1:]))
    state: dict[str, Any] = {
        names[account.id]: {
            "summary": [getattr(account, name) for name in SUMMARY],
            "lots": [[*row[:8], _origin(row[8], names)] for row in sorted(account.state.get("lots", []))],
            "entries": entries[account.id],
            "first_claims": [_claim(claim, told) for claim in account.state.get("first_claims", [])],
            "coupons": sorted(coupons[account.id], key=str),
        }
        for account in accounts
    }
    state["orders"] = {told[number]: [getattr(o, name) for name in ORDER] for number, o in orders.items()}
    return state


SUMMARY = (
    "available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity", "spend_minor", "orders",
    "tier", "tier_since",
)  # fmt: skip
"""Not ``next_due_at``: it may name an instant at which nothing happens, if more is remembered."""
COUPON = ("origin", "origin_id", "state", "issued_at", "ends_at", "points")
ORDER = ("status", "booked_points", "booked_spend_minor", "counts", "number", "is_flagged")
MOVES = ("points", "pending", "held", "debt", "spend_minor", "orders", "tier")
ENTRY = ("account_id", "kind", "cause_kind", "cause", "effective_at", *MOVES)


def _entry(entry: Any, told: dict[str, str]) -> list[Any]:
    cause = entry.cause if entry.cause_kind == "time" else told.get(entry.cause, "")
    return [
        entry.kind,
        entry.cause_kind,
        cause,
        entry.effective_at,
        *(getattr(entry, name) for name in MOVES),
    ]


def _claim(claim: str, told: dict[str, str]) -> str:
    return told[claim.partition(":")[2]]


def _origin(origin: list[int] | None, names: dict[int, str]) -> list[Any] | None:
    return [names[origin[0]], origin[1]] if origin else None
