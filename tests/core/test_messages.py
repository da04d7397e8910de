"""Messages are read exactly, or refused with everything that is wrong with them."""

from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.errors import (
    CurrencyMismatch,
    InvalidEvent,
    InvalidGift,
    InvalidOrder,
    InvalidRefund,
    Refusal,
)
from palier.core.messages import (
    InvalidMember,
    MemberEvent,
    PointsGift,
    parse_event,
    parse_gift,
    parse_member,
    parse_order,
    parse_refund,
    refund_currency,
)
from palier.core.order import Delivery, OrderDiscount, RefundLine

LINE = {"product": "tee", "quantity": 2, "price": Decimal("300.00"), "tax_rate": 20}
ORDER = {"id": "A1", "member": "ana", "status": "paid", "lines": [LINE]}


def order(currency="EUR", **changes):
    return parse_order({**ORDER, **changes}, currency=currency)


def line(currency="EUR", prices="gross", **changes):
    read = order(currency, prices=prices, lines=[{"product": "tee", **changes}])
    return read.lines[0]


def refusal_of(read, *arguments, **named):
    with pytest.raises(Refusal) as caught:
        read(*arguments, **named)
    return caught.value


# --- Orders: exact values


def test_a_full_order_is_read_as_it_was_written():
    read = order(
        email="ana@example.org",
        updated="2026-01-10T09:59:00+01:00",
        placed_at=date(2026, 1, 9),
        lines=[{**LINE, "id": "l7", "categories": ["clothes", 12], "weight": 200, "on_sale": True}],
        shipping={"carrier": "colissimo", "amount": "4.90", "tax_rate": 20},
        discounts=[{"source": "promo_code", "code": "NOEL", "amount": 10}],
        coupons=["C1", "C1", "C2"],
        payment_method="card",
        delivery={"city": "Paris", "country": "fr"},
    )
    assert (read.id, read.customer, read.status, read.currency) == ("A1", "ana", "paid", "EUR")
    assert read.updated == datetime(2026, 1, 10, 8, 59, tzinfo=UTC)
    assert read.placed_at == datetime(2026, 1, 9, tzinfo=UTC)
    (only,) = read.lines
    assert (only.id, only.amount_minor, only.quantity, only.weight_g) == ("l7", 60000, 2, 200)
    assert (only.categories, only.on_sale) == (("clothes", "12"), True)
    assert only.other_per_amount == Fraction(100, 120)
    assert (read.shipping.amount_minor, read.shipping.other_per_amount) == (490, Fraction(5, 6))
    assert read.discounts == (OrderDiscount("promo_code", 1000, code="NOEL"),)
    assert read.coupons == ("C1", "C2")
    assert read.delivery == Delivery("Paris", "FR")


@pytest.mark.parametrize(
    ("told", "country"), [("fr", "FR"), ("ßß", "ßß"), ("ß", "SS"), ("ΐ", "ΐ"), (12, "12"), ("", "")]
)
def test_a_country_has_two_characters_at_most_however_it_is_told(told, country):
    assert order(delivery={"country": told}).delivery.country == country


@pytest.mark.parametrize("told", [123, "FRA", " FR"])
def test_a_country_of_more_than_two_characters_is_refused_a_number_too(told):
    with pytest.raises(InvalidOrder, match="at most 2 characters"):
        order(delivery={"country": told})


def test_an_order_says_which_optional_parts_it_named():
    assert parse_order({"id": 1, "status": "paid", "shipping": {}}, currency="EUR").said == {"shipping"}
    assert order().said == {"customer", "currency", "rate", "prices", "discounts", "coupons"}


def test_an_update_without_lines_brings_no_discounts_and_no_coupons():
    read = parse_order(
        {
            "id": "A1",
            "status": "delivered",
            "discounts": [{"source": "points", "amount": 1}],
            "coupons": ["C"],
        },
        currency="EUR",
    )
    assert (read.lines, read.discounts, read.coupons, read.said) == (None, (), (), frozenset())


