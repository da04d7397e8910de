"""How many SQL statements orders cost: few, and no more after years than on the first day."""

import pytest

from palier.flows.checkout import pricing
from palier.store.models import Account
from palier.store.programmes import load
from tests.flows.checkout import cart, code, held, quoted
from tests.flows.world import (
    Delivery,
    OrderDiscount,
    World,
    document,
    line,
    order,
    points_used,
    refund,
    statements,
)

NEW_MAX = 12
REPEAT = 4
WRITTEN = {
    f"store_{name}"
    for name in (
        "order", "orderline", "account", "entry", "lot", "draw", "renewal", "coupon", "hold", "intent",
    )
}  # fmt: skip
"""Everything that one order can write to at once."""


def rich():
    """A programme in which one order can set off everything at once."""
    return document(
        segments=[
            {
                "id": "mugs",
                "where": {"bought": {"products": ["mug"]}},
                "brackets": [{"from": 0, "discount": {"percent": 1}}],
            },
        ],
        messages={"points_earned": True},
    )  # fmt: skip


def test_a_new_order_of_a_new_member_costs_at_most_twelve_statements(world):
    world.pay("0", customer="somebody")
    with statements() as made:
        world.pay("1")
    assert len(made) <= NEW_MAX, "\n".join(made)


def test_a_new_order_of_a_known_member_costs_at_most_twelve_statements(world):
    world.pay("1")
    with statements() as made:
        world.later(days=1).pay("2")
    assert len(made) <= NEW_MAX, "\n".join(made)


def test_the_order_that_sets_off_everything_costs_at_most_twelve_statements(db):
    """Points used, a coupon used, a tier reached with its coupon, a reward, a renewal, messages, a segment."""
    world = World.new(rich())
    world.pay("1", 499)
    world.give(600)
    code = world.view().coupons[-1].code
    discounts = (points_used(50, 5), OrderDiscount("coupon", amount_minor=1000, code=code))
    with statements() as made:
        world.later(days=1).pay("2", 1500, discounts=discounts, delivery=Delivery("Paris", "FR"))
    assert len(made) <= NEW_MAX, "\n".join(made)
    assert {"silver", "thousand"} <= world.coupons().keys()


def test_the_order_that_meets_a_new_window_costs_at_most_twelve_statements_whatever_it_sets_off(db):
    """The account's contributions are read anew then."""
    world = World.new(rich())
    world.pay("1", 499)
    world.give(600)
    code = world.view().coupons[-1].code
    world.later(days=1).publish({**rich(), "tiers": {**rich()["tiers"], "window": {"rolling": "P2Y"}}})
    assert Account.objects.get().is_stale
    discounts = (points_used(50, 5), OrderDiscount("coupon", amount_minor=1000, code=code))
    with statements() as made:
        world.later(days=1).pay("2", 1500, discounts=discounts, delivery=Delivery("Paris", "FR"))
    assert len(made) <= NEW_MAX, "\n".join(made)
    assert {"silver", "thousand"} <= world.coupons().keys()


@pytest.mark.parametrize("parts", [{}, {"updated": None}])
def test_a_repeat_costs_exactly_four_statements(world, parts):
    world.pay("1", **parts)
    with statements() as made:
        assert world.pay("1", **parts).kind == "repeat"
    assert len(made) == REPEAT, "\n".join(made)


def test_a_repeat_of_a_guests_order_costs_exactly_four_statements_too(world):
    told = (order("1", customer=None, lines=(line(60, id="a"), line(40, id="b"))), refund("1", euros=5))
    world.tell(*told)
    for message in told:
        with statements() as made:
            assert world.tell(message)[0].kind == "repeat"
        assert len(made) == REPEAT, "\n".join(made)


def test_a_repeated_batch_of_five_hundred_costs_exactly_four_statements(world):
    batch = [order(str(i), customer=f"c{i % 50}") for i in range(500)]
    world.tell(*batch)
    with statements() as made:
        assert {answer.kind for answer in world.tell(*batch)} == {"repeat"}
    assert len(made) == REPEAT


def test_a_batch_of_five_hundred_costs_no_more_than_one_order(world):
    world.pay("0", customer="somebody")
    with statements() as made:
        world.tell(*[order(str(i), customer=f"c{i % 50}") for i in range(1, 501)])
    assert len(made) <= NEW_MAX + 3, "\n".join(sql[:100] for sql in made)
    with statements() as made:
        world.tell(*[order(str(i), customer=f"c{i % 50}") for i in range(501, 1001)])
    assert len(made) <= NEW_MAX + 3, "\n".join(sql[:100] for sql in made)


def test_statements_do_not_grow_with_history(world):
    world.pay("a")
    with statements() as first:
        world.pay("b")
    world.tell(*[order(str(i), 3) for i in range(200)])
    with statements() as later:
        world.pay("c")
    assert len(later) <= len(first)
    with statements() as made:
        world.pay("c")
    assert len(made) == REPEAT
    with statements() as early:
        world.tell(refund("b", euros=1))
    world.tell(*[order(f"{i}+", 3) for i in range(100)])
    with statements() as late:
        world.tell(refund("b", "r2", euros=1))
    assert len(late) <= len(early)


