"""What messages of shops are read as: every kind of value at its edges, then orders, carts and the rest at theirs."""

# ruff: noqa: E501  (tables of values)

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from palier.core import messages_kinds as kinds
from palier.core.errors import Refusal
from palier.core.messages import parse_event, parse_gift, parse_member, parse_refund
from palier.core.messages_cart import parse_cart, parse_voucher
from palier.core.messages_order import FIELDS, parse_order
from palier.core.programme.reader import Kind
from tests.core.approved.kinds import CURRENCIES, LIMIT, NUMBERS, OTHERS, TEXTS, answer, short

WORDS: list[Any] = [
    *TEXTS, "x" * 100, "x" * 101, "x" * 200, "x" * 201, " " + "x" * 199, " " + "x" * 200, "a\u00a0", "a\u2028b", -LIMIT, -LIMIT - 1,
]  # fmt: skip
EMAILS: list[Any] = [
    "", " ", "a@b", " a@b ", "a b@c", "@b", "a@", "a", "a@b@c", "a@" + "b" * 252, "a@" + "b" * 253, "a@b\x00", 5,
]  # fmt: skip
INSTANTS: list[Any] = [
    "2026-02-03", "2026-02-30", "1899-12-31", "1900-01-01", "2200-12-31", "2201-01-01", "2026-02-03T10:00Z", "2026-02-03t10:00:01z",
    "2026-02-03 10:00:01.5+0200", "2026-02-03T10:00:01.123456789+02:00", "2026-02-03T10:00:01.1234567891Z", "2026-02-03T10:00",
    "2026-02-03T25:00Z", "2026-02-03T10Z", "x", "1900-01-01T00:00+05:00", "2200-12-31T23:00-05:00",
]  # fmt: skip
PERCENTS: list[Any] = [
    0,
    100,
    101,
    -1,
    "0",
    "100",
    "100.000000000001",
    "-0.000000000001",
    "19.6",
    Decimal("5.5"),
]
LINE: dict[str, Any] = {"product": "tee", "price": 10}
LINES: list[Any] = [
    [], [LINE], [{**LINE, "price": "10.005"}], [{**LINE, "price": "10.004", "quantity": 3}], [{**LINE, "quantity": 0}],
    [{**LINE, "quantity": 1_000_000}], [{**LINE, "quantity": 1_000_001}], [{**LINE, "weight": 10**9}], [{**LINE, "weight": 10**9 + 1}],
    [{**LINE, "id": "x" * 100}], [{**LINE, "id": "x" * 101}], [{**LINE, "id": ""}], [{**LINE, "tax_rate": 100}], [{**LINE, "tax_rate": 101}],
    [{**LINE, "tax_rate": "19.6"}], [{**LINE, "tax_rate": "1" * 21}], [{**LINE, "price": -1}], [{**LINE, "price": 10**10}],
    [{**LINE, "price": 10**10 + 1}], [{**LINE, "price": "9" * 9 + ".999999999"}], [{**LINE, "price": "1" + "0" * 9}], [{**LINE, "price": True}],
    [{"product": "tee"}], [{"product": "tee", "total": 5}], [{"product": "tee", "total_net": 5}], [{**LINE, "total": 0}],
    [{**LINE, "total": 6, "total_net": 5}], [{**LINE, "total": 5, "total_net": 6}], [{**LINE, "total": 5, "total_net": 5}],
    [{**LINE, "total_net": 5, "tax_rate": 20}], [{**LINE, "total": 5, "tax_rate": 20}], [{**LINE, "categories": ["a", "b", "a"]}],
    [{**LINE, "categories": "a"}], [{**LINE, "categories": ["x" * 201]}], [{**LINE, "on_sale": 1}], [LINE, {**LINE, "id": "1"}],
    [LINE, {**LINE, "id": "2"}], [{**LINE, "id": "2"}, LINE], [{**LINE, "product": " tee"}], [{**LINE, "product": 5}], [{**LINE, "colour": "red"}],
]  # fmt: skip
DISCOUNTS: list[Any] = [
    [{"source": "promo_code"}], [{"source": "tier", "amount": 5}], [{"source": "x"}], [{"source": "coupon", "lines": [2, 3]}],
    [{"source": "coupon", "amount": 5, "lines": [2, 3]}], [{"source": "coupon", "amount": 4, "lines": [2, 3]}],
    [{"source": "points", "points": 5, "amount": 1}], [{"source": "coupon", "points": 5}], [{"source": "coupon", "points": 0}],
    [{"source": "segment", "id": "pro", "code": " x ", "free_shipping": True}], [{"source": "coupon", "lines": []}],
]  # fmt: skip

