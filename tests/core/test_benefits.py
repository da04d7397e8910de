"""What each benefit takes from a till, piece by piece: amounts, steps, lines, delivery."""

from fractions import Fraction

import pytest

from palier.core.benefits import (
    Offer,
    PointsUse,
    Till,
    apply,
    gives,
    is_within,
    lines_of,
    needs_lines,
    of_bracket,
    take,
    united,
)
from palier.core.money import round_half_up
from palier.core.order import Line, OrderDiscount
from palier.core.programme.values import Bounds, Bracket, Discount, Gift, LineFilter, Redemption

COLISSIMO, RELAY = frozenset({"colissimo"}), frozenset({"relay"})
MUGS = LineFilter(products=frozenset({"mug"}))


def till(*amounts, carrier="", shipping=0, rate=None, goods=None, spreads=True):
    lines = tuple(
        Line(str(i), product, 1, amount)
        for i, (product, amount) in enumerate(a if isinstance(a, tuple) else ("tee", a) for a in amounts)
    )
    left = [line.amount_minor for line in lines]
    convert = None if rate is None else lambda minor: round_half_up(Fraction(minor) / Fraction(rate))
    whole = sum(left)
    return Till(
        lines,
        left,
        whole if goods is None else goods,
        carrier,
        shipping,
        convert,
        whole,
        shipping,
        spreads=spreads,
    )


def offer(discount=None, **more):
    return Offer("segment", 1, "s", discount=discount, **more)


def points(discount, asked, *, available=None, cost=0, **redemption):
    use = PointsUse(Redemption((), **redemption), asked if available is None else available, asked, cost)
    return Offer("points", 16, discount=discount, use=use)


def given(counter, offered):
    found = apply(counter, offered)
    return found.amount_minor, found.points


# Carriers


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (None, None, None),
        (None, RELAY, RELAY),
        (COLISSIMO, None, COLISSIMO),
        ("all", RELAY, "all"),
        (COLISSIMO, "all", "all"),
        (COLISSIMO, RELAY, COLISSIMO | RELAY),
        (None, "all", "all"),
    ],
)
def test_two_grants_free_what_either_frees(one, other, both):
    assert united(one, other) == both


@pytest.mark.parametrize(
    ("grant", "granted", "is_in"),
    [
        (None, None, True),
        (None, RELAY, True),
        (RELAY, None, False),
        (RELAY, RELAY, True),
        (RELAY, COLISSIMO | RELAY, True),
        (COLISSIMO | RELAY, RELAY, False),
        ("all", RELAY, False),
        ("all", "all", True),
        (RELAY, "all", True),
    ],
)
def test_a_grant_lies_within_what_is_free_already(grant, granted, is_in):
    assert is_within(grant, granted) is is_in


def test_grants_of_two_offers_are_united_and_a_second_of_the_same_is_not_noted():
    counter = till(100)
    apply(counter, offer(free_shipping=RELAY))
    apply(counter, offer(free_shipping=COLISSIMO))
    assert (counter.granted, len(counter.given)) == (COLISSIMO | RELAY, 2)
    apply(counter, offer(free_shipping=RELAY))
    assert (counter.granted, len(counter.given)) == (COLISSIMO | RELAY, 2)


@pytest.mark.parametrize(
    ("carrier", "shipping", "grant", "frees", "saved"),
    [
        ("relay", 500, RELAY, True, 500),
        ("relay", 500, "all", True, 500),
        ("relay", 500, COLISSIMO, False, 0),
        ("", 500, "all", True, 500),
        ("", 500, RELAY, False, 0),
        ("relay", 0, RELAY, False, 0),
        ("", 0, RELAY, True, 0),
    ],
)
def test_a_grant_frees_the_carrier_that_was_chosen_or_any_while_none_is(
    carrier, shipping, grant, frees, saved
):
    counter = till(100, carrier=carrier, shipping=shipping)
    found = apply(counter, offer(free_shipping=grant))
    assert (found.frees, found.saved_minor, counter.shipping_left) == (frees, saved, shipping - saved)
    assert gives(till(100, carrier=carrier, shipping=shipping), offer(free_shipping=grant)) == (frees, 0)


def test_a_delivery_is_freed_once():
    counter = till(100, carrier="relay", shipping=500)
    apply(counter, offer(free_shipping=RELAY))
    again = apply(counter, offer(free_shipping="all"))
    assert (again.frees, again.saved_minor, counter.shipping_left, counter.granted) == (False, 0, 0, "all")


# What prevents earning


def test_a_gift_or_a_freed_delivery_prevents_no_earning():
    counter = till(100, carrier="relay", shipping=500)
    gift = apply(counter, offer(gift=Gift("pin")))
    assert (gift.is_something, gift.prevents_earning) == (True, False)
    use = PointsUse(Redemption(()), 50, 50, 50)
    freed = apply(counter, Offer("points", 16, free_shipping="all", use=use))
    assert (freed.points, freed.is_something, freed.prevents_earning) == (50, True, False)
    assert apply(counter, offer(Discount(amount_minor=10))).prevents_earning


