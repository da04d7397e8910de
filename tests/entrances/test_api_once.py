"""Every operation that writes works once: repeated, changed, at the same time, and after a crash."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django_scopes import scopes_disabled

from palier.api.once import digest_of
from palier.flows.upkeep.forget_old_answers import forget_old_answers
from palier.store.models import Answer, KeptCart
from tests.entrances.api_shop import CART, DOCUMENT, ORDER, Api, forget_everything, fresh, make_api
from tests.entrances.api_writes import (
    KEYED,
    WRITES,
    Write,
    busy_shop,
    changes,
    everything,
    operations_that_write,
    operations_with_key,
)

_fresh = pytest.fixture(autouse=True)(fresh)

GIFT = {"points": 50, "reason": "Sorry"}
_TOLD_LAST = {("KeptCart", "updated_at"), ("Product", "updated_at")}
"""When something was told last may change although nothing else did."""


def test_every_operation_that_writes_is_tried_here() -> None:
    tried = {write.operation: write.method for write in WRITES}
    assert len(tried) == len(WRITES)
    assert tried == {name: method for name, (method, _) in operations_that_write().items()}
    assert {write.operation for write in KEYED} == operations_with_key()


def _shop() -> Api:
    api = make_api()
    api.good("PUT", "/orders/1", ORDER)
    api.good("PUT", "/members/bob", {})
    return api


@pytest.fixture
def api(db: None) -> Api:
    return _shop()


def _changes(before: dict[str, list[Any]]) -> dict[str, int]:
    """How many rows are new or different in which table."""
    return {name: len(rows) for name, rows in changes(before, everything(), _TOLD_LAST).items()}


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write.operation)
def test_the_same_request_again_is_answered_and_has_no_second_effect(db: None, write: Write) -> None:
    api, names = busy_shop()
    mine = write.named(names)
    before = everything()
    first = api(mine.method, mine.path, mine.body, once="key-1")
    assert (first.status_code, bool(_changes(before))) == (200, True)
    done = everything()
    again = api(mine.method, mine.path, mine.body, once="key-1")
    assert not _changes(done), changes(done, everything())
    if write in KEYED:
        assert (again.status_code, again.content) == (200, first.content)
        assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    else:
        assert again.status_code == (404 if mine.method == "DELETE" and "result" not in again.json() else 200)


# --- After a crash: the process is killed when all is committed and nothing is answered yet

KILLED = """
    import json, os, signal, sys
    import django
    django.setup()
    from django.db import connection
    from django.test import Client
    from palier.api import endpoint, once

    def die(*given, **named):
        os.kill(os.getpid(), signal.SIGKILL)

    Client().get("/api/v1/key", headers={"Host": "localhost"})  # every child would load the same code
    connection.close()
    once.keep_answer = endpoint.reply = die
    for key, method, path, body in json.load(sys.stdin):
        child = os.fork()
        if not child:
            headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "key-1", "Host": "localhost"}
            raw = b"" if body is None else json.dumps(body)
            Client().generic(method, f"/api/v1{path}", raw, content_type="application/json", headers=headers)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_after_a_crash_before_the_answer_the_repeat_has_no_second_effect(
    process_environment: dict[str, str],
) -> None:
    shops = [(*busy_shop(), write) for write in WRITES]
    todo = [(api, write.named(names)) for api, names, write in shops]
    told = json.dumps([(api.key, write.method, write.path, write.body) for api, write in todo])
    untouched = everything()
    child = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED)],
        input=told, env=process_environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert child.stdout.split() == [str(-signal.SIGKILL)] * len(WRITES), child.stderr
    with scopes_disabled():
        Answer.objects.update(created_at=datetime.now(UTC) - timedelta(minutes=1))
    done = everything()
    assert {
        "Order", "Refund", "Entry", "Happening", "Hold", "Profile", "Identity", "KeptCart", "Product",
        "ProgrammeVersion", "WebhookEndpoint", "Delivery",
    } <= set(changes(untouched, done))  # fmt: skip
    for api, write in todo:
        answer = api(write.method, write.path, write.body, once="key-1")
        assert answer.status_code in (200, 404 if write.method == "DELETE" else 200), write
    assert not _changes(done), changes(done, everything(), _TOLD_LAST)


def test_a_request_that_was_killed_is_in_flight_until_its_claim_is_old(api: Api) -> None:
    with scopes_disabled():
        Answer.objects.create(
            shop_id=api.shop_id, key="key-1", content_digest=_digest(), created_at=datetime.now(UTC)
        )
    path = "/members/anna/gifts"
    assert api.problem(409, "POST", path, GIFT, once="key-1")["code"] == "idempotency_in_flight"
    with scopes_disabled():
        Answer.objects.update(created_at=datetime.now(UTC) - timedelta(minutes=1))
    api.good("POST", path, GIFT, once="key-1")


def _digest() -> str:
    return digest_of("POST", "/api/v1/members/anna/gifts", json.dumps(GIFT).encode())


