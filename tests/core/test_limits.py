"""Limits of messages and documents: so much is taken, and one more is refused with its place."""

from decimal import Decimal

import pytest

from palier.core.errors import Refusal
from palier.core.messages import parse_event, parse_gift, parse_member, parse_refund
from palier.core.messages_cart import parse_cart, parse_voucher
from palier.core.messages_order import parse_order
from palier.core.money import LIMIT
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme


def order(**changes):
    line = {"product": "tee", "quantity": 1, "price": 5}
    return parse_order(
        {"id": "A1", "member": "ana", "status": "paid", "lines": [line], **changes}, currency="EUR"
    )


def line(**changes):
    return order(lines=[{"product": "tee", "quantity": 1, "price": 5, **changes}])


def refund(**changes):
    return parse_refund({"order": "A1", "id": "R1", **changes}, currency="EUR")


def cart(**changes):
    return parse_cart({"member": "ana", "lines": [{"product": "tee", "price": 5}], **changes}, currency="EUR")


def member(**said):
    return parse_member("ana", said)


def codes(count):
    return [{"code": f"c{i}", "amount": 1} for i in range(count)]


def discounts(count):
    return [{"source": "promo_code", "code": f"c{i}", "amount": 0} for i in range(count)]


def pieces(count):
    return [{"line": f"l{i}", "quantity": 1} for i in range(count)]


def goods(count):
    return [{"product": "tee", "price": 1}] * count


LIMITS = [
    ("lines of an order", lambda n: order(lines=goods(n)), 1000, "lines"),
    ("discounts of an order", lambda n: order(discounts=discounts(n)), 100, "discounts"),
    ("categories of a line", lambda n: line(categories=[str(i) for i in range(n)]), 100, "lines[0].categories"),
    ("pieces of a line", lambda n: line(quantity=n, price=0), 1_000_000, "lines[0].quantity"),
    ("grams of a piece", lambda n: line(weight=n), 1_000_000_000, "lines[0].weight"),
    ("letters of an id", lambda n: order(id="x" * n), 200, "id"),
    ("letters of the id of a line", lambda n: line(id="x" * n), 100, "lines[0].id"),
    ("lines of a refund", lambda n: refund(lines=pieces(n)), 1000, "lines"),
    ("pieces of a refund", lambda n: refund(lines=[{"line": "l", "quantity": n}]), 1_000_000, "lines[0].quantity"),
    ("promo codes of a cart", lambda n: cart(promo_codes=codes(n)), 100, "promo_codes"),
    ("groups of a member", lambda n: member(groups=[str(i) for i in range(n)]), 200, "groups"),
    ("tags of a member", lambda n: member(tags=[str(i) for i in range(n)]), 200, "tags"),
    ("letters of a language", lambda n: member(language="de-abcdefg-" + "x" * (n - 11)), 16, "language"),
    ("letters of an event", lambda n: parse_event({"member": "ana", "name": "x" * n}), 100, "name"),
    ("points of a gift", lambda n: parse_gift({"member": "ana", "points": n, "reason": "r"}), LIMIT, "points"),
    ("letters of a text", lambda n: parse_gift({"member": "ana", "points": 1, "reason": "x" * n}), 2000, "reason"),
    ("cents of an amount", lambda n: refund(amount=Decimal(n).scaleb(-2)), LIMIT, "amount"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "most", "path"), [each[1:] for each in LIMITS], ids=[each[0] for each in LIMITS]
)
def test_so_much_is_taken_and_one_more_is_refused_with_its_place(read, most, path):
    read(most)
    with pytest.raises(Refusal) as refused:
        read(most + 1)
    assert refused.value.path == path


def test_lines_that_are_worth_too_much_together_are_refused():
    half = {"product": "tee", "price": Decimal(LIMIT // 2).scaleb(-2)}
    order(lines=[half, half])
    with pytest.raises(Refusal, match="worth too much") as refused:
        order(lines=[half, half, {"product": "tee", "price": Decimal("0.01")}])
    assert refused.value.path == "lines"


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"use_quote": True, "hold": "h"}, "use_quote"), ({"use_points": 5}, "use_points")],
)
def test_what_an_order_cannot_ask_for_at_once_is_refused(changes, path):
    with pytest.raises(Refusal) as refused:
        order(**changes)
    assert refused.value.path == path


