"""Carts priced and explained: what the shopper reads beside the numbers."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from palier.core.account import Coupon
from palier.core.explain.quotes import explain_quote
from palier.core.formats import formats_for
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.plan import compile_plan
from palier.core.programme.parse import parse
from palier.core.programme.values import CouponTerms, Discount, Gift
from palier.core.quote import quote
from palier.core.quote_values import Buyer, Cart

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DOCUMENT = {
    "format": 1,
    "name": "Demo",
    "currency": "GBP",
    "languages": ["en"],
    "points": {"earn_with": ["points", "segment", "coupon"]},
    "earning": [
        {"id": "spend", "award": {"points": 1, "per": 1}},
        {"id": "basket", "when": {"total": {"from": 90}}, "award": {"points": 10}},
    ],
    "redemption": {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}], "min_total": 80},
    "tiers": {
        "discount_by": "cart",
        "ladder": [
            {"id": "bronze", "from": 0},
            {"id": "silver", "name": "Silver", "from": 500, "discount": {"percent": 5}, "free_shipping": ["relay"]},
            {"id": "gold", "name": "Gold", "from": 612},
        ],
    },
    "segments": [
        {"id": "pros", "where": {"company": True}, "brackets": [
            {"from": 0, "discount": {"percent": 10}},
            {"from": 90, "discount": {"percent": 20}, "free_shipping": "all"},
        ]},
        {"id": "resellers", "where": {"tags": ["reseller"]}, "earn_points": False},
    ],
    "first_order": {"brackets": [{"from": 50, "free_shipping": "all", "gift": {"product": "sticker", "quantity": 2}}]},
}  # fmt: skip
SILVER = Buyer(NOW, available=64, orders=3, tier="silver", qualifying=50_000)
NOEL = OrderDiscount("promo_code", 1000, "NOEL")


def read(*amounts, buyer=SILVER, codes=(), coupons=(), carrier="relay", **sections):
    programme = parse(DOCUMENT | sections)
    lines = tuple(Line(str(i), "lamp", 1, amount) for i, amount in enumerate(amounts))
    order = Order("cart", "placed", "GBP", lines=lines, discounts=codes, shipping=Shipping(carrier, 490))
    priced = quote(compile_plan(programme), Cart(order, coupons), buyer)
    return explain_quote(priced, programme, buyer, "en", formats_for("en", "GBP", "UTC")).lines()


def test_a_silver_member_pays_with_points():
    assert read(8000) == (
        "5% off for Silver members: −£4.00.",
        "60 points used: −£6.00 (10 points = £1).",
        "Free delivery with relay for Silver members.",
        "You save £4.90 on delivery.",
        "You will earn 70 points.",
        "£42 more to reach Gold.",
        "£10 more and you earn 10 points.",
        "So far, Gold is £112 away.",
    )


def test_a_cent_is_missing_to_use_points():
    said = read(7999)
    assert "Your points can be used from £80 of goods: £0.01 is missing." in said
    assert "£0.01 more and you can use your points." in said


def test_a_code_keeps_the_points_out_and_a_segment_keeps_the_code_out():
    said = read(8000, codes=(NOEL,))
    assert said[:2] == ("5% off for Silver members: −£4.00.", "Code NOEL: −£10.00.")
    assert "Your points cannot be combined with the code NOEL: nothing is used up." in said
    pro = Buyer(NOW, available=64, orders=3, tier="bronze", segments=("pros",))
    order = ["segment", "promo_code", "coupon", "first_order", "points"]
    assert read(8000, buyer=pro, codes=(NOEL,), priority=order) == (
        "10% off for your customer group: −£8.00.",
        "The code NOEL cannot be combined with the benefit of your customer group, so it was left out.",
        "Your points cannot be combined with the benefit of your customer group: nothing is used up.",
        "You will earn 72 points.",
        "£428 more to reach Silver.",
        "£10 more and you earn 10 points.",
        "£10 more and you get 20% off and free delivery.",
        "So far, Silver is £500 away.",
    )


def test_a_newcomer_is_told_who_gives_the_delivery_and_the_gift():
    assert read(5000, buyer=Buyer(NOW, tier="bronze"), tiers={"ladder": [{"id": "bronze", "from": 0}]}) == (
        "Free delivery on your first order.",
        "You save £4.90 on delivery.",
        "Free gift (2 ×\u00a0sticker) on your first order.",
        "You will earn 50 points.",
        "£40 more and you earn 10 points.",
    )


def test_an_excluded_group_is_told_so():
    reseller = Buyer(NOW, available=64, tier="bronze", segments=("resellers",))
    said = read(8000, buyer=reseller)
    assert "Your customer group cannot use points." in said
    assert "The benefit for a first order: not available to your customer group." in said
    assert "This order earns nothing: your customer group does not earn." in said


def test_a_coupon_is_named_with_what_it_gives():
    terms = CouponTerms(Discount(amount_minor=500), gift=Gift("mug"))
    own = Coupon("c", "K7QM-2345-WXYZ", "reward", "five", "issued", terms, NOW, None)
    buyer = Buyer(NOW, orders=3, tier="bronze", coupons=(own,))
    said = read(2000, buyer=buyer, coupons=(own.code, "AAAA-BBBB-CCCC"))
    assert said[:3] == (
        "£5 off with the coupon K7QM-2345-WXYZ: −£5.00.",
        "Free gift (1 ×\u00a0mug) with the coupon K7QM-2345-WXYZ.",
        "The code AAAA-BBBB-CCCC cannot be used.",
    )


@pytest.mark.parametrize("carrier", ["relay", "chronopost"])
def test_points_that_free_the_delivery(carrier):
    free = {"brackets": [{"from": 50, "free_shipping": ["relay"]}]}
    buyer = Buyer(NOW, available=64, orders=3)
    said = read(
        2000, buyer=buyer, carrier=carrier, redemption=free, tiers={"ladder": [{"id": "b", "from": 0}]}
    )
    assert ("50 points used." in said) == (carrier == "relay")
    assert ("Free delivery with relay for 50 points." in said) == (carrier == "relay")
    idle = "Free delivery with relay thanks to your balance: not used in this cart."
    assert (idle in said) == (carrier != "relay")


def test_a_code_of_the_shop_that_frees_the_delivery():
    free = OrderDiscount("promo_code", 0, "SHIP", free_shipping=True)
    said = read(2000, codes=(free,), carrier="chronopost")
    assert said[:3] == (
        "5% off for Silver members: −£1.00.",
        "Free delivery with the code SHIP.",
        "Free delivery with relay for Silver members: not used in this cart.",
    )
    assert len(set(said)) == len(said)


def test_a_code_that_finds_nothing_to_lessen_is_not_said_to_take_off_zero():
    idle = OrderDiscount("promo_code", 0, "NOEL")
    assert "Code NOEL: there is nothing to take it off." in read(2000, codes=(idle,))


def test_a_guest_is_told_nothing_that_is_not_theirs():
    assert read(8000, buyer=Buyer(NOW, is_member=False)) == ()


def test_a_quote_is_made_without_any_words():
    """Sentences are rendered only when they are asked for: pricing does not even load them."""
    loads = "import sys, palier.core.quote; sys.exit(any(m.startswith('palier.core.explain') for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", loads], check=False).returncode == 0