@pytest.mark.parametrize(
    ("prices", "given", "amount_minor", "other"),
    [
        ("gross", {"price": 12, "quantity": 1, "tax_rate": 20}, 1200, Fraction(5, 6)),
        ("net", {"price": 10, "quantity": 1, "tax_rate": 20}, 1000, Fraction(6, 5)),
        ("gross", {"total": 12, "total_net": 10, "price": 99}, 1200, Fraction(10, 12)),
        ("net", {"total": 12, "total_net": 10, "price": 99}, 1000, Fraction(12, 10)),
        ("gross", {"total_net": 10, "tax_rate": 20}, 1200, Fraction(10, 12)),
        ("net", {"total": "10.00", "tax_rate": "5.5"}, 948, Fraction(1000, 948)),
        ("gross", {"total": 0, "total_net": 0, "tax_rate": 20}, 0, Fraction(5, 6)),
        ("gross", {"price": "0.105", "quantity": 3}, 32, Fraction(1)),
    ],
)
def test_a_line_stands_in_the_basis_of_the_order_s_prices(prices, given, amount_minor, other):
    read = line(prices=prices, **given)
    assert (read.amount_minor, read.other_per_amount) == (amount_minor, other)


def test_a_unit_price_finer_than_the_currency_is_rounded_once_for_the_line():
    assert line(price=Decimal("0.005"), quantity=3).amount_minor == 2
    assert line("JPY", price=Decimal("99.5"), quantity=2).amount_minor == 199
    assert line("KWD", price=Decimal("1.0005"), quantity=1).amount_minor == 1001


def test_lines_without_an_id_are_named_by_their_position():
    assert [each.id for each in order(lines=[LINE, LINE]).lines] == ["1", "2"]


def test_a_foreign_order_keeps_its_rate_exactly():
    read = parse_order({**ORDER, "currency": "USD", "rate": Decimal("0.9")}, currency="EUR")
    assert (read.currency, read.rate) == ("USD", Fraction(9, 10))


def test_a_rate_of_one_in_the_programme_s_currency_says_nothing():
    assert order(rate=1).rate is None


def test_a_discount_may_name_the_share_of_each_line():
    (discount,) = order(discounts=[{"source": "points", "points": 20, "lines": ["2.00"]}]).discounts
    assert (discount.amount_minor, discount.lines_minor, discount.points) == (200, (200,), 20)


def test_a_discount_above_the_goods_is_the_shop_s_own_affair():
    assert order(discounts=[{"source": "promo_code", "amount": 10000}]).discounts[0].amount_minor == 1_000_000


# --- Orders: refusals


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"memebr": "ana"}, "memebr", "meant: member"),
        ({"status": "shiped"}, "status", "meant: shipped"),
        ({"id": ""}, "id", "empty"),
        ({"id": "x" * 201}, "id", "too long"),
        ({"id": "A\x001"}, "id", "control"),
        ({"id": "A\n1"}, "id", "control"),
        ({"id": True}, "id", "expected a text"),
        ({"member": None}, "member", "found nothing"),
        ({"email": "nobody"}, "email", "e-mail"),
        ({"updated": "2026-01-10T09:00:00"}, "updated", "offset"),
        ({"updated": datetime(2026, 1, 10, 9)}, "updated", "offset"),  # noqa: DTZ001
        ({"updated": "yesterday"}, "updated", "instant"),
        ({"updated": "2026-02-30"}, "updated", "instant"),
        ({"paid_at": "0001-01-01T00:00:00+14:00"}, "paid_at", "year"),
        ({"currency": "EURO"}, "currency", "ISO 4217"),
        ({"rate": 0, "currency": "USD"}, "rate", "more than 0"),
        ({"rate": 2}, "rate", "no other rate than 1"),
        ({"rate": 10**12, "currency": "USD"}, "rate", "worth too much"),
        ({"lines": []}, "lines", "empty"),
        ({"lines": None}, "lines", "list"),
        ({"lines": [LINE] * 1001}, "lines", "at most 1000"),
        ({"lines": [{**LINE, "id": "a"}] * 2}, "lines[1].id", "already"),
        ({"lines": [{**LINE, "id": "2"}, LINE]}, "lines[1].id", "position"),
        ({"lines": [{**LINE, "quantity": 0}]}, "lines[0].quantity", "from 1"),
        ({"lines": [{**LINE, "quantity": -1}]}, "lines[0].quantity", "from 1"),
        ({"lines": [{**LINE, "quantity": Decimal("1.5")}]}, "lines[0].quantity", "whole"),
        ({"lines": [{**LINE, "price": -1}]}, "lines[0].price", "negative"),
        ({"lines": [{**LINE, "price": 1.5}]}, "lines[0].price", "binary float"),
        ({"lines": [{**LINE, "price": Decimal("NaN")}]}, "lines[0].price", "number"),
        ({"lines": [{**LINE, "price": 10**12 + 1}]}, "lines[0].price", "too large"),
        ({"lines": [{**LINE, "price": 10**12}]}, "lines[0]", "too much"),
        ({"lines": [{**LINE, "tax_rate": 101}]}, "lines[0].tax_rate", "between 0 and 100"),
        ({"lines": [{**LINE, "total": 1, "total_net": 2}]}, "lines[0].total", "without"),
        ({"lines": [{**LINE, "total": Decimal("1.001")}]}, "lines[0].total", "decimals"),
        ({"lines": [{"product": "tee"}]}, "lines[0].price", "required"),
        ({"lines": [{"price": 1}]}, "lines[0].product", "required"),
        ({"shipping": {"amount": -1}}, "shipping.amount", "negative"),
        ({"shipping": {"carrier": "x" * 101}}, "shipping.carrier", "too long"),
        ({"delivery": {"country": "FRA"}}, "delivery.country", "too long"),
        ({"discounts": [{"amount": 1}]}, "discounts[0].source", "required"),
        ({"discounts": [{"source": "points", "amount": 1, "points": -1}]}, "discounts[0].points", "from 0"),
        ({"discounts": [{"source": "tier", "points": 1}]}, "discounts[0].points", "only"),
        ({"discounts": [{"source": "tier", "amount": Decimal("0.001")}]}, "discounts[0].amount", "decimals"),
        ({"discounts": [{"source": "tier", "lines": [1, 1]}]}, "discounts[0].lines", "each of the 1"),
        ({"discounts": [{"source": "tier", "amount": 3, "lines": [1]}]}, "discounts[0].lines", "add up"),
    ],
)
def test_an_impossible_order_is_refused_with_its_place(changes, path, words):
    with pytest.raises(InvalidOrder) as caught:
        parse_order({**ORDER, **changes}, currency="EUR")
    assert caught.value.path == path
    assert words in str(caught.value)


