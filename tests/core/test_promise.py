"""What a cart would earn, and how a quote stands on its order: corners that few carts have."""

from palier.core.account import Coupon
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.placed import Parts, order_discounts
from palier.core.plan import compile_plan
from palier.core.programme.parse import parse
from palier.core.programme.values import CouponTerms, Discount
from palier.core.quote import booked, quote
from palier.core.quote_values import Buyer, Cart, GiftLine, QuotedDiscount, ShippingGrant
from tests.core.kit import START, line

FLAT = {"earning": [{"id": "order", "award": {"points": 100}}]}
PAIRS = {
    "earning": [{"id": "mugs", "lines": {"products": ["mug"]}, "award": {"points": 7, "per_item": True}}]
}


def quoted(document, *lines: Line, promo_codes=(), **buyer):
    programme = parse({"name": "Demo", "currency": "EUR", **document})
    order = Order(
        "cart", "placed", "EUR", lines=lines, discounts=promo_codes, shipping=Shipping("relay", 490)
    )
    return quote(compile_plan(programme), Cart(order), Buyer(START, **({"orders": 1} | buyer)))


def test_goods_without_a_price_earn_no_flat_award():
    assert quoted(FLAT, line(0, "pin")).earns == 0
    assert quoted(FLAT).earns == 0
    assert quoted(FLAT, line(0, "pin"), line(1)).earns == 100


def test_a_rule_for_a_product_counts_all_its_lines_once_each():
    lines = (line(1, "mug", 2, id="1"), line(9, "tee", id="2"), line(5, "mug", 3, id="3"))
    assert quoted(PAIRS, *lines).earns == 35
    both = {"lines": {"products": ["mug"], "categories": ["home"]}}
    document = {"earning": [{"id": "mugs", "award": {"points": 7, "per_item": True}, **both}]}
    assert (
        quoted(document, line(1, "mug", 2, id="1", categories=("home",)), line(5, "cup", id="2")).earns == 14
    )


def test_a_gift_alone_prevents_no_earning():
    first = {"first_order": {"brackets": [{"from": 0, "gift": {"product": "pin", "quantity": 1}}]}}
    given = quoted(FLAT | first, line(30), orders=0)
    assert (given.earns, [gift.product for gift in given.gifts]) == (100, ["pin"])


def test_every_promo_code_stands_on_the_order_once():
    free, other = (OrderDiscount("promo_code", 100, name, free_shipping=True) for name in ("FREE", "OTHER"))
    nothing = OrderDiscount("promo_code", 0, "NOTHING")
    told = [(each.code, each.amount_minor, each.free_shipping) for each in booked(
        quoted(FLAT, line(30), promo_codes=(nothing, free, other, OrderDiscount("promo_code", 500, "NOEL")))
    )]  # fmt: skip
    assert told == [("NOTHING", 0, False), ("NOEL", 500, False), ("FREE", 100, True), ("OTHER", 100, True)]


def parts(*discounts, grants=(), gifts=()):
    return order_discounts(Parts(discounts, (), grants, gifts))


def stands(found):
    return [
        (each.source, each.amount_minor, each.points, each.code, each.id, each.free_shipping)
        for each in found
    ]


def test_points_that_only_free_the_delivery_are_used_by_that_discount():
    points = QuotedDiscount("points", 0, (0,), points=50)
    grant = ShippingGrant("points", "all", saved_minor=490)
    assert stands(parts(points, grants=(grant,))) == [("points", 490, 50, "", "", True)]
    assert stands(parts(points)) == [("points", 0, 50, "", "", False)]
    reduced = QuotedDiscount("points", 300, (300,), points=50)
    assert stands(parts(reduced, grants=(grant,))) == [
        ("points", 300, 50, "", "", False), ("points", 490, 0, "", "", True)
    ]  # fmt: skip


def test_a_delivery_that_is_free_already_or_another_carriers_is_not_booked():
    idle = ShippingGrant("segment", "all", "s", saved_minor=0, is_idle=True)
    nothing = ShippingGrant("segment", "all", "s")
    assert parts(grants=(idle,)) == parts(grants=(nothing,)) == ()


def test_what_is_had_once_is_named_even_if_it_gives_only_a_gift_or_nothing_now():
    for source in ("coupon", "first_order"):
        gift = GiftLine("pin", 1, source, "r1", "K7")
        assert stands(parts(gifts=(gift,))) == [(source, 0, 0, "K7", "r1", False)]
        grant = ShippingGrant(source, "all", "r1", "K7")
        assert stands(parts(grants=(grant,), gifts=(gift,))) == [(source, 0, 0, "K7", "r1", False)]
        saving = ShippingGrant(source, "all", "r1", "K7", 490)
        assert stands(parts(grants=(saving,), gifts=(gift,))) == [(source, 490, 0, "K7", "r1", True)]
        reduced = QuotedDiscount(source, 100, (100,), "r1", code="K7")
        assert stands(parts(reduced, gifts=(gift,))) == [(source, 100, 0, "K7", "r1", False)]
    assert parts(gifts=(GiftLine("pin", 1, "segment", "s"),)) == ()


def test_a_cap_bounds_what_a_cart_promises():
    document = {
        "earning": [
            {"id": "spend", "award": {"points": 1, "per": 1}},
            {"id": "cap", "cap": {"points": 20, "every": "order"}},
        ]
    }
    assert (quoted(document, line(30)).earns, quoted(document, line(15)).earns) == (20, 15)


def test_delivery_that_counts_earns_for_the_whole_order_and_not_for_some_goods():
    document = {
        "spend": {"shipping": "included"},
        "earning": [
            {"id": "spend", "award": {"points": 1, "per": 1}},
            {"id": "mugs", "lines": {"products": ["mug"]}, "award": {"points": 1, "per": 1}},
        ],
    }
    assert quoted(document, line(30, "tee")).earns == 34
    assert quoted(document, line(30, "tee"), line(10, "mug")).earns == 44 + 10


def test_a_coupon_that_was_used_says_so_even_after_its_end():
    terms = CouponTerms(Discount(amount_minor=500))
    for state, reason in (
        ("used", "used"),
        ("reserved", "used"),
        ("issued", "expired"),
        ("expired", "expired"),
    ):
        coupon = Coupon("c", "K7", "reward", "r", state, terms, START, START)
        order = Order("cart", "placed", "EUR", lines=(line(30),))
        programme = parse({"name": "Demo", "currency": "EUR"})
        answer = quote(compile_plan(programme), Cart(order, ("K7",)), Buyer(START, coupons=(coupon,)))
        assert [each.reason for each in answer.refused] == [reason]
