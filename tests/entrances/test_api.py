"""The REST API: what it answers, what it refuses and how, page by page, in three languages."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import get_resolver
from django_scopes import scopes_disabled

from palier.api.views import document_text
from palier.flows.erase_member import EraseMember, erase_member
from palier.store.models import Answer, KeptCart
from tests.entrances.api_shop import CART, DOCUMENT, ORDER, Api, another_key, fresh, make_api

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


def test_answers_are_kept_by_nobody_and_carry_a_request_id(api: Api) -> None:
    response = api("GET", "/key", X_Request_Id="shop-77")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Request-Id"] == "shop-77"
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert len(api("GET", "/key", X_Request_Id="<script>")["X-Request-Id"]) == 36


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


# --- Orders and refunds


def test_an_order_is_told_read_and_explained(api: Api) -> None:
    assert api.good("PUT", "/orders/A-1", ORDER)["points"] == 120
    assert api.good("PUT", "/orders/A-1", ORDER)["result"] == "repeat"
    assert api.problem(422, "PUT", "/orders/A-1", {**ORDER, "id": "A-2"})["path"] == "id"
    told = api.good("GET", "/orders/A-1?language=de")
    assert told["booked"] == {
        "counts": True, "points": 120, "spend": "120.00", "number": 1, "points_used": 0, "missing": 0,
        "version": 1, "hold": None,
    }  # fmt: skip
    assert told["movements"][0]["title"] == "Bestellung A-1"
    assert told["member"] == "anna"
    assert api.problem(404, "GET", "/orders/A-9")["code"] == "unknown_order"


def test_the_amount_of_a_refund_is_in_the_currency_of_its_order(api: Api) -> None:
    order = {
        **ORDER,
        "currency": "JPY",
        "rate": "0.006",
        "lines": [{"product": "mug", "price": 10000}],
        "shipping": {},
    }
    api.good("PUT", "/orders/Y-1", order)
    api.good("PUT", "/orders/Y-1/refunds/R", {"amount": 5000})
    assert api.good("GET", "/orders/Y-1")["refunds"][0]["amount"] == "5000"
    assert api.problem(422, "PUT", "/orders/Y-1/refunds/S", {"amount": "0.50"})["path"] == "amount"


def test_a_refund_may_come_before_its_order(api: Api) -> None:
    assert api.good("PUT", "/orders/B/refunds/R", {"full": True})["result"] == "waiting"
    assert api.good("PUT", "/orders/B", ORDER)["points"] == 0


def test_a_batch_books_what_is_good_and_answers_what_is_not(api: Api) -> None:
    messages = [
        {"order": {"id": "1", **ORDER}},
        {"order": {"id": "2", "status": "odd"}},
        {"refund": {"order": "1", "id": "R", "full": True}},
        {
            "order": {
                "id": "3",
                "status": "paid",
                "member": "anna",
                "currency": "USD",
                "lines": [{"product": "p", "price": 1}],
            }
        },
        {},
        {"order": {"id": "4", **ORDER}, "refund": {}},
    ]
    results = api.good("POST", "/orders/batch", {"messages": messages})["results"]
    assert [each["result"] for each in results] == [
        "new",
        "refused",
        "changed",
        "refused",
        "refused",
        "refused",
    ]
    assert [each["order"] for each in results] == ["1", "2", "1", "3", "", "4"]
    assert results[3]["problem"]["code"] == "currency_mismatch"


def test_a_batch_of_history_happens_at_its_own_time_and_tells_nobody(api: Api) -> None:
    old = {"id": "old", **ORDER, "paid_at": "2020-05-01T10:00:00Z"}
    api.good("POST", "/orders/batch", {"messages": [{"order": old}], "history": True, "silent": True})
    member = api.good("GET", "/members/anna")
    assert (member["points"]["available"], member["points"]["expired"]) == (0, 120)


# --- Members


def test_a_member_is_shown_in_the_asked_language_else_in_their_own(api: Api) -> None:
    api.good("PUT", "/members/anna", {"name": "Anna", "language": "de"})
    api.good("PUT", "/orders/1", {**ORDER, "lines": [{"product": "sofa", "price": 250}]})
    told = {
        language: api.good("GET", "/members/anna?language=" + language if language else "/members/anna")[
            "tier"
        ]["name"]
        for language in ("", "fr", "en", "de")
    }
    assert told == {"": "Silber", "fr": "Argent", "en": "Silver", "de": "Silber"}
    accepted = api.good("GET", "/members/anna", Accept_Language="it, fr;q=0.8, en;q=0.5")
    assert accepted["tier"]["name"] == "Argent"
    assert accepted["coupons"][0]["gives"].startswith("Remise de 15")
    assert api.problem(422, "GET", "/members/anna?language=it")["path"].endswith("language")


def test_progress_is_rounded_down_and_counted_exactly(api: Api) -> None:
    api.good("PUT", "/orders/1", {**ORDER, "lines": [{"product": "sofa", "price": "199.99"}]})
    assert api.good("GET", "/members/anna")["progress"] == {
        "metric": "spend", "value": "199.99", "missing": "0.01", "percent": 99,
        "next": {"id": "silver", "name": "Argent", "threshold": "200.00"},
    }  # fmt: skip


def test_members_are_found_whatever_the_accents_and_listed_page_by_page(api: Api) -> None:
    people = [{"id": f"c{n:02}", "name": f"Élodie {n}"} for n in range(7)]
    assert api.good("POST", "/members/batch", {"members": people})["new"] == 7
    assert len(api.good("POST", "/members/search", {"text": "ELODIE"}, once=None)["items"]) == 7
    assert [each["id"] for each in _pages(api, "/members?limit=3", 3)] == [each["id"] for each in people]
    assert api.good("GET", "/members?tier=bronze")["items"][0]["id"] == "c00"
    assert api.good("GET", "/members?tier=silver")["items"] == []


def test_a_batch_of_members_answers_which_messages_were_refused(api: Api) -> None:
    told = api.good(
        "POST", "/members/batch", {"members": [{"id": "a"}, {"name": "x"}, {"id": "b", "naem": "B"}]}
    )
    assert (told["new"], [each["index"] for each in told["refused"]]) == (1, [1, 2])
    assert told["refused"][1]["problem"]["hint"] == "meant: name"


def test_history_and_coupons_are_read_page_by_page_and_each_movement_by_its_number(api: Api) -> None:
    for number in range(7):
        api.good("PUT", f"/orders/{number}", {**ORDER, "lines": [{"product": "mug", "price": 100}]})
    found = _pages(api, "/members/anna/movements?limit=3", 3)
    assert [each["cause"] for each in found].count("order") == 7
    assert len({each["number"] for each in found}) == len(found) == 8, "the reward's coupon is one too"
    one = api.good("GET", f"/members/anna/movements/{found[-1]['number']}?language=en")
    assert one["title"] == "Order 0"
    api.problem(404, "GET", "/members/anna/movements/99")
    assert len(_pages(api, "/members/anna/coupons?limit=1", 1)) == 2
    assert len(_pages(api, "/orders?limit=3", 3)) == 7


def _pages(api: Api, path: str, size: int) -> list[Any]:
    """Everything, page by page; no page holds more than ``size``."""
    found: list[Any] = []
    cursor = None
    while True:
        page = api.good("GET", path if cursor is None else f"{path}&cursor={cursor}")
        assert len(page["items"]) <= size
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def test_codes_are_shown_to_keys_that_may_read_members_alone(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    carts = another_key(api, "carts")
    hidden = api.good("POST", "/members/anna/vouchers", {"points": 10}, key=carts)
    shown = api.good("POST", "/members/anna/vouchers", {"points": 10})
    assert hidden["coupon"]["code"] is None
    assert len(shown["coupon"]["code"]) == 12
    coupon = {"source": "coupon", "code": shown["coupon"]["code"], "amount": 1}
    api.good("PUT", "/orders/2", {**ORDER, "discounts": [coupon], "coupons": [shown["coupon"]["code"]]})
    code = api.good("GET", "/orders/2", key=another_key(api, "orders:write"))["discounts"][0]["code"]
    assert code == "…" + shown["coupon"]["code"][-3:]
    assert api.good("GET", "/orders/2")["discounts"][0]["code"] == shown["coupon"]["code"]


def test_a_gift_needs_a_member_that_is_known(api: Api) -> None:
    assert (
        api.problem(404, "POST", "/members/nobody/gifts", {"points": 5, "reason": "x"})["code"]
        == "unknown_member"
    )
    api.good("PUT", "/members/anna", {})
    assert api.good("POST", "/members/anna/gifts", {"points": 5, "reason": "x"})["points"] == 5
    told = api.problem(422, "POST", "/members/anna/gifts", {"points": 5, "reason": "x", "member": "bob"})
    assert told["path"] == "member"


def test_the_ladder_and_the_reasons_are_told(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    ladder = api.good("GET", "/members/anna/tiers?language=fr")
    silver = ladder["tiers"][1]
    assert (silver["is_reached"], silver["missing"], silver["perks"]) == (
        False,
        "80.00",
        ["Emballage offert"],
    )
    assert silver["gives"] == ["5 % de réduction"] or silver["gives"][0].startswith("Remise de 5")
    told = api.good("GET", "/members/anna/explanation?language=en")
    assert any("120 points" in sentence for sentence in told["points"])


def test_a_merge_moves_everything_and_done_again_changes_nothing(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    api.good("PUT", "/orders/2", {**ORDER, "member": "anna-2"})
    assert api.good("POST", "/merges", {"kept": "anna", "merged": "anna-2"})["result"] == "merged"
    assert api.good("POST", "/merges", {"kept": "anna", "merged": "anna-2"})["result"] == "repeat"
    assert api.good("GET", "/members/anna-2")["points"]["available"] == 240
    assert api.problem(422, "POST", "/merges", {"kept": "anna", "merged": "anna"})["path"] == "merged"
    assert (
        api.problem(404, "POST", "/merges", {"kept": "anna", "merged": "ghost"})["code"] == "unknown_member"
    )


def test_gdpr_3_who_is_erased_is_unknown_and_leaves_no_cart_and_no_answer_with_their_name(api: Api) -> None:
    api.good("PUT", "/members/anna.k@example.com", {"name": "Annabel Kerr"})
    api.good("PUT", "/orders/1", {**ORDER, "member": "anna.k@example.com"})
    api.good("PUT", "/members/anna.k@example.com/cart", {"lines": CART["lines"]})
    api.good("POST", "/members/anna.k@example.com/gifts", {"points": 9, "reason": "for Annabel"})
    api.good("POST", "/holds", {**CART, "member": "anna.k@example.com"})
    api.good("POST", "/events", {"member": "anna.k@example.com", "name": "review"})
    api.good("POST", "/merges", {"kept": "anna.k@example.com", "merged": _second(api)})
    assert api.good("DELETE", "/members/anna.k@example.com") == {"result": "erased"}
    api.problem(404, "GET", "/members/anna.k@example.com")
    api.problem(404, "DELETE", "/members/anna.k@example.com")
    with scopes_disabled():
        assert not KeptCart.objects.exists()
        kept = json.dumps(list(Answer.objects.values("key", "body")))
    assert "anna" not in kept.lower()


def _second(api: Api) -> str:
    api.good("PUT", "/members/other", {})
    return "other"


def test_the_export_holds_the_cart_and_everything_else(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    api.good("PUT", "/members/anna/cart", {"lines": CART["lines"]})
    told = api.good("GET", "/members/anna/export")
    assert told["carts"][0]["content"]["lines"] == CART["lines"]
    assert len(told["orders"]) == 1


# --- Carts


def test_a_quote_writes_nothing_and_is_explained_in_the_asked_language(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    quote = api.good("POST", "/quotes", CART, once=None)
    assert (quote["subtotal"], quote["total"], quote["discounts"][0]["points"]) == ("25.00", "13.00", 120)
    told = api.good("POST", "/quotes/explain?language=de", CART, once=None)
    assert told["quote"] == quote
    assert told["words"]["applied"][0].startswith("120 Punkte eingelöst")
    assert api.good("GET", "/members/anna")["points"]["available"] == 120


def test_a_hold_keeps_its_quote_until_its_order_takes_it_over(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    assert api.problem(409, "POST", "/holds", {**CART, "expected_total": "25.00"})["code"] == "quote_changed"
    assert api.problem(422, "POST", "/holds", {**CART, "expected_total": "x"})["path"] == "expected_total"
    assert api.problem(422, "POST", "/holds", {"lines": CART["lines"]})["path"] == "member"
    held = api.good("POST", "/holds", {**CART, "expected_total": "13.00"})
    assert api.good("GET", "/members/anna")["points"]["held"] == 120
    order = {"status": "placed", "member": "anna", "lines": CART["lines"], "hold": held["id"]}
    api.good("PUT", "/orders/2", order)
    assert api.good("GET", f"/holds/{held['id']}")["state"] == "captured"
    assert api.problem(409, "DELETE", f"/holds/{held['id']}")["code"] == "hold_taken"
    assert api.good("GET", "/orders/2")["booked"]["points_used"] == 120


def test_a_hold_that_is_given_up_gives_everything_back_once(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    held = api.good("POST", "/holds", CART)
    assert api.good("DELETE", f"/holds/{held['id']}")["result"] == "released"
    assert api.good("DELETE", f"/holds/{held['id']}")["result"] == "repeat"
    assert api.good("GET", "/members/anna")["points"]["held"] == 0
    assert api.problem(404, "GET", "/holds/nothing")["code"] == "unknown_hold"


def test_vou_5_ten_wrong_codes_in_a_minute_and_the_member_has_to_wait(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    for number in range(10):
        quote = api.good("POST", "/quotes", {**CART, "coupons": [f"WRONG{number}"]}, once=None)
        assert quote["refused"][0]["reason"] == "unknown"
    response = api("POST", "/quotes", {**CART, "coupons": ["WRONG"]}, once=None)
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert api("POST", "/holds", {**CART, "coupons": ["WRONG"]}).status_code == 429
    api.good("POST", "/quotes", CART, once=None)
    api.good("POST", "/quotes", {**CART, "member": "bob", "coupons": ["WRONG"]}, once=None)
    api.good("POST", "/quotes", {"lines": CART["lines"], "coupons": ["WRONG"]}, once=None)


def test_vou_5_a_code_of_somebody_else_reads_like_one_that_never_was(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    code = api.good("POST", "/members/anna/vouchers", {"points": 10})["coupon"]["code"]
    told = [
        api.good("POST", "/quotes/explain", {**CART, "member": "bob", "coupons": [each]}, once=None)
        for each in (code, "ABCDEFGHJKLM")
    ]
    words = [each["words"]["refused"][0].replace(code, "…").replace("ABCDEFGHJKLM", "…") for each in told]
    assert words[0] == words[1]
    assert told[0]["quote"]["refused"][0]["reason"] == told[1]["quote"]["refused"][0]["reason"] == "unknown"


def test_a_cart_that_was_left_is_kept_and_forgotten(api: Api) -> None:
    api.problem(404, "PUT", "/members/anna/cart", {"lines": CART["lines"]})
    api.good("PUT", "/members/anna", {})
    assert api.problem(404, "GET", "/members/anna/cart")["code"] == "unknown_cart"
    api.good("PUT", "/members/anna/cart", {"lines": CART["lines"]})
    assert api.good("GET", "/members/anna/cart")["content"] == {"lines": CART["lines"]}
    assert api.problem(422, "PUT", "/members/anna/cart", {"lines": []})["path"] == "lines"
    assert api.good("DELETE", "/members/anna/cart")["result"] == "forgotten"
    assert api.good("DELETE", "/members/anna/cart")["result"] == "nothing"


# --- Products, programme, segments


def test_products_are_described_found_and_listed(api: Api) -> None:
    api.good(
        "PUT",
        "/products/mug",
        {"name": {"fr": "Tasse à thé", "en": "Mug"}, "price": "12.50", "url": "https://x.test/m"},
    )
    api.good("POST", "/products/batch", {"products": [{"id": f"p{n}", "name": "Lamp"} for n in range(5)]})
    assert [each["id"] for each in api.good("GET", "/products?search=TASSE a")["items"]] == ["mug"]
    assert [each["id"] for each in _pages(api, "/products?limit=2", 2)] == [
        "mug",
        "p0",
        "p1",
        "p2",
        "p3",
        "p4",
    ]
    assert api.problem(422, "PUT", "/products/x", {"url": "javascript:alert(1)"})["path"] == "url"
    told = api.problem(422, "POST", "/products/batch", {"products": [{"id": "a"}, {"id": "b", "prise": 1}]})
    assert told["path"].startswith("products[1]")
    assert api.problem(404, "GET", "/products/never")["code"] == "unknown_product"


def test_a_document_is_checked_published_and_rolled_back(api: Api) -> None:
    checked = api.good(
        "POST", "/programme/check?language=fr", {"document": {**DOCUMENT, "name": "Lune"}}, once=None
    )
    assert checked["is_valid"]
    assert checked["changes"]
    wrong = api.good("POST", "/programme/check", {"document": {"format": 1, "nmae": "x"}}, once=None)
    assert {each["path"] for each in wrong["problems"]} >= {"nmae", "currency"}
    told = api.problem(422, "POST", "/programme/publish", {"document": {"format": 1, "nmae": "x"}})
    assert told["code"] == "invalid_programme"
    assert api.good("POST", "/programme/publish", {"document": DOCUMENT})["result"] == "unchanged"
    changed = {**DOCUMENT, "name": "Lune"}
    told = api.problem(409, "POST", "/programme/publish", {"document": changed, "based_on": 7})
    assert told["code"] == "programme_changed"
    done = api.good("POST", "/programme/publish", {"document": changed, "based_on": 1, "note": "shorter"})
    assert (done["result"], done["number"]) == ("published", 2)
    assert api.good("GET", "/programme")["document"]["name"] == "Lune"
    assert api.good("POST", "/programme/versions/1/publish")["number"] == 3
    assert [each["number"] for each in _pages(api, "/programme/versions?limit=2", 2)] == [3, 2, 1]
    assert api.problem(404, "GET", "/programme/versions/9")["code"] == "unknown_version"
    assert api.problem(404, "POST", "/programme/versions/9/publish")["code"] == "unknown_version"


def test_segments_are_counted_previewed_and_listed(api: Api) -> None:
    api.good("PUT", "/orders/1", {**ORDER, "delivery": {"city": "PARIS", "country": "fr"}})
    api.good("PUT", "/members/bob", {})
    assert api.good("GET", "/segments")["items"][0]["members"] == 1
    assert api.good("GET", "/segments/paris/members")["items"] == ["anna"]
    told = api.good("POST", "/segments/preview", {"where": {"tier": ["bronze"]}}, once=None)
    assert (told["members"], sorted(told["examples"])) == (2, ["anna", "bob"])
    wrong = api.problem(422, "POST", "/segments/preview", {"where": {"tier": ["bronce"]}}, once=None)
    assert (wrong["path"].startswith("where.tier"), wrong["hint"]) == (True, "meant: bronze")
    assert api.problem(404, "GET", "/segments/never/members")["code"] == "unknown_segment"


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
