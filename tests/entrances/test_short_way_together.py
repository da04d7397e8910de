"""Orders booked and carts quoted together: each for itself, in their order, and whatever becomes of the others."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django_scopes import scopes_disabled

from palier.api.hot import busy as busy_module
from palier.cli.verification.whole import load_problems
from palier.store.models import Entry, Order
from tests.entrances.api_shop import ORDER
from tests.entrances.short_way_kit import fresh_way


@pytest.fixture
def way(transactional_db):
    with scopes_disabled():
        yield from fresh_way()


class Gate:
    """Holds the first batch back until ``waiting`` others have come."""

    def __init__(self, way, monkeypatch):
        self.batches = []
        self.opened = threading.Event()
        self.begun = threading.Event()
        self.way = way
        self._record = busy_module.record_orders
        monkeypatch.setattr(busy_module, "record_orders", self)

    def __call__(self, command, *, now):
        self.batches.append(command.messages)
        if len(self.batches) == 1:
            self.begun.set()
            assert self.opened.wait(20)
        return self._record(command, now=now)


def tell_together(way, monkeypatch, told):
    """Answers of all (path, order), which waited together for one order that was at work."""
    gate = Gate(way, monkeypatch)
    way.busy._together._at_once = 1
    together = way.busy._together

    with ThreadPoolExecutor(len(told) + 1) as pool:
        first = pool.submit(way, "PUT", "/orders/first", {**ORDER, "member": "first"})
        assert gate.begun.wait(20)
        answers = []
        for count, each in enumerate(told, start=1):
            answers.append(pool.submit(way, "PUT", *each))
            until(lambda count=count: sum(map(len, together._waiting.values())) == count)
        gate.opened.set()
        assert first.result(20).status == 200
        return [answer.result(20) for answer in answers], gate


def until(holds):
    """Wait for it, for 20 seconds at most."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() < begun + 20
        time.sleep(0.001)


def sound(way):
    """Every balance, lot and order is what the ledger says."""
    return [str(problem) for problem in load_problems(way.api.programme_id)]


def test_messages_of_one_member_are_booked_in_the_order_in_which_they_came(way, monkeypatch):
    told = [(f"/orders/{n}", {**ORDER, "lines": [{"product": "mug", "price": n + 1}]}) for n in range(8)]
    told.append(("/orders/3", {**ORDER, "status": "cancelled", "lines": [{"product": "mug", "price": 4}]}))
    answers, gate = tell_together(way, monkeypatch, told)
    assert [answer.json["points"] for answer in answers] == [1, 2, 3, 4, 5, 6, 7, 8, -4]
    assert len(gate.batches) == 2
    account = Order.objects.get(external_id="3").account_id
    entries = Entry.objects.filter(account_id=account, kind__in=["earn", "take_back"]).order_by("sequence")
    assert [entry.points for entry in entries] == [1, 2, 3, 4, 5, 6, 7, 8, -4]
    assert sound(way) == []


def test_one_that_is_refused_keeps_nobody_else_from_being_booked(way, monkeypatch):
    told = [
        ("/orders/1", {**ORDER, "member": "ann"}),
        ("/orders/2", {**ORDER, "placed_at": "2090-01-01T00:00:00Z"}),
        ("/orders/2/refunds/r", {"full": True}),
        ("/orders/4", {**ORDER, "member": "cleo"}),
    ]
    answers, gate = tell_together(way, monkeypatch, told)
    assert [answer.status for answer in answers] == [200, 422, 200, 200]
    assert [answer.json.get("result") for answer in answers] == ["new", None, "waiting", "new"]
    assert way.went_long == ["/api/v1/orders/2"]
    assert len(gate.batches) == 2
    assert sound(way) == []


def test_the_same_order_at_once_is_booked_once(way, monkeypatch):
    answers, _ = tell_together(way, monkeypatch, [("/orders/1", ORDER)] * 5)
    assert [answer.json["result"] for answer in answers] == ["new", *["repeat"] * 4]
    assert [answer.json["points"] for answer in answers] == [120, 0, 0, 0, 0]