KINDS: dict[str, tuple[Kind[Any], list[Any]]] = {
    "word": (kinds.word(), WORDS),
    "short word or none": (kinds.word(most=2, least=0), ["FR", "FRA", "", " ", " FR", 12, 123, -1]),
    "e-mail": (kinds.EMAIL, EMAILS),
    "instant": (kinds.INSTANT, INSTANTS),
    "day": (kinds.DAY, INSTANTS),
    "amount": (kinds.AMOUNT, NUMBERS),
    "price": (kinds.PRICE, NUMBERS),
    "rate": (kinds.RATE, NUMBERS),
    "tax rate": (kinds.TAX_RATE, [*NUMBERS, *PERCENTS]),
    "currency": (kinds.CURRENCY, [*CURRENCIES, " eur ", "eur" + " " * 20 + "x"]),
    "lines": (FIELDS["lines"].kind, LINES),
    "shipping": (FIELDS["shipping"].kind, [{}, {"amount": 5}, {"carrier": "", "tax_rate": 20}, {"carrier": "x" * 101}]),
    "discounts": (FIELDS["discounts"].kind, DISCOUNTS),
    "delivery": (FIELDS["delivery"].kind, [{}, {"city": "Paris", "country": "fr"}, {"country": "FRA"}, {"country": 5}]),
}  # fmt: skip

