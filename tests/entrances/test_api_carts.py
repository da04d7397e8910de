"""The REST API about carts, products, the programme and segments."""

from __future__ import annotations

import pytest

from tests.entrances.api_shop import CART, DOCUMENT, ORDER, Api, fresh, make_api, pages

pytestmark = pytest.mark.django_db
_fresh = pytest.fixture(autouse=True)(fresh)


@pytest.fixture
def api() -> Api:
    return make_api()


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


def test_a_wrong_code_that_stays_in_the_cart_is_one_try_however_often_the_cart_changes(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    for _ in range(30):
        api.good("POST", "/quotes", {**CART, "coupons": ["WRONG", "WRONGER"]}, once=None)
    for number in range(8):
        api.good("POST", "/quotes", {**CART, "coupons": ["WRONG", f"WRONG{number}"]}, once=None)
    assert api("POST", "/quotes", {**CART, "coupons": ["WRONG"]}, once=None).status_code == 429


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
    assert [each["id"] for each in pages(api, "/products?limit=2", 2)] == [
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
    assert [each["number"] for each in pages(api, "/programme/versions?limit=2", 2)] == [3, 2, 1]
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
