"""The demo's shop: a merchant who knows Palier by its API alone, in demo mode and on this machine only."""

import json
import re

import pytest
from django.test import Client

from palier.store.access.models import ApiKey
from palier.store.members.models import Account, Identity
from palier.store.programmes.models import Programme
from palier.storefront.demo import palier_api
from tests.entrances.storefront_shop import ALISTAIR, BJOERN, REMI, open_demo_shop, within_the_test

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
HERE = {"SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000"}
PAGES = ("/demo/", "/demo/who/", "/demo/basket/", "/demo/orders/", "/demo/account/")


@pytest.fixture
def shop(settings, tmp_path, monkeypatch):
    from django_scopes import scopes_disabled

    monkeypatch.setattr(palier_api, "get_internal_wsgi_application", lambda: within_the_test)
    palier_api._client.cache_clear()
    with scopes_disabled():
        yield open_demo_shop(settings, tmp_path)
    palier_api._client.cache_clear()


@pytest.fixture
def visitor(shop):
    return Client(**HERE)


def be(visitor, customer):
    assert visitor.post("/demo/be/", {"customer": customer}).status_code == 302
    return visitor


def read(visitor, address):
    answer = visitor.get(address)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()).replace("&#x27;", "'")


def points_of(customer):
    account = Account.objects.get(pk=Identity.objects.get(customer_id=customer).account_id)
    return account.available, account.pending, account.held


def order(visitor, **basket):
    for product, quantity in basket.items():
        visitor.post("/demo/put/", {"product": product.lstrip("p"), "quantity": quantity})
    page = visitor.get("/demo/checkout/").content.decode()
    expected = re.search(r'name="expected" value="([0-9.]+)"', page)[1]
    placed = visitor.post("/demo/checkout/place/", {"expected": expected})
    return re.fullmatch(r"/demo/orders/(ML-[0-9A-F]{6})/", placed["Location"])[1]


@pytest.mark.parametrize(("language", "customer"), [("en", ""), ("fr", ALISTAIR), ("de", BJOERN)])
def test_every_page_answers_everybody_in_their_language(visitor, language, customer):
    be(visitor, customer)
    visitor.cookies["palier_language"] = language
    for address in PAGES:
        answer = visitor.get(address)
        assert answer.status_code == 200
        assert f'<html lang="{language}">' in answer.content.decode()


def test_buying_returning_and_cancelling_move_points_through_the_api_alone(visitor):
    be(visitor, REMI)
    before = points_of(REMI)
    number = order(visitor, p22423=2, p21527=1)
    assert "Placed, not paid yet" in read(visitor, f"/demo/orders/{number}/")
    assert points_of(REMI) == before
    told = read(visitor, visitor.post(f"/demo/orders/{number}/step/")["Location"])
    # 33.45 less 5 % of Silver is 31.78: 31 points, for they come in a fortnight.
    assert "+31 points" in told
    assert points_of(REMI) == (before[0], before[1] + 31, 0)
    told = read(visitor, visitor.post(f"/demo/orders/{number}/refund/", {"line": "22423"})["Location"])
    assert "−12 points" in told
    assert points_of(REMI)[1] == before[1] + 19
    told = read(visitor, visitor.post(f"/demo/orders/{number}/cancel/")["Location"])
    assert "−19 points" in told
    assert points_of(REMI) == before
    assert "Cancelled" in read(visitor, f"/demo/orders/{number}/")


def test_points_are_held_with_the_order_and_used_with_the_payment(visitor):
    be(visitor, REMI)
    available = points_of(REMI)[0]
    visitor.post("/demo/basket/points/", {"points": "100"})
    number = order(visitor, p22423=3)
    assert points_of(REMI) == (available - 100, 0, 100)
    visitor.post(f"/demo/orders/{number}/step/")
    assert points_of(REMI)[0] == available - 100
    assert points_of(REMI)[2] == 0


