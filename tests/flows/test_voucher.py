"""Points become a voucher: a personal coupon of what they are worth (meaning 4)."""

import pytest

from palier.core.errors import CannotRedeem, IdempotencyConflict, InsufficientPoints, UnknownMember
from palier.store.models import CouponRow
from tests.flows.checkout import cart, code, discounts, points, prove, quoted, shop, voucher
from tests.flows.world import World, statements


def programme(*brackets, **redemption):
    found = list(brackets) or [{"from": 10, "discount": {"points": 10, "amount": 1}}]
    return shop(redemption={"apply": "on_request", "brackets": found, **redemption}, rewards=None)


def new(*brackets, give=640, **redemption):
    world = World.new(programme(*brackets, **redemption))
    world.give(give)
    return world


def amount(redeemed):
    return redeemed.coupon.terms.discount.amount_minor


def test_whole_steps_of_points_become_a_coupon_of_their_worth(db):
    world = new()
    made = voucher(world, 105)
    assert (made.points, amount(made), made.coupon.origin) == (100, 1000, "voucher")
    assert (made.coupon.ends_at, made.coupon.terms.min_total_minor) == (None, None)
    assert points(world) == (540, 0, 100)
    assert len(made.coupon.code) == 12
    prove(world)


def test_the_voucher_pays_an_order_like_any_coupon(db):
    world = new()
    voucher(world, 100)
    assert discounts(quoted(world, cart(50, code(world))).quote) == [("coupon", 1000, 0)]
    world.pay("1", 50, use_quote=True, coupons=(code(world),))
    assert world.account().spend_minor == 4000
    assert world.view().coupons[0].state == "used"
    prove(world)


def test_more_than_available_counts_as_all_of_it(db):
    made = voucher(new(give=64), 1000)
    assert (made.points, amount(made)) == (60, 600)


def test_the_bracket_is_the_one_that_the_available_points_reach(db):
    brackets = (
        {"from": 10, "discount": {"amount": 5}},
        {"from": 50, "discount": {"points": 10, "amount": 2}},
    )
    world = new(*brackets, give=64)
    made = voucher(world, 20)
    assert (made.points, amount(made)) == (20, 400)
    rest = voucher(world, 44, "v2")
    assert (rest.points, amount(rest)) == (10, 500)
    prove(world)


def test_a_fixed_bracket_costs_its_cost(db):
    world = new({"from": 100, "cost": 80, "discount": {"percent": 10}, "free_shipping": ["colissimo"]})
    made = voucher(world, 80)
    terms = made.coupon.terms
    assert (made.points, terms.discount.percent_bp, terms.free_shipping) == (
        80,
        1000,
        frozenset({"colissimo"}),
    )
    with pytest.raises(InsufficientPoints):
        voucher(world, 79, "v2")


def test_the_programmes_minimum_holds_for_vouchers_too(db):
    world = new(min_total=80)
    voucher(world, 100)
    quote = quoted(world, cart(50, code(world))).quote
    assert (discounts(quote), [(r.source, r.reason) for r in quote.refused]) == ([], [("coupon", "minimum")])


def test_with_consume_all_every_point_goes(db):
    world = new(consume="all", give=64)
    made = voucher(world, 30)
    assert (made.points, amount(made), points(world)) == (64, 300, (0, 0, 64))
    prove(world)


def test_fewer_points_than_one_step_are_refused_and_nothing_moves(db):
    world = new(give=9)
    with pytest.raises(InsufficientPoints):
        voucher(world, 9)
    with pytest.raises(InsufficientPoints):
        voucher(new(give=640), 9)
    assert CouponRow.objects.count() == 0


@pytest.mark.parametrize("asked", [0, -1, 10**13])
def test_impossible_numbers_are_refused(db, asked):
    with pytest.raises(CannotRedeem):
        voucher(new(), asked)


def test_where_points_buy_nothing_or_not_yet_there_is_no_voucher(db):
    with pytest.raises(CannotRedeem):
        voucher(new(consume="none"), 100)
    with pytest.raises(CannotRedeem):
        voucher(new(from_order=2), 100)
    nothing = World.new(shop(redemption=None, rewards=None))
    nothing.give(100)
    with pytest.raises(CannotRedeem):
        voucher(nothing, 100)


def test_members_of_an_excluded_segment_use_no_points_for_vouchers_either(db):
    everybody = {"id": "all", "where": {"orders": {"from": 0}}, "earn_points": False}
    world = World.new({**programme(), "segments": [everybody]})
    world.give(100)
    with pytest.raises(CannotRedeem):
        voucher(world, 100)


def test_somebody_never_seen_has_no_points(db):
    with pytest.raises(UnknownMember):
        voucher(new(), 100, customer="nobody")


def test_the_same_key_is_the_same_voucher_and_with_other_points_a_conflict(db):
    world = new()
    first = voucher(world, 100)
    again = voucher(world, 100)
    assert (again.is_repeat, again.coupon, again.points) == (True, first.coupon, 100)
    with pytest.raises(IdempotencyConflict):
        voucher(world, 110)
    assert points(world) == (540, 0, 100)


def test_a_voucher_costs_few_statements(db):
    world = new()
    with statements() as made:
        voucher(world, 100)
    assert len(made) <= 10, "\n".join(made)