# Amounts


def test_a_percentage_is_rounded_half_up_and_says_that_it_touches_goods():
    assert given(till(105), offer(Discount(percent_bp=1000))) == (11, 0)
    assert given(till(104), offer(Discount(percent_bp=1000))) == (10, 0)
    assert given(till(105), offer(Discount(percent_bp=1000), gift=Gift("pin"))) == (11, 0)
    nothing = apply(counter := till(4), offer(Discount(percent_bp=1000)))
    assert (nothing.amount_minor, nothing.touches, counter.given) == (0, True, [])
    assert nothing.lines_minor == (0,)
    assert not apply(till(0), offer(Discount(percent_bp=1000))).touches
    assert not apply(till(4), offer(Discount(percent_bp=0))).touches
    assert not apply(till(4), offer(Discount(amount_minor=1))).touches
    assert gives(till(4), offer(Discount(percent_bp=1000))) == (True, 0)
    assert gives(till(4), offer(Discount(percent_bp=1000, lines=MUGS))) == (False, 0)
    assert gives(till(("mug", 4)), offer(Discount(percent_bp=1000, lines=MUGS))) == (True, 0)
    assert gives(till(0), offer(Discount(amount_minor=5))) == (False, 0)


@pytest.mark.parametrize("more", [{}, {"gift": Gift("pin")}])
def test_an_amount_is_at_most_what_the_goods_cost(more):
    counter = till(300, 100)
    assert given(counter, offer(Discount(amount_minor=100), **more)) == (100, 0)
    assert (counter.left, counter.total) == ([225, 75], 300)
    assert given(counter, offer(Discount(amount_minor=500), **more)) == (300, 0)
    assert (counter.left, counter.total) == ([0, 0], 0)


def test_a_maximum_bounds_percentages_and_amounts():
    assert given(till(1000), offer(Discount(percent_bp=5000, max_minor=300))) == (300, 0)
    assert given(till(1000), offer(Discount(percent_bp=5000, max_minor=600))) == (500, 0)
    assert given(till(1000), offer(Discount(amount_minor=400, max_minor=300))) == (300, 0)
    assert given(till(1005), offer(Discount(percent_bp=1000, max_minor=600))) == (101, 0)


def test_amounts_and_maxima_of_the_programme_are_converted_into_the_carts_currency():
    assert given(till(1000, rate=2), offer(Discount(amount_minor=301))) == (151, 0)
    assert given(till(1000, rate=2), offer(Discount(percent_bp=5000, max_minor=300))) == (150, 0)
    assert given(till(1000, rate=2), offer(Discount(amount_minor=400, max_minor=300))) == (150, 0)


def test_some_lines_only_are_measured_and_reduced():
    counter = till(("mug", 100), 500, ("mug", 300))
    assert given(counter, offer(Discount(amount_minor=1000, lines=MUGS))) == (400, 0)
    assert counter.left == [0, 500, 0]
    counter = till(("mug", 100), 500, ("mug", 300))
    assert given(counter, offer(Discount(amount_minor=100), only=[0, 1])) == (100, 0)
    assert counter.left == [83, 417, 300]


def test_lines_are_those_that_the_filter_names_among_those_that_may_be_paid():
    lines = till(("mug", 100), 500, ("mug", 300)).lines
    assert lines_of(lines, None, None) == [0, 1, 2]
    assert lines_of(lines, MUGS, None) == [0, 2]
    assert lines_of(lines, None, [1, 2]) == [1, 2]
    assert lines_of(lines, MUGS, [1, 2]) == [2]


def test_an_offer_needs_lines_when_it_pays_or_reduces_some_only():
    shares = OrderDiscount("promo_code", 5, lines_minor=(5,))
    assert not needs_lines(offer(Discount(amount_minor=1)))
    assert not needs_lines(offer())
    assert needs_lines(offer(Discount(amount_minor=1, lines=MUGS)))
    assert needs_lines(offer(only=[0]))
    assert needs_lines(offer(promo_codes=(OrderDiscount("promo_code", 5), shares)))
    assert not needs_lines(offer(promo_codes=(OrderDiscount("promo_code", 5),)))


# Points

STEP = Discount(points=10, amount_minor=100)


def test_num_4_whole_steps_only_and_num_5_as_few_as_give_most():
    assert given(till(9999), points(STEP, 64)) == (600, 60)
    assert given(till(450), points(STEP, 64)) == (400, 40)
    assert given(till(9999), points(STEP, 9)) == (0, 0)
    assert given(till(9999), points(Discount(points=10, amount_minor=100, max_minor=250), 64)) == (200, 20)


def test_all_and_none_cut_the_right_to_the_goods():
    assert given(till(450), points(STEP, 64, consume="all")) == (450, 64)
    assert given(till(450), points(STEP, 64, consume="none")) == (450, 0)
    assert given(till(9999), points(STEP, 64, available=70, consume="all")) == (600, 70)