def test_the_basket_says_what_applies_what_does_not_and_what_is_missing(visitor):
    be(visitor, ALISTAIR)
    visitor.post("/demo/put/", {"product": "22423", "quantity": 3})
    visitor.post("/demo/basket/code/", {"code": "moon10"})
    visitor.post("/demo/basket/code/", {"code": "nobody-knows"})
    visitor.post("/demo/basket/points/", {"points": "100"})
    told = read(visitor, "/demo/basket/")
    assert "5% off for Silver members: −£1.91." in told
    assert "Code MOON10: −£3.83." in told
    assert "The code NOBODY-KNOWS cannot be used." in told
    assert "This order earns nothing" in told
    visitor.post("/demo/basket/code/drop/", {"code": "MOON10"})
    told = read(visitor, "/demo/basket/")
    assert "£1.75 more and you earn 10 points." in told
    assert "With this order you reach Gold." in told


def test_the_carrier_and_the_payment_are_priced(visitor):
    be(visitor, ALISTAIR)
    visitor.post("/demo/put/", {"product": "22423", "quantity": 1})
    visitor.post("/demo/checkout/choose/", {"carrier": "pick-up", "payment": "transfer"})
    told = read(visitor, "/demo/checkout/")
    assert "£2.90" in told
    assert "You will earn 22 points." in told  # 12 for the goods, 5 for each of the two
    visitor.post("/demo/checkout/choose/", {"carrier": "broom", "payment": "gold"})
    assert "£2.90" in read(visitor, "/demo/checkout/")


def test_a_price_that_has_changed_is_shown_before_anything_is_ordered(visitor):
    be(visitor, ALISTAIR)
    visitor.post("/demo/put/", {"product": "22423", "quantity": 1})
    answer = visitor.post("/demo/checkout/place/", {"expected": "1.00"})
    assert answer["Location"] == "/demo/checkout/"
    assert "Something has changed meanwhile" in read(visitor, "/demo/checkout/")


def test_somebody_new_is_greeted_with_points_once(visitor):
    visitor.post("/demo/sign-up/", {"name": "  Zoë   Quigley "})
    told = read(visitor, "/demo/")
    assert "Welcome back, Zoë Quigley" in told
    assert "Welcome! 50 points to begin with." in told
    visitor.post("/demo/account/newsletter/")
    assert "Thank you! +20 points." in read(visitor, "/demo/account/")
    visitor.post("/demo/account/newsletter/")
    assert "the points come once" in read(visitor, "/demo/account/")


def test_points_become_a_voucher_with_a_code_to_copy(visitor):
    be(visitor, REMI)
    visitor.post("/demo/account/voucher/", {"points": "200"})
    page = visitor.get("/demo/account/").content.decode()
    code = re.search(r"200 points became a voucher: ([A-Z2-9]{12})", page)[1]
    assert f'data-copy="{code}"' in page


def test_a_month_later_the_points_have_come(visitor, shop):
    be(visitor, BJOERN)
    assert points_of(BJOERN)[1] > 0
    answer = visitor.post("/demo/later/", {"next": "/demo/account/"})
    assert answer["Location"] == "/demo/account/"
    assert points_of(BJOERN)[1] == 0
    assert Programme.objects.get(pk=shop.programme_id).clock_offset_s >= 28 * 86_400
    assert "Something has become due for" in read(visitor, "/demo/account/")


def test_a_guest_buys_for_nobody(visitor):
    number = order(visitor, p22423=1)
    visitor.post(f"/demo/orders/{number}/step/")
    assert "a guest’s order is nobody’s" in read(visitor, f"/demo/orders/{number}/")
    assert visitor.get("/demo/token/").status_code == 204


def test_a_guest_is_told_what_a_new_member_would_get(visitor):
    assert "For members: +12 points" in read(visitor, "/demo/")
    visitor.post("/demo/put/", {"product": "22423", "quantity": 5})
    told = read(visitor, "/demo/basket/")
    assert "Free delivery on your first order." in told
    assert "You will earn 73 points." in told
    assert "To pay £68.25" in told  # the guest pays the delivery
    assert not Identity.objects.filter(customer_id="somebody-new").exists()


