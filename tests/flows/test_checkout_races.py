"""Sixty-four checkouts at once: nothing is promised twice, and whoever comes second is told so (RED-3, VOU-2, RED-6).

Each works on a connection of its own. On PostgreSQL accounts are locked, on SQLite one writer waits for the other.
"""

import pytest

from palier.core.errors import HoldTaken, QuoteChanged, Refusal
from palier.store.models import Entry, Hold, Order
from tests.flows.checkout import cart, code, held, points, prove, quoted, released, shop, states, voucher
from tests.flows.test_races import at_once
from tests.flows.world import World

MANY = 64


def answers(*works):
    """What each work returned, or the refusal that it got; any other error fails the test."""

    def told(work):
        try:
            return (work(),)
        except Refusal as refusal:
            return (refusal,)

    return [answer for (answer,) in at_once(*[lambda work=work: told(work) for work in works])]


@pytest.fixture
def world(transactional_db):
    found = World.new(shop())
    found.give(640)
    yield found
    prove(found)


def test_of_many_checkouts_of_one_balance_one_holds_it_and_the_others_are_told(world):
    shown = quoted(world, cart(50)).quote.total_minor
    got = answers(
        *[lambda i=i: held(world, cart(50), f"k{i}", expected_total_minor=shown) for i in range(MANY)]
    )
    losers = [answer for answer in got if isinstance(answer, Refusal)]
    assert len(losers) == MANY - 1
    assert {type(loser) for loser in losers} == {QuoteChanged}
    assert (points(world), Hold.objects.count()) == ((140, 500, 0), 1)


def test_of_many_holds_of_one_coupon_one_has_it_and_the_others_are_told_that_it_is_used(world):
    world.give(1000)
    mine = code(world)
    got = answers(*[lambda i=i: held(world, cart(20, mine), f"k{i}") for i in range(MANY)])
    winners = [answer for answer in got if any(d.source == "coupon" for d in answer.quote.discounts)]
    assert len(winners) == 1
    reasons = [
        [(r.source, r.reason) for r in answer.quote.refused] for answer in got if answer not in winners
    ]
    assert all(("coupon", "used") in told for told in reasons)
    assert len(reasons) == MANY - 1
    assert states(world) == ["reserved"]
    assert sum(points(world)[:2]) == 640


def test_many_orders_of_one_balance_spend_no_more_than_there_is(world):
    world.later(minutes=1).publish(shop(earning=[]))
    got = answers(*[lambda i=i: world.pay(str(i), 50, use_quote=True) for i in range(MANY)])
    spent = sum(d.points for answer in got for d in answer.quote.discounts)
    assert spent == 640
    assert (points(world), world.account().debt) == ((0, 0, 640), 0)
    assert (Order.objects.count(), Order.objects.filter(is_flagged=True).count()) == (MANY, 0)


def test_of_many_orders_with_one_coupon_one_uses_it(world):
    world.give(1000)
    mine = code(world)
    got = answers(*[lambda i=i: world.pay(str(i), 20, use_quote=True, coupons=(mine,)) for i in range(MANY)])
    assert sum(any(d.source == "coupon" for d in answer.quote.discounts) for answer in got) == 1
    assert states(world)[0] == "used"
    assert all(world.row(str(i)).booking.get("missing", 0) == 0 for i in range(MANY))


def test_one_key_sent_many_times_at_once_is_one_hold(world):
    got = answers(*[lambda: held(world, cart())] * 16)
    assert len({answer.id for answer in got}) == 1
    assert [answer.is_repeat for answer in got].count(False) == 1
    assert points(world) == (0, 640, 0)


def test_a_new_member_who_checks_out_many_times_at_once_is_one_member(world):
    answers(*[lambda i=i: held(world, cart(), f"k{i}", customer="new") for i in range(8)])
    assert Hold.objects.filter(account_id=world.id_of("new")).count() == 8


@pytest.mark.parametrize("turn", range(3))
def test_an_order_a_release_and_the_clock_fight_for_a_hold_and_its_points_move_once(world, turn):
    hold = held(world, cart())
    late = World(world.programme_id, world.shop_id, world.now)
    late.later(hours=2)
    got = answers(
        *[lambda: released(world, hold.id)] * 4,
        *[lambda: late.work()] * 2,
        *[lambda: world.pay("1", hold=hold.id)] * 4,
        *[lambda: released(world, hold.id)] * 4,
    )
    assert all(isinstance(answer, HoldTaken) for answer in got if isinstance(answer, Refusal))
    assert points(late)[1:] == (0, 640)
    assert points(late)[0] + world.account().debt >= 36
    assert Entry.objects.filter(kind__in=["release"]).count() <= 1


def test_many_vouchers_of_one_balance_spend_no_more_than_there_is(world):
    got = answers(*[lambda i=i: voucher(world, 100, f"v{i}") for i in range(16)])
    won = [answer for answer in got if not isinstance(answer, Refusal)]
    assert [len(won), {answer.code for answer in got if isinstance(answer, Refusal)}] == [
        7 if sum(answer.points for answer in won) == 640 else 6,
        {"insufficient_points"},
    ]
    assert points(world)[2] == sum(answer.points for answer in won) <= 640


def test_one_voucher_sent_many_times_at_once_is_one_coupon(world):
    got = answers(*[lambda: voucher(world, 100)] * 16)
    assert len({answer.coupon.code for answer in got}) == 1
    assert points(world) == (540, 0, 100)