def test_a_voucher_is_wished_with_a_member_and_points():
    wish = parse_voucher({"member": "ana", "points": 5, "id": "v1"})
    assert (wish.customer, wish.points, wish.id) == ("ana", 5, "v1")
    assert parse_voucher({"member": "ana", "points": 5}).id == ""
    with pytest.raises(Refusal) as refused:
        parse_voucher({"member": "ana", "points": 0})
    assert (refused.value.code, refused.value.path) == ("cannot_redeem", "points")


def document(**sections):
    return parse({"name": "Demo", "currency": "EUR", **sections})


def nested(depth):
    where = {"company": True}
    for _ in range(depth):
        where = {"all": [where]}
    return {"segments": [{"id": "s", "where": where, "earn_points": False}]}


DOCUMENT_LIMITS = [
    ("depth of a segment", lambda n: document(**nested(n)), 16),
    ("letters of a name", lambda n: document(name="x" * n), 2000),
    ("letters of an id", lambda n: document(earning=[{"id": "x" * n, "award": {"points": 1}}]), 64),
    ("years of a duration", lambda n: document(points={"valid_for": f"P{n}Y"}), 100),
    ("days of a duration", lambda n: document(points={"valid_for": f"P{n}D"}), 36525),
    ("hundredths of a percent", lambda n: document(first_order={"brackets": [
        {"from": 0, "discount": {"percent": Decimal(n).scaleb(-2)}}]}), 10_000),
]  # fmt: skip


@pytest.mark.parametrize(
    ("read", "most"), [each[1:] for each in DOCUMENT_LIMITS], ids=[e[0] for e in DOCUMENT_LIMITS]
)
def test_so_much_is_taken_of_a_document_and_one_more_is_refused(read, most):
    read(most)
    with pytest.raises(Refusal):
        read(most + 1)


def test_a_promo_code_may_have_no_name():
    assert cart(promo_codes=[{"code": "", "amount": 1}]).cart.order.discounts[0].code == ""


@pytest.mark.parametrize("price", ["-1", "-1.5", "1e2", "\u0663", ".5", "5.", "1_0", "+1", "0x1", "1 0"])
def test_an_odd_number_in_a_cart_is_refused_or_read_as_the_order_reads_it(price):
    def read(parse_message):
        try:
            return parse_message(
                {"member": "ana", "id": "A", "status": "paid", "lines": [{"product": "a", "price": price}]}
            )
        except Refusal as refusal:
            return refusal.path

    def of_cart(message):
        told = {key: message[key] for key in ("member", "lines")}
        return parse_cart(told, currency="EUR").cart.order.lines

    assert read(of_cart) == read(lambda message: parse_order(message, currency="EUR").lines)


def test_of_many_problems_two_hundred_are_told():
    with pytest.raises(InvalidProgramme) as refused:
        document(earning=[{"id": f"r{i}", "award": {"points": -1}} for i in range(300)])
    assert len(refused.value.problems) == 200


@pytest.mark.parametrize(
    ("written", "meant"), [("pt_BR", "pt-BR"), ("FR", "fr"), ("pt_br", "pt-br"), (7, ""), ("!", "")]
)
def test_a_language_that_is_written_another_way_is_guessed(written, meant):
    with pytest.raises(InvalidProgramme) as refused:
        document(languages=[written])
    assert refused.value.problems[0].suggestion == meant


@pytest.mark.parametrize("kind", ["gift", "free_shipping"])
def test_a_reward_and_its_coupon_do_not_both_give_the_same(kind):
    given = {"gift": {"product": "pin"}, "free_shipping": "all"}[kind]
    coupon = {"discount": {"percent": 5}, kind: given}
    document(rewards=[{"id": "r", "at": 5, "coupon": coupon}])
    with pytest.raises(InvalidProgramme) as refused:
        document(rewards=[{"id": "r", "at": 5, "coupon": coupon, kind: given}])
    assert refused.value.path.startswith("rewards[0]")


@pytest.mark.parametrize(
    ("wrong", "told", "more"),
    [(1, 1, ""), (2, 2, ""), (20, 20, ""), (21, 20, "and 1 more"), (24, 20, "and 4 more")],
)
def test_of_many_problems_of_a_message_twenty_are_told_and_the_others_counted(wrong, told, more):
    with pytest.raises(Refusal) as refused:
        order(lines=[{"product": "tee", "price": -1}] * wrong)
    text = str(refused.value)
    assert (refused.value.path, text.count("lines["), "also" in text) == ("lines[0].price", told, told > 1)
    assert text.endswith(more)
    assert ("more" in text) == bool(more)
