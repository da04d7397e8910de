"""The REST API: its document and page, keys, headers, refusals and limits."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.urls import get_resolver
from django_scopes import scopes_disabled

from palier.api.routes import standing
from palier.api.views import document_text
from palier.flows.members.erase_member import EraseMember, erase_member
from tests.entrances.api_shop import ORDER, Api, another_key, fresh, make_api

pytestmark = pytest.mark.django_db
_fresh = pytest.fixture(autouse=True)(fresh)

OPENAPI = json.loads(document_text())
OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1"), operation)
    for path, item in OPENAPI["paths"].items()
    for method, operation in item.items()
]


@pytest.fixture
def api() -> Api:
    return make_api()


# --- The document


def test_the_document_is_openapi_3_1_and_names_every_address_under_api(api: Api) -> None:
    assert OPENAPI["openapi"].startswith("3.1")
    served = set()
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) == "api/":
            for version in pattern.url_patterns:
                for each in getattr(version, "url_patterns", []):
                    served.add("/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern)).strip("^$"))
    documented = {path.removeprefix("/api/v1") for path in OPENAPI["paths"]}
    words = {"/members/search", "/members/batch", "/orders/batch", "/products/batch"}
    assert served - {"/", "/api-root"} <= documented | words
    assert documented <= served


@pytest.mark.parametrize(
    ("method", "path", "operation"), OPERATIONS, ids=[o["operationId"] for *_, o in OPERATIONS]
)
def test_every_operation_says_all_that_it_may_answer_as_a_problem(
    method: str, path: str, operation: dict[str, Any]
) -> None:
    answers = operation["responses"]
    assert {"200", "401", "403", "422", "429"} <= set(answers)
    if "requestBody" in operation:
        assert {"400", "413", "415"} <= set(answers)
    if any(each["name"] == "Idempotency-Key" for each in operation["parameters"]):
        assert {"400", "409"} <= set(answers)
    for status, answer in answers.items():
        assert list(answer["content"]) == [
            "application/json" if status == "200" else "application/problem+json"
        ]
    assert operation["summary"]
    assert operation["description"]
    for parameter in operation["parameters"]:
        assert parameter["description"], parameter["name"]


def test_every_example_of_the_document_works_as_it_stands(api: Api) -> None:
    names = {"customer_id": "c-1001", "order_id": "A-1", "refund_id": "R-1", "product_id": "mug"}
    api.good("PUT", "/members/c-1001", {"name": "Élodie"})
    api.good("PUT", "/members/c-2002", {})
    api.good("PUT", "/orders/A-1", {**ORDER, "member": "c-1001"})
    api.good("POST", "/members/c-1001/gifts", {"points": 500, "reason": "a start"})
    for method, path, operation in OPERATIONS:
        if "requestBody" in operation and operation["operationId"] != "put_refund":
            example = operation["requestBody"]["content"]["application/json"]["examples"]["usual"]["value"]
            if "{webhook_id}" in path:
                webhook = {"url": "https://shop.example.com/hook"}
                names["webhook_id"] = api.good("POST", "/webhooks", webhook)["id"]
            api.good(method, re.sub(r"{(\w+)}", lambda found: names[found[1]], path), example)
    refund = next(o for *_, o in OPERATIONS if o["operationId"] == "put_refund")
    example = refund["requestBody"]["content"]["application/json"]["examples"]["usual"]["value"]
    api.good("PUT", "/orders/A-1/refunds/R-9", example)


# --- The page


def test_the_page_shows_every_operation_and_asks_nobody_else_for_anything(api: Api) -> None:
    page = api.client.get("/api/v1/")
    text = page.content.decode()
    assert page.status_code == 200
    for *_, operation in OPERATIONS:
        assert f'id="{operation["operationId"]}"' in text
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
    for name in ("reference.js", "reference.css", "openapi.json"):
        assert f"/api/v1/{name}" in text
        assert api.client.get(f"/api/v1/{name}").status_code == 200


def test_the_reference_among_the_documents_is_that_of_this_code() -> None:
    from tools.make_api_reference import PAGE, page

    assert PAGE.read_text(encoding="utf-8") == page(), "run .venv/bin/python tools/make_api_reference.py"


# --- Keys, methods, headers


def test_without_a_key_nothing_is_answered(api: Api) -> None:
    response = api.client.get("/api/v1/key")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["code"] == "unauthorized"


def test_a_key_says_what_it_opens(api: Api) -> None:
    told = api.good("GET", "/key", key=another_key(api, "carts"))
    assert told["scopes"] == ["carts"]
    assert told["currency"] == "EUR"


def test_head_and_options_are_answered_and_other_methods_are_problems(api: Api) -> None:
    head = api("HEAD", "/key")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head["Content-Length"]) > 0
    options = api.client.options("/api/v1/members/anna")
    assert (options.status_code, options["Allow"]) == (204, "DELETE, GET, PUT, HEAD, OPTIONS")
    problem = api("PATCH", "/members/anna")
    assert problem.status_code == 405
    assert problem.json()["code"] == "method_not_allowed"
    assert "PUT" in problem["Allow"]


def test_an_address_where_nothing_is_answers_with_a_problem_and_no_page(api: Api) -> None:
    for path in ("/api/v1/nothing", "/api/v1/members/", "/api/v2/key", "/api/"):
        assert api.problem(404, "GET", path)["code"] == "not_found"


def test_the_page_is_found_without_its_last_stroke_too(api: Api) -> None:
    assert api.client.get("/api/v1", follow=True).status_code == 200


def test_answers_are_kept_by_nobody_and_carry_a_request_id(api: Api) -> None:
    response = api("GET", "/key", X_Request_Id="shop-77")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Request-Id"] == "shop-77"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert len(api("GET", "/key", X_Request_Id="<script>")["X-Request-Id"]) == 36


def test_an_order_is_read_in_six_statements_however_often_it_changed(
    api: Api, django_assert_num_queries: Any
) -> None:
    for number in range(4):
        api.good("PUT", "/orders/1", {**ORDER, "lines": [{"product": "mug", "price": 50 - number}]})
        api.good("PUT", f"/orders/1/refunds/R{number}", {"amount": 1})
    api.good("GET", "/key")
    with django_assert_num_queries(6):
        told = api.good("GET", "/orders/1")
    assert [each["order"] for each in told["movements"]] == ["1"] * 5


def test_a_customer_may_be_called_like_an_operation(api: Api) -> None:
    for name in ("batch", "search"):
        api.good("PUT", f"/members/{name}", {"name": "Odd"})
        assert api.good("GET", f"/members/{name}")["id"] == name
    api.good("PUT", "/orders/batch", ORDER)
    assert api.good("GET", "/orders/batch")["id"] == "batch"
    assert api.client.options("/api/v1/orders/batch")["Allow"] == "POST, OPTIONS"


# --- What is wrong


def test_frd_7_unknown_fields_are_refused_all_at_once_with_their_path_and_what_was_meant(api: Api) -> None:
    body = {**ORDER, "lines": [{"prodct": "mug", "price": 1}], "balance": 5, "shop_id": 3}
    told = api.problem(422, "PUT", "/orders/1", body)
    assert told["code"] == "invalid_order"
    found = {each["path"]: each.get("hint", "") for each in told["problems"]}
    assert found["lines[0].prodct"] == "product"
    assert {"balance", "shop_id"} <= set(found)


def test_an_unknown_query_parameter_is_refused_with_what_was_meant(api: Api) -> None:
    told = api.problem(422, "GET", "/members?limt=3")
    assert (told["path"], told["hint"]) == ("query.limt", "meant: limit")


@pytest.mark.parametrize("body", [b"", b"{", b'{"a": NaN}', b"\xff", b"[" * 100_000, b"null", b"[]", b'"x"'])
def test_a_body_that_is_no_json_object_is_refused(api: Api, body: bytes) -> None:
    assert api.problem(400, "PUT", "/orders/1", body)["code"] == "invalid_json"


def test_frd_7_sizes_and_pages_are_limited(api: Api) -> None:
    assert api.problem(413, "PUT", "/orders/1", b" " * (2 * 1024 * 1024 + 1))["code"] == "too_large"
    event = {"member": "anna", "name": "review"}
    assert api.problem(422, "POST", "/events/batch", {"events": [event] * 501})["path"] == "events"
    assert api.problem(422, "GET", "/members?limit=201")["path"].endswith("limit")
    lines = [{"product": "mug", "price": 1}] * 1001
    assert "1000" in api.problem(422, "PUT", "/orders/1", {**ORDER, "lines": lines})["detail"]


def test_a_body_of_another_kind_is_refused(api: Api) -> None:
    response = api.client.put(
        "/api/v1/orders/1", "a=1", content_type="text/plain", headers={"Authorization": f"Bearer {api.key}"}
    )
    assert response.status_code == 415


def test_nul_and_control_characters_are_refused_wherever_they_stand(api: Api) -> None:
    api.problem(422, "PUT", "/orders/1", {**ORDER, "member": "a\0b"})
    api.problem(422, "PUT", "/members/a%00b", {})
    api.problem(422, "GET", "/members/a%00b")
    api.problem(422, "POST", "/members/search", {"text": "a\0b"})
    assert api("GET", "/members?tier=%00").status_code == 200
    assert api("GET", "/products?search=%00x").status_code == 200
    assert api("GET", "/orders?member=a%00b").status_code == 404


def test_numbers_are_exact_and_never_pass_through_a_binary_float(api: Api) -> None:
    line = {"product": "mug", "price": 0.1, "quantity": 3}
    api.good("PUT", "/orders/1", {**ORDER, "lines": [line], "shipping": {}})
    assert api.good("GET", "/orders/1")["lines"][0]["amount"] == "0.30"


def test_a_cursor_of_somebody_s_own_making_is_refused(api: Api) -> None:
    api.good("PUT", "/members/anna", {})
    for cursor in ("zzz", "LTE", "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"):
        assert api.problem(422, "GET", f"/members?cursor={cursor}")["path"] == "query.cursor"
    assert api.problem(422, "GET", "/members?cursor=%3D%3D")["code"] == "invalid_request"


# --- Limits


def test_a_key_that_calls_too_often_has_to_wait_and_others_do_not(api: Api, settings: Any) -> None:
    settings.PALIER_API_RATE = 12
    second = another_key(api, "carts")
    answers = [api("GET", "/key").status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429]
    response = api("GET", "/key")
    assert response.json()["code"] == "too_many_requests"
    assert 0 < int(response["Retry-After"]) <= 60
    api.good("GET", "/key", key=second)


def test_the_clock_of_a_demo_is_that_of_its_programme(api: Api) -> None:
    from palier.api import keys
    from palier.store.models import Programme

    Programme.objects.filter(pk=api.programme_id).update(clock_offset_s=86400 * 30)
    keys.forget()
    ahead = datetime.fromisoformat(api.good("GET", "/key")["now"])
    assert ahead > datetime.now(UTC) + timedelta(days=29)


def test_an_account_that_is_erased_by_the_shop_next_door_is_unknown_here_too(api: Api) -> None:
    api.good("PUT", "/members/anna", {})
    with scopes_disabled():
        erase_member(EraseMember(api.shop_id, "anna"), now=datetime.now(UTC))
    api.problem(404, "GET", "/members/anna/movements")


def test_a_database_that_is_away_for_a_moment_is_told_as_such_and_nothing_is_kept(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("the server closed the connection; password=secret")

    api.good("PUT", "/members/anna", {})
    gift = {"points": 5, "reason": "x"}
    with monkeypatch.context() as patched:
        patched.setattr(standing, "give_points", away)
        response = api("POST", "/members/anna/gifts", gift, once="key-1")
        assert (response.status_code, response["Retry-After"]) == (503, "1")
        assert "secret" not in response.content.decode()
    assert api.good("POST", "/members/anna/gifts", gift, once="key-1")["result"] == "new"


def test_a_mistake_of_ours_is_a_problem_that_says_nothing_of_the_inside(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("secret of the inside")

    monkeypatch.setattr(standing, "explain_standing", broken)
    api.good("PUT", "/members/anna", {})
    told = api.problem(500, "GET", "/members/anna/explanation")
    assert told["code"] == "internal_error"
    assert "inside" not in json.dumps(told)


@pytest.mark.parametrize("body", [b'{"member": "\xff\xfe"}', b'{"\xc0\xaf": 1}', b'{"a": "\xed\xa0\x80"}'])
def test_a_body_that_is_no_utf_8_is_refused_everywhere(api, body):
    for method, path in (("PUT", "/orders/1"), ("POST", "/quotes"), ("POST", "/programme/check")):
        told = api.problem(400, method, path, body)
        assert (told["code"], told["detail"]) == ("invalid_json", "The body is not UTF-8")