def test_a_batch_that_fails_is_tried_one_by_one(way, monkeypatch):
    """A mistake of ours in one order: that one fails as it would alone, the others are booked."""
    gate = Gate(way, monkeypatch)
    recording = gate._record

    def record(command, *, now):
        if any(message.id == "bad" for message in command.messages):
            raise ZeroDivisionError
        return recording(command, now=now)

    gate._record = record
    monkeypatch.setattr(busy_module, "record_orders", record)
    told = [("/orders/1", ORDER), ("/orders/bad", {**ORDER, "member": "bad"}), ("/orders/3", ORDER)]
    answers, _ = tell_together(way, monkeypatch, told)
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert way.went_long == ["/api/v1/orders/bad"]  # which knows nothing of the mistake
    assert sound(way) == []


def test_a_connection_that_dies_under_a_batch_loses_nothing(way, monkeypatch):
    way.short("PUT", "/orders/0", ORDER)
    recording = busy_module.record_orders
    died = []

    def record(command, *, now):
        if len(command.messages) > 1 and not died:
            died.append(True)
            connections["default"].ensure_connection()
            connections["default"].connection.close()
        return recording(command, now=now)

    monkeypatch.setattr(busy_module, "record_orders", record)
    answers, _ = tell_together(way, monkeypatch, [(f"/orders/{n}", ORDER) for n in range(1, 6)])
    assert died
    assert [answer.json["points"] for answer in answers] == [120] * 5
    assert sound(way) == []


@pytest.mark.parametrize("threads", [64])
def test_many_at_once_are_all_booked_exactly_once(way, threads):
    def tell(number):
        order = {**ORDER, "member": f"m{number % 7}", "lines": [{"product": "mug", "price": 10}]}
        answers = [way("PUT", f"/orders/{number % 40}", order) for _ in range(3)]
        return [(answer.status, answer.json["result"], answer.json["points"]) for answer in answers]

    numbers = [n % 40 for n in range(threads)]
    with ThreadPoolExecutor(threads) as pool:
        told = list(pool.map(tell, numbers))
    assert {status for each in told for status, _, _ in each} == {200}
    assert sum(points for each in told for _, _, points in each) == 400
    assert Entry.objects.filter(kind="earn").count() == Order.objects.count() == 40
    assert sound(way) == []


def test_carts_that_wait_are_quoted_together_and_answered_like_djangos(way, monkeypatch):
    for who in ("ann", "ben"):
        way.short("PUT", f"/orders/{who}", {**ORDER, "member": who})
    carts = [
        {"member": "ann", "lines": [{"product": "mug", "price": 40}], "use_points": 10},
        {"member": "ben", "lines": [{"product": "tee", "price": "12.50", "quantity": 3}]},
        {"member": "stranger", "lines": [{"product": "mug", "price": 9}]},
        {"lines": [{"product": "mug", "price": 9}]},
        {"member": "ann", "lines": [{"product": "mug", "price": 40}], "coupons": ["NONE"]},
        {"member": "ann", "lines": "none"},
    ]
    batches, begun, opened = [], threading.Event(), threading.Event()
    quoting = busy_module.answer_quotes

    def answer_quotes(shop_id, asked):
        batches.append(len(asked))
        if len(batches) == 1:
            begun.set()
            assert opened.wait(20)
        return quoting(shop_id, asked)

    monkeypatch.setattr(busy_module, "answer_quotes", answer_quotes)
    way.busy._quoting._at_once = 1

    with ThreadPoolExecutor(len(carts) + 1) as pool:
        first = pool.submit(way, "POST", "/quotes", carts[0])
        assert begun.wait(20)
        answers = []
        for count, cart in enumerate(carts, start=1):
            answers.append(pool.submit(way, "POST", "/quotes", cart))
            until(lambda count=count: sum(map(len, way.busy._quoting._waiting.values())) == count)
        opened.set()
        answered = [answer.result(20) for answer in answers]
    assert batches == [1, len(carts)]
    assert first.result(20).body == answered[0].body
    assert [each.status for each in answered] == [200, 200, 200, 200, 200, 422]
    assert way.went_long == ["/api/v1/quotes"]
    assert [each.body for each in answered[:-1]] == [
        way.long("POST", "/quotes", cart).body for cart in carts[:-1]
    ]
