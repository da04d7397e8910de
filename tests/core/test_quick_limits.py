"""Up to where the quick readers read by themselves: as the strict ones would, and leave them what lies beyond."""

# ruff: noqa: E501  (tables)

from decimal import Decimal

import pytest

from palier.core import messages_cart, messages_order
from palier.core.cart_quick import quick_cart
from palier.core.errors import Refusal
from palier.core.messages_cart import parse_cart
from palier.core.messages_order import FIELDS, parse_order
from palier.core.messages_quick import quick_lines
from palier.core.programme.reader import Broken, Context

TEE = {"product": "tee", "price": "10.00"}
READ, LEFT = True, False

LINES = [
    ([TEE] * 200, READ), ([TEE] * 201, LEFT), ([], LEFT), ((TEE,), LEFT), ([{**TEE, "colour": 1}], LEFT), ([5], LEFT),
    ([{**TEE, "product": "x" * 200}], READ), ([{**TEE, "product": "x" * 201}], LEFT), ([{**TEE, "product": ""}], LEFT),
    ([{**TEE, "product": " x"}], LEFT), ([{**TEE, "product": "x\n"}], LEFT), ([{**TEE, "product": 5}], LEFT),
    ([{**TEE, "id": "x" * 100}], READ), ([{**TEE, "id": "x" * 101}], LEFT), ([{**TEE, "id": ""}], LEFT), ([{**TEE, "id": 5}], LEFT),
    ([{**TEE, "quantity": 1}], READ), ([{**TEE, "quantity": 0}], LEFT), ([{**TEE, "quantity": True}], LEFT),
    ([{**TEE, "price": 1, "quantity": 10**6}], READ), ([{**TEE, "price": 1, "quantity": 10**6 + 1}], LEFT),
    ([{**TEE, "weight": 0}], READ), ([{**TEE, "weight": -1}], LEFT), ([{**TEE, "weight": 10**9}], READ),
    ([{**TEE, "weight": 10**9 + 1}], LEFT), ([{**TEE, "weight": "5"}], LEFT), ([{**TEE, "on_sale": 1}], LEFT),
    ([{**TEE, "categories": []}], READ), ([{**TEE, "categories": ["x"] * 20}], READ), ([{**TEE, "categories": ["x"] * 21}], LEFT),
    ([{**TEE, "categories": ["x" * 200]}], READ), ([{**TEE, "categories": ["x" * 201]}], LEFT), ([{**TEE, "categories": ["x", 5]}], LEFT),
    ([{**TEE, "categories": ("x",)}], LEFT), ([{**TEE, "categories": ["x", "y", "x"]}], READ), ([{**TEE, "categories": [" x"]}], LEFT),
    ([{**TEE, "price": 0}], READ), ([{**TEE, "price": -1}], LEFT), ([{**TEE, "price": 10**10}], READ), ([{**TEE, "price": 10**10 + 1}], LEFT),
    ([{**TEE, "price": "9" * 9 + "." + "9" * 9}], READ), ([{**TEE, "price": "1" * 10}], LEFT), ([{**TEE, "price": "1." + "1" * 10}], LEFT),
    ([{**TEE, "price": "999999999", "quantity": 10}], READ), ([{**TEE, "price": "999999999", "quantity": 11}], LEFT),
    ([{**TEE, "price": "100000000", "quantity": 100}], READ), ([{**TEE, "price": "0.004"}], READ), ([{**TEE, "price": "0.005"}], READ),
    ([{**TEE, "price": None}], LEFT), ([{**TEE, "price": True}], LEFT), ([{**TEE, "price": "1e3"}], LEFT), ([{**TEE, "price": "1."}], LEFT),
    ([{**TEE, "tax_rate": 0}], READ), ([{**TEE, "tax_rate": -1}], LEFT), ([{**TEE, "tax_rate": 100}], READ), ([{**TEE, "tax_rate": 101}], LEFT),
    ([{**TEE, "tax_rate": "100.0"}], READ), ([{**TEE, "tax_rate": "100.1"}], LEFT), ([{**TEE, "tax_rate": "5." + "5" * 9}], READ),
    ([{**TEE, "tax_rate": "5." + "5" * 10}], LEFT), ([{**TEE, "tax_rate": True}], LEFT), ([{**TEE, "tax_rate": None}], LEFT),
    ([{"product": "tee"}], LEFT), ([{"price": 1}], LEFT), ([TEE, {**TEE, "product": ""}], LEFT),
]  # fmt: skip


