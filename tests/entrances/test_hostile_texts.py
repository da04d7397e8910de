"""Names and texts that are markup, templates or formulas: every page and file that shows them shows text."""

import csv
import io
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from django.test import Client
from django_scopes import scopes_disabled

from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.flows.imports.start_import import ImportedProblem, StartImport, start_import
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store import models
from tests.entrances.api_shop import fresh, make_api
from tests.entrances.backoffice_shop import Shop, staff
from tests.entrances.test_backoffice_rights import MATRIX, address
from tests.entrances.test_widget_api import Signing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning"),
]
_fresh = pytest.fixture(autouse=True)(fresh)

NASTY = "=1+1\"'><svg onload=evil()></script>evil{{ 7|add:42 }}{% now 'Y' %}${7*7} \u202e\u2066 turned"
"""A formula, markup, a template, and what turns a line around."""


def document(text: str) -> dict:
    """Every text that a merchant may write is this one."""
    clean = text.replace("\u202e", "")
    spoken = {"fr": clean, "de": clean, "en": clean}
    return {
        "format": 1, "name": clean, "currency": "EUR", "timezone": "Europe/Paris", "languages": ["fr", "de", "en"],
        "points": {"value": {"points": 10, "amount": 1}, "name": clean, "valid_for": "P36M"},
        "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}],
        "redemption": {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]},
        "rewards": [{"id": "r", "at": 50, "coupon": {"discount": {"amount": 5}, "valid_for": "P3M"}}],
        "tiers": {"ladder": [
            {"id": "low", "from": 0, "name": spoken},
            {"id": "top", "from": 100, "name": spoken, "perks": {"fr": [clean], "de": [clean], "en": [clean]}},
        ]},
        "segments": [{"id": "s", "name": spoken, "where": {"spend": {"from": 1}},
                      "brackets": [{"from": 0, "discount": {"percent": 3}}]}],
    }  # fmt: skip


@pytest.fixture
def nasty():
    """A shop in which every name and text is nasty, and the names of its things."""
    text = NASTY
    customer = customer_of(text)
    api = make_api(document(text))
    now = datetime.now(UTC)
    lines = [{"product": text, "categories": [text], "quantity": 2, "price": 60}]
    api.good("POST", "/orders/batch", {"messages": [{"order": {
        "id": text, "status": "paid", "member": customer, "lines": lines, "coupons": [text],
        "discounts": [{"source": "promo_code", "code": text, "amount": 1}],
        "shipping": {"carrier": text, "amount": 4}, "payment_method": text,
        "delivery": {"city": text, "country": "FR"},
    }}]})  # fmt: skip
    api.good("POST", "/members/batch", {"members": [
        {"id": customer, "name": text, "email": "evil@example.com", "groups": [text], "tags": [text], "language": "en"}
    ]})  # fmt: skip
    api.good("POST", "/products/batch", {"products": [{"id": text, "name": text, "categories": [text]}]})
    with scopes_disabled():
        member = models.Identity.objects.get(shop_id=api.shop_id, customer_id=customer).account
        names = {"member": member.public_id, "gift": "1"}
        url = "https://evil.example.com/"
        command = AddWebhook(api.programme_id, url, name=text, author=text)
        names["webhook"] = add_webhook(command, now=now).id
        names["delivery"] = try_webhook(TryWebhook(api.programme_id, names["webhook"]), now=now)
        models.Delivery.objects.update(last_error=text, state="failed")
        issue_api_key(IssueApiKey(api.shop_id, text, ("carts",), text), now=now)
        wrong = ImportedProblem(1, text, "code", text)
        batch = StartImport(api.shop_id, "members", text, "digest", {}, 1, problems=(wrong,))
        names["batch"] = str(start_import(batch, now=now).batch_id)
        models.Inbox.objects.create(
            shop_id=api.shop_id, event_id=text, kind="order", customer=customer, payload=json.dumps({"data": text}),
            error=text, received_at=now, next_at=now, failed_at=now,
        )  # fmt: skip
    give = {"points": 5, "reason": text.replace("\u202e", "")}
    api.good("POST", f"/members/{_quoted(customer_of(text))}/gifts", give)
    return api, text, names


def customer_of(text):
    """No address holds a slash, and no token signs for what cannot be printed."""
    return "".join(c for c in text if c.isprintable() and c != "/")


def _quoted(text):
    return quote(text, safe="")


def harmless(content: str) -> bool:
    return not any(bad in content for bad in ("<svg onload", "evil49", "'><svg", '</script>"', "${49}"))


def test_every_page_of_the_back_office_shows_it_as_text(nasty):
    _api, text, names = nasty
    client, shown = Client(), set()
    client.force_login(staff("owner"))
    for name in MATRIX:
        for more in ({}, {"q": text, "search": text, "ask": text, "revoke": text}):
            answer = client.get(address(name, names), more)
            assert answer.status_code in (200, 302, 404), name
            page = answer.content.decode()
            if answer["Content-Type"].startswith("text/html"):
                assert harmless(page), (name, page[max(0, page.find("<svg onload") - 200) :][:400])
            shown |= {name} if "evil" in page else set()
    assert {
        "index",
        "members",
        "member",
        "concerns",
        "keys",
        "webhooks",
        "import_problems",
        "ladder",
    } <= shown


def test_every_form_gives_it_back_as_text(nasty):
    _api, text, names = nasty
    client = Client()
    client.force_login(staff("owner"))
    for name, page in MATRIX.items():
        for _, fields in page.sends or (("", {}),):
            sent = dict.fromkeys(
                (*fields, "name", "note", "reason", "points", "q", "text", "email", "url"), text
            )
            answer = client.post(address(name, names), {**sent, "do": fields.get("do", "save")})
            assert answer.status_code in (200, 302, 404), name
            is_page = answer["Content-Type"].startswith("text/html")
            assert not is_page or harmless(answer.content.decode()), name


def test_no_cell_of_a_file_is_a_formula(nasty):
    _api, _text, names = nasty
    client = Client()
    client.force_login(staff("owner"))
    for name in ("figures", "history_file"):
        content = client.get(address(name, names)).content.decode("utf-8-sig")
        for cell in (cell for row in csv.reader(io.StringIO(content)) for cell in row):
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), (name, cell)
            assert not cell.startswith("-") or cell[1:].replace(".", "").isdigit(), (name, cell)


def test_the_widgets_and_the_api_answer_json_that_no_browser_takes_for_a_page(nasty):
    api, text, _names = nasty
    signing = Signing(Shop(api.programme_id, api.shop_id, datetime.now(UTC)))
    token = {"Authorization": f"Bearer {signing.token(customer_of(text))}"}
    answers = [
        Client().get(f"/widget/v1/{path}", headers=token) for path in ("me", "me/movements", "me/coupons")
    ]
    person = _quoted(customer_of(text))
    answers += [
        api("GET", path)
        for path in (
            f"/members/{person}", f"/members/{person}/movements", f"/members/{person}/export", "/members", "/orders",
            "/products", "/segments", "/segments/s/members", f"/members/{person}/explanation", "/programme",
        )
    ]  # fmt: skip
    answers.append(
        api(
            "POST", "/quotes/explain", {"member": customer_of(text), "lines": [{"product": text, "price": 9}]}
        )
    )
    assert sum("evil" in answer.content.decode() for answer in answers) > 6
    assert all(answer.status_code == 200 for answer in answers[:3])
    for answer in answers:
        assert answer["Content-Type"] in ("application/json", "application/problem+json")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "evil49" not in answer.content.decode()
