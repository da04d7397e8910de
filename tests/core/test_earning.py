"""What an order earns: rules, measures, rounding, tax, currency, and what prevents it (meanings 1, 2, 3, 16, 17)."""

from fractions import Fraction

import pytest

from palier.core.order import OrderDiscount, Shipping
from palier.core.programme.values import (
    Award,
    Bounds,
    Conditions,
    EarningRule,
    Interval,
    LineFilter,
    Points,
    Segment,
    Spend,
    Where,
)
from palier.core.values import replace
from tests.core.kit import (
    EURO,
    Story,
    line,
    points_discount,
    programme,
    spend_rule,
    when,
)


def worth(rules, *lines, **more):
    """(points, spend in minor units) of a single order under these rules."""
    sections = more.pop("sections", {})
    rules = rules if isinstance(rules, tuple) else (rules,)
    story = Story(programme(earning=rules, **sections)).order("A", *lines, **more)
    return story.orders["A"].booking.points, story.orders["A"].booking.spend_minor


def only(**conditions):
    return EarningRule("r", when=Conditions(**conditions), award=Award(10))


FLAT = EarningRule("order", award=Award(100))


@pytest.mark.parametrize(
    ("rule", "euros", "points"),
    [
        (spend_rule(), 12.99, 12),
        (spend_rule(10), 0.19, 1),
        (spend_rule(3, 200), 3.33, 4),
        (EarningRule("r", award=Award(3, 200, whole_steps=True)), 3.33, 3),
        (FLAT, 0.01, 100),
        (EarningRule("r", lines=LineFilter(frozenset({"mug"})), award=Award(5, per_item=True)), 7, 5),
    ],
)
def test_earn_6_awards_by_amount_step_order_and_item(rule, euros, points):
    assert worth(rule, line(euros))[0] == points


@pytest.mark.parametrize(("rounding", "points"), [("down", 12), ("nearest", 13), ("up", 13)])
def test_points_are_rounded_as_the_programme_says(rounding, points):
    assert worth(spend_rule(), line(12.5), sections={"points": Points(rounding=rounding)})[0] == points


def test_points_are_rounded_once_per_rule_and_order_never_by_line():
    twice = (spend_rule(), replace(spend_rule(), id="again"))
    assert worth(twice, line(0.6, "a"), line(0.6, "b"))[0] == 2


@pytest.mark.parametrize(
    ("bounds", "euros", "holds"),
    [
        (Bounds(20 * EURO), 20, True),
        (Bounds(20 * EURO + 1), 20, False),
        (Bounds(20 * EURO + 1), 20.01, True),
        (Bounds(None, 20 * EURO), 20, True),
        (Bounds(None, 20 * EURO - 1), 20, False),
    ],
)
def test_earn_6_over_is_strict_and_from_is_not(bounds, euros, holds):
    assert (worth(only(total=bounds), line(euros))[0] == 10) is holds


@pytest.mark.parametrize(
    ("conditions", "holds"),
    [
        ({"quantity": Bounds(3)}, True),
        ({"quantity": Bounds(4)}, False),
        ({"weight": Bounds(900)}, True),
        ({"weight": Bounds(901)}, False),
        ({"payment_method": frozenset({"bankwire", "card"})}, True),
        ({"payment_method": frozenset({"bankwire"})}, False),
        ({"carrier": frozenset({"relay"})}, True),
        ({"carrier": frozenset({"post"})}, False),
        ({"order_number": Bounds(None, 1)}, True),
        ({"order_number": Bounds(2)}, False),
        ({"tier": frozenset({"gold"})}, False),
        ({"segment": frozenset({"s"})}, False),
        ({"during": Interval(when("2026-01-10"), when("2026-01-11"))}, True),
        ({"during": Interval(None, when("2026-01-10"))}, False),
    ],
)
def test_each_condition_holds_and_fails(conditions, holds):
    points, _ = worth(
        only(**conditions),
        line(30, "mug", 3, weight_g=300),
        payment_method="card",
        shipping=Shipping("relay", 490),
    )
    assert (points == 10) is holds


def test_a_measure_is_taken_before_discounts_and_the_award_after_them():
    rules = (only(total=Bounds(50 * EURO)), spend_rule())
    discounts = (OrderDiscount("tier", 10 * EURO),)
    assert worth(rules, line(50), discounts=discounts) == (10 + 40, 40 * EURO)