def answered(parse, message):
    try:
        return parse(message, currency="EUR")
    except Refusal as refusal:
        return type(refusal), str(refusal)


def counted(lines):
    context = Context()
    try:
        FIELDS["lines"].kind.read(context, "lines", lines)
    except Broken:
        return context.problems
    return context.nodes


@pytest.mark.parametrize(("lines", "is_read"), LINES)
def test_lines_up_to_every_limit_are_read_quickly_as_the_strict_reader_reads_them(
    lines, is_read, monkeypatch
):
    assert (quick_lines(lines, 2) is not None) is is_read
    assert quick_lines(lines, None) is None
    message = {"id": "A", "status": "paid", "lines": lines}
    quickly = answered(parse_order, message), counted(lines)
    monkeypatch.setattr(messages_order, "quick_lines", lambda *_: None)
    assert (answered(parse_order, message), counted(lines)) == quickly


CARTS = [
    ({}, READ), ({"lines": [TEE] * 200}, READ), ({"lines": [TEE] * 201}, LEFT), ({"lines": []}, LEFT), ({"lines": None}, LEFT),
    ({"currency": "EUR"}, READ), ({"currency": "USD"}, LEFT), ({"prices": "gross"}, LEFT), ({"colour": 1}, LEFT),
    ({"member": "x" * 100}, READ), ({"member": "x" * 101}, LEFT), ({"member": ""}, LEFT), ({"member": " x"}, LEFT), ({"member": "x "}, LEFT),
    ({"member": "x\u2028y"}, LEFT), ({"member": 5}, LEFT), ({"member": "x|y"}, READ), ({"coupons": ["a", "b", "a"]}, READ),
    ({"coupons": ["a"] * 20}, READ), ({"coupons": ["a"] * 21}, LEFT), ({"coupons": ["a ", "b"]}, LEFT), ({"coupons": [" a", "b"]}, LEFT),
    ({"use_points": 0}, READ), ({"use_points": -1}, LEFT), ({"use_points": 10**12}, READ), ({"use_points": 10**12 + 1}, LEFT),
    ({"hold": "h" * 36}, READ), ({"hold": "h" * 37}, LEFT), ({"hold": ""}, LEFT), ({"hold": "h "}, LEFT),
    ({"payment_method": ""}, READ), ({"payment_method": "x" * 100}, READ), ({"payment_method": "x" * 101}, LEFT), ({"payment_method": " "}, LEFT),
    ({"delivery": {"city": "Paris", "country": "fr"}}, READ), ({"delivery": {"country": "FRA"}}, LEFT), ({"delivery": {"country": " F"}}, LEFT),
    ({"delivery": {"city": "Paris "}}, LEFT), ({"delivery": {}}, READ), ({"delivery": {"country": "ßß"}}, READ),
    ({"shipping": {"carrier": "relay", "amount": "4.90", "tax_rate": "5.5"}}, READ), ({"shipping": {}}, READ), ({"shipping": {"carrier": " x"}}, LEFT),
    ({"shipping": {"amount": "4.905"}}, LEFT), ({"shipping": {"amount": 10**10}}, READ), ({"shipping": {"amount": 10**10 + 1}}, LEFT),
    ({"shipping": {"amount": -1}}, LEFT), ({"shipping": {"amount": "4.9"}}, READ), ({"shipping": {"amount": "4"}}, READ),
    ({"shipping": {"amount": Decimal("4.90")}}, READ), ({"shipping": {"amount": Decimal("4.900")}}, LEFT), ({"shipping": {"amount": True}}, LEFT),
    ({"shipping": {"tax_rate": 100}}, READ), ({"shipping": {"tax_rate": 101}}, LEFT), ({"shipping": {"tax_rate": "100.1"}}, LEFT),
    ({"shipping": {"tax_rate": -1}}, LEFT), ({"shipping": {"tax_rate": None}}, LEFT),
    ({"promo_codes": [{"code": "NOEL", "amount": 5}]}, READ), ({"promo_codes": [{"amount": 5}]}, READ), ({"promo_codes": [{"code": "NOEL"}]}, LEFT),
    ({"promo_codes": [{"code": "x", "amount": 1}] * 20}, READ), ({"promo_codes": [{"code": "x", "amount": 1}] * 21}, LEFT),
    ({"promo_codes": [{"code": " x", "amount": 1}]}, LEFT), ({"promo_codes": [{"code": "x", "amount": "0.001"}]}, LEFT),
    *(({"lines": [{**TEE, "price": price}]}, read) for price, read in (
        (0, READ), (-1, LEFT), (10**10, READ), (10**10 + 1, LEFT), ("1" * 10, READ), ("0" * 13 + "1", READ), ("0" * 14 + "1", LEFT), ("0." + "1" * 12, READ),
        ("0." + "1" * 13, LEFT), ("10", READ), ("1.5", READ), ("1.005", READ), ("1.004", READ), (".5", LEFT), ("1.", LEFT), ("1.x", LEFT), ("٣", LEFT),
        ("1e3", LEFT), ("-1", LEFT), ("", LEFT), (Decimal("12.345"), READ), (True, LEFT), (None, LEFT), (1.5, LEFT),
    )),
    ({"lines": [{**TEE, "product": "x" * 100}]}, READ), ({"lines": [{**TEE, "product": "x" * 101}]}, LEFT), ({"lines": [{**TEE, "product": "x "}]}, LEFT),
    ({"lines": [{**TEE, "quantity": 10**6, "price": 1}]}, READ), ({"lines": [{**TEE, "quantity": 10**6 + 1, "price": 1}]}, LEFT),
    ({"lines": [{**TEE, "quantity": 1}]}, READ), ({"lines": [{**TEE, "quantity": 0}]}, LEFT), ({"lines": [{**TEE, "quantity": 3, "price": "0.335"}]}, READ),
    ({"lines": [{**TEE, "weight": 10**9}]}, READ), ({"lines": [{**TEE, "weight": 10**9 + 1}]}, LEFT), ({"lines": [{**TEE, "weight": -1}]}, LEFT),
    ({"lines": [{**TEE, "categories": ["a", "b", "a"]}]}, READ), ({"lines": [{**TEE, "categories": [" a"]}]}, LEFT),
    ({"lines": [{**TEE, "categories": ["a"] * 20}]}, READ), ({"lines": [{**TEE, "categories": ["a"] * 21}]}, LEFT),
    ({"lines": [{**TEE, "id": "a"}, {**TEE, "id": "a"}]}, LEFT), ({"lines": [{**TEE, "id": "a"}, TEE]}, READ), ({"lines": [{**TEE, "id": "2"}, TEE]}, LEFT),
    ({"lines": [TEE, {**TEE, "id": " a"}]}, LEFT), ({"lines": [{**TEE, "tax_rate": True}]}, LEFT), ({"lines": [{**TEE, "tax_rate": 19}]}, READ),
    ({"lines": [{**TEE, "price": 5 * 10**9}] * 2}, READ), ({"lines": [{**TEE, "price": 5 * 10**9}, {**TEE, "price": "5000000000.01"}]}, LEFT),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "is_read"), CARTS)
def test_carts_up_to_every_limit_are_read_quickly_as_the_strict_reader_reads_them(
    changed, is_read, monkeypatch
):
    message = {"lines": [TEE], **changed}
    assert (quick_cart(message, currency="EUR", exponent=2, id="cart") is not None) is is_read
    quickly = answered(parse_cart, message)
    monkeypatch.setattr(messages_cart, "quick_cart", lambda *_, **__: None)
    assert answered(parse_cart, message) == quickly
