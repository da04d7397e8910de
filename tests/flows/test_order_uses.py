"""Points and coupons that orders use: held, captured, spent, given back (R-RED, R-VOU)."""

import pytest

from palier.store.models import CouponRow
from tests.flows.world import OrderDiscount, order, points_used, refund


@pytest.fixture(autouse=True)
def _proven(world):
    yield
    world.prove()


def test_points_that_the_member_lacks_become_a_flagged_debt(world):
    """A shop's fact is never refused because of the wallet."""
    world.pay("1", 30)
    world.pay("2", 10, discounts=(points_used(50, 5),))
    assert world.account().debt == 15  # 30 had, 50 used, 5 earned
    assert (world.row("2").is_flagged, world.row("1").is_flagged) == (True, False)
    world.pay("2", 10, status="cancelled", discounts=(points_used(50, 5),))
    assert (world.account().available, world.account().debt) == (30, 0)
    assert not world.row("2").is_flagged


@pytest.mark.parametrize("is_heard", [True, False])
def test_what_lacks_is_asked_anew_whether_a_cancellation_in_between_was_heard_or_not(world, is_heard):
    """I-12: of one order only the newest version counts; what the member bought meanwhile is there for it."""
    used = (points_used(50, 5),)
    world.pay("1", 10, discounts=used)
    world.later(days=1).pay("2", 80)
    assert (world.row("1").is_flagged, world.account().debt) == (True, 0)
    world.later(days=1)
    if is_heard:
        world.pay("1", 10, status="cancelled", discounts=used)
    world.pay("1", 10, status="shipped", discounts=used)
    assert (world.row("1").is_flagged, world.account().available) == (False, 80 + 5 - 50)
    world.pay("1", 10, status="cancelled", discounts=used)
    assert (world.row("1").is_flagged, world.account().available) == (False, 80)


@pytest.mark.parametrize("is_refunded", [False, True])
def test_what_an_order_lacks_is_not_what_it_earns_itself_however_often_it_is_told(world, is_refunded):
    used = (points_used(50, 5),)
    world.pay("1", 80, discounts=used)
    if is_refunded:
        world.tell(refund("1", euros=40))
    world.later(days=1).pay("1", 80, status="shipped", discounts=used)
    assert world.row("1").is_flagged
    assert world.row("1").booking["missing"] == (
        24 if is_refunded else 50
    )  # 35.00 of the 75.00 that were paid stay


def test_a_placed_order_holds_points_until_it_is_paid(world):
    """R-RED-1."""
    world.pay("1", 100)
    used = (points_used(60, 6),)
    assert world.pay("2", 50, "placed", discounts=used).points == 0
    assert (world.account().available, world.account().held) == (40, 60)
    world.later(days=9).work()
    assert world.account().held == 60
    world.pay("2", 50, discounts=used)
    assert (world.account().available, world.account().held) == (40 + 44, 0)
    assert world.kinds()[-3:] == ["hold", "capture", "earn"]


def test_a_placed_order_that_is_cancelled_gives_its_points_back_once(world):
    """R-RED-6, P14, P15."""
    world.pay("1", 100)
    used = (points_used(60, 6),)
    world.pay("2", 50, "placed", discounts=used)
    for _ in range(2):
        world.later(hours=1).pay("2", 50, "cancelled", discounts=used, updated=world.now)
        world.tell(refund("2", full=True))
        assert (world.account().available, world.account().held) == (100, 0)


def test_points_used_come_back_in_proportion(world):
    """P13, D15."""
    world.pay("1", 100)
    world.pay("2", 100, discounts=(points_used(100, 10),))
    world.tell(refund("2", euros=45))
    assert world.account().available == 50 + 45  # half of the points come back, and half of the award stays


def test_changing_how_many_points_an_order_used_posts_the_difference(world):
    """R-RED-7."""
    world.pay("1", 100)
    world.pay("2", 50, "placed", discounts=(points_used(60, 6),))
    world.pay("2", 50, "placed", discounts=(points_used(20, 2),))
    assert (world.account().available, world.account().held) == (80, 20)
    world.pay("2", 50, "placed", discounts=(points_used(90, 9),))
    assert (world.account().available, world.account().held) == (10, 90)


def test_a_coupon_is_reserved_used_and_given_back_with_its_order(world):
    """R-VOU-6, P86."""
    world.pay("1", 600)
    coupon = world.view().coupons[0]
    used = (OrderDiscount("coupon", amount_minor=15_00, code=coupon.code),)
    for status, state in (
        ("placed", "reserved"),
        ("paid", "used"),
        ("cancelled", "issued"),
        ("paid", "used"),
    ):
        world.later(hours=1).pay("2", 50, status, discounts=used)
        assert world.coupons() == {"silver": state}
    world.tell(refund("2", euros=10))
    assert world.coupons() == {"silver": "used"}
    world.tell(refund("2", "r2", full=True))
    assert world.coupons() == {"silver": "issued"}


def test_a_coupon_given_back_after_its_end_is_expired(world):
    world.pay("1", 600)
    used = (OrderDiscount("coupon", amount_minor=15_00, code=world.view().coupons[0].code),)
    world.pay("2", 50, discounts=used)
    world.later(days=90).pay("2", 50, "cancelled", discounts=used)
    assert world.coupons() == {"silver": "expired"}


def test_anothers_coupon_is_left_alone(world):
    """R-MUL-1."""
    world.pay("1", 600, customer="bea")
    code = world.view("bea").coupons[0].code
    world.pay("2", 50, discounts=(OrderDiscount("coupon", amount_minor=15_00, code=code),))
    assert world.coupons("bea") == {"silver": "issued"}


def test_a_coupon_is_used_by_one_order_only(world):
    world.pay("1", 600)
    used = (OrderDiscount("coupon", amount_minor=15_00, code=world.view().coupons[0].code),)
    world.tell(order("2", 50, discounts=used), order("3", 50, discounts=used))
    world.pay("3", 50, "cancelled", discounts=used)
    assert world.coupons() == {"silver": "used"}
    world.pay("2", 50, "cancelled", discounts=used)
    assert world.coupons() == {"silver": "issued"}


def test_a_coupon_that_the_member_does_not_have_is_flagged_and_the_order_stands(world):
    """A shop's fact is never refused because of the wallet."""
    strange = OrderDiscount("coupon", amount_minor=500, code="NOT-THEIRS")
    world.pay("1", 100, discounts=(strange,))
    assert (world.row("1").is_flagged, world.row("1").counts) == (True, True)
    world.pay("2", 100, discounts=(OrderDiscount("promo_code", amount_minor=500, code="NOEL"),))
    assert not world.row("2").is_flagged
    world.pay("3", 100, "placed", discounts=(strange,))
    assert not world.row("3").is_flagged
    world.pay("1", 100, discounts=())
    assert not world.row("1").is_flagged


def test_a_coupon_is_flagged_where_it_is_used_a_second_time(world):
    world.pay("1", 600)
    coupon = CouponRow.objects.get()
    used = (OrderDiscount("coupon", amount_minor=1500, code=coupon.code),)
    world.pay("2", 100, discounts=used)
    world.pay("3", 100, discounts=used)
    assert (world.row("2").is_flagged, world.row("3").is_flagged) == (False, True)
    world.pay("3", 100, "cancelled", discounts=used)
    assert not world.row("3").is_flagged