ORDER: dict[str, Any] = {"id": "A", "status": "paid", "lines": [LINE]}
_PROMO = {"source": "promo_code", "amount": 0}
ORDERS: dict[str, dict[str, Any]] = {
    "as it is": {}, "a thousand lines": {"lines": [{**LINE, "price": 1}] * 1000}, "one more": {"lines": [{**LINE, "price": 1}] * 1001},
    "200 lines": {"lines": [LINE] * 200}, "201 lines": {"lines": [LINE] * 201},
    "a hundred discounts": {"discounts": [_PROMO] * 100}, "one discount more": {"discounts": [_PROMO] * 101},
    "a hundred categories": {"lines": [{**LINE, "categories": [str(i) for i in range(100)]}]},
    "one category more": {"lines": [{**LINE, "categories": [str(i) for i in range(101)]}]},
    "all that may be": {"lines": [{**LINE, "price": 10**10 // 2}] * 2}, "more": {"lines": [{**LINE, "price": 10**10 // 2}] * 3},
    "a hold and a quote": {"hold": "h", "use_quote": True}, "a quote": {"use_quote": True, "use_points": 5},
    "points without a quote": {"use_points": 0}, "a hold": {"hold": "h" * 36}, "a long hold": {"hold": "h" * 37},
    "two shares of one line": {"discounts": [{"source": "coupon", "lines": [2, 3]}]},
    "a share": {"discounts": [{"source": "coupon", "lines": [5]}]}, "no lines": {"lines": None, "discounts": [_PROMO], "coupons": ["K"]},
    "coupons twice": {"coupons": ["K", "L", "K"]}, "net": {"prices": "net", "lines": [{**LINE, "tax_rate": 20}]},
    "net by its total": {"prices": "net", "lines": [{"product": "tee", "total": 12, "tax_rate": 20}]},
    "gross by its net": {"lines": [{"product": "tee", "total_net": 10, "tax_rate": 20}]},
    "rate one": {"rate": 1}, "rate of its own": {"rate": 2}, "dollars": {"currency": "USD"}, "dollars with a rate": {"currency": "USD", "rate": "0.9"},
    "yen": {"currency": "JPY", "rate": "0.006"}, "no currency": {"currency": "EURO"},
    "lifted to the limit": {"currency": "USD", "rate": 10**9}, "lifted over it": {"currency": "USD", "rate": 10**9, "shipping": {"amount": "0.01"}},
    "yen to the limit": {"currency": "JPY", "rate": 10**9, "lines": [{**LINE, "price": 10}]},
    "dinars to the limit": {"currency": "KWD", "rate": 10**8, "lines": [{**LINE, "price": 100}]},
    "yen over it": {"currency": "JPY", "rate": 10**9 + 1, "lines": [{**LINE, "price": 10}]},
    "long": {"payment_method": "x" * 100, "shipping": {"carrier": "x" * 100}, "delivery": {"city": "x" * 200}, "coupons": ["x" * 200], "member": "x" * 200},
    "longer": {"payment_method": "x" * 101, "shipping": {"carrier": "x" * 101}, "delivery": {"city": "x" * 201}, "coupons": ["x" * 201], "member": "x" * 201},
    "empty": {"payment_method": "", "shipping": {"carrier": ""}, "delivery": {"city": "", "country": ""}, "email": "", "coupons": [""], "member": "", "hold": ""},
    "discount texts": {"discounts": [{"source": "coupon", "code": "", "id": ""}, {"source": "coupon", "code": "x" * 201, "id": "x" * 201}]},
    "a state alone in dollars": {"lines": None, "currency": "USD"}, "wrong in two": {"status": "x", "currency": 5},
    "wrong in many": {"lines": [{"product": ""}] * 12}, "in more": {"lines": [{"product": ""}] * 21},
}  # fmt: skip
REFUND: dict[str, Any] = {"order": "A", "id": "R"}
REFUNDS: dict[str, dict[str, Any]] = {
    "nothing": {}, "amount": {"amount": 5}, "no amount": {"amount": 0}, "full": {"full": True}, "not full": {"full": False}, "delivery": {"shipping": True},
    "a line": {"lines": [{"line": "1", "quantity": 1}]}, "by id": {"lines": [{"id": "1", "quantity": 1}]}, "a product": {"lines": [{"product": "t", "quantity": 1}]},
    "a line twice": {"lines": [{"line": "1", "id": "1", "quantity": 1}]}, "line and product": {"lines": [{"line": "1", "product": "t", "quantity": 1}]},
    "neither": {"lines": [{"quantity": 1}]}, "long": {"lines": [{"line": "x" * 100, "quantity": 1}, {"id": "x" * 100, "quantity": 10**6}]},
    "longer": {"lines": [{"line": "x" * 101, "quantity": 1}, {"id": "x" * 101, "quantity": 10**6 + 1}]}, "no quantity": {"lines": [{"line": "1"}]}, "quantity 0": {"lines": [{"line": "1", "quantity": 0}]},
    "a thousand": {"lines": [{"line": "1", "quantity": 1}] * 1000}, "one more": {"lines": [{"line": "1", "quantity": 1}] * 1001}, "no lines": {"lines": []},
    "dollars": {"full": True, "currency": "USD"}, "euros": {"full": True, "currency": "EUR"}, "euro": {"full": True, "currency": "Euro"},
    "lines and amount": {"lines": [{"line": "1", "quantity": 1}], "amount": 5}, "full and amount": {"full": True, "amount": 5},
    "full and lines": {"full": True, "lines": [{"line": "1", "quantity": 1}]}, "full and delivery": {"full": True, "shipping": True},
}  # fmt: skip
MEMBERS: dict[str, dict[str, Any]] = {
    "nothing": {}, "200 groups": {"groups": [str(i) for i in range(200)]}, "201 tags": {"tags": [str(i) for i in range(201)]},
    "long": {"groups": ["x" * 100], "tags": ["x" * 100]}, "longer": {"groups": ["x" * 101], "tags": ["x" * 101]},
    "twice": {"groups": ["a", "b", "a"], "tags": ["c", "c"]}, "none": {"groups": [], "tags": []}, "language": {"language": "de-1996-x1-y2"},
    "16": {"language": "abc-abcdefgh-abc"}, "17": {"language": "abc-abcdefgh-abcd"}, "born": {"born": "1990-05-17", "prices": "net", "company": False},
}  # fmt: skip
CART: dict[str, Any] = {"lines": [LINE]}
CARTS: dict[str, dict[str, Any]] = {
    "as it is": {}, "a hundred codes": {"promo_codes": [{"code": "x", "amount": 1}] * 100}, "one more": {"promo_codes": [{"code": "x", "amount": 1}] * 101},
    "no lines": {"lines": []}, "dollars": {"currency": "USD"}, "with a rate": {"currency": "USD", "rate": 2}, "coupons": {"coupons": ["K", "K", "L"]},
    "points": {"use_points": 0}, "no points": {"use_points": -1}, "hold": {"hold": "h" * 37}, "code": {"promo_codes": [{"amount": 5}]},
    "no amount": {"promo_codes": [{"code": "x"}]}, "net": {"prices": "net", "shipping": {"amount": 5, "tax_rate": 20}}, "no currency": {"currency": "x"},
}  # fmt: skip
GIFTS: dict[str, dict[str, Any]] = {
    "none": {"points": 0}, "one": {"points": 1}, "most": {"points": LIMIT}, "more": {"points": LIMIT + 1}, "text": {"points": "5"},
}  # fmt: skip

MESSAGES: dict[str, tuple[dict[str, Any], Mapping[str, dict[str, Any]], Callable[[Any], object]]] = {
    "order": (ORDER, ORDERS, lambda told: parse_order(told, currency="EUR")),
    "refund": (REFUND, REFUNDS, lambda told: parse_refund(told, currency="EUR")),
    "member": ({}, MEMBERS, lambda told: parse_member("ana", told)),
    "cart": (CART, CARTS, lambda told: parse_cart(told, currency="EUR")),
    "cart of no currency": (CART, {"as it is": {}}, lambda told: parse_cart(told, currency="euro")),
    "gift": ({"member": "ana", "reason": "sorry"}, GIFTS, parse_gift),
    "voucher": ({"member": "ana"}, GIFTS, parse_voucher),
    "event": ({"member": "ana"}, {"none": {}, "a name": {"name": "x" * 100}, "long": {"name": "x" * 101}}, parse_event),
}  # fmt: skip


def message_lines() -> Iterator[str]:
    """The kinds in euros, amounts in yen and dinars too; then the messages."""
    for name, (kind, values) in KINDS.items():
        yield f"{name}: {kind.schema}"[:300]
        for value in [*values, *OTHERS]:
            yield f"  {short(value)} -> {answer(kind.read, value)}"
    for exponent in (0, 3):
        yield f"with {exponent} decimals"
        for value in NUMBERS:
            yield f"  amount {short(value)} -> {answer(kinds.AMOUNT.read, value, exponent=exponent)}"
        for value in LINES:
            yield f"  lines {short(value)} -> {answer(FIELDS['lines'].kind.read, value, exponent=exponent)}"
    for name, (whole, more, read) in MESSAGES.items():
        for said, changed in more.items():
            told = {key: value for key, value in {**whole, **changed}.items() if value is not None}
            yield f"{name} {said}: {_read(read, told)}"


def _read(read: Callable[[Any], object], told: dict[str, Any]) -> str:
    try:
        found = read(told)
    except Refusal as refusal:
        return f"{refusal.code} {refusal.path} ({refusal.hint}): {refusal}"[:1200]
    names = getattr(found, "__struct_fields__", None) or list(getattr(found, "__dataclass_fields__", ()))
    parts = (
        f"{name}={short(sorted(value) if isinstance(value, frozenset) else value, 800)}"
        for name in names
        if (value := getattr(found, name)) not in (None, "", (), False)
    )
    return ", ".join(parts)
