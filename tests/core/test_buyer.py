"""The buyer of a cart: an account as a quote sees it."""

from palier.core.account import Cause
from palier.core.buyer import as_accepted, buyer_of, nobody
from palier.core.catch_up import catch_up
from palier.core.reconcile import without_order
from tests.core.checkout_kit import Checkout
from tests.core.kit import Story, ladder, points_discount, programme

RULES = programme(tiers=ladder(0, 50))


def opened(story):
    book = story._open()
    catch_up(book, story.now)
    return book


def test_a_buyer_is_the_account_as_it_stands():
    story = Story(RULES).order("A", 60).gift(5)
    book = opened(story)
    coupon = object()
    buyer = buyer_of(book, RULES, segments=("s",), coupons=[coupon], is_net=True)
    assert (buyer.now, buyer.available, buyer.orders, buyer.tier) == (story.now, 65, 1, "t1")
    assert (buyer.qualifying, buyer.segments, buyer.coupons, buyer.is_net) == (6000, ("s",), (coupon,), True)
    assert (buyer.activity, buyer.first_is_taken, buyer.is_member) == (60, False, True)
    assert buyer.contributions == tuple(book.contributions.values())
    assert buyer_of(book, RULES, segments=()).is_net is False


def test_stk_6_a_buyer_whose_first_order_waits_has_had_that_benefit():
    story = Checkout(RULES).gift(10).hold("h", 5, first=True)
    assert buyer_of(opened(story), RULES, segments=()).first_is_taken is True


def test_a_guest_has_nothing():
    guest = nobody(Story(RULES).now)
    assert (guest.is_member, guest.available, guest.orders, guest.tier) == (False, 0, 0, None)


def test_an_order_that_was_accepted_is_quoted_again_with_what_it_was_accepted_with():
    story = Story(RULES).order("A", 60)
    story.segments, story.is_net = ("s",), True
    story.order("B", 10)
    buyer = buyer_of(opened(story), RULES, segments=())
    again = as_accepted(buyer, story.orders["A"].frozen)
    assert (again.orders, again.tier, again.segments, again.is_net) == (0, "t0", (), False)
    again = as_accepted(buyer, story.orders["B"].frozen)
    assert (again.orders, again.tier, again.segments, again.is_net) == (1, "t1", ("s",), True)
    assert as_accepted(buyer, None) is buyer


def test_vou_7_the_account_without_an_order_has_what_it_used_and_not_what_it_brought():
    story = Story(RULES).gift(30).order("A", 60, discounts=(points_discount(30, 1),))
    book = opened(story)
    before = without_order(book, story._case(book, "A", Cause("order", "A")))
    assert (before.totals["available"], before.totals["orders"], before.tier) == (30, 0, "t0")
    assert (book.totals["orders"], book.tier, len(book.entries)) == (1, "t1", 0)
