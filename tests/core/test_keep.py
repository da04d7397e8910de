"""What is kept of an order depends on the sum of its refunds only (meanings 1 and 7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.order import Order, OrderDiscount, Refund, RefundLine, Shipping, keep, paid_by_line
from palier.core.values import replace
from tests.core.kit import few, line, points_discount


def order(*lines, **more):
    return replace(Order("A", "paid", "EUR", lines=lines), **more)


def paid(kept):
    return [piece.paid_minor for piece in kept.lines]


def back(*pieces, **more):
    return Refund("A", "R", tuple(RefundLine(n, product=product) for product, n in pieces), **more)


MUG, TEE, PEN = line(30, "mug", 3), line(20, "tee", 2), line(10, "pen")


@st.composite
def orders_and_refunds(draw):
    products = draw(st.lists(st.sampled_from(["mug", "tee", "pen"]), min_size=1, max_size=4))
    lines = tuple(
        replace(line(0, product, draw(st.integers(1, 5)), id=str(i)), amount_minor=draw(st.integers(0, 5000)))
        for i, product in enumerate(products)
    )
    discounts = tuple(
        OrderDiscount("promo_code", amount) for amount in draw(st.lists(st.integers(0, 3000), max_size=2))
    )
    pieces = draw(
        st.lists(
            st.one_of(
                st.builds(RefundLine, st.integers(1, 3), product=st.sampled_from(products)),
                st.builds(RefundLine, st.integers(1, 3), line=st.sampled_from([x.id for x in lines])),
            ),
            max_size=6,
        )
    )
    amounts = draw(st.lists(st.integers(1, 2000), max_size=3))
    refunds = [Refund("A", "R", (piece,)) for piece in pieces] + [
        Refund("A", "R", amount_minor=amount) for amount in amounts
    ]
    shipping = draw(st.booleans())
    if shipping:
        refunds.append(Refund("A", "R", shipping=True))
    return order(*lines, discounts=discounts, shipping=Shipping(amount_minor=490)), draw(
        st.permutations(refunds)
    )


@few(20)
@given(orders_and_refunds(), st.randoms(use_true_random=False))
def test_ref_1_keeping_does_not_depend_on_order_and_splitting_of_refunds(case, random):
    bought, refunds = case
    whole = Refund(
        "A",
        "all",
        lines=tuple(piece for refund in refunds for piece in refund.lines),
        amount_minor=sum(refund.amount_minor for refund in refunds),
        shipping=any(refund.shipping for refund in refunds),
    )
    shuffled = list(refunds)
    random.shuffle(shuffled)
    assert keep(bought, tuple(refunds)) == keep(bought, tuple(shuffled)) == keep(bought, (whole,))


@few(20)
@given(orders_and_refunds())
def test_ref_1_nothing_kept_is_negative_or_more_than_was_bought(case):
    bought, refunds = case
    kept, all_of_it = keep(bought, tuple(refunds)), keep(bought, ())
    for here, there in zip(kept.lines, all_of_it.lines, strict=True):
        assert 0 <= here.paid_minor <= there.paid_minor
        assert 0 <= here.list_minor <= there.list_minor
        assert 0 <= here.quantity <= there.quantity


@few(20)
@given(orders_and_refunds())
def test_num_3_a_discount_takes_exactly_its_amount_off_the_lines(case):
    bought, _ = case
    whole = sum(x.amount_minor for x in bought.lines)
    assert sum(paid_by_line(bought)) == max(0, whole - sum(d.amount_minor for d in bought.discounts))


def test_what_remains_of_a_line_is_its_amount_by_pieces_half_up():
    third = replace(line(0, "mug", 3), amount_minor=1000)
    assert [paid(keep(order(third), (back(("mug", n)),)))[0] for n in (1, 2)] == [667, 333]


def test_a_product_on_two_lines_is_taken_from_the_earlier_one():
    bought = order(line(10, "mug", 1, id="1"), line(30, "mug", 2, id="2"))
    assert paid(keep(bought, (back(("mug", 2)),))) == [0, 1500]


def test_named_lines_are_served_before_products():
    bought = order(line(10, "mug", 1, id="1"), line(30, "mug", 2, id="2"))
    named = Refund("A", "R", (RefundLine(1, line="1"),))
    for refunds in ((named, back(("mug", 1))), (back(("mug", 1)), named)):
        assert paid(keep(bought, refunds)) == [0, 1500]


def test_more_than_was_bought_counts_as_all():
    assert keep(order(PEN), (back(("pen", 9)),)).is_refunded
    assert keep(order(PEN, MUG), (Refund("A", "R", amount_minor=9999),)).is_refunded


def test_a_refund_by_amount_is_spread_over_what_is_kept_after_the_pieces():
    kept = keep(order(MUG, TEE), (back(("mug", 1)), Refund("A", "R", amount_minor=2000)))
    assert paid(kept) == [1000, 1000]
    assert [piece.list_minor for piece in kept.lines] == [1000, 1000]
    assert [piece.quantity for piece in kept.lines] == [2, 2]


def test_one_cent_more_taken_back_never_gives_a_line_its_list_price_again():
    """Of 7 cents paid for 40.10: the fourth cent is another line's share than the third."""
    lines = (line(30, "pen", 1), line("0.10", "mug", 1), line(10, "bag", 1))
    bought = order(*lines, discounts=(OrderDiscount("promo_code", 4003, lines_minor=(2999, 7, 997)),))
    kept = [keep(bought, (Refund("A", "R", amount_minor=cents),)).list_minor for cents in range(1, 7)]
    assert kept == [3437, 2864, 2291, 1719, 1146, 573]