def test_the_same_key_with_another_body_or_address_is_refused(api: Api) -> None:
    api.good("POST", "/members/anna/gifts", GIFT, once="key-1")
    told = api.problem(422, "POST", "/members/anna/gifts", {**GIFT, "points": 51}, once="key-1")
    assert told["code"] == "idempotency_conflict"
    assert (
        api.problem(422, "POST", "/members/bob/gifts", GIFT, once="key-1")["code"] == "idempotency_conflict"
    )
    assert api.good("GET", "/members/anna")["points"]["available"] == 170


def test_a_refused_request_may_be_mended_and_sent_again_with_its_key(api: Api) -> None:
    api.problem(422, "POST", "/members/anna/gifts", {"points": 50}, once="key-1")
    api.problem(404, "POST", "/members/nobody/gifts", GIFT, once="key-1")
    assert api.good("POST", "/members/anna/gifts", GIFT, once="key-1")["result"] == "new"


@pytest.mark.parametrize("key", [None, " ", "with blank", "é", "x" * 151])
def test_a_request_without_a_usable_key_is_refused(api: Api, key: str | None) -> None:
    told = api.problem(400, "POST", "/members/anna/gifts", GIFT, once=key)
    assert told["code"] == "idempotency_key_missing"


def test_what_writes_nothing_needs_no_key(api: Api) -> None:
    for path, body in (
        ("/quotes", CART),
        ("/quotes/explain", CART),
        ("/members/search", {"text": "anna"}),
        ("/programme/check", {"document": DOCUMENT}),
        ("/segments/preview", {"where": {"spend": {"from": 1}}}),
    ):
        api.good("POST", path, body, once=None)
    with scopes_disabled():
        assert not Answer.objects.exists()


def test_keys_of_two_shops_do_not_meet(api: Api) -> None:
    other = _shop()
    api.good("POST", "/members/anna/gifts", GIFT, once="key-1")
    assert other.good("POST", "/members/anna/gifts", {**GIFT, "points": 7}, once="key-1")["points"] == 7


def test_answers_and_carts_are_forgotten_after_thirty_days(api: Api) -> None:
    api.good("POST", "/members/anna/gifts", GIFT, once="key-1")
    api.good("PUT", "/members/anna/cart", {"lines": CART["lines"]})
    now = datetime.now(UTC)
    assert forget_old_answers(now=now + timedelta(days=29)).answers == 0
    done = forget_old_answers(now=now + timedelta(days=31))
    assert (done.answers, done.carts) == (1, 1)
    with scopes_disabled():
        assert not Answer.objects.exists()
        assert not KeptCart.objects.exists()
    assert forget_old_answers(now=now + timedelta(days=31)).answers == 0


# --- At the same time: real threads, each with its own connection

THREADS = 16


@pytest.fixture
def committed(transactional_db: None, settings: Any) -> Api:
    settings.PALIER_API_RATE = 0
    return _shop()


def _at_once(api: Api, work: Callable[[Api, int], Any], *, count: int = THREADS) -> list[Any]:
    barrier = Barrier(count)

    def run(number: int) -> Any:
        mine = Api(api.shop_id, api.programme_id, api.key, Client(raise_request_exception=False))
        barrier.wait(timeout=30)
        try:
            return work(mine, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_six_times_at_once_every_request_has_the_effect_of_one(transactional_db: None, settings: Any) -> None:
    settings.PALIER_API_RATE = 0
    for write in WRITES:
        api, names = busy_shop()
        mine = write.named(names)
        before = everything()
        with transaction.atomic():
            api.good(mine.method, mine.path, mine.body, once="key-1")
            expected = _changes(before)
            transaction.set_rollback(True)
        forget_everything()
        answers = _at_once(
            api, lambda api, _, mine=mine: api(mine.method, mine.path, mine.body, once="key-1"), count=6
        )
        statuses = {response.status_code for response in answers}
        allowed = {200, 409} if write in KEYED else {200, 404} if write.method == "DELETE" else {200}
        assert 200 in statuses <= allowed, (write, [response.content for response in answers])
        if write in KEYED:
            assert len({response.content for response in answers if response.status_code == 200}) == 1, write
        assert _changes(before) == expected, (write, changes(before, everything()))


def test_sixteen_keys_at_once_are_sixteen_gifts(committed: Api) -> None:
    answers = _at_once(
        committed, lambda api, n: api("POST", "/members/anna/gifts", {**GIFT, "points": 5}, once=f"key-{n}")
    )
    assert {response.status_code for response in answers} == {200}
    assert committed.good("GET", "/members/anna")["points"]["available"] == 120 + 16 * 5


def test_sixteen_vouchers_at_once_never_spend_more_than_there_is(committed: Api) -> None:
    answers = _at_once(
        committed, lambda api, n: api("POST", "/members/anna/vouchers", {"points": 50}, once=f"key-{n}")
    )
    good = [response.json()["points"] for response in answers if response.status_code == 200]
    assert sorted(good) == [20, 50, 50]
    assert {response.status_code for response in answers} == {200, 409}
    assert committed.good("GET", "/members/anna")["points"]["available"] == 0


def test_an_order_told_sixteen_times_at_once_counts_once(committed: Api) -> None:
    answers = _at_once(committed, lambda api, _: api("PUT", "/orders/9", ORDER))
    results = sorted(response.json()["result"] for response in answers)
    assert results == ["new"] + ["repeat"] * 15
    assert committed.good("GET", "/members/anna")["points"]["available"] == 240
