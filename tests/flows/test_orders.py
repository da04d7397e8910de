"""What becomes of orders and refunds, told once, twice, late, and in the wrong order (R-EVT)."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from palier.core.errors import CurrencyMismatch, InvalidOrder, InvalidRefund
from palier.store.models import Entry, Intent, OrderLine
from palier.store.models import Order as OrderRow
from tests.flows.world import (
    DAY,
    START,
    Order,
    OrderDiscount,
    RefundLine,
    World,
    document,
    line,
    order,
    points_used,
    refund,
)


@pytest.fixture(autouse=True)
def _proven(world):
    yield
    world.prove()


def test_a_paid_order_earns_its_points_and_its_spend(world):
    told = world.pay("1", 100)
    assert (told.kind, told.points, told.account_id) == ("new", 100, world.id_of())
    account = world.account()
    assert (account.available, account.spend_minor, account.orders) == (100, 100_00, 1)


# Repeats and versions


def test_the_same_order_told_again_changes_nothing(world):
    """R-EVT-1, P22."""
    world.pay("1")
    before = world.state()
    for _ in range(3):
        told = world.later(hours=1).pay("1")
        assert (told.kind, told.points, told.account_id) == ("repeat", 0, before.id)
    assert world.state() == before


@pytest.mark.parametrize("parts", [{}, {"updated": datetime(2026, 3, 2, 8, tzinfo=UTC)},
                                   {"paid_at": datetime(2026, 3, 1, 8, 30, 1, 250, tzinfo=UTC)}])  # fmt: skip
def test_a_repeat_is_known_by_what_it_says(world, parts):
    first = order("1", lines=(line(90, categories=("cups", "été"), other_per_amount=Fraction(5, 6), on_sale=True),
                              line(10, id="2", product="bowl", weight_g=800)), payment_method="card",
                  discounts=(OrderDiscount("promo_code", amount_minor=500, code="HELLO", lines_minor=(400, 100)),),
                  email="Anna@Example.com", **parts)  # fmt: skip
    world.tell(first)
    assert world.later(days=2).tell(first)[0].kind == "repeat"


def test_the_same_instants_in_another_zone_are_a_repeat(world):
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    world.pay("1", paid_at=at, updated=at)
    paris = at.astimezone(timezone(timedelta(hours=1)))
    assert world.pay("1", paid_at=paris, updated=paris).kind == "repeat"


def test_the_same_content_with_a_newer_version_time_books_nothing_but_is_remembered(world):
    """I-12: what lies between the two versions is older from then on."""
    world.pay("1", updated=world.now)
    entries = world.kinds()
    assert world.later(hours=2).pay("1", updated=world.now).points == 0
    assert world.kinds() == entries
    assert world.pay("1", 500, updated=world.now - timedelta(hours=1)).kind == "older"
    assert world.account().available == 100


def test_an_older_version_changes_nothing(world):
    """R-EVT-3, P39."""
    world.later(hours=5).pay("1", status="delivered", updated=world.now)
    before = world.state()
    told = world.pay("1", 20, status="cancelled", updated=world.now - DAY)
    assert (told.kind, told.points) == ("older", 0)
    assert world.state() == before
    assert world.row().status == "delivered"


def test_versions_of_one_order_in_any_order_end_the_same(db):
    """I-12."""
    start = START - DAY
    versions = [
        order("1", 100, updated=start),
        order("1", 140, updated=start + timedelta(minutes=1)),
        order("1", 60, "cancelled", updated=start + timedelta(minutes=2)),
        order("1", 80, "shipped", updated=start + timedelta(minutes=3)),
    ]
    ends = set()
    for turn in range(4):
        world = World.new()
        for version in (*versions[turn:], *versions[:turn], *versions):
            world.tell(version)
        world.prove()
        account = world.account()
        ends.add((account.available, account.spend_minor, account.orders, account.debt, world.row().status))
    assert ends == {(80, 80_00, 1, 0, "shipped")}


def test_a_cancelled_order_that_is_paid_again_counts_again_once(world):
    """R-EVT-3, P7."""
    world.pay("1")
    for _ in range(2):
        assert world.later(hours=1).pay("1", status="cancelled").points == -100
        assert (world.account().available, world.account().orders) == (0, 0)
        assert world.later(hours=1).pay("1").points == 100
        assert (world.account().available, world.account().orders) == (100, 1)
    assert world.kinds() == ["earn", "take_back", "earn", "take_back", "earn"]


def test_edits_post_the_difference_only(world):
    """R-EVT-4."""
    world.pay("1", 100)
    assert world.later(hours=1).pay("1", 150).points == 50
    assert world.later(hours=1).pay("1", 30).points == -120
    assert [entry.amount for entry in Entry.objects.order_by("sequence")] == [100, 50, -120]
    assert list(OrderLine.objects.values_list("amount_minor", flat=True)) == [30_00]


def test_jumping_states_awards_like_the_long_way(db):
    """R-EVT-2, P37, P38."""
    ends = []
    for statuses in (("delivered",), ("placed", "paid", "shipped", "delivered")):
        world = World.new()
        for status in statuses:
            world.pay("1", status=status, paid_at=world.now)
        world.prove()
        ends.append((world.account().available, world.account().orders, world.row().order_at))
    assert ends[0] == ends[1]


def test_an_update_without_lines_keeps_lines_and_discounts(world):
    world.pay("1", 100, discounts=(OrderDiscount("promo_code", amount_minor=20_00, code="TWENTY"),))
    assert world.account().available == 80
    told = world.later(days=1).pay("1", status="delivered", lines=None)
    assert (told.kind, told.points) == ("changed", 0)
    assert world.account().available == 80
    assert world.row().status == "delivered"
    assert world.pay("1", status="delivered", lines=None).kind == "repeat"


def test_what_a_message_does_not_say_stays(world):
    at = world.now - DAY
    world.pay("1", placed_at=at, email="a@example.com", payment_method="card")
    world.pay("1", status="shipped", lines=None)
    row = world.row()
    assert (row.placed_at, row.email_folded, row.payment_method) == (at, "a@example.com", "card")


# Refunds


def test_refunds_of_parts_leave_what_the_kept_part_deserves(world):
    world.pay("1", 100)
    assert world.tell(refund(euros=30))[0].points == -30
    assert world.tell(refund(euros=30))[0].kind == "repeat"
    assert world.tell(refund(id="r2", euros=20))[0].points == -20
    assert (world.account().available, world.account().spend_minor, world.account().orders) == (50, 50_00, 1)
    world.tell(refund(id="r3", full=True))
    assert (world.account().available, world.account().spend_minor, world.account().orders) == (0, 0, 0)


def test_a_refund_before_its_order_waits_for_it(world):
    """R-EVT-5, P39."""
    told = world.tell(refund(euros=40))[0]
    assert (told.kind, told.account_id) == ("waiting", None)
    assert world.tell(refund(euros=40))[0].kind == "repeat"
    assert world.pay("1", 100).points == 60
    assert world.account().spend_minor == 60_00
    assert world.pay("1", 100).kind == "repeat"


def test_a_refund_and_its_order_in_one_batch_come_in_any_order(db):
    for turned in (False, True):
        world = World.new()
        messages = [order("1", 100), refund(euros=40), refund(id="r2", euros=10)]
        world.tell(*(reversed(messages) if turned else messages))
        world.prove()
        assert world.account().available == 50


def test_an_update_leaves_refunds_standing(world):
    world.pay("1", 100)
    world.tell(refund(euros=40))
    world.later(hours=1).pay("1", 100, status="delivered")
    assert world.account().available == 60


@pytest.mark.parametrize("piece", [RefundLine(1, line="9"), RefundLine(1, product="chair")])
def test_a_refund_of_a_line_that_the_order_lacks_is_refused(world, piece):
    world.pay("1")
    with pytest.raises(InvalidRefund) as refused:
        world.tell(refund(lines=(piece,)))
    assert refused.value.path.startswith("lines[0]")
    assert world.account().available == 100


def test_a_refund_of_points_that_are_spent_becomes_a_debt_that_the_next_points_pay(world):
    """P1, D13."""
    world.pay("1", 100)
    world.pay("2", 10, discounts=(points_used(100, 10),))
    world.tell(refund(full=True))
    assert (world.account().available, world.account().debt) == (0, 100)
    world.pay("3", 130)
    assert (world.account().available, world.account().debt) == (30, 0)


# Guests and members


def test_a_guest_order_earns_nothing_and_makes_no_account(world):
    told = world.pay("1", customer=None, email="Guest@Example.com")
    assert (told.kind, told.account_id, told.points) == ("guest", None, 0)
    assert world.pay("1", customer=None, email="Guest@Example.com").kind == "repeat"
    assert world.tell(refund(euros=10))[0].kind == "guest"
    assert world.row().email_folded == "guest@example.com"


@pytest.mark.parametrize("later", [timedelta(), timedelta(hours=3)])
def test_the_shop_may_say_whose_order_a_guest_order_was(world, later):
    """R-CUS-2: the shop converts that very guest record; nothing else of the order need have changed."""
    world.pay("1", customer=None)
    world.now += later
    told = world.pay("1", customer="anna", updated=world.now if later else None)
    assert (told.points, told.account_id) == (100, world.id_of())
    assert world.row().account_id == world.id_of()


def test_an_order_stays_with_the_member_who_placed_it(world):
    world.pay("1", customer="anna")
    told = world.later(hours=1).pay("1", 150, customer="bea")
    assert told.account_id == world.id_of("anna")
    assert world.account("anna").available == 150
    assert OrderRow.objects.count() == 1


def test_an_order_without_customer_later_stays_with_its_member(world):
    world.pay("1")
    assert world.later(hours=1).pay("1", 120, customer=None).account_id == world.id_of()
    assert world.account().available == 120


# Refusals


def test_orders_in_another_currency_need_a_rate(world):
    foreign = Order("1", "paid", "USD", "anna", lines=(line(100),))
    with pytest.raises(CurrencyMismatch):
        world.tell(foreign)
    world.tell(Order("1", "paid", "USD", "anna", lines=(line(100),), rate=Fraction("0.915")))
    assert (world.account().available, world.account().spend_minor) == (91, 91_50)
    world.later(hours=1).tell(Order("1", "shipped", "EUR", lines=None))
    assert world.account().spend_minor == 91_50


def test_a_new_order_needs_lines(world):
    with pytest.raises(InvalidOrder, match="lines"):
        world.pay("1", lines=None)
    world.tell(refund("2", euros=5))
    with pytest.raises(InvalidOrder, match="lines"):
        world.pay("2", lines=None)


@pytest.mark.parametrize("name", ["updated", "placed_at", "paid_at"])
def test_a_time_in_the_future_is_refused(world, name):
    with pytest.raises(InvalidOrder) as refused:
        world.pay("1", **{name: world.now + timedelta(days=1, seconds=1)})
    assert refused.value.path == name
    assert world.pay("1", **{name: world.now + timedelta(hours=23)}).kind == "new"


def test_a_refund_in_the_future_is_refused(world):
    world.pay("1")
    with pytest.raises(InvalidRefund):
        world.tell(refund(euros=1, at=world.now + 2 * DAY))


def test_an_order_worth_more_than_the_limit_is_refused(world):
    """R-NUM-2."""
    with pytest.raises(InvalidOrder):
        world.pay("1", 10**10 + 1)


# The programme's versions


def test_an_order_keeps_the_version_it_was_first_seen_under(world):
    """R-REF-2, P8, P9."""
    world.pay("1", 100)
    world.pay("2", 100, "placed")
    world.later(days=1).publish(document(earning=[{"id": "spend", "award": {"points": 3, "per": 1}}]))
    world.pay("1", 120)
    world.pay("2", 100)
    assert world.account().available == 220
    assert world.pay("3", 10).points == 30
    world.tell(refund("1", full=True))
    assert world.account().available == 130


def test_a_silent_order_tells_nobody(world):
    world.tell(order("1", 600), is_silent=True)
    assert not Intent.objects.exists()
    assert world.account().tier == "silver"


def test_a_tier_is_told_of_once(world):
    world.pay("1", 600)
    events = sorted(Intent.objects.values_list("event", flat=True))
    assert events == ["coupon_issued", "tier_up"]
    world.pay("1", 600)
    assert Intent.objects.count() == 2


def capped_by_week():
    """A point for each euro, at most a hundred in seven days."""
    cap = {"id": "cap", "cap": {"points": 100, "every": "P7D"}}
    return document(earning=[{"id": "spend", "award": {"points": 1, "per": 1}}, cap])


def test_an_order_that_is_told_late_finds_the_room_that_its_own_time_left(db):
    world = World.new(capped_by_week())
    world.pay("1", 100)
    world.later(days=8).work()
    world.give(1)
    late = world.now - timedelta(days=2)
    assert world.pay("2", 50, paid_at=late).points == 0


def test_late_orders_of_one_batch_share_the_room_of_their_time(db):
    world = World.new(capped_by_week())
    world.pay("1", 60)
    world.later(days=9).work()
    world.give(1)
    late = world.now - timedelta(days=3)
    told = world.tell(*(order(n, 30, paid_at=late) for n in ("2", "3")), order("1", 60, "cancelled"))
    assert [each.points for each in told] == [30, 10, -60]
    world.later(days=1)
    assert world.pay("4", 50, paid_at=late).points == 50
    assert [c.cause for c in world.state().contributions if c.at < late - timedelta(days=3)] == []


@pytest.mark.parametrize("comes_first", ["order", "refund"])
def test_a_partial_refund_that_leaves_no_points_leaves_the_renewal_whichever_comes_first(db, comes_first):
    """A gift of 10 points ends with the order's own year, and not with its own (meaning 7)."""
    earning = [{"id": "big", "when": {"total": {"from": 50}}, "award": {"points": 20}}]
    world = World.new(document(earning=earning, points={"valid_for": "P12M", "expiry": "sliding"}))
    world.pay("0", 1)
    world.give(10)
    world.later(days=30)
    if comes_first == "refund":
        world.tell(refund("1", euros=40))
    world.pay("1", 60)
    if comes_first == "order":
        world.tell(refund("1", euros=40))
    assert world.row("1").booked_points == 0
    [lot] = world.state().lots
    assert lot.remaining == 10
    assert (lot.ends_at - world.now).days >= 364
