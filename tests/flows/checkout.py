"""Short ways to price carts, hold them, and prove the ledger with the checks of ``palier verify``."""

from typing import Any

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import load_account_ids, load_holdings, load_versions
from palier.cli.verification.table import problems_of
from palier.core.order import Order, OrderDiscount
from palier.core.quote_values import Cart
from palier.flows.checkout.hold_cart import Held, HoldCart, hold_cart
from palier.flows.checkout.quote_cart import QuoteCart, Quoted, quote_cart
from palier.flows.checkout.redeem_points import Redeemed, RedeemPoints, redeem_points
from palier.flows.checkout.release_hold import Released, ReleaseHold, release_hold
from tests.flows.world import World, document, line

LADDER = {
    "discount_by": "cart",
    "ladder": [
        {"id": "bronze", "from": 0},
        {"id": "silver", "from": 500, "discount": {"percent": 10}},
    ],
}


def shop(**changes: Any) -> dict[str, Any]:
    """Ten points are one euro; points, coupons and promo codes go together; a coupon of 15 € at 1000 points."""
    return document(
        **{
            "combine": [["points", "coupon", "promo_code"]],
            "rewards": [
                {"id": "thousand", "at": 1000, "coupon": {"discount": {"amount": 15}, "min_total": 20}}
            ],
            "tiers": LADDER,
            **changes,
        }
    )


def cart(euros: int = 100, *coupons: str, use_points: int | None = None, **parts: Any) -> Cart:
    """One line worth ``euros``; ``promo`` is what a promo code takes off."""
    promo = parts.pop("promo", 0)
    codes = (OrderDiscount("promo_code", promo * 100, "NOEL"),) if promo else ()
    parts.setdefault("lines", (line(euros),))
    return Cart(Order("cart", "placed", "EUR", discounts=codes, **parts), coupons, use_points)


def quoted(world: World, asked: Cart, *, customer: str | None = "anna", hold: str = "") -> Quoted:
    return quote_cart(QuoteCart(world.shop_id, customer, asked, hold), now=world.now)


def discounts(quote: Any) -> list[tuple[str, int, int]]:
    """(source, minor units, points) of each discount."""
    return [(d.source, d.amount_minor, d.points) for d in quote.discounts]


def held(world: World, asked: Cart, key: str = "k1", *, customer: str = "anna", **more: Any) -> Held:
    return hold_cart(HoldCart(world.shop_id, customer, asked, key, **more), now=world.now)


def released(world: World, hold_id: str) -> Released:
    return release_hold(ReleaseHold(world.shop_id, hold_id), now=world.now)


def voucher(world: World, points: int, key: str = "v1", *, customer: str = "anna") -> Redeemed:
    return redeem_points(RedeemPoints(world.shop_id, customer, points, key), now=world.now)


def points(world: World, customer: str = "anna") -> tuple[int, int, int]:
    """(available, held, spent) as of the world's clock."""
    totals = world.view(customer).totals
    return totals.available, totals.held, totals.spent


def states(world: World, customer: str = "anna") -> list[str]:
    """The states of the member's coupons, oldest first."""
    return [coupon.state for coupon in world.view(customer).coupons]


def code(world: World, customer: str = "anna") -> str:
    """The code of the member's last coupon."""
    return world.view(customer).coupons[-1].code


def prove(world: World) -> None:
    """Nothing that ``palier verify`` looks at is wrong."""
    world.prove()
    found = found_in(world)
    assert not found, "\n".join(map(str, found))


def found_in(world: World) -> list[Problem]:
    """What ``palier verify`` finds."""
    versions = load_versions(world.programme_id)
    ids = load_account_ids(world.programme_id, after=0, limit=10_000)
    return [problem for each in load_holdings(ids, versions) for problem in problems_of(each)]
