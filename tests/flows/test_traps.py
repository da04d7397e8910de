"""What merchants and shoppers complained of elsewhere, line by line (docs/traps.md): where it takes a database."""

from datetime import timedelta
from random import Random

import pytest

from palier.core.errors import InvalidOrder
from palier.flows.imports.start_import import StartImport, start_import
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from palier.store.ids import new_coupon, new_public_id
from palier.store.models import Account, Entry, Identity, Intent, Lot, Order, Shop
from tests.flows.checkout import cart, code, discounts, quoted, shop
from tests.flows.world import World, document, line, order, points_used, refund


def test_evt_4_the_orders_of_a_split_checkout_each_earn_and_lose_their_own(world):
    for id, euros in (("7-a", 60), ("7-b", 40)):
        world.pay(id, euros)
    assert world.pay("7-c", 60).points == 60
    world.tell(refund("7-a", full=True))
    assert [world.row(id).booked_points for id in ("7-a", "7-b", "7-c")] == [0, 40, 60]


def test_evt_5_a_delivery_and_a_refund_that_come_before_the_order_is_paid_lose_nothing(db):
    ends = []
    for told in (("placed", "paid", "delivered"), ("delivered", "placed", "paid")):
        world = World.new()
        at = {
            status: world.now + timedelta(minutes=i)
            for i, status in enumerate(("placed", "paid", "delivered"))
        }
        world.later(days=1).tell(refund("1", euros=30))
        for status in told:
            world.pay("1", status=status, updated=at[status], paid_at=at["paid"])
        ends.append((world.account().available, world.row().status, world.row().booked_points))
    assert ends == [(70, "delivered", 70)] * 2


def test_evt_6_a_poll_after_lost_messages_ends_like_all_messages(db):
    """Every tenth message is lost; then the shop's newest versions come once more, as a poll brings them."""
    random = Random(6)
    messages, newest = [], {}
    for number in range(60):
        customer = f"c{number % 7}"
        for step, status in enumerate(
            random.choice([("paid",), ("placed", "paid"), ("paid", "shipped", "cancelled")])
        ):
            at = timedelta(minutes=10 * number + step)
            messages.append((at, str(number), random.randint(5, 90), status, customer))
            newest[str(number)] = messages[-1]
    ends = []
    for loses in (False, True):
        world = World.new(document(rewards=None))
        start = world.now - timedelta(days=2)
        kept = [message for message in messages if not loses or random.random() > 0.1]
        told = [*kept, *(newest.values() if loses else ())]
        world.tell(
            *[
                order(id, euros, status, customer=who, updated=start + at)
                for at, id, euros, status, who in told
            ]
        )
        world.prove()
        accounts = Account.objects.filter(programme_id=world.programme_id)
        orders = Order.objects.filter(programme_id=world.programme_id)
        ends.append(
            (
                sorted(accounts.values_list("available", "spend_minor", "orders", "tier", "debt")),
                sorted(orders.values_list("external_id", "status", "booked_points")),
            )
        )
    assert ends[0] == ends[1]


def test_num_2_an_order_for_which_the_rules_give_too_many_points_is_refused_and_the_others_are_booked(db):
    world = World.new(document(earning=[{"id": "spend", "award": {"points": 10**9, "per": 1}}], rewards=None))
    with pytest.raises(InvalidOrder):
        world.pay("1", 100_000)
    assert not Order.objects.exists()
    small, large = world.tell(order("2", 1), order("3", 100_000), collects=True)
    assert (small.points, large.kind) == (10**9, "refused")
    world.prove()


def test_ref_5_cancelled_refunded_and_cancelled_again_gives_used_points_back_once(world):
    world.give(100)
    world.pay("1", 60, discounts=(points_used(100, 10),))
    for status in ("cancelled", "cancelled", "paid", "cancelled"):
        world.later(hours=1).pay("1", 60, status=status, discounts=(points_used(100, 10),))
    world.tell(refund("1", full=True))
    world.tell(refund("1", full=True))
    assert (world.account().available, world.account().spent, world.account().debt) == (100, 0, 0)
    world.prove()