def test_points_pay_at_most_their_share_of_the_goods_before_any_discount():
    assert given(till(999), points(STEP, 90, max_percent_bp=5000)) == (400, 40)
    assert given(till(1000), points(STEP, 90, max_percent_bp=5000)) == (500, 50)
    assert given(till(1000, goods=2000), points(STEP, 90, max_percent_bp=5000)) == (900, 90)
    assert given(till(1001), points(Discount(percent_bp=9000), 90, cost=20, max_percent_bp=5000)) == (500, 20)
    assert given(till(1001), points(STEP, 999, consume="none", max_percent_bp=5000)) == (500, 0)


def test_a_bracket_costs_its_cost_and_nothing_is_given_to_who_cannot_pay_it():
    fixed = Discount(amount_minor=500)
    assert given(till(9999), points(fixed, 50, cost=50)) == (500, 50)
    assert given(till(9999), points(fixed, 49, cost=50)) == (0, 0)
    assert given(till(9999), points(fixed, 49, cost=50, consume="none")) == (500, 0)
    assert given(till(9999), points(fixed, 50, cost=50, available=80, consume="all")) == (500, 80)
    assert gives(till(9999), points(fixed, 49, cost=50)) == (False, 0)
    assert gives(till(9999), points(fixed, 50, cost=50)) == (True, 500)
    assert given(till(0), points(fixed, 50, cost=50)) == (0, 0)


def test_in_another_currency_the_fewest_steps_give_as_much_as_possible():
    # Three of the programme for one of the cart: 1.00 each step is 33, 67, 100 of the cart.
    assert given(till(100, rate=3), points(Discount(points=10, amount_minor=100), 64)) == (100, 30)
    assert given(till(99, rate=3), points(Discount(points=10, amount_minor=100), 64)) == (67, 20)
    assert given(till(32, rate=3), points(Discount(points=10, amount_minor=100), 64)) == (0, 0)
    # One of the programme is a hundredth of the cart's: many steps come to the same amount.
    tiny = Discount(points=1, amount_minor=1)
    assert given(till(100, rate=100), points(tiny, 160)) == (2, 150)
    assert given(till(100, rate=100), points(tiny, 149)) == (1, 50)
    assert given(till(100, rate=100), points(tiny, 49)) == (0, 0)


# Promo codes


def code(amount=0, **more):
    return OrderDiscount("promo_code", amount, "C", **more)


def test_promo_codes_are_taken_one_after_the_other_and_never_more_than_is_left():
    counter = till(300, 100, carrier="relay", shipping=500)
    found = apply(counter, offer(promo_codes=(code(100), code(999))))
    assert [(each.amount_minor, each.lines_minor) for each in found.promo_codes] == [
        (100, (75, 25)),
        (300, (225, 75)),
    ]
    assert (found.amount_minor, counter.total, counter.left) == (400, 0, [0, 0])
    assert (found.frees, found.saved_minor) == (False, 0)


def test_a_promo_code_may_name_its_lines():
    counter = till(300, 100)
    found = apply(counter, offer(promo_codes=(code(150, lines_minor=(0, 150)), code())))
    assert [each.lines_minor for each in found.promo_codes] == [(0, 100), (0, 0)]
    assert (counter.left, counter.total) == ([300, 0], 300)


def test_promo_codes_free_the_delivery_in_part_or_whole():
    counter = till(300, carrier="relay", shipping=500)
    half = code(200, free_shipping=True)
    found = apply(counter, offer(promo_codes=(half, code(free_shipping=True), half)))
    assert [each.saved_minor for each in found.promo_codes] == [200, 300, 0]
    assert (found.frees, found.saved_minor, counter.shipping_left, counter.left) == (True, 500, 0, [300])
    assert not apply(till(300), offer(promo_codes=(half,))).frees
    assert gives(till(300), offer(promo_codes=(half,))) == (False, 0)
    assert gives(till(300), offer(promo_codes=(code(5),))) == (True, 5)


# The till


def test_a_copy_is_tried_out_without_touching_the_till():
    counter = till(300, 100, carrier="relay", shipping=500)
    apply(counter, offer(free_shipping=RELAY))
    for spreads in (True, False):
        copy = counter.copy(spreads=spreads)
        assert (copy.shipping_left, copy.granted, copy.total, copy.given) == (0, RELAY, 400, [])
        apply(copy, offer(Discount(amount_minor=100)))
        assert (copy.total, counter.total, counter.left) == (300, 400, [300, 100])
        assert copy.left == ([225, 75] if spreads else [300, 100])


def test_a_till_that_does_not_spread_only_counts():
    counter = till(300, 100, spreads=False)
    assert take(counter, 50, None) == ()
    assert (counter.total, counter.left) == (350, [300, 100])


def test_a_bracket_is_offered_with_everything_that_it_gives():
    bracket = Bracket(Bounds(10), discount=STEP, free_shipping=RELAY, gift=Gift("pin"))
    found = of_bracket("segment", 1, bracket, "s")
    assert (found.source, found.bit, found.id, found.code) == ("segment", 1, "s", "")
    assert (found.discount, found.free_shipping, found.gift) == (STEP, RELAY, Gift("pin"))
