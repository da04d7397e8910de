"""How many SQL statements orders cost: few, and no more after years than on the first day."""

import pytest

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


@pytest.mark.parametrize("parts", [{}, {"updated": None}])
def test_a_repeat_costs_exactly_four_statements(world, parts):
    world.pay("1", **parts)
    with statements() as made:
        assert world.pay("1", **parts).kind == "repeat"
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
