"""Widgets, hooks and the demo's shop: every address with every kind of wrong and foreign key."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django_scopes import scopes_disabled

from palier.store.models import Inbox
from tests.entrances.api_shop import CART
from tests.entrances.backoffice_shop import full_shop, make_shop, order, person
from tests.entrances.hook_shop import STRANGER, PushingShop
from tests.entrances.test_backoffice_rights import addresses
from tests.entrances.test_widget_api import Signing

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.usefixtures("_fresh_versions"),
    pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning"),
]
WIDGETS = sorted(path for path, _ in addresses() if path.startswith("widget/v1/") and path[-1] != "^")
DEMO = sorted(path for path, _ in addresses() if path.startswith("demo/"))
METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
OURS = ("Lefèvre", "elodie@example.com", "C-1001", "Argent")
"""What only the member's own widget may show."""


@pytest.fixture
def shops():
    ours, theirs = full_shop("Maison Lune"), make_shop("Beatrix")
    person(theirs, "C-1001", "Beatrix", "beatrix@example.com")
    order(theirs, "their-order", "C-1001", 12_345, days_ago=30)
    return Signing(ours), Signing(theirs)


def _ask(path, token, method=None):
    method = method or ("post" if path.endswith("quotes") else "get")
    body = json.dumps({key: value for key, value in CART.items() if key != "member"})
    data = {"data": body, "content_type": "application/json"} if method in ("post", "put", "patch") else {}
    headers = {"Authorization": token} if token else {}
    return getattr(Client(), method)(f"/{path}", headers=headers, **data)


def _wrong_tokens(ours, theirs):
    good = ours.token()
    head, claims, signature = good.split(".")
    return {
        "none": "",
        "no token": "Bearer ",
        "basic": f"Basic {good}",
        "garbage": "Bearer x.y.z",
        "expired": f"Bearer {ours.token(ago_s=3600)}",
        "from the future": f"Bearer {ours.token(ago_s=-600)}",
        "too long": f"Bearer {ours.token(life_s=86_400)}",
        "unsigned": f"Bearer {ours.token(algorithm='none', secret='')}",
        "other algorithm": f"Bearer {ours.token(algorithm='HS512')}",
        "other audience": f"Bearer {ours.token(aud='palier')}",
        "signed by the other shop": f"Bearer {ours.token(secret=theirs.secret)}",
        "the other shop's name": f"Bearer {ours.token(iss=theirs.issuer)}",
        "nobody's name": f"Bearer {ours.token(iss='0' * 36)}",
        "without customer": f"Bearer {ours.token(sub=None)}",
        "no end": f"Bearer {ours.token(exp=None)}",
        "other claims": f"Bearer {head}.{theirs.token().split('.')[1]}.{signature}",
        "cut": f"Bearer {head}.{claims}.",
        "an API key": "Bearer palier_" + "x" * 43,
    }


def test_wid_4_no_widget_opens_to_a_wrong_or_foreign_token(shops):
    assert len(WIDGETS) == 4
    for path in WIDGETS:
        for name, token in _wrong_tokens(*shops).items():
            answer = _ask(path, token)
            assert answer.status_code == 401, (path, name)
            assert not any(word in answer.content.decode() for word in OURS), (path, name)


def test_wid_4_a_widget_shows_the_customer_of_its_token_and_shop_and_nobody_else(shops):
    ours, theirs = shops
    for path in WIDGETS:
        for signing, customer in ((theirs, "C-1001"), (theirs, "C-1002"), (ours, "C-9999"), (ours, "T-1")):
            answer = _ask(path, f"Bearer {signing.token(customer)}")
            assert answer.status_code == 200, (path, customer)
            shown = answer.content.decode().replace(f'"{customer}"', "")
            assert not any(word in shown for word in ("Lefèvre", "elodie@example.com", "62990", "C-1001")), (
                path
            )


def test_no_other_method_does_anything_at_a_widgets_address(shops):
    token = f"Bearer {shops[0].token()}"
    for path in WIDGETS:
        for method in METHODS:
            status = _ask(path, token, method).status_code
            right = ("post",) if path.endswith("quotes") else ("get", "head")
            assert status in ((200,) if method in right else (204, 401, 403, 405)), (path, method, status)


def test_evt_8_a_hook_keeps_nothing_that_its_own_shop_did_not_sign_just_now(db):
    with scopes_disabled():
        ours = PushingShop.of(full_shop("Maison Lune").shop_id)
        theirs = PushingShop.of(make_shop("Beatrix").shop_id)
        now = datetime.now(UTC)
        data = {"id": "A-1", "status": "paid", "member": "C-1001", "lines": [{"product": "mug", "price": 1}]}
        wrong = {
            "a stranger's secret": {"secret": STRANGER},
            "the other shop's secret": {"secret": theirs.secret},
            "six minutes ago": {"at": now - timedelta(minutes=6)},
            "in six minutes": {"at": now + timedelta(minutes=6)},
            **{f"without {name}": {name: None} for name in ("webhook-id", "webhook-timestamp", "webhook-signature")},
            "another id": {"webhook-id": "evt_2"},
            "another time": {"webhook-timestamp": str(int(now.timestamp()) - 1)},
            "an old scheme": {"webhook-signature": "v0,AAAA"},
        }  # fmt: skip
        for name, how in wrong.items():
            answer = ours.push("order", data, **how)
            assert answer.status_code == 401, name
            assert "C-1001" not in answer.content.decode()
        assert not Inbox.objects.exists()
        never = Client().post("/hooks/" + "0" * 36, data="{}", content_type="application/json")
        assert (never.status_code, never.json()["code"]) == (401, "unauthorized")
        for method in set(METHODS) - {"post"}:
            assert getattr(Client(), method)(f"/hooks/{ours.shop.public_id}").status_code == 405, method


def test_outside_the_demo_there_is_no_shop_to_walk_through_whatever_is_sent(db):
    assert len(DEMO) > 15
    for path in DEMO:
        for method in ("get", "post"):
            there = "/" + path.replace("<str:number>", "1").replace("<slug:role>", "owner")
            assert getattr(Client(), method)(there).status_code in (404, 405), (path, method)


def test_the_demo_is_closed_to_whoever_is_not_at_this_machine(db, settings):
    settings.PALIER_DEMO = True
    for path in DEMO:
        there = "/" + path.replace("<str:number>", "1").replace("<slug:role>", "owner")
        for method in ("get", "post"):
            answer = getattr(Client(REMOTE_ADDR="203.0.113.9"), method)(there)
            assert answer.status_code in (403, 404, 405), (path, method, answer.status_code)