def test_a_rule_with_lines_measures_and_counts_those_lines_only():
    rule = EarningRule(
        "r", lines=LineFilter(categories=frozenset({"sale"}), on_sale=True), award=Award(3, EURO)
    )
    rule = replace(rule, when=Conditions(total=Bounds(10 * EURO)))
    sale = line(10, "a", categories=("x", "sale"), on_sale=True)
    assert worth(rule, sale, line(90, "b", categories=("sale",)))[0] == 30
    assert worth(rule, replace(sale, amount_minor=999), line(90, "b"))[0] == 0


def test_excluded_goods_count_for_nothing_at_all():
    cards = {"spend": Spend(exclude=LineFilter(categories=frozenset({"cards"})))}
    card = line(100, "card", 5, categories=("cards",), weight_g=100)
    rules = (FLAT, spend_rule(), only(quantity=Bounds(2)), only(weight=Bounds(1)))
    assert worth(rules, card, sections=cards) == (0, 0)
    assert worth(rules, card, line(10), sections=cards) == (110, 10 * EURO)


def test_earn_3_a_line_without_price_earns_nothing():
    assert worth((FLAT, spend_rule()), line(0)) == (0, 0)
    each = EarningRule("r", award=Award(5, per_item=True))
    assert worth(each, line(0, "bag", 3), line(10))[0] == 5


def test_earn_2_shipping_earns_only_if_it_is_included():
    carried = {"shipping": Shipping("post", 990)}
    assert worth(spend_rule(), line(100), **carried) == (100, 100 * EURO)
    included = {"spend": Spend(shipping="included")}
    assert worth(spend_rule(), line(100), sections=included, **carried) == (109, 10990)
    assert worth(only(total=Bounds(105 * EURO)), line(100), sections=included, **carried)[0] == 0