def test_an_order_without_id_and_state_is_told_both():
    refusal = refusal_of(parse_order, {"lines": [LINE]}, currency="EUR")
    assert refusal.code == "invalid_order"
    assert "id: this key is required" in str(refusal)
    assert "status: this key is required" in str(refusal)


def test_lines_in_another_currency_need_a_rate():
    with pytest.raises(CurrencyMismatch):
        parse_order({**ORDER, "currency": "USD"}, currency="EUR")


def test_an_update_of_the_state_alone_needs_no_rate():
    read = parse_order({"id": "A1", "status": "delivered", "currency": "USD"}, currency="EUR")
    assert (read.currency, read.rate) == ("USD", None)


def test_amounts_have_the_decimals_of_the_order_s_own_currency():
    foreign = {
        **ORDER,
        "currency": "JPY",
        "rate": "0.006",
        "discounts": [{"source": "tier", "amount": "0.5"}],
    }
    assert refusal_of(parse_order, foreign, currency="EUR").path == "discounts[0].amount"


# --- Refunds, members, events and gifts


def test_a_refund_names_lines_products_or_an_amount():
    refund = parse_refund(
        {
            "order": "A1",
            "id": "R1",
            "lines": [{"product": "tee", "quantity": 1}, {"line": 2, "quantity": 3}],
            "amount": "12.50",
            "shipping": True,
            "at": "2026-01-12",
        },
        currency="EUR",
    )
    assert refund.lines == (RefundLine(1, product="tee"), RefundLine(3, line="2"))
    assert (refund.amount_minor, refund.shipping, refund.full) == (1250, True, False)
    assert refund.at == datetime(2026, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({}, ""),
        ({"amount": 0}, ""),
        ({"amount": -1}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"lines": []}, "lines"),
        ({"lines": [{"product": "tee", "quantity": 0}]}, "lines[0].quantity"),
        ({"lines": [{"product": "tee"}]}, "lines[0].quantity"),
        ({"lines": [{"product": "tee", "line": "1", "quantity": 1}]}, "lines[0]"),
        ({"lines": [{"quantity": 1}]}, "lines[0]"),
        ({"full": "yes"}, "full"),
        ({"reason": "broken"}, "reason"),
    ],
)
def test_an_impossible_refund_is_refused_with_its_place(changes, path):
    with pytest.raises(InvalidRefund) as caught:
        parse_refund({"order": "A1", "id": "R1", **changes}, currency="EUR")
    assert caught.value.path == path


