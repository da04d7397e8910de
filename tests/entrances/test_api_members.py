"""The REST API about orders, refunds and members: told, read page by page, explained in three languages."""

from __future__ import annotations

import json

import pytest
from django_scopes import scopes_disabled

from palier.store.models import Answer, EntryNote, KeptCart
from tests.entrances.api_shop import CART, ORDER, Api, another_key, fresh, make_api, pages

pytestmark = pytest.mark.django_db
_fresh = pytest.fixture(autouse=True)(fresh)


@pytest.fixture
def api() -> Api:
    return make_api()


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
    assert [each["id"] for each in pages(api, "/members?limit=3", 3)] == [each["id"] for each in people]
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
    found = pages(api, "/members/anna/movements?limit=3", 3)
    assert [each["cause"] for each in found].count("order") == 7
    assert len({each["number"] for each in found}) == len(found) == 8, "the reward's coupon is one too"
    one = api.good("GET", f"/members/anna/movements/{found[-1]['number']}?language=en")
    assert one["title"] == "Order 0"
    api.problem(404, "GET", "/members/anna/movements/99")
    assert len(pages(api, "/members/anna/coupons?limit=1", 1)) == 2
    assert len(pages(api, "/orders?limit=3", 3)) == 7
    assert len(pages(api, "/orders?limit=3&status=paid&member=anna", 3)) == 7
    assert pages(api, "/orders?limit=3&status=placed", 3) == []


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
    with scopes_disabled():
        assert EntryNote.objects.get().author == "tests (API)"
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


def test_an_order_keeps_its_movements_when_its_member_is_merged_into_another(api: Api) -> None:
    api.good("PUT", "/orders/1", {**ORDER, "member": "anna-2"})
    api.good("PUT", "/members/anna", {})
    before = api.good("GET", "/orders/1")["movements"]
    api.good("POST", "/merges", {"kept": "anna", "merged": "anna-2"})
    assert api.good("GET", "/orders/1")["movements"] == before
    api.good("PUT", "/orders/1/refunds/R", {"full": True})
    titles = [each["title"] for each in api.good("GET", "/orders/1?language=en")["movements"]]
    assert titles == ["Order 1", "Refund R of order 1"]


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


def test_cus_3_who_is_deleted_in_the_shop_is_closed_and_open_again_when_told_of(api: Api) -> None:
    api.good("PUT", "/orders/1", ORDER)
    api.good("PUT", "/orders/2", {**ORDER, "status": "placed", "use_quote": True, "use_points": 50})
    assert api.good("GET", "/members/anna")["points"]["held"] == 50
    assert api.good("POST", "/members/anna/close") == {"is_closed": True, "released": ["2"]}
    told = api.good("GET", "/members/anna")
    assert (told["is_closed"], told["points"]["available"]) == (True, 120)
    api.good("PUT", "/members/anna", {})
    assert not api.good("GET", "/members/anna")["is_closed"]
    api.problem(404, "POST", "/members/nobody/close")


def test_guest_orders_are_claimed_by_who_has_proof_of_the_address(api):
    guests = {key: value for key, value in ORDER.items() if key != "member"}
    api.good("PUT", "/orders/guest", {**guests, "email": "Anna@Example.com"})
    claim = {"email": "anna@example.com", "verified": False}
    told = api.problem(422, "POST", "/members/anna/guest-orders", claim)
    assert (told["code"], told["path"]) == ("unverified_address", "email")
    api.problem(422, "POST", "/members/anna/guest-orders", {"email": "anna@example.com"})
    claim["verified"] = True
    assert api.good("POST", "/members/anna/guest-orders", claim) == {"orders": ["guest"], "points": 120}
    assert api.good("GET", "/orders/guest")["member"] == "anna"
    assert api.good("POST", "/members/anna/guest-orders", claim) == {"orders": [], "points": 0}
    assert api.good("POST", "/members/bob/guest-orders", claim)["orders"] == []
