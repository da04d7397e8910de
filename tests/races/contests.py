"""What many want at once and few can have: each contest is one round, and says who must have won.

I-11, I-15, I-18 to I-22.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.entrances.api_shop import DOCUMENT
from tests.races.kit import CLIENTS, Answer, Arena

Contest = Callable[[Arena, Random], None]


def _document(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {**DOCUMENT, "earning": [], "rewards": None, "segments": None, "tiers": None}
    return {key: value for key, value in {**plain, **changes}.items() if value is not None}


def _reward(amount: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {"id": "r", "at": 500, "coupon": {"discount": {"amount": amount}, "valid_for": "P3M", **more}},
    ]


def _lines(price: int) -> list[dict[str, Any]]:
    return [{"product": "mug", "price": price}]


def _given(answers: list[Answer], source: str) -> list[Answer]:
    """Who got a discount of that source."""
    good = [answer for answer in answers if answer.status == 200 and answer.body["quote"]]
    return [a for a in good if any(each["source"] == source for each in a.body["quote"]["discounts"])]


def _lost(answers: list[Answer], *codes: str) -> int:
    """How many were refused, which must have been for one of these reasons."""
    refused = [answer for answer in answers if answer.status != 200]
    assert {answer.code for answer in refused} <= set(codes), refused
    return len(refused)


def holds_of_a_balance(arena: Arena, random: Random) -> None:
    """Points for so many holds: so many have them, and nobody else is told so."""
    count = random.randint(1, 10)
    member = arena.member(20 * count)
    cart = {"member": member, "lines": _lines(25), "use_points": 20, "expected_total": "23.00"}
    answers = arena.race(*[("POST", "/holds", cart)] * CLIENTS)
    assert _lost(answers, "quote_changed") == CLIENTS - count
    assert arena.wallet(member) == (0, 20 * count, 0)


def vouchers_of_a_balance(arena: Arena, random: Random) -> None:
    """Points for so many vouchers: so many are made."""
    count = random.randint(1, 10)
    member = arena.member(20 * count)
    answers = arena.race(*[("POST", f"/members/{member}/vouchers", {"points": 20})] * CLIENTS)
    assert _lost(answers, "insufficient_points") == CLIENTS - count
    codes = {answer.body["coupon"]["code"] for answer in answers if answer.status == 200}
    assert len(codes) == count
    assert arena.wallet(member) == (0, 0, 0)


def everything_of_a_balance(arena: Arena, random: Random) -> None:
    """Holds and vouchers take what is there; orders are facts, and what they lack is owed."""
    count = random.randint(1, 40)
    member = arena.member(20 * count)
    cart = {"member": member, "lines": _lines(25), "use_points": 20, "expected_total": "23.00"}
    used = {"source": "points", "points": 20, "amount": 2}
    told = {"member": member, "status": "paid", "lines": _lines(25), "discounts": [used]}
    asks: list[tuple[Any, ...]] = [("POST", "/holds", cart)] * 20
    asks += [("POST", f"/members/{member}/vouchers", {"points": 20})] * 20
    asks += [("PUT", f"/orders/{member}-{number}", told) for number in range(CLIENTS - 40)]
    random.shuffle(asks)
    answers = arena.race(*asks)
    _lost(answers, "quote_changed", "insufficient_points")
    won = dict.fromkeys(("/holds", "/vouchers", "/orders"), 0)
    for (_, path, _), answer in zip(asks, answers, strict=True):
        kind = next(each for each in won if each in path)
        won[kind] += answer.status == 200
    available, held, debt = arena.wallet(member)
    assert won["/orders"] == CLIENTS - 40
    assert held == 20 * won["/holds"]
    assert available + held - debt == 20 * (count - won["/vouchers"] - won["/orders"])
    assert not (available and debt)


def uses_of_a_coupon(arena: Arena, random: Random) -> None:
    """A coupon is used by one of all the checkouts and orders that name it."""
    member = arena.member(500)
    code = arena.good("GET", f"/members/{member}/coupons")["items"][0]["code"]
    cart = {"member": member, "lines": _lines(25), "coupons": [code]}
    order = {**cart, "status": random.choice(["placed", "paid"]), "use_quote": True}
    asks: list[tuple[Any, ...]] = [("POST", "/holds", cart)] * 32
    asks += [("PUT", f"/orders/{member}-{number}", order) for number in range(CLIENTS - 32)]
    random.shuffle(asks)
    answers = arena.race(*asks)
    assert _lost(answers) == 0
    assert len(_given(answers, "coupon")) == 1
    state = arena.good("GET", f"/members/{member}/coupons")["items"][0]["state"]
    assert state in ("reserved", "used")


def uses_of_what_is_left_of_a_coupon(arena: Arena, random: Random) -> None:
    """A coupon of 50 € that keeps what is left pays ten orders of 5 € in all, however many name it."""
    member = arena.member(500)
    code = arena.good("GET", f"/members/{member}/coupons")["items"][0]["code"]
    before = random.randint(0, 9)
    order = {"member": member, "status": "paid", "coupons": [code], "use_quote": True}
    if before:
        arena.good("PUT", f"/orders/{member}-before", {**order, "lines": _lines(5 * before)})
    answers = arena.race(
        *[("PUT", f"/orders/{member}-{n}", {**order, "lines": _lines(5)}) for n in range(CLIENTS)]
    )
    assert _lost(answers) == 0
    assert len(_given(answers, "coupon")) == 10 - before


def orders_with_one_hold(arena: Arena, random: Random) -> None:
    """One of the orders takes the hold over; the others stand as they are."""
    member = arena.member(20)
    hold = arena.good("POST", "/holds", {"member": member, "lines": _lines(25), "use_points": 20})["id"]
    order = {"member": member, "status": random.choice(["placed", "paid"]), "lines": _lines(25), "hold": hold}
    answers = arena.race(*[("PUT", f"/orders/{member}-{number}", order) for number in range(CLIENTS)])
    assert _lost(answers) == 0
    assert arena.good("GET", f"/holds/{hold}")["state"] == "captured"
    assert arena.wallet(member) == (0, 20 if order["status"] == "placed" else 0, 0)


def a_hold_released_while_it_is_captured(arena: Arena, random: Random) -> None:
    """An order and a release fight for a hold: its points move once, and whoever is late is told so."""
    member = arena.member(20)
    hold = arena.good("POST", "/holds", {"member": member, "lines": _lines(25), "use_points": 20})["id"]
    order = {"member": member, "status": "paid", "lines": _lines(25), "hold": hold}
    asks: list[tuple[Any, ...]] = [("PUT", f"/orders/{member}-1", order)] * 32
    asks += [("DELETE", f"/holds/{hold}")] * (CLIENTS - 32)
    random.shuffle(asks)
    answers = arena.race(*asks)
    _lost(answers, "hold_taken")
    results = [answer.body["result"] for answer in answers if answer.status == 200]
    assert (results.count("new"), results.count("released") <= 1) == (1, True)
    assert arena.wallet(member) == (0, 0, 0)


def the_benefit_of_a_first_order(arena: Arena, random: Random) -> None:
    """One of a new member's checkouts and orders has it."""
    member = random.choice([arena.member, arena.stranger])()
    cart = {"member": member, "lines": _lines(25)}
    asks: list[tuple[Any, ...]] = [("POST", "/holds", cart)] * 32
    order = {**cart, "status": random.choice(["placed", "paid"]), "use_quote": True}
    asks += [("PUT", f"/orders/{member}-{number}", order) for number in range(CLIENTS - 32)]
    random.shuffle(asks)
    answers = arena.race(*asks)
    assert _lost(answers) == 0
    assert len(_given(answers, "first_order")) == 1


