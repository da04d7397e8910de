"""The quick reader of carts says what the strict one says, or nothing."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core import messages_cart
from palier.core.cart_quick import quick_cart
from palier.core.errors import Refusal
from palier.core.messages_cart import parse_cart
from tests.core.test_messages_quick import LINES, NUMBERS, WORDS

LISTS = st.one_of(st.lists(WORDS, max_size=3), st.sampled_from([(), None, "a", {}, ["a", "a"], ["a"] * 21]))
GOOD_LINES = st.lists(
    st.fixed_dictionaries(
        {
            "product": st.sampled_from(["mug", "tee", "a b", "|", "a| b", "x" * 101]),
            "price": st.one_of(st.decimals(0, 10_000, places=2), st.integers(0, 900), st.just("12.345")),
        },
        optional={
            "id": st.sampled_from(["1", "2", "a"]),
            "quantity": st.integers(1, 3),
            "tax_rate": st.sampled_from([20, "5.5", Decimal("19.6"), 0, 101]),
            "categories": st.lists(st.sampled_from(["c", "d", " d"]), max_size=3),
            "on_sale": st.booleans(),
        },
    ),
    min_size=1,
    max_size=4,
)
MESSAGES = st.fixed_dictionaries(
    {"lines": st.one_of(GOOD_LINES, GOOD_LINES, LINES)},
    optional={
        "member": st.one_of(st.sampled_from(["ana", 7, ""]), WORDS),
        "coupons": st.one_of(st.just(["A", "B"]), LISTS),
        "promo_codes": st.lists(st.fixed_dictionaries({"amount": NUMBERS}, optional={"code": WORDS}), max_size=2),
        "use_points": st.sampled_from([0, 30, -1, "5", True, 10**13, None]),
        "hold": st.one_of(st.just("h" * 37), WORDS),
        "shipping": st.one_of(
            st.fixed_dictionaries({}, optional={"carrier": WORDS, "amount": NUMBERS, "tax_rate": NUMBERS}),
            st.sampled_from([None, [], {"carier": "relay"}]),
        ),
        "payment_method": st.one_of(st.just("card"), WORDS),
        "delivery": st.one_of(
            st.fixed_dictionaries({}, optional={"city": WORDS, "country": st.sampled_from(["fr", "FRA", "", 7, "ß"])}),
            st.just("Paris"),
        ),
        "currency": st.sampled_from(["EUR", "JPY", "eur", None]),
        "rate": st.sampled_from([1, "0.9"]),
        "prices": st.sampled_from(["gross", "net"]),
        "pirces": st.just(1),
    },
)  # fmt: skip


def read(message, currency):
    try:
        return parse_cart(message, currency=currency)
    except Refusal as refusal:
        return type(refusal), str(refusal), refusal.problems


@given(MESSAGES, st.sampled_from(["EUR", "EUR", "JPY", "KWD"]))
def test_both_readers_say_the_same_of_any_cart(message, currency):
    read_quickly = read(message, currency)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages_cart, "quick_cart", lambda *_, **__: None)
        assert read(message, currency) == read_quickly


BODY = b"""{"member": "ana", "currency": "EUR",
 "lines": [{"id": "l1", "product": "mug", "quantity": 2, "price": 12.50, "tax_rate": 20, "categories": ["a", "a"]},
           {"product": "tee", "price": "9.995", "weight": 200, "on_sale": true}],
 "coupons": ["A", "A"], "promo_codes": [{"code": "NOEL", "amount": 5}], "use_points": 30, "hold": "h1",
 "shipping": {"carrier": "relay", "amount": 4.90, "tax_rate": 20}, "payment_method": "card",
 "delivery": {"city": "Paris", "country": "fr"}}"""


def test_what_shops_send_is_for_the_quick_reader():
    message = msgspec.json.Decoder(float_hook=Decimal).decode(BODY)
    found = quick_cart(message, currency="EUR", exponent=2, id="cart")
    assert found is not None
    assert [(line.id, line.amount_minor) for line in found[1].order.lines] == [("l1", 2500), ("2", 1000)]


@pytest.mark.parametrize("key", ["rate", "prices", "anything"])
def test_what_is_out_of_the_ordinary_is_not(key):
    message = msgspec.json.Decoder(float_hook=Decimal).decode(BODY) | {key: "1"}
    assert quick_cart(message, currency="EUR", exponent=2, id="cart") is None
