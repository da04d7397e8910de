"""Quotes, and orders placed with them: what was shown is what is booked (RED-1, RED-4, EARN-9)."""

import pytest

from palier.store.models import Account, Entry, Order
from tests.flows.checkout import cart, code, discounts, points, prove, quoted, shop, states
from tests.flows.world import Delivery, Shipping, World, document, line, order, refund, statements

BOUGHT = [
    {
        "id": "mugs",
        "where": {"bought": {"products": ["mug"]}},
        "brackets": [{"from": 0, "discount": {"percent": 20}}],
    }
]


@pytest.fixture
def world(db):
    found = World.new(shop())
    yield found
    prove(found)


def placed(world, id="1", euros=100, status="paid", **parts):
    parts.setdefault("use_quote", True)
    return world.pay(id, euros, status, **parts)


def discounts_of(world, id="1"):
    return [(d["source"], d.get("amount_minor", 0), d.get("points", 0)) for d in world.row(id).discounts]


# Quotes


def test_a_quote_of_a_member_costs_one_statement_and_writes_nothing(world):
    world.give(640)
    quoted(world, cart())
    with statements() as made:
        answer = quoted(world, cart(100, "NONE"))
    assert len(made) == 1, "\n".join(made)
    assert discounts(answer.quote) == [("points", 6400, 640)]
    assert (Entry.objects.count(), points(world)) == (1, (640, 0, 0))


def test_a_quote_costs_one_statement_also_with_years_of_orders_and_a_segment_that_asks_what_was_bought(db):
    world = World.new(shop(segments=BOUGHT))
    for i in range(12):
        world.later(days=1).pay(str(i), 10)
    quoted(world, cart())
    with statements() as made:
        answer = quoted(world, cart(50, "A", "B"))
    assert len(made) == 1, "\n".join(made)
    assert discounts(answer.quote) == [("segment", 1000, 0)]
    assert [(r.source, r.reason) for r in answer.quote.refused][:2] == [("coupon", "unknown")] * 2


def test_a_customer_never_seen_is_a_member_without_history_and_a_guest_is_nobody(db):
    brackets = [{"from": 0, "discount": {"percent": 5}}]
    world = World.new(shop(first_order={"brackets": brackets}))
    for customer, found in (("new", [("first_order", 500, 0)]), (None, [])):
        with statements() as made:
            answer = quoted(world, cart(), customer=customer)
        assert (discounts(answer.quote), len(made)) == (found, 1 if customer is None else len(made))
    assert Account.objects.count() == 0


def test_a_quote_is_as_of_now_whether_or_not_any_job_has_run(world):
    world.give(640)
    world.later(days=366)
    assert discounts(quoted(world, cart()).quote) == []
    world.work()
    assert discounts(quoted(world, cart()).quote) == []


# Orders with use_quote


def test_the_order_is_booked_with_what_was_quoted(world):
    world.give(640)
    quote = quoted(world, cart(50, promo=5)).quote
    answer = placed(world, euros=50, discounts=cart(50, promo=5).order.discounts)
    assert (answer.quote.total_minor, answer.points) == (quote.total_minor, quote.earns)
    assert discounts_of(world) == [("promo_code", 500, 0), ("points", 4500, 450)]
    assert world.account().spend_minor == quote.total_minor == 0
    assert points(world) == (190 + quote.earns, 0, 450)


def test_the_same_order_again_is_a_repeat(world):
    world.give(64)
    placed(world)
    with statements() as made:
        assert placed(world).kind == "repeat"
    assert (points(world)[2], len(made)) == (60, 4)


def test_an_update_with_the_same_lines_keeps_the_first_quote(world):
    world.give(64)
    placed(world, status="placed")
    world.give(600)
    world.later(days=1)
    assert placed(world, status="paid").quote is None
    assert discounts_of(world) == [("points", 600, 60)]
    assert world.view().totals.spent == 60


def test_an_update_with_other_lines_is_quoted_anew_as_if_the_order_had_never_been(world):
    world.give(640)
    placed(world, euros=100)
    world.later(days=1)
    placed(world, euros=20)
    assert discounts_of(world) == [("points", 2000, 200)]
    assert points(world)[1:] == (0, 200)
    placed(world, euros=100, lines=(line(100), line(1, id="2")))
    assert discounts_of(world) == [("points", 6400, 640)]


def test_an_update_of_a_placed_order_holds_other_points_in_one_transaction(world):
    world.give(640)
    placed(world, euros=30, status="placed")
    assert points(world) == (340, 300, 0)
    world.later(hours=2)
    placed(world, euros=10, status="placed")
    assert points(world) == (540, 100, 0)
    world.later(hours=2).pay("1", 10, "cancelled", lines=None)
    assert points(world) == (640, 0, 0)


def test_an_update_without_lines_keeps_what_was_quoted(world):
    world.give(64)
    placed(world, status="placed")
    world.later(days=1).pay("1", status="paid", lines=None)
    assert (discounts_of(world), points(world)[2]) == ([("points", 600, 60)], 60)


