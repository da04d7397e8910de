"""What customers put into their baskets, and how an order of it is told for the first time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.simulation.shapes import CARRIERS, PAYMENTS, PRODUCTS
from tests.simulation.story import Story

Facts = dict[str, Any]


def draw_goods(story: Story) -> Facts:
    """Lines, delivery and payment: what a cart and an order have in common."""
    random = story.random
    price = random.choice([(1, 900), (500, 6000), (3000, 20000)])
    if story.document["currency"] == "JPY":
        price = (max(1, price[0] // 50), price[1] // 50)
    products = random.sample(sorted(PRODUCTS), random.randint(1, 3))
    goods: Facts = {
        "lines": [
            (product, random.randint(1, 4), random.randint(*price) if random.random() < 0.95 else 0)
            for product in products
        ]
    }
    if random.random() < 0.3:
        goods["shipping"] = random.randint(1, 900)
    if random.random() < 0.1:
        goods["rate"] = random.choice(["9/10", "117/100"])
    goods["carrier"] = random.choice(CARRIERS)
    goods["payment_method"] = random.choice(PAYMENTS)
    goods["prices"] = random.choice(["gross", "gross", "net"])
    return goods


def draw_content(story: Story) -> Facts:
    """Goods with discounts that a shop names on its own."""
    random = story.random
    content = draw_goods(story)
    if random.random() < 0.25:
        content["use_points"] = random.randint(1, 120)
        content["points_amount"] = random.randint(1, 500)
    if random.random() < 0.15:
        content["coupon"] = random.choice([-1, -1, 0, 1])
        content["coupon_amount"] = random.randint(0, 300)
    if random.random() < 0.1:
        content["promo"] = random.randint(1, 400)
    if "shipping" in content:
        content["free_shipping"] = random.random() < 0.2
    if random.random() < 0.2:
        content["first_order"] = random.randint(1, 300)
    return content


def draw_cart(story: Story) -> Facts:
    """Goods with what a shopper enters: codes by their numbers (-1: the newest, 9: nobody's), promo codes, points."""
    random = story.random
    cart = draw_goods(story)
    if random.random() < 0.4:
        cart["enters"] = [random.choice([-1, -1, -1, 0, 1, 9]) for _ in range(random.randint(1, 2))]
    if random.random() < 0.3:
        cart["promo"] = random.randint(1, 400)
    if random.random() < 0.4:
        cart["asks_points"] = random.randint(1, 250)
    return cart


def new_order(story: Story, content: Facts, *, shop: int | None = None, customer: str | None = None) -> None:
    """An order of that content is told for the first time; or one of which a refund was told before."""
    random = story.random
    awaited = [key for key in story.awaited if shop in (None, key[0])]
    if awaited and random.random() < 0.7:
        story.awaited.remove(awaited[-1])
        shop, order = awaited[-1]
    else:
        shop, order = random.randrange(story.shops) if shop is None else shop, f"o{story.number()}"
    status = random.choice(["placed", "paid", "paid", "paid", "shipped", "delivered"])
    if customer is None and random.random() < 0.95:
        customer = story.somebody()
    message = {"shop": shop, "order": order, "customer": customer, "status": status, **content}
    if customer is None:
        message["email"] = f"{story.somebody()}@example.org"
    message["updated"] = story.now
    if random.random() < 0.2:
        message["paid_at"] = story.now - timedelta(
            seconds=random.randrange(0, random.choice([3, 3, 12]) * 86400)
        )
    story.orders[shop, order] = message
    story.told.append(message)
    story.expect(message.get("paid_at", story.now))
    story.tell("order", **message)


def update(story: Story, message: Facts, **changes: Any) -> None:
    """A newer version of an order. Two versions of one instant could not be told apart: the shop's clock goes on."""
    updated = max(story.now, message["updated"] + timedelta(seconds=1))
    changed = {**message, **changes, "updated": updated}
    story.orders[message["shop"], message["order"]] = changed
    story.told.append(changed)
    story.expect(story.now)
    story.tell("order", **changed)