def test_ref_4_the_amounts_decide_what_is_a_full_refund():
    assert not keep(order(MUG), (Refund("A", "R", amount_minor=2999),)).is_refunded
    assert keep(order(MUG), (Refund("A", "R", amount_minor=3000),)).is_refunded
    assert keep(order(MUG), (Refund("A", "R", full=True),)).is_refunded


def test_a_present_that_stays_does_not_make_a_returned_order_stay():
    present = line(0, "bag")
    assert keep(order(PEN, present), (back(("pen", 1)),)).is_refunded
    assert not keep(order(PEN, present), (back(("bag", 1)),)).is_refunded
    assert not keep(order(present), ()).is_refunded


def test_goods_that_points_paid_whole_are_kept_goods():
    """Only the paid pen went back; the mug, paid with points, is still there."""
    bought = order(PEN, MUG, discounts=(replace(points_discount(300), lines_minor=(0, 3000)),))
    kept = keep(bought, (back(("pen", 1)),))
    assert not kept.is_refunded
    assert (paid(kept), kept.list_minor) == ([0, 0], 3000)


def test_a_later_discount_is_spread_by_what_the_earlier_ones_left():
    discounts = (OrderDiscount("promo_code", 1000, lines_minor=(1000, 0)), OrderDiscount("coupon", 1000))
    assert paid_by_line(order(line(20, "a"), line(30, "b"), discounts=discounts)) == (750, 2250)


def test_stk_4_two_discounts_of_one_line_leave_nothing_of_it_and_take_nothing_of_others():
    half = OrderDiscount("promo_code", 700, lines_minor=(700, 0))
    order = Order("A", "paid", "EUR", lines=(line(10), line(20)), discounts=(half, half))
    assert paid_by_line(order) == (0, 2000)


def test_a_discount_above_the_goods_leaves_exactly_nothing():
    assert paid_by_line(order(PEN, TEE, discounts=(OrderDiscount("promo_code", 9999),))) == (0, 0)


@pytest.mark.parametrize(
    ("discounts", "refund", "kept"),
    [
        ((), None, 490),
        ((OrderDiscount("segment", free_shipping=True),), None, 0),
        ((OrderDiscount("segment", 300, free_shipping=True),), None, 190),
        ((), Refund("A", "R", shipping=True), 0),
        ((), Refund("A", "R", full=True), 0),
        ((), Refund("A", "R", (RefundLine(1, product="pen"),)), 490),
    ],
)
def test_shipping_is_kept_until_it_is_refunded_too(discounts, refund, kept):
    bought = order(PEN, shipping=Shipping(amount_minor=490), discounts=discounts)
    assert keep(bought, (refund,) if refund else ()).shipping_minor == kept


def test_free_shipping_never_reduces_goods():
    assert paid_by_line(order(PEN, discounts=(OrderDiscount("segment", 490, free_shipping=True),))) == (1000,)


def test_an_order_whose_lines_are_not_known_keeps_nothing():
    bare = Order("A", "paid", "EUR", lines=None, shipping=Shipping("", 490))
    for refunds in ((), (Refund("A", "R", amount_minor=5),), (Refund("A", "R", full=True),)):
        kept = keep(bare, refunds)
        assert (kept.lines, kept.list_minor, kept.list_total_minor) == ((), 0, 0)