def test_an_order_of_somebody_else_does_not_exist(visitor):
    be(visitor, REMI)
    number = order(visitor, p22423=1)
    be(visitor, BJOERN)
    assert visitor.get(f"/demo/orders/{number}/").status_code == 404
    assert visitor.post(f"/demo/orders/{number}/cancel/").status_code == 404
    assert visitor.get("/demo/orders/NEVER/").status_code == 404


def test_the_widget_gets_a_token_for_who_is_here(visitor):
    be(visitor, REMI)
    answer = visitor.get("/demo/token/")
    assert answer["Cache-Control"] == "private, no-store"
    token = answer.json()["token"]
    me = visitor.get("/widget/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}").json()
    assert me["member"]["id"] == REMI
    be(visitor, BJOERN)
    assert visitor.get("/demo/token/").json()["token"] != token


def test_what_was_said_can_be_read_and_holds_no_key(visitor, settings):
    be(visitor, REMI)
    page = visitor.get("/demo/account/").content.decode()
    assert "/api/v1/members/16600/movements" in page
    access = json.loads((settings.PALIER_VAR / "demo_shop.json").read_text())
    assert access["key"] not in page
    assert access["secret"] not in page
    assert (settings.PALIER_VAR / "demo_shop.json").stat().st_mode & 0o077 == 0


def test_the_policy_of_these_pages_allows_nothing_inline_and_nobody_else(visitor):
    policy = visitor.get("/demo/")["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy


@pytest.mark.parametrize("address", [*PAGES, "/demo/token/"])
def test_outside_the_demo_and_from_elsewhere_there_is_no_shop(visitor, settings, address):
    assert visitor.get(address, REMOTE_ADDR="192.0.2.7").status_code == 403
    assert visitor.get(address, HTTP_X_FORWARDED_FOR="127.0.0.1").status_code == 403
    settings.PALIER_DEMO = False
    assert visitor.get(address).status_code == 404
    assert visitor.post("/demo/later/").status_code == 404


def test_a_link_from_elsewhere_cannot_order(visitor):
    strict = Client(enforce_csrf_checks=True, **HERE)
    assert strict.post("/demo/checkout/place/").status_code == 403


def test_no_form_leads_elsewhere(visitor):
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = visitor.post("/demo/put/", {"product": "22423", "next": elsewhere})
        assert answer["Location"] == "/demo/basket/"


def test_without_a_key_the_shop_is_closed_and_says_what_to_do(visitor, settings):
    (settings.PALIER_VAR / "demo_shop.json").unlink()
    answer = visitor.get("/demo/")
    assert answer.status_code == 503
    assert "./run" in answer.content.decode()


def test_the_shop_keeps_its_key_over_starts_and_gets_a_new_one_when_it_was_revoked(shop, settings):
    from datetime import UTC, datetime

    from palier.cli.demo_access import prepare_access

    file = settings.PALIER_VAR / "demo_shop.json"
    first = file.read_text()
    prepare_access(shop.shop_id, now=datetime.now(UTC))
    assert file.read_text() == first
    ApiKey.objects.update(revoked_at=datetime.now(UTC))
    prepare_access(shop.shop_id, now=datetime.now(UTC))
    assert file.read_text() != first


def test_the_merchants_page_of_the_same_member_is_one_click_away(visitor):
    be(visitor, REMI)
    page = visitor.get("/demo/").content.decode()
    there = re.search(r'name="next" value="(/admin/members/[0-9a-f-]+/)"', page)[1]
    answer = visitor.post("/demo/sign-in/owner/", {"next": there})
    assert answer["Location"] == there
    assert "Rémi Hébert" in visitor.get(there).content.decode()


def test_numbers_that_no_order_has_and_codes_that_hold_a_tab_break_no_page(visitor):
    be(visitor, ALISTAIR)
    for number in ("%00", "%F0%9F%98%80", "%3Flimit=1", "..%2Fkey"):
        assert visitor.get(f"/demo/orders/{number}/").status_code == 404
    visitor.post("/demo/put/", {"product": "22423", "quantity": 1})
    assert visitor.post("/demo/basket/code/", {"code": " moon\t99 "}).status_code == 302
    assert "MOON99" in visitor.get("/demo/basket/").content.decode()
