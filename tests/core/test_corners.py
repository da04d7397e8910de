"""Corners of the ledger that no larger story turns: what is not there, is over, or comes to nothing."""

from datetime import timedelta
from fractions import Fraction

from palier.core import tiers
from palier.core.account import Cause
from palier.core.book import Post
from palier.core.catch_up import catch_up
from palier.core.coupons import revive
from palier.core.earning import award_points
from palier.core.merge import merge
from palier.core.order import Order, OrderDiscount, Refund, RefundLine, Shipping
from palier.core.period import Duration
from palier.core.programme.values import Award, EarningRule, Fact, LineFilter, Segment, Settle, Spend
from palier.core.rewards import check_number
from palier.core.uses import free_coupon
from palier.core.values import replace
from tests.core.kit import (
    EURO,
    START,
    Known,
    Story,
    coupon_discount,
    ladder,
    line,
    points,
    points_discount,
    programme,
    reward,
    spend_rule,
)

FORTNIGHT = Settle("paid", Duration(days=14))


def test_pending_points_that_all_pay_a_debt_are_not_told_as_available():
    told = {"points_available": True}
    story = Story(programme(messages=told, points=points(settle=FORTNIGHT)))
    story.order("A", 20, discounts=(points_discount(50),)).order("B", 10)
    assert story.buckets == (0, 10, 0, 50)
    story.later(14)
    assert story.buckets == (0, 0, 0, 40)
    assert "points_available" not in story.told
    assert story.order("C", 60).later(14).told == ["points_available"]


def test_a_refund_of_a_line_that_the_order_never_had_takes_nothing():
    story = Story(programme()).order("A", line(40, id="1"))
    story.orders["A"].refunds = (Refund("A", "R0", (RefundLine(1, line="9"),)),)
    story.refund("A", euros=0)
    assert story.available == 40


def test_a_gift_that_issues_a_few_coupons_is_not_refused():
    check_number(programme(rewards=(reward(100), replace(reward(1), enabled=False))), 5000)


def test_a_coupon_that_was_not_withdrawn_is_not_revived():
    story = Story(programme(rewards=(reward(100),))).gift(100)
    (coupon,) = story.coupons
    assert revive(story._open(), coupon) is False


def test_whose_first_segment_earns_nothing_gets_nothing_for_an_event_either():
    rules = (EarningRule("word", on="review", award=Award(5)),)
    staff = Segment("staff", Fact("tag", frozenset({"staff"})), earn_points=False)
    story = Story(programme(earning=rules, segments=(staff,)))
    assert story.event("review").available == 5
    story.segments = ("staff",)
    assert story.event("review").available == 5


def test_an_account_that_was_closed_is_told_nothing():
    story = Story(programme(rewards=(reward(100),)))
    story.state = replace(story.state, closed_at=story.now)
    story.gift(100)
    assert (story.states(), story.told) == (["issued"], [])


def test_an_account_that_was_closed_stays_so_when_another_closed_one_is_merged_into_it():
    for closed_at, expected in ((timedelta(), True), (None, False)):
        kept, gone = Story(programme()).gift(10), Story(programme()).gift(20).gift(5)
        kept.state = replace(kept.state, closed_at=kept.now)
        gone.state = replace(gone.state, id=2, closed_at=None if closed_at is None else gone.now)
        books = kept._open(), gone._open()
        for book in books:
            catch_up(book, kept.now)
        merge(*books)
        assert (books[0].closed_at is not None) is expected


def test_lots_that_are_used_up_stay_where_they_were_when_accounts_merge():
    kept, gone = Story(programme()), Story(programme()).gift(20).gift(5)
    gone.order("A", 20, discounts=(points_discount(20),))
    gone.state = replace(gone.state, id=2)
    books = kept._open(), gone._open()
    for book in books:
        catch_up(book, kept.now)
    merge(*books)
    assert sum(lot.remaining for lot in books[0].lots.values()) == gone.available
    assert {lot.origin[0] for lot in books[0].lots.values()} == {2}


