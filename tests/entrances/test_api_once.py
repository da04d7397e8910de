"""Every request with an Idempotency-Key works once: repeated, changed, at the same time, and after a crash."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django_scopes import scopes_disabled

from palier.api import once
from palier.api.views import document_text
from palier.flows.upkeep.forget_old_answers import forget_old_answers
from palier.store.models import Answer, Happening, Hold, KeptCart, ProgrammeVersion
from tests.entrances.api_shop import CART, DOCUMENT, ORDER, Api, fresh, make_api

_fresh = pytest.fixture(autouse=True)(fresh)

GIFT = {"points": 50, "reason": "Sorry"}
WRITES: dict[str, tuple[str, Any]] = {
    "gift": ("/members/anna/gifts", GIFT),
    "voucher": ("/members/anna/vouchers", {"points": 10}),
    "event": ("/events", {"member": "anna", "name": "review"}),
    "events": ("/events/batch", {"events": [{"member": "anna", "name": "review"}] * 2}),
    "hold": ("/holds", {**CART, "use_points": 20}),
    "orders": ("/orders/batch", {"messages": [{"order": {"id": "9", **ORDER}}]}),
    "members": ("/members/batch", {"members": [{"id": "new", "name": "New"}]}),
    "close": ("/members/anna/close", None),
    "merge": ("/merges", {"kept": "anna", "merged": "bob"}),
    "products": ("/products/batch", {"products": [{"id": "p", "name": "P"}]}),
    "publish": ("/programme/publish", {"document": {**DOCUMENT, "name": "Lune"}}),
    "roll back": ("/programme/versions/1/publish", None),
}


ELSEWHERE = {"post_webhook", "post_webhook_secret", "post_webhook_test", "post_replay"}
"""They have no key of their own below the answer that is kept: after a crash they may work twice."""


def test_every_operation_that_needs_a_key_is_tried_here() -> None:
    document = json.loads(document_text())
    needing = {
        (path.removeprefix("/api/v1"), operation["operationId"])
        for path, item in document["paths"].items()
        for operation in item.values()
        if any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
    }
    addresses = {
        path.replace("anna", "{customer_id}").replace("/1/", "/{number}/") for path, _ in WRITES.values()
    }
    assert {path for path, name in needing if name not in ELSEWHERE} == addresses
    assert {name for _, name in needing} >= ELSEWHERE


def _shop() -> Api:
    api = make_api()
    api.good("PUT", "/orders/1", ORDER)
    api.good("PUT", "/members/bob", {})
    return api


@pytest.fixture
def api(db: None) -> Api:
    return _shop()


def _facts(api: Api) -> dict[str, Any]:
    """Everything that a second effect would change."""
    with scopes_disabled():
        return {
            "anna": {k: v for k, v in api.good("GET", "/members/anna").items() if k != "at"},
            "events": Happening.objects.count(),
            "holds": Hold.objects.count(),
            "versions": ProgrammeVersion.objects.count(),
        }


@pytest.mark.parametrize("name", WRITES)
def test_the_same_request_again_is_answered_the_same_and_has_no_second_effect(api: Api, name: str) -> None:
    path, body = WRITES[name]
    first = api("POST", path, body, once="key-1")
    facts = _facts(api)
    again = api("POST", path, body, once="key-1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.content == first.content
    assert (first.get("Idempotent-Replayed"), again["Idempotent-Replayed"]) == (None, "true")
    assert _facts(api) == facts


@pytest.mark.parametrize("name", WRITES)
def test_after_a_crash_before_the_answer_was_kept_the_repeat_has_no_second_effect(
    api: Api, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, body = WRITES[name]
    with monkeypatch.context() as patched:
        patched.setattr(once, "keep_answer", _die)
        assert api("POST", path, body, once="key-1").status_code == 500
    facts = _facts(api)
    assert api.problem(409, "POST", path, body, once="key-1")["code"] == "idempotency_in_flight"
    with scopes_disabled():
        Answer.objects.update(created_at=datetime.now(UTC) - timedelta(minutes=1))
    api.good("POST", path, body, once="key-1")
    assert _facts(api) == facts


def _die(command: Any) -> None:
    raise RuntimeError("the process ends here")


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


def _at_once(api: Api, work: Callable[[Api, int], Any]) -> list[Any]:
    barrier = Barrier(THREADS)

    def run(number: int) -> Any:
        mine = Api(api.shop_id, api.programme_id, api.key, Client(raise_request_exception=False))
        barrier.wait(timeout=30)
        try:
            return work(mine, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def test_sixteen_times_at_once_every_request_has_one_effect(transactional_db: None, settings: Any) -> None:
    settings.PALIER_API_RATE = 0
    for name, (path, body) in WRITES.items():
        api = _shop()
        before = _facts(api)
        answers = _at_once(api, lambda mine, _, path=path, body=body: mine("POST", path, body, once="key-1"))
        statuses = {response.status_code for response in answers}
        assert statuses <= {200, 409}, (name, [response.content for response in answers])
        assert len({response.content for response in answers if response.status_code == 200}) == 1, name
        facts = _facts(api)
        api.good("POST", path, body, once="key-1")
        assert _facts(api) == facts, name
        expected = {"gift": 170, "event": 125, "events": 130, "orders": 240}
        if name in expected:
            assert facts["anna"]["points"]["available"] == expected[name]
        assert facts["holds"] - before["holds"] == (name == "hold"), name
        assert facts["versions"] - before["versions"] == (name == "publish"), name


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