def test_a_refund_in_another_currency_than_its_order_is_refused():
    message = {"order": "A1", "id": "R1", "amount": 5, "currency": "USD"}
    assert refund_currency(message) == "USD"
    assert parse_refund(message, currency="USD").amount_minor == 500
    with pytest.raises(CurrencyMismatch):
        parse_refund(message, currency="EUR")


def test_a_member_says_what_it_named_and_no_more():
    facts = parse_member(
        "ana", {"born": date(1990, 5, 17), "groups": ["pro"], "prices": "net", "company": True}
    )
    assert facts.said == {"born", "groups", "prices", "company"}
    assert (facts.customer, facts.born, facts.groups, facts.prices) == (
        "ana",
        date(1990, 5, 17),
        ("pro",),
        "net",
    )
    assert parse_member("ana", {}).said == frozenset()


@pytest.mark.parametrize(
    "message",
    [{"born": "1990-05-17T00:00:00Z"}, {"born": "1890-01-01"}, {"language": "french"}, {"vip": True}],
)
def test_an_impossible_member_is_refused(message):
    with pytest.raises(InvalidMember):
        parse_member("ana", message)


def test_events_and_gifts_are_read():
    assert parse_event({"member": "ana", "name": "visit", "id": "e1"}) == MemberEvent("ana", "visit", "e1")
    assert parse_gift({"member": 7, "points": 5, "reason": "Sorry"}) == PointsGift("7", 5, "Sorry")


def test_a_gift_has_points_and_a_reason():
    for message in (
        {"points": 0, "reason": "x"},
        {"points": 5},
        {"points": 5, "reason": " "},
        {"points": 10**13},
    ):
        with pytest.raises(InvalidGift):
            parse_gift({"member": "ana", **message})


def test_an_event_has_a_name():
    with pytest.raises(InvalidEvent):
        parse_event({"member": "ana"})


# --- Laws

WORDS = [
    "id", "member", "status", "lines", "product", "quantity", "price", "total", "total_net", "tax_rate", "shipping",
    "amount", "discounts", "source", "points", "currency", "rate", "prices", "updated", "paid", "EUR", "JPY", "gross",
    "order", "full", "name", "reason", "email", "born", "groups", "2026-01-01", "2026-01-01T00:00:00Z", "-1", "1.5",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
)
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5) | st.integers(), inner, max_size=6)
    ),
    max_leaves=25,
)
MESSAGES = st.dictionaries(st.sampled_from(WORDS), TREES, max_size=12) | TREES


def _only_refusals(read, *arguments, **named):
    with suppress(Refusal):
        read(*arguments, **named)


@given(MESSAGES, st.sampled_from(["EUR", "JPY", "KWD", "XXX"]))
def test_whatever_comes_is_read_or_refused_and_never_breaks(message, currency):
    _only_refusals(parse_order, message, currency=currency)
    _only_refusals(parse_refund, message, currency=currency)
    _only_refusals(parse_member, "ana", message)
    _only_refusals(parse_event, message)
    _only_refusals(parse_gift, message)
    refund_currency(message)


@given(st.sampled_from(sorted(ORDER)), TREES, TREES, st.sampled_from(sorted(LINE)))
def test_one_wrong_value_in_a_good_order_never_breaks(key, value, inner, line_key):
    _only_refusals(parse_order, {**ORDER, key: value}, currency="EUR")
    _only_refusals(parse_order, {**ORDER, "lines": [{**LINE, line_key: inner}]}, currency="EUR")
    _only_refusals(parse_order, {**ORDER, "discounts": [value], "shipping": inner}, currency="EUR")


@given(
    st.integers(0, 10**7),
    st.integers(0, 3000),
    st.sampled_from(["gross", "net"]),
)
def test_a_line_given_by_both_totals_converts_into_exactly_the_other_one(net_minor, tax_bp, prices):
    gross_minor = net_minor + net_minor * tax_bp // 10000
    amounts = {"total": Decimal(gross_minor).scaleb(-2), "total_net": Decimal(net_minor).scaleb(-2)}
    read = line(prices=prices, **amounts)
    other = net_minor if prices == "gross" else gross_minor
    assert read.amount_minor * read.other_per_amount == (other if read.amount_minor else 0)