def the_first_that_is_heard_of_a_customer(arena: Arena, random: Random) -> None:
    """Whatever comes first makes the member, once; nothing else is lost. Gifts wait until somebody is known."""
    member = arena.stranger()
    order = {"member": member, "status": "paid", "lines": _lines(10)}
    asks: list[tuple[Any, ...]] = [("PUT", f"/orders/{member}-{number}", order) for number in range(16)]
    asks += [("POST", f"/members/{member}/gifts", {"points": 5, "reason": "Hello"})] * 16
    asks += [("POST", "/events", {"member": member, "name": "review"})] * 16
    asks += [("PUT", f"/members/{member}", {"name": f"Anna {number}"}) for number in range(CLIENTS - 48)]
    random.shuffle(asks)
    early = _lost(arena.race(*asks), "unknown_member")
    assert early <= 16
    assert arena.wallet(member) == (16 * (10 + 5 + 5) - early * 5, 0, 0)


def rewards_at_a_threshold(arena: Arena, random: Random) -> None:
    """As many coupons as the points reach, however they come."""
    points = random.randint(20, 99)
    member = arena.member()
    answers = arena.race(
        *[("POST", f"/members/{member}/gifts", {"points": points, "reason": "Yes"})] * CLIENTS
    )
    assert _lost(answers) == 0
    coupons, left = divmod(points * CLIENTS, 500)
    assert len(arena.good("GET", f"/members/{member}/coupons")["items"]) == coupons
    assert arena.wallet(member) == (left, 0, 0)