@pytest.mark.parametrize(
    ("tax", "prices", "is_net", "spend"),
    [
        ("included", "gross", True, 12000),
        ("included", "net", False, 14400),
        ("excluded", "gross", False, 10000),
        ("excluded", "net", False, 12000),
        ("as_displayed", "gross", False, 12000),
        ("as_displayed", "gross", True, 10000),
        ("as_displayed", "net", True, 12000),
        ("as_displayed", "net", False, 14400),
    ],
)
def test_tax_1_and_2_one_switch_says_whether_tax_counts(tax, prices, is_net, spend):
    other = Fraction(5, 6) if prices == "gross" else Fraction(6, 5)
    story = Story(programme(spend=Spend(tax=tax), earning=(spend_rule(),)))
    story.is_net = is_net
    story.order("A", line(120, other_per_amount=other), prices=prices)
    booking = story.orders["A"].booking
    assert (booking.spend_minor, booking.points) == (spend, spend // EURO)


def test_tax_1_shipping_that_counts_follows_the_same_switch():
    net = {"spend": Spend(tax="excluded", shipping="included")}
    shipping = Shipping("post", 600, Fraction(5, 6))
    assert (
        worth(spend_rule(), line(120, other_per_amount=Fraction(5, 6)), shipping=shipping, sections=net)[1]
        == 10500
    )


def test_a_rule_may_ask_for_goods_on_sale_only():
    rule = EarningRule("sale", lines=LineFilter(on_sale=True), award=Award(3, EURO))
    assert worth(rule, line(10, "a", on_sale=True), line(10, "b"))[0] == 30


def test_net_amounts_are_rounded_half_up_once_per_order():
    """Three lines of 0.50 gross at 19 %: 1.2605 net, not three times 0.42."""
    lines = [line("0.50", name, other_per_amount=Fraction(100, 119)) for name in "abc"]
    assert worth(spend_rule(), *lines, sections={"spend": Spend(tax="excluded")})[1] == 126


def test_a_foreign_order_counts_at_its_own_rate_between_currencies_of_other_decimals():
    yen = {"currency": "JPY", "rate": Fraction("0.00625")}
    assert worth(spend_rule(), line("100.01"), **yen) == (62, 6251)  # 10001 yen are 62.50625 euros
    assert worth(spend_rule(), line(1), currency="KWD", rate=Fraction(3))[1] == 30  # 0.100 dinars


@pytest.mark.parametrize(
    ("discount", "earns"),
    [
        (OrderDiscount("promo_code", 100), False),
        (OrderDiscount("coupon", 100, code="C"), False),
        (OrderDiscount("segment", 100), False),
        (OrderDiscount("first_order", 100), False),
        (points_discount(0, 1), False),
        (OrderDiscount("tier", 100), True),
        (OrderDiscount("segment", 490, free_shipping=True), True),
        (OrderDiscount("promo_code", 0), True),
    ],
)
def test_earn_4_discounts_prevent_earning_unless_the_programme_allows_them(discount, earns):
    points, spend = worth(spend_rule(), line(10), discounts=(discount,))
    assert (points > 0) is earns
    assert spend == 1000 - (0 if discount.free_shipping else discount.amount_minor)
    allowed = {"points": Points(earn_with=frozenset({discount.source}))}
    assert worth(spend_rule(), line(10), discounts=(discount,), sections=allowed)[0] > 0


def test_the_first_order_may_be_left_out_of_earning_and_first_is_by_valid_orders():
    """R-EARN-10: a cancelled first order makes the next one first again."""
    story = Story(programme(points=Points(earn_on_first_order=False)))
    story.order("A", 10).order("A", status="cancelled").order("B", 10).order("C", 10)
    assert [story.orders[name].booking.points for name in "ABC"] == [0, 0, 10]
    assert [story.orders[name].frozen.number for name in "ABC"] == [1, 1, 2]


def test_only_the_first_matching_segment_may_forbid_earning():
    nobody = Where("all", ())
    segments = (Segment("a", nobody), Segment("b", nobody, earn_points=False))
    story = Story(programme(segments=segments))
    story.segments = ("a", "b")
    story.order("A", 10)
    story.segments = ("b",)
    story.order("B", 10)
    assert [story.orders[name].booking.points for name in "AB"] == [10, 0]
    assert story.orders["B"].worth.why_not == "segment"
    assert story.state.totals.spend_minor == 2000


def test_a_disabled_rule_and_a_rule_for_events_give_nothing_to_orders():
    rules = (replace(FLAT, enabled=False), EarningRule("visit", on="visit", award=Award(20)))
    assert worth(rules, line(10)) == (0, 1000)


def test_earn_11_the_entry_explains_itself():
    rules = (spend_rule(), EarningRule("each", award=Award(5, per_item=True)))
    story = Story(programme(earning=rules)).order("A", line(20, "mug", 2))
    assert story.entries[0].facts["awards"] == [
        {"rule": "spend", "points": 20, "base": 2000},
        {"rule": "each", "points": 10, "pieces": 2},
    ]
    assert story.entries[0].version == 1


def test_an_event_gives_each_of_its_rules_and_once_is_once():
    rules = (
        EarningRule("welcome", on="sign_up", award=Award(20), once=True),
        EarningRule("always", on="sign_up", award=Award(1)),
        EarningRule("gold", on="sign_up", award=Award(7), when=Conditions(tier=frozenset({"gold"}))),
    )
    story = Story(programme(earning=rules)).event("sign_up").event("sign_up").event("other")
    assert story.available == 22


@pytest.mark.parametrize("status", ["paid", "shipped", "delivered"])
def test_evt_2_jumping_to_a_state_is_like_going_there(status):
    assert Story(programme()).order("A", 10, status=status).available == 10


@pytest.mark.parametrize("status", ["placed", "cancelled"])
def test_what_is_not_valid_is_worth_nothing(status):
    story = Story(programme()).order("A", 10, status=status)
    assert (story.buckets, story.state.totals.orders, story.entries) == ((0, 0, 0, 0), 0, [])


def test_evt_1_the_same_state_again_posts_nothing():
    Story(programme()).order("A", 10).repeat("A").later(3).repeat("A")


def test_evt_4_an_edited_order_moves_the_difference():
    story = Story(programme()).order("A", 10).order("A", 25).order("A", 5)
    assert (story.available, story.kinds()) == (5, ["earn", "earn", "take_back"])
    assert [entry.amount for entry in story.entries] == [10, 15, -20]


def test_ref_2_a_changed_rule_never_touches_orders_of_before():
    story = Story(programme()).order("A", 100)
    story.publish(programme(earning=(spend_rule(5),))).order("B", 100).refund("A", euros=50).refund(
        "B", euros=50
    )
    assert [story.orders[name].booking.points for name in "AB"] == [50, 250]


def test_the_version_is_frozen_when_the_order_is_first_seen_even_if_it_only_waits():
    story = Story(programme()).order("A", 100, status="placed").publish(programme(earning=(spend_rule(5),)))
    assert story.order("A", status="paid").available == 100


@pytest.mark.parametrize("net", ["23.08", "20.30", "0.42"])
def test_a_multiplier_with_lines_raises_all_that_its_only_line_earned_also_when_the_amount_was_rounded_up(
    net,
):
    """27.696 with tax is 27.70, which earns 83: all of it was earned by that line, and three times 83 is 249."""
    spend = spend_rule(3)
    desks = EarningRule("m", lines=LineFilter(frozenset({"desk"})), multiply=Fraction(3))
    desk = line(net, "desk", other_per_amount=Fraction(6, 5))
    once = worth(spend, desk, prices="net")[0]
    assert worth((spend, desks), desk, prices="net")[0] == 3 * once
