"""Each kind of step, done through its flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from palier.core.member import MemberFacts
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.members.merge_members import MergeMembers, merge_members
from palier.flows.members.override_tier import OverrideTier, override_tier
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.points.record_event import RecordEvent, record_event
from palier.flows.points.take_back_gift import TakeBackGift, take_back_gift
from palier.flows.points.waive_debt import WaiveDebt, waive_debt
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
from palier.store.models import Account, Happening, Hold, Identity
from tests.simulation import checkout_deeds, opening_deeds
from tests.simulation.answers import priced
from tests.simulation.stage import World, codes_of, order_of, refund_of, work
from tests.simulation.steps import Step


def _order(world: World, step: Step) -> None:
    _record(world, step, [("order", step.facts)])


def _refund(world: World, step: Step) -> None:
    _record(world, step, [("refund", step.facts)])


def _batch(world: World, step: Step) -> None:
    _record(world, step, step.facts["messages"])


def _record(world: World, step: Step, messages: list[tuple[str, dict[str, Any]]]) -> None:
    shop_id = world.shops[messages[0][1]["shop"]]
    if any("coupon" in facts or "enters" in facts for _, facts in messages):
        work(world, step.at)
    told = tuple(order_of(world, facts) if do == "order" else refund_of(facts) for do, facts in messages)
    answers = record_orders(RecordOrders(shop_id, told, collects=True), now=step.at)
    for (_, facts), message, answer in zip(messages, told, answers, strict=True):
        if answer.refusal is not None:
            world.refused.append(f"{step.do}: {answer.refusal}")
        elif answer.kind not in ("repeat", "older"):
            world.told.append((shop_id, message))
        if answer.quote is not None:
            codes = codes_of(world, facts["shop"], facts["customer"])
            version = ("order", facts["shop"], facts["order"], facts["updated"])
            world.answers.setdefault(version, priced(answer.quote, codes))


def _event(world: World, step: Step) -> None:
    facts = step.facts
    command = RecordEvent(world.shops[facts["shop"]], facts["customer"], facts["name"], facts["key"])
    record_event(command, now=step.at)


def _gift(world: World, step: Step) -> None:
    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    command = GivePoints(shop_id, facts["customer"], facts["points"], "because", key=facts["key"])
    give_points(command, now=step.at)


def _ungift(world: World, step: Step) -> None:
    """The gift is named by its own id, which its happening says."""
    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    row = Happening.objects.filter(
        account__identities__shop_id=shop_id, account__identities__customer_id=facts["customer"],
        kind="gift", key=facts["key"],
    ).first()  # fmt: skip
    named = str(row.id) if row is not None else "0"
    take_back_gift(TakeBackGift(shop_id, facts["customer"], named, "because"), now=step.at)


def _work(world: World, step: Step) -> None:
    work(world, step.at)


def _publish(world: World, step: Step) -> None:
    publish_programme(PublishProgramme(world.programme_id, step.facts["document"]), now=step.at)


def _merge(world: World, step: Step) -> None:
    facts = step.facts
    other = world.shops[facts["merged_shop"]] if facts.get("merged_shop") else None
    merge_members(
        MergeMembers(world.shops[facts["shop"]], facts["kept"], facts["merged"], other), now=step.at
    )


def _erase(world: World, step: Step) -> None:
    shop_id, customer = world.shops[step.facts["shop"]], step.facts["customer"]
    named = Account.objects.filter(identities__shop_id=shop_id, identities__customer_id=customer)
    known = list(Identity.objects.filter(account__in=named).values_list("shop_id", "customer_id"))
    held = set(Hold.objects.filter(account__in=named).values_list("public_id", flat=True))
    erase_member(EraseMember(shop_id, customer), now=step.at)
    # The keys of an erased person's checkouts are forgotten too; the shop still knows the holds by their ids.
    for key in [key for key, hold in world.holds.items() if hold in held]:
        world.made.pop(("hold", *key), None)
        for cart in [cart for cart in world.entered if cart[:3] == ("hold", *key)]:
            del world.entered[cart]
    names = {(world.shops.index(shop), customer) for shop, customer in known}
    for key in [key for key in world.made if key[0] == "voucher" and key[1:3] in names]:
        del world.made[key]
    world.erased |= names


def _override(world: World, step: Step) -> None:
    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    command = OverrideTier(shop_id, facts["customer"], facts["tier"], "because", until=facts["until"])
    override_tier(command, now=step.at)


def _waive(world: World, step: Step) -> None:
    facts = step.facts
    command = WaiveDebt(world.shops[facts["shop"]], facts["customer"], "because", key=facts["key"])
    waive_debt(command, now=step.at)


def _close(world: World, step: Step) -> None:
    close_account(CloseAccount(world.shops[step.facts["shop"]], step.facts["customer"]), now=step.at)


def _register(world: World, step: Step) -> None:
    facts = MemberFacts(step.facts["customer"], prices=step.facts["prices"], said=frozenset({"prices"}))
    register_members(RegisterMembers(world.shops[step.facts["shop"]], (facts,)), now=step.at)


def _claim(world: World, step: Step) -> None:
    facts = step.facts
    shop_id = world.shops[facts["shop"]]
    claim_guest_orders(ClaimGuestOrders(shop_id, facts["customer"], facts["email"], True), now=step.at)


DO: dict[str, Callable[[World, Step], None]] = {
    "order": _order, "refund": _refund, "batch": _batch, "event": _event, "gift": _gift, "ungift": _ungift,
    "work": _work, "publish": _publish, "merge": _merge, "erase": _erase, "override": _override, "waive": _waive,
    "close": _close, "register": _register, "claim": _claim, **checkout_deeds.DO, **opening_deeds.DO,
}  # fmt: skip