def test_a_refund_costs_at_most_fourteen_statements(world):
    world.pay("1", lines=(line(100, id="a"), line(100, id="b")))
    with statements() as made:
        world.tell(refund(euros=50))
    assert len(made) <= 14, "\n".join(made)


def everything():
    """The same, with segments that ask what was bought, for an order that Palier prices or that brings a hold."""
    doc = rich()
    doc["combine"] = [["points", "coupon", "segment"]]
    doc["tiers"]["discount_by"] = "cart"
    return doc


@pytest.fixture
def about_to_have_everything(db):
    """One order short of a tier, of its coupon and of a reward, with points, a coupon and another one that is used."""
    world = World.new(everything())
    world.pay("1", 499)
    world.give(1600)
    mine = code(world)
    world.pay("2", 1, discounts=(OrderDiscount("coupon", amount_minor=100, code=mine),))
    world.give(900)
    quoted(world, cart(10))
    free = next(each.code for each in world.view().coupons if each.state == "issued")
    return world.later(days=1), mine, free


def test_an_order_that_brings_a_hold_costs_at_most_twelve_statements_and_its_repeat_four(
    about_to_have_everything,
):
    world, _, free = about_to_have_everything
    hold = held(world, cart(1500, free))
    assert {d.source for d in hold.quote.discounts} == {"segment", "coupon", "points"}
    for times, kind in ((NEW_MAX, "new"), (REPEAT, "repeat")):
        with statements() as made:
            assert world.pay("3", 1500, hold=hold.id).kind == kind
        assert len(made) <= times, "\n".join(made)
        if kind == "new":
            assert {name for name in WRITTEN if any(f" {name} " in sql for sql in made)} == WRITTEN


def test_an_order_that_is_quoted_costs_at_most_twelve_statements_and_its_repeat_four(
    about_to_have_everything,
):
    world, used, free = about_to_have_everything
    coupons = (used, "NONSENSE", free)
    for times, kind in ((NEW_MAX, "new"), (REPEAT, "repeat")):
        with statements() as made:
            answer = world.pay("3", 1500, use_quote=True, coupons=coupons)
        assert answer.kind == kind
        assert len(made) <= times, "\n".join(made)
        if kind == "new":
            assert {r.reason for r in answer.quote.refused} == {"used", "unknown"}
            assert {d.source for d in answer.quote.discounts} == {"segment", "coupon", "points"}


def forget_everything():
    """As a process that has just begun."""
    for known in (pricing._seen, pricing._plans, load._versions, load._timelines):
        known.clear()


def brings_a_hold(world, free):
    return {"hold": held(world, cart(1500, free)).id}


def is_quoted(world, free):
    return {"use_quote": True, "coupons": (free,)}


@pytest.mark.parametrize("parts", [brings_a_hold, is_quoted])
def test_the_first_order_of_a_process_costs_at_most_twelve_statements(about_to_have_everything, parts):
    world, _, free = about_to_have_everything
    asked = parts(world, free)
    forget_everything()
    with statements() as made:
        assert world.pay("3", 1500, **asked).kind == "new"
    assert len(made) <= NEW_MAX, "\n".join(made)
    assert {"segment", "coupon", "points"} == {d["source"] for d in world.row("3").discounts}


@pytest.mark.parametrize("parts", [brings_a_hold, is_quoted])
def test_the_first_order_after_another_process_published_costs_at_most_twelve_statements(
    about_to_have_everything, parts
):
    world, _, free = about_to_have_everything
    asked = parts(world, free)
    known = [dict(each) for each in (pricing._seen, load._timelines)]
    world.publish({**everything(), "name": "Maison Soleil"})
    world.later(days=1).work()
    for each, before in zip((pricing._seen, load._timelines), known, strict=True):
        each.clear()
        each.update(before)
    with statements() as made:
        assert world.pay("3", 1500, **asked).kind == "new"
    assert len(made) <= NEW_MAX, "\n".join(made)


@pytest.mark.parametrize("parts", [brings_a_hold, is_quoted])
@pytest.mark.parametrize("is_cold", [False, True])
def test_an_order_whose_refund_came_first_costs_at_most_twelve_statements_and_its_repeat_four(
    about_to_have_everything, parts, is_cold
):
    world, _, free = about_to_have_everything
    asked = parts(world, free)
    assert world.tell(refund("3", euros=100))[0].kind == "waiting"
    if is_cold:
        forget_everything()
    for times, kind in ((NEW_MAX, "new"), (REPEAT, "repeat")):
        with statements() as made:
            assert world.pay("3", 1500, **asked).kind == kind
        assert len(made) <= times, "\n".join(made)
    assert world.row("3").booked_spend_minor < 1500_00 - 100_00
    assert [line.product for line in world.row("3").lines.all()] == ["mug"]


def test_orders_with_holds_in_one_batch_find_their_own(world):
    world.give(640)
    one, two = held(world, cart(20), "k1"), held(world, cart(30), "k2")
    world.tell(order("1", 20, hold=two.id), order("2", 20, hold=one.id))
    assert [world.row(id).booking["hold"] for id in ("1", "2")] == [two.id, one.id]