def what_is_given_once(arena: Arena, random: Random) -> None:
    """A welcome is given once in a lifetime, however many events come."""
    member = random.choice([arena.member, arena.stranger])()
    answers = arena.race(*[("POST", "/events", {"member": member, "name": "sign_up"})] * CLIENTS)
    assert _lost(answers) == 0
    assert sorted(answer.body["points"] for answer in answers) == [0] * (CLIENTS - 1) + [20]
    assert arena.wallet(member) == (20, 0, 0)


def one_key(arena: Arena, random: Random) -> None:
    """The same request by all clients has one effect and one answer; the others are told to wait."""
    member = arena.member()
    ask = ("POST", f"/members/{member}/gifts", {"points": 7, "reason": "Once"}, f"key-{member}")
    answers = arena.race(*[ask] * CLIENTS)
    assert _lost(answers, "idempotency_in_flight") < CLIENTS
    assert len({str(answer.body) for answer in answers if answer.status == 200}) == 1
    assert arena.wallet(member) == (7, 0, 0)


def refunds_of_one_order(arena: Arena, random: Random) -> None:
    """However many refunds come, no more is taken back than was given."""
    member = arena.member()
    amount = random.choice(["1.00", "3.10", "9.99"])
    arena.good("PUT", f"/orders/{member}", {"member": member, "status": "paid", "lines": _lines(100)})
    asks = [("PUT", f"/orders/{member}/refunds/{number}", {"amount": amount}) for number in range(CLIENTS)]
    answers = arena.race(*asks)
    assert _lost(answers) == 0
    left = max(0, 10_000 - CLIENTS * int(amount.replace(".", ""))) // 100
    assert sum(answer.body["points"] for answer in answers) == left - 100
    assert arena.wallet(member) == (left, 0, 0)


def one_version_of_the_programme(arena: Arena, random: Random) -> None:
    """Of all who changed the same version one publishes; the others are told that another is in force."""
    number = arena.good("GET", "/programme")["number"]
    changed = [{**_document(), "name": f"Lune {number}-{n}"} for n in range(CLIENTS)]
    asks = [("POST", "/programme/publish", {"document": each, "based_on": number}) for each in changed]
    answers = arena.race(*asks)
    assert _lost(answers, "programme_changed") == CLIENTS - 1
    assert arena.good("GET", "/programme")["number"] == number + 1


def the_last_webhook(arena: Arena, random: Random) -> None:
    """A programme has fifty webhooks at most, however many are added at once."""
    answers = arena.race(*[("POST", "/webhooks", {"url": "https://a.example.com/"})] * CLIENTS)
    _lost(answers, "invalid_webhook")
    found = arena.good("GET", "/webhooks")["items"]
    assert len(found) == 50
    for at in range(0, 50, 25):
        arena.race(*[("DELETE", f"/webhooks/{each['id']}") for each in found[at : at + 25]])


_FIRST = {"brackets": [{"from": 0, "discount": {"percent": 10}}]}
_WELCOME = [{"id": "welcome", "on": "sign_up", "award": {"points": 20}, "once": True}]
CONTESTS: Mapping[Contest, dict[str, Any]] = {
    holds_of_a_balance: _document(),
    vouchers_of_a_balance: _document(),
    everything_of_a_balance: _document(),
    uses_of_a_coupon: _document(rewards=_reward(5)),
    uses_of_what_is_left_of_a_coupon: _document(rewards=_reward(50, remainder="kept")),
    orders_with_one_hold: _document(),
    a_hold_released_while_it_is_captured: _document(),
    the_benefit_of_a_first_order: _document(first_order=_FIRST),
    the_first_that_is_heard_of_a_customer: _document(earning=DOCUMENT["earning"]),
    rewards_at_a_threshold: _document(rewards=_reward(5)),
    what_is_given_once: _document(earning=_WELCOME),
    one_key: _document(),
    refunds_of_one_order: _document(earning=DOCUMENT["earning"]),
    one_version_of_the_programme: _document(),
    the_last_webhook: _document(),
}
"""Each with the programme that it is held in."""
