"""Checkouts told: carts quoted, held, held again, given up, taken over by orders, and points turned into vouchers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tests.simulation.baskets import draw_cart, draw_goods, new_order, update
from tests.simulation.story import LAPSE, Story


def _quote(story: Story) -> None:
    customer = story.somebody() if story.random.random() < 0.9 else None
    shop = story.random.randrange(story.shops)
    story.tell("quote", shop=shop, customer=customer, cart=draw_cart(story))


def _hold(story: Story) -> None:
    random = story.random
    facts: dict[str, Any] = {"shop": random.randrange(story.shops), "customer": story.somebody()}
    facts |= {"key": f"h{story.number()}", "cart": draw_cart(story)}
    mine = [
        hold["key"]
        for hold in story.holds
        if (hold["shop"], hold["customer"]) == (facts["shop"], facts["customer"])
    ]
    if mine and random.random() < 0.25:
        facts["replaces"] = mine[-1]
    story.holds.append(facts)
    story.borders.append(story.now + LAPSE)
    story.tell("hold", **facts)
    if random.random() < 0.5:
        story.now += timedelta(seconds=random.choice([0, 5, 600, 3599, 3600]))
        take_over(story)


def _hold_again(story: Story) -> None:
    """The same key once more: with the same cart a repeat, with another one refused."""
    if story.holds:
        hold = story.random.choice(story.holds)
        cart = hold["cart"] if story.random.random() < 0.6 else draw_cart(story)
        story.tell("hold", **{**hold, "cart": cart})


def _release(story: Story) -> None:
    if story.holds:
        hold = story.random.choice(story.holds[-3:])
        story.tell("release", shop=hold["shop"], key=hold["key"])


def take_over(story: Story) -> None:
    """Mostly the customer's own newest cart becomes an order, as it was; else another cart, or somebody else's hold."""
    random = story.random
    if not story.holds:
        return
    hold = story.holds[-1] if random.random() < 0.8 else random.choice(story.holds)
    cart = hold["cart"] if random.random() < 0.8 else draw_cart(story)
    content = {name: value for name, value in cart.items() if name not in ("enters", "asks_points", "promo")}
    content["hold"] = hold["key"]
    known = [m for m in story.orders.values() if m["shop"] == hold["shop"] and m["status"] == "placed"]
    if known and random.random() < 0.2:
        kept = ("shop", "order", "customer", "email", "status", "paid_at", "updated")
        message = random.choice(known)
        update(story, {name: message[name] for name in kept if name in message} | content)
    else:
        customer = hold["customer"] if random.random() < 0.9 else None
        new_order(story, content, shop=hold["shop"], customer=customer)


def _hold_over(story: Story) -> None:
    """A cart is at the checkout while something ends; an order comes in between; then the checkout is given up."""
    coming = sorted(border for border in story.borders if border > story.now + LAPSE)
    if coming:
        border = story.random.choice(coming[:3])
        story.now = border - timedelta(minutes=story.random.choice([1, 30, 59]))
        _hold(story)
        story.now = max(story.now, border + timedelta(seconds=story.random.choice([0, 1])))
        new_order(story, draw_goods(story), customer=story.holds[-1]["customer"])
        story.tell("release", shop=story.holds[-1]["shop"], key=story.holds[-1]["key"])


def _buy_quoted(story: Story) -> None:
    """An order that asks for what Palier quotes."""
    new_order(story, {**draw_cart(story), "use_quote": True})


def _voucher(story: Story) -> None:
    facts = {"shop": story.random.randrange(story.shops), "customer": story.somebody()}
    facts |= {"points": story.random.choice([10, 55, 100, 400]), "key": f"v{story.number()}"}
    story.keys.append(("voucher", facts))
    story.tell("voucher", **facts)


def _voucher_again(story: Story) -> None:
    told = [facts for do, facts in story.keys if do == "voucher"]
    if told:
        story.tell("voucher", **story.random.choice(told))


def _claim(story: Story) -> None:
    """Guest orders join the account of who owns their address."""
    customer = story.somebody()
    shop = story.random.randrange(story.shops)
    story.tell("claim", shop=shop, customer=customer, email=f"{customer.upper()}@example.org")


TELL: dict[str, Callable[[Story], None]] = {
    "quote": _quote, "hold": _hold, "hold_over": _hold_over, "hold_again": _hold_again, "release": _release,
    "take_over": take_over,
    "buy_quoted": _buy_quoted, "voucher": _voucher, "voucher_again": _voucher_again, "claim": _claim,
}  # fmt: skip