def test_an_order_that_waits_with_the_benefit_of_a_first_order_claims_it_and_gives_it_up():
    story = Story(programme()).order(
        "A", 40, status="placed", discounts=(OrderDiscount("first_order", 5 * EURO),)
    )
    assert story.state.first_claims == {"order:A"}
    assert story.order("A", status="cancelled").state.first_claims == set()


def test_a_coupon_named_by_an_order_that_another_order_has_used_stays_used():
    story = Story(programme(rewards=(reward(100),))).gift(100)
    code = next(iter(story.coupons.values())).code
    story.order("A", 40, discounts=(coupon_discount(code, 4),))
    story.order("B", 40, discounts=(coupon_discount(code, 4),))
    story.order("B", status="cancelled")
    assert story.states() == ["used"]
    assert story.order("A", status="cancelled").states() == ["issued"]


def test_a_lot_that_has_just_paid_a_debt_does_not_move_when_accounts_merge():
    kept, gone = Story(programme()), Story(programme(points=points(settle=FORTNIGHT)))
    gone.order("A", 20, discounts=(points_discount(50),)).order("B", 10)
    gone.state = replace(gone.state, id=2)
    books = kept._open(), gone._open()
    for book in books:
        catch_up(book, kept.now + timedelta(days=14))
    merge(*books)
    assert (books[0].totals["debt"], books[0].lots) == (40, {})


def test_an_award_that_counts_neither_pieces_nor_money_is_itself():
    assert award_points(programme(), Award(5), 3, 12_345) == 5


def test_presents_and_their_delivery_earn_nothing_even_where_deliveries_do():
    story = Story(programme(spend=Spend(shipping="included")))
    assert story.order("A", line(0, "pot"), shipping=Shipping("post", 5 * EURO)).available == 0
    assert story.order("B", line(1, "pot"), shipping=Shipping("post", 5 * EURO)).available == 6


def test_a_delivery_alone_is_not_multiplied_by_what_multiplies_goods():
    rules = (
        spend_rule(),
        EarningRule("pots", multiply=Fraction(2), lines=LineFilter(products=frozenset({"pot"}))),
    )
    earns = points(earn_with=frozenset({"promo_code"}))
    story = Story(programme(earning=rules, points=earns, spend=Spend(shipping="included")))
    given_away = (OrderDiscount("promo_code", 10 * EURO, "NOEL"),)
    story.order("A", line(10, "pot"), shipping=Shipping("post", 5 * EURO), discounts=given_away)
    assert story.available == 5


def test_thresholds_are_forgotten_when_too_many_ladders_were_asked_for():
    kept = [ladder(0, number) for number in range(1, tiers._STEPS_MAX + 3)]
    for number, each in enumerate(kept, start=1):
        assert [at for at, _ in tiers.thresholds_at(each, START)] == [0, number * EURO]
    assert len(tiers._steps) <= tiers._STEPS_MAX
    assert [at for at, _ in tiers.thresholds_at(kept[0], START)] == [0, EURO]


def test_a_coupon_of_which_nothing_was_taken_is_given_back_as_it_is():
    story = Story(programme(rewards=(reward(100),))).gift(100)
    (coupon,) = story.coupons.values()
    assert free_coupon(story._open(), coupon, None) is coupon


def test_lots_with_nothing_left_are_passed_over():
    book = Story(programme()).gift(10)._open()
    (lot,) = book.lots.values()
    pieces = book.take(Post("gift", Cause("gift", "x")), 4, [replace(lot, number=9, remaining=0), lot])
    assert [(piece.points, piece.lot.number) for piece in pieces] == [(4, lot.number)]


def test_an_order_that_says_no_time_counts_from_when_it_is_told():
    story = Story(programme()).later(3)
    order = Order("A", "paid", "EUR", lines=(line(10),))
    story.orders["A"] = Known(order, story.versions[-1].id)
    story._reconcile("A", Cause("order", "A"))
    assert story.orders["A"].frozen.order_at == story.now
    updated = replace(order, updated=story.now - timedelta(days=1))
    story.orders["B"] = Known(updated, story.versions[-1].id)
    story._reconcile("B", Cause("order", "B"))
    assert story.orders["B"].frozen.order_at == story.now - timedelta(days=1)
