"""Steps of a checkout, done through their flows, and the promises about their answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from palier.core.errors import IdempotencyConflict, Refusal
from palier.flows.checkout.hold_cart import HoldCart, hold_cart
from palier.flows.checkout.quote_cart import QuoteCart, quote_cart
from palier.flows.checkout.redeem_points import RedeemPoints, redeem_points
from palier.flows.checkout.release_hold import ReleaseHold, release_hold
from palier.store.models import Account
from tests.simulation.answers import Refused, Voucher, priced
from tests.simulation.stage import Untold, World, cart_of, codes_of, work
from tests.simulation.steps import Step


def _quote(world: World, step: Step) -> None:
    """Asking changes nothing, and asked again it is answered the same (R-RED-1)."""
    facts = step.facts
    if "enters" in facts["cart"]:
        work(world, step.at)
    codes = codes_of(world, facts["shop"], facts["customer"])
    command = QuoteCart(world.shops[facts["shop"]], facts["customer"], cart_of(world, facts["cart"], codes))
    before = _heads(world)
    first, again = (quote_cart(command, now=step.at).quote for _ in (1, 2))
    if first != again or _heads(world) != before:
        raise Untold("a quote changed something, or was answered in two ways")
    asked = ("quote", step.at, facts["shop"], facts["customer"], str(facts["cart"]))
    world.answers[asked] = priced(first, codes)


def _heads(world: World) -> dict[int, tuple[int, str]]:
    rows = Account.objects.filter(programme_id=world.programme_id).values_list("id", "last_sequence", "state")
    return {number: (sequence, str(state)) for number, sequence, state in rows}


def _hold(world: World, step: Step) -> None:
    """A hold is answered what the quote of the same instant says; its key makes it one, whatever happens meanwhile."""
    facts = step.facts
    shop_id, key = world.shops[facts["shop"]], (facts["shop"], facts["key"])
    if "enters" in facts["cart"]:
        work(world, step.at)
    codes = codes_of(world, facts["shop"], facts["customer"])
    cart = world.entered.setdefault(("hold", *key, str(facts["cart"])), cart_of(world, facts["cart"], codes))
    replaced = world.holds.get((facts["shop"], facts.get("replaces", "")), "")
    shown = quote_cart(QuoteCart(shop_id, facts["customer"], cart, replaced), now=step.at).quote
    command = HoldCart(shop_id, facts["customer"], cart, facts["key"], replaces=replaced)
    known = world.made.get(("hold", *key))
    try:
        held = hold_cart(command, now=step.at)
    except Refusal as refusal:
        if isinstance(refusal, IdempotencyConflict) and known is None:
            raise Untold(f"hold {key} was refused: {refusal}") from refusal
        if known is None:
            # Who asks again, when it may be had, enters the codes of then.
            world.entered.pop(("hold", *key, str(facts["cart"])), None)
        raise
    said = priced(held.quote, codes)
    if held.is_repeat != (known is not None):
        raise Untold(f"hold {key}: said to be {'a repeat' if held.is_repeat else 'new'}")
    if not held.is_repeat and held.quote != shown:
        raise Untold(f"hold {key} keeps another quote than was shown: {held.quote} and {shown}")
    if not held.is_repeat and held.lapses_at != step.at + timedelta(minutes=60):
        raise Untold(f"hold {key} lapses at {held.lapses_at}")
    world.holds[key] = held.id
    if known is None:
        world.made["hold", *key] = world.answers["hold", step.at, *key] = said


def _release(world: World, step: Step) -> None:
    key = (step.facts["shop"], step.facts["key"])
    answer = release_hold(ReleaseHold(world.shops[key[0]], world.holds.get(key, "none")), now=step.at)
    again = release_hold(ReleaseHold(world.shops[key[0]], answer.id), now=step.at)
    if not again.is_repeat or again.state != answer.state:
        raise Untold(f"hold {key} was released twice")


def _voucher(world: World, step: Step) -> None:
    facts = step.facts
    named = (facts["shop"], facts["customer"], facts["key"])
    command = RedeemPoints(world.shops[facts["shop"]], facts["customer"], facts["points"], facts["key"])
    try:
        answer = redeem_points(command, now=step.at)
    except Refusal as refusal:
        world.answers["voucher", step.at, *named] = Refused(refusal.code)
        raise
    discount = answer.coupon.terms.discount
    percent, amount = (discount.percent_bp, discount.amount_minor) if discount else (None, None)
    said = Voucher(answer.points, percent, amount)
    known = world.made.setdefault(("voucher", *named), said)
    if answer.is_repeat != (known is not said) or known != said:
        raise Untold(f"voucher {named} was answered {said}, before {known}")
    world.answers.setdefault(("voucher", step.at, *named), said)


DO: dict[str, Callable[[World, Step], None]] = {
    "quote": _quote, "hold": _hold, "release": _release, "voucher": _voucher,
}  # fmt: skip