def test_an_update_with_the_shops_own_discounts_replaces_the_quote(world):
    world.give(64)
    placed(world, status="placed")
    world.later(days=1).pay("1")
    assert (discounts_of(world), points(world)[2]) == ([], 0)


def test_a_coupon_is_reserved_used_and_given_back(world):
    world.give(1000)
    entered = {"coupons": (code(world),), "use_quote": True}
    placed(world, status="placed", **entered)
    assert (states(world), discounts_of(world)) == (["reserved"], [("coupon", 1500, 0)])
    world.later(days=1)
    placed(world, **entered)
    assert states(world) == ["used"]
    world.later(days=1).tell(refund(full=True))
    assert states(world) == ["issued"]


def test_a_used_coupon_does_not_stop_the_next_order(world):
    world.give(1000)
    mine = code(world)
    placed(world, coupons=(mine,))
    answer = placed(world, "2", coupons=(mine,))
    assert [(r.source, r.reason) for r in answer.quote.refused] == [("coupon", "used")]
    assert discounts_of(world, "2") == [("points", 80, 8)] or discounts_of(world, "2") == [
        ("points", 800, 80)
    ]


def test_a_delivery_that_a_coupon_frees_takes_nothing_of_its_amount(db):
    coupon = {"discount": {"amount": 50}, "remainder": "kept", "free_shipping": "all"}
    world = World.new(shop(rewards=[{"id": "r", "at": 1000, "coupon": coupon}], redemption=None))
    world.give(1000)
    entered = {"coupons": (code(world),), "shipping": Shipping("dpd", 490)}
    placed(world, euros=20, **entered)
    assert discounts_of(world) == [("coupon", 2000, 0), ("coupon", 490, 0)]
    left = world.view().coupons[0]
    assert (left.state, left.remaining_minor) == ("issued", 3000)
    prove(world)


def test_a_guests_order_is_quoted_without_benefits(world):
    answer = placed(world, customer=None, discounts=cart(100, promo=5).order.discounts)
    assert (answer.kind, answer.quote.total_minor) == ("guest", 9500)
    assert placed(world, customer=None, discounts=cart(100, promo=5).order.discounts).kind == "repeat"


def test_the_programme_of_the_first_sight_quotes_the_edits_too(world):
    world.give(640)
    placed(world, euros=30, status="placed")
    world.later(days=1).publish(
        shop(redemption={"brackets": [{"from": 10, "discount": {"points": 20, "amount": 1}}]})
    )
    placed(world, euros=20, status="paid")
    assert discounts_of(world) == [("points", 2000, 200)]


def test_an_order_that_asks_for_points_gets_whole_steps_of_them(db):
    brackets = {"apply": "on_request", "brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]}
    world = World.new(shop(redemption=brackets))
    world.give(64)
    placed(world, use_points=35)
    assert (discounts_of(world), points(world)[2]) == ([("points", 300, 30)], 30)
    placed(world, "2", use_points=1000)
    assert discounts_of(world, "2")[0][2] % 10 == 0
    prove(world)


def test_a_new_order_with_a_quote_costs_no_more_statements(world):
    world.give(1500)
    mine = code(world)
    with statements() as made:
        placed(world, coupons=(mine,))
    assert len(made) <= 12, "\n".join(made)
    assert {source for source, *_ in discounts_of(world)} == {"coupon", "points"}


def test_the_segment_of_the_cart_at_hand_decides(db):
    paris = [
        {
            "id": "paris",
            "where": {"delivery_city": "Paris"},
            "brackets": [{"from": 0, "discount": {"percent": 10}}],
        }
    ]
    world = World.new(shop(segments=paris, redemption=None))
    placed(world, delivery=Delivery("PARIS", "FR"))
    placed(world, "2", delivery=Delivery("Lyon", "FR"))
    assert (discounts_of(world), discounts_of(world, "2")) == ([("segment", 1000, 0)], [])
    prove(world)


def test_two_orders_of_one_batch_share_one_balance(world):
    world.give(640)
    first, second = world.tell(order("1", 50, use_quote=True), order("2", 50, use_quote=True))
    used = [sum(d.points for d in answer.quote.discounts) for answer in (first, second)]
    assert used[0] == 500
    assert sum(used) <= 640 + first.points
    assert Order.objects.filter(is_flagged=True).count() == 0


EACH_EURO = {"id": "spend", "award": {"points": 1, "per": 1}}


def test_what_a_late_order_is_quoted_to_earn_is_under_the_cap_of_its_own_day(db):
    """What was earned days ago is read again for it, as when it is booked."""
    world = World.new(document(earning=[EACH_EURO, {"id": "cap", "cap": {"points": 50, "every": "P1D"}}]))
    day = world.now
    world.pay("1", 60)
    world.later(days=4).pay("2", 10)
    (late,) = world.tell(order("3", 30, "placed", use_quote=True, paid_at=day))
    assert late.quote.earns == 0
    world.pay("3", 30, paid_at=day)
    assert world.row("3").booked_points == 0