def test_ref_9_the_database_itself_refuses_points_beside_a_debt(world):
    from django.db import IntegrityError, transaction

    world.pay("1", 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.update(debt=1)


def test_cus_1_a_customer_is_the_shops_id_whatever_the_address_says(world):
    world.pay("1", 10, email="old@example.com")
    world.pay("2", 10, email="new@example.com")
    world.pay("3", 10, customer="bea", email="old@example.com")
    assert (world.account().orders, world.account("bea").orders) == (2, 1)


def test_mul_2_shops_that_share_a_member_share_points_and_debt(world):
    """An order in A, its points spent in B, a refund in A: the debt is the shared account's, B's points pay it."""
    world.pay("a1", 100)
    shop = Shop.objects.create(
        programme_id=world.programme_id, public_id=new_public_id(), slug="b", name="b", created_at=world.now
    )
    Identity.objects.create(shop=shop, account_id=world.id_of(), customer_id="7")
    other = World(world.programme_id, shop.pk, world.now)
    other.pay("b1", 60, customer="7", discounts=(points_used(100, 10),))
    world.tell(refund("a1", full=True))
    assert (world.account().available, world.account().debt) == (0, 50)
    other.pay("b2", 80, customer="7")
    assert (world.account().available, world.account().debt, world.account().orders) == (30, 0, 2)
    world.prove()


def test_imp_4_and_5_imported_points_are_labelled_tell_nobody_and_are_no_orders(world):
    started = start_import(StartImport(world.shop_id, "balances", "old.csv", "d", {}, 1), now=world.now)
    row = OpeningBalance("anna", 600, None, "old card")
    open_balances(OpenBalances(world.shop_id, (row,), started.batch_id), now=world.now)
    world.pay("1", 50)
    assert Entry.objects.get(kind="opening").cause_kind == "import"
    told = Intent.objects.count()
    world.tell(refund("1", full=True))
    assert (world.account().available, Lot.objects.count()) == (600, 2)
    assert Intent.objects.count() == told == 0


def test_earn_9_what_was_promised_when_the_order_was_placed_holds_when_it_is_paid(world):
    world.pay("1", 100, status="placed")
    world.later(days=3).publish(document(earning=[]))
    assert world.pay("1", 100).points == 100


def test_earn_11_an_award_keeps_its_version_its_base_and_its_rate(world):
    world.pay("1", lines=(line(100),))
    entry = Entry.objects.get(kind="earn")
    (award,) = entry.facts["awards"]
    assert (award["rule"], award["points"], award["base"]) == ("spend", 100, 100_00)
    assert entry.version_id == world.row().version_id


def test_red_9_the_fixed_the_percent_and_the_computed_bracket_begin_at_their_bound(db):
    brackets = [
        {"from": 10, "to": 49, "discount": {"amount": 5}},
        {"from": 50, "under": 150, "discount": {"percent": 10}},
        {"over": 150, "discount": {"points": 10, "amount": 1}, "free_shipping": ["colissimo"]},
    ]
    world = World.new(shop(redemption={"brackets": brackets}, rewards=None, tiers=None))
    found = {}
    for points in (9, 10, 49, 50, 149, 150, 151):
        world.give(points, customer=f"c{points}")
        found[points] = discounts(quoted(world, cart(100), customer=f"c{points}").quote)
    assert found == {
        9: [], 10: [("points", 500, 10)], 49: [("points", 500, 10)], 50: [("points", 1000, 50)],
        149: [("points", 1000, 50)], 150: [], 151: [("points", 1500, 150)],
    }  # fmt: skip


def test_vou_1_a_code_is_twelve_random_signs_that_nobody_takes_for_one_another():
    codes = [new_coupon()[1] for _ in range(2000)]
    assert len(set(codes)) == len(codes)
    assert {len(code) for code in codes} == {12}
    signs = set("".join(codes))
    assert len(signs) == 32
    assert signs.isdisjoint("01IO")
    assert {len({code[place] for code in codes}) for place in range(12)} == {32}


def test_vou_10_a_coupon_that_has_ended_or_lacks_its_minimum_by_then_is_not_taken_by_the_order(db):
    reward = {
        "id": "hundred",
        "at": 100,
        "coupon": {"discount": {"amount": 15}, "min_total": 20, "valid_for": "P1D"},
    }
    world = World.new(shop(rewards=[reward], tiers=None, redemption=None, earning=[]))
    world.give(100)
    mine = code(world)
    assert discounts(quoted(world, cart(20, mine)).quote) == [("coupon", 1500, 0)]
    assert world.pay("small", 19, use_quote=True, coupons=(mine,)).quote.discounts == ()
    world.later(days=2)
    late = world.pay("late", 100, use_quote=True, coupons=(mine,)).quote
    assert ([d.source for d in late.discounts], [r.reason for r in late.refused]) == ([], ["expired"])
    assert world.coupons() == {"hundred": "expired"}
