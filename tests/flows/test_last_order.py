"""The member's last order, for segments: the newest that counts. One that is taken back never was (meaning 7)."""

import pytest

from palier.flows.members.erase_member import EraseMember, erase_member
from palier.store.members.load import read_by_id
from palier.store.models import Order as OrderRow
from tests.flows.checkout import cart, quoted
from tests.flows.world import DAY, Delivery, Shipping, World, document, line, order, refund, statements

PARIS, LYON = Delivery("Paris", "FR"), Delivery("Lyon", "FR")


def last(world, customer="anna"):
    """Where the member's last order went, and who carried it."""
    found = world.state(customer).last_order
    return (found.city, found.at) if found else None


@pytest.fixture
def two(world):
    """Two orders of two days, the later one to Lyon."""
    world.pay("1", delivery=PARIS)
    world.later(days=1).pay("2", delivery=LYON, lines=(line(60, id="a"), line(40, id="b")))
    assert last(world) == ("Lyon", world.now)
    return world


@pytest.mark.parametrize("taken_back", [
    lambda world: world.pay("2", 100, "cancelled"),
    lambda world: world.pay("2", 100, "placed"),
    lambda world: world.tell(refund("2", full=True)),
    lambda world: world.tell(refund("2", euros=100)),
    lambda world: world.tell(refund("2", euros=60), refund("2", "r2", euros=40)),
])  # fmt: skip
def test_an_order_that_is_taken_back_leaves_the_one_before_it(two, taken_back):
    two.later(days=1)
    taken_back(two)
    assert last(two) == ("Paris", two.now - 2 * DAY)
    two.prove()


def test_a_partial_refund_and_an_earlier_order_that_is_taken_back_leave_it(two):
    two.tell(refund("2", euros=10))
    two.pay("1", 100, "cancelled", delivery=PARIS)
    assert last(two) == ("Lyon", two.now)


def test_an_order_that_counts_again_is_the_last_one_again(two):
    two.pay("2", 100, "cancelled", delivery=LYON)
    two.later(days=1).pay("2", 100, "paid", delivery=LYON)
    assert last(two) == ("Lyon", two.now - DAY)


def test_who_has_no_other_order_has_no_last_one(world):
    world.pay("1", delivery=PARIS)
    world.later(days=1).pay("1", 100, "cancelled", delivery=PARIS)
    assert last(world) is None


def test_orders_of_one_batch_see_what_the_batch_took_back(world):
    world.pay("1", delivery=PARIS)
    world.later(days=1)
    world.tell(
        order("2", delivery=LYON),
        order("3", delivery=Delivery("Metz", "FR")),
        order("3", status="cancelled"),
        refund("2", full=True),
    )
    assert last(world) == ("Paris", world.now - DAY)


def test_a_batch_of_cancellations_asks_once_for_the_orders_before_them(world):
    members = [f"m{i}" for i in range(12)]
    for number, city in enumerate((PARIS, LYON)):
        world.later(days=1)
        world.tell(*[order(f"{m}-{number}", customer=m, delivery=city) for m in members])
    counts = []
    for told in (members[:2], members[2:]):
        with statements() as made:
            world.later(days=1).tell(*[order(f"{m}-1", customer=m, status="cancelled") for m in told])
        counts.append(len(made))
        assert {last(world, m) for m in told} == {("Paris", world.now - (len(counts) + 1) * DAY)}
    assert counts[0] == counts[1]


def test_a_cancellation_reads_one_row_more_however_many_orders_there_are(two):
    two.tell(*[order(f"old {i}", 3, paid_at=two.now - 9 * DAY) for i in range(50)])
    with statements() as made:
        two.later(days=1).pay("2", 100, "cancelled", delivery=LYON)
    assert len(made) <= 14, "\n".join(made)
    assert last(two) == ("Paris", two.now - 2 * DAY)


def test_an_erased_members_order_that_is_told_again_tells_nobody_where_it_went(two):
    erase_member(EraseMember(two.shop_id, "anna"), now=two.now)
    two.tell(order("2", 100, "delivered", customer=None, delivery=LYON))
    loaded = read_by_id(OrderRow.objects.get(external_id="2").account_id)
    assert loaded is not None
    assert loaded.state.last_order is None


def test_a_segment_does_not_ask_an_order_that_was_taken_back(db):
    """Who cancelled lately has not ordered lately, and the carrier of what never came is nobody's."""
    away = {"id": "away", "where": {"last_order": {"before": "P6M"}}}
    relay = {
        "id": "relay",
        "where": {"carrier": ["relay"]},
        "brackets": [{"from": 0, "discount": {"percent": 5}}],
    }
    world = World.new(document(segments=[away, relay]))
    world.pay("1")
    world.later(days=200)
    assert world.view().segments == ("away",)
    world.pay("2", shipping=Shipping("relay"))
    assert world.view().segments == ("relay",)
    world.pay("2", 100, "cancelled", shipping=Shipping("relay"))
    assert world.view().segments == ("away",)
    assert quoted(world, cart(100)).quote.discounts[0].source == "points"
