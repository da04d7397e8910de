"""Every address of the back-office for every role, and with what belongs to another programme: all of it, generated.

``MATRIX`` says for every page who may look and who may do what; a page that it does not name fails the first test.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver
from django_scopes import scopes_disabled

from palier.flows.imports.start_import import StartImport, start_import
from palier.flows.staff.prepare_roles import ROLES
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store import models
from palier.store.programmes.load import _timelines, _versions
from tests.entrances.api_writes import changes, everything
from tests.entrances.backoffice_shop import full_shop, make_shop, order, owing_order, person, staff

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("_fresh_versions")]

RANKS = ("nobody", "read-only", "support", "manager", "owner")
"""Each may do all that the one before may."""
SECRET = "Beatrix"
"""The name of everybody and everything in the other programme."""


class Page(NamedTuple):
    """From which rank on one may look, and what may be sent from which rank on."""

    look: str
    sends: tuple[tuple[str, dict[str, str]], ...] = ()


READ, SUPPORT, MANAGER, OWNER = RANKS[1:]
TYPED = {"points": "5", "reason": "Sorry", "key": "k"}
SHOP = {"shop": "{shop}", "form": "f"}
TIER = {"id": "tin", "name_en": "Tin", "from": "20"}
MATRIX = {
    "index": Page(READ),
    "members": Page(READ),
    "member": Page(READ),
    "history_file": Page(READ),
    "segments": Page(READ),
    "figures": Page(READ),
    "import_problems": Page(READ),
    "concerns": Page(
        READ,
        (
            (SUPPORT, {"do": "retry", "subject": "1"}),
            (SUPPORT, {"do": "aside", "subject": "1"}),
            (SUPPORT, {"do": "seen", "kind": "order", "subject": "1"}),
        ),
    ),
    "cart": Page(SUPPORT, ((SUPPORT, {"do": "quote", "member": "{member}"}),)),
    "gift": Page(SUPPORT, ((SUPPORT, {"do": "give", **TYPED}),)),
    "waive": Page(SUPPORT, ((SUPPORT, {"do": "waive", **TYPED}),)),
    "take_back": Page(SUPPORT, ((SUPPORT, {"do": "take_back", **TYPED}),)),
    "ladder": Page(READ, ((MANAGER, {"do": "up:bronze", "base": "{version}"}),)),
    "ladder_new": Page(MANAGER, ((MANAGER, {"do": "save", "base": "{version}", **TIER}),)),
    "ladder_tier": Page(MANAGER, ((MANAGER, {"do": "save", "base": "{version}", **TIER}),)),
    "ladder_tier_remove": Page(MANAGER, ((MANAGER, {"do": "remove", "base": "{version}"}),)),
    "ladder_climbing": Page(MANAGER, ((MANAGER, {"do": "save", "base": "{version}", "metric": "orders"}),)),
    "ladder_season_new": Page(MANAGER, ((MANAGER, {"do": "save", "base": "{version}"}),)),
    "ladder_season": Page(MANAGER, ((MANAGER, {"do": "remove", "base": "{version}"}),)),
    "programme_page": Page(READ),
    "programme_version": Page(READ),
    "programme_download": Page(READ),
    "programme_download_draft": Page(READ),
    "programme_roll_back": Page(MANAGER, ((MANAGER, {"base": "{version}"}),)),
    "programme_publish": Page(MANAGER, ((MANAGER, {"base": "{version}"}),)),
    "programme_discard": Page(MANAGER, ((MANAGER, {"base": "{version}"}),)),
    "programme_text": Page(MANAGER, ((MANAGER, {"do": "save", "base": "{version}", "text": "format: 1"}),)),
    "keys": Page(
        MANAGER,
        (
            (OWNER, {"do": "issue", "name": "Ours", "scope": "carts", **SHOP}),
            (OWNER, {"do": "revoke", "key": "{key}"}),
            (OWNER, {"do": "widget", **SHOP}),
            (OWNER, {"do": "hook", **SHOP}),
        ),
    ),
    "webhooks": Page(MANAGER, ((OWNER, {"url": "https://two.example.com/", **SHOP}),)),
    "webhook": Page(
        MANAGER,
        (
            (MANAGER, {"do": "test"}),
            (MANAGER, {"do": "replay"}),
            *(
                (OWNER, {"do": each, "form": "f"})
                for each in ("secret", "change", "remove", "pause", "resume")
            ),
        ),
    ),
    "delivery": Page(MANAGER, ((MANAGER, {}),)),
    "team": Page(
        OWNER, ((OWNER, {"email": "new@example.com", "role": "owner"}), (OWNER, {"dismiss": "x@example.com"}))
    ),
}
OPEN = {
    "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "view_on_site",
    "search", "choose_programme", None,
}  # fmt: skip
"""Django's and the site's own: nothing of a programme stands there. Choosing a programme only turns the view."""
ELSEWHERE = {
    "api/": "tests/entrances/test_api_foreign.py",
    "widget/": "tests/entrances/test_public_rights.py",
    "hooks/": "tests/entrances/test_public_rights.py",
    "demo/": "tests/entrances/test_public_rights.py",
}
PUBLIC = {"home", "set_password", "set_language"}
"""Addresses beside the admin that ask for nothing: the way in."""


def addresses(resolver=None, prefix="") -> Iterator[tuple[str, str | None]]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLPattern):
            yield prefix + str(each.pattern), each.name
        else:
            yield from addresses(each, prefix + str(each.pattern))


PATHS = {name: path for path, name in addresses() if path.startswith("admin/")}


def test_every_address_stands_in_a_matrix():
    assert set(PATHS) == set(MATRIX) | OPEN
    beside = {
        (path, name)
        for path, name in addresses()
        if not path.startswith(("admin/", *ELSEWHERE)) and name not in PUBLIC
    }
    assert beside == set()
    assert RANKS[1:] == tuple(reversed(ROLES))


@pytest.fixture
def here():
    """Two programmes in which everything is there; the names of the first, and those of the second."""
    ours, theirs = full_shop("Maison Lune"), make_shop(SECRET)
    person(theirs, "T-1", SECRET, "beatrix@example.com")
    order(theirs, "their-order", "T-1", 12_345, days_ago=3)
    owing_order(ours, "owing", "C-1002", points=5)
    owing_order(theirs, "their-owing", "T-1", points=5)
    prefixed = {"member": ours.public_id("C-1001"), "their_member": theirs.public_id("T-1")}
    return {**prefixed, **_things(ours, ""), **_things(theirs, "their_")}


def _things(shop, prefix):
    name = SECRET if prefix else "Ours"
    now = shop.now - timedelta(hours=1)
    url = f"https://{name.lower()}.example.com/"
    webhook = add_webhook(AddWebhook(shop.programme_id, url, name=name), now=now).id
    delivery = try_webhook(TryWebhook(shop.programme_id, webhook), now=now)
    batch = start_import(StartImport(shop.shop_id, "members", name, "digest", {}, 1), now=now).batch_id
    with scopes_disabled():
        public_id = models.Shop.objects.get(pk=shop.shop_id).public_id
        programme = models.Programme.objects.get(pk=shop.programme_id)
        gift = models.Entry.objects.filter(programme_id=shop.programme_id, kind="gift").first()
        key = models.ApiKey.objects.create(
            shop_id=shop.shop_id, name=name, prefix="palier_", digest=f"{prefix}d", scopes=[], created_at=now,
            public_id=f"{prefix}key",
        )  # fmt: skip
    found = {
        "webhook": webhook, "delivery": delivery, "batch": str(batch), "programme": programme.public_id,
        "version": str(programme.current_version_id), "gift": gift.cause if gift else "1", "key": key.public_id,
        "shop": public_id,
    }  # fmt: skip
    return {prefix + key: value for key, value in found.items()}


IDS = {
    "public_id": "member", "webhook_id": "webhook", "delivery_id": "delivery", "batch_id": "batch", "gift_id": "gift",
}  # fmt: skip
FIXED = {"tier_id": "bronze", "number": "1", "index": "0"}
"""These are the chosen programme's by their nature: nobody can name another's."""


def address(name, names, *, foreign=False):
    def filled(found):
        if found[1] in FIXED:
            return FIXED[found[1]]
        return names[("their_" if foreign else "") + IDS[found[1]]]

    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", filled, PATHS[name])


def sent(fields, names):
    return {key: value.format(**names) if value.startswith("{") else value for key, value in fields.items()}


@contextmanager
def undone():
    _versions.clear()
    _timelines.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    _versions.clear()
    _timelines.clear()


def all_rows():
    people = list(User.objects.order_by("pk").values("username", "is_active", "password"))
    with scopes_disabled():
        keys = list(models.ApiKey.objects.order_by("pk").values("public_id", "digest", "revoked_at"))
    return {**everything(), "User": people, "ApiKey": keys}


@pytest.fixture
def signed_in(here):
    """A browser for each rank."""
    found = {}
    for rank in RANKS:
        user = User.objects.create_user("nobody", is_staff=True) if rank == "nobody" else staff(rank)
        found[rank] = Client()
        found[rank].force_login(user)
        assert found[rank].post("/admin/programme/", {"programme": here["programme"]}).status_code == 302
    return found


def test_every_page_is_seen_by_those_who_may_and_by_nobody_else(here, signed_in):
    for name, page in MATRIX.items():
        for rank in RANKS:
            answer = signed_in[rank].get(address(name, here))
            text = f"{name} for {rank}: {answer.status_code}"
            if RANKS.index(rank) >= RANKS.index(page.look):
                assert answer.status_code in (200, 302, 404), text
            else:
                assert answer.status_code == 403, text
                assert "Lefèvre" not in answer.content.decode(), text
            assert SECRET not in _without_the_choice(answer), text


def _without_the_choice(answer):
    """The page without its list of programmes to choose from."""
    return re.sub(r"<button[^>]*>\s*Beatrix\s*</button>", "", answer.content.decode())


IDLE = {
    *(("concerns", each) for each in ("retry", "aside", "seen")), ("cart", "quote"),
    *((each, "save") for each in ("ladder_new", "ladder_tier", "ladder_climbing", "ladder_season_new")),
    *((each, "remove") for each in ("ladder_season", "ladder_tier_remove")),
    *((each, None) for each in ("programme_roll_back", "programme_publish", "programme_discard", "team")),
    ("programme_text", "save"), ("webhook", "change"), ("webhook", "resume"), ("webhook", "replay"),
    ("waive", "waive"), ("take_back", "take_back"), ("ladder", "up:bronze"),
}  # fmt: skip
"""These need more than the matrix sends to do anything: only that others are refused is shown of them."""


def test_every_form_works_for_those_who_may_and_changes_nothing_for_anybody_else(here, signed_in):
    before, idle = all_rows(), set()
    for name, page in MATRIX.items():
        for least, fields in page.sends:
            for rank in RANKS:
                with undone():
                    answer = signed_in[rank].post(address(name, here), sent(fields, here))
                    text = f"{name} {fields} by {rank}: {answer.status_code}"
                    if RANKS.index(rank) >= RANKS.index(least):
                        assert answer.status_code in (200, 302, 404), text
                        if rank == "owner" and not changes(before, all_rows()):
                            idle.add((name, fields.get("do")))
                    else:
                        assert answer.status_code == 403, text
                        assert all_rows() == before, text
    assert idle <= IDLE


def test_a_page_without_forms_changes_nothing_whatever_is_sent(here, signed_in):
    before = all_rows()
    for name, page in MATRIX.items():
        if not page.sends:
            answer = signed_in["owner"].post(address(name, here), {"do": "save", "key": "x", "points": "5"})
            assert answer.status_code < 500, name
    assert all_rows() == before


def test_mul_1_nothing_of_another_programme_is_there_whatever_is_asked_for(here, signed_in):
    stolen, before = _stolen(here), all_rows()
    for name, page in MATRIX.items():
        if not any(each in PATHS[name] for each in IDS):
            continue
        answer = signed_in["owner"].get(address(name, here, foreign=True))
        assert answer.status_code == 404, name
        assert SECRET not in _without_the_choice(answer), name
        for _, fields in page.sends:
            answer = signed_in["owner"].post(address(name, here, foreign=True), sent(fields, stolen))
            assert answer.status_code in (302, 404), (name, fields)
            assert all_rows() == before, (name, fields)


def test_mul_1_no_form_reaches_into_another_programme(here, signed_in):
    """Pages of our own programme, sent with ids of the other."""
    stolen, before = _stolen(here), all_rows()
    for name, page in MATRIX.items():
        for _, fields in page.sends:
            if any(value.startswith("{") for value in fields.values()):
                answer = signed_in["owner"].post(address(name, here), sent(fields, stolen))
                assert answer.status_code in (200, 302, 404), (name, fields)
                assert SECRET not in _without_the_choice(answer), (name, fields)
                assert all_rows() == before, (name, fields)


def _stolen(names):
    """The other programme's names in the places of ours."""
    return {key.removeprefix("their_"): value for key, value in names.items() if key.startswith("their_")}


@pytest.mark.parametrize("kind", ["a stranger", "a customer", "a colleague who left"])
def test_who_is_not_staff_is_sent_to_the_sign_in_page_from_everywhere(here, kind):
    client = Client()
    if kind == "a customer":
        client.force_login(User.objects.create_user("customer"))
    elif kind == "a colleague who left":
        client.force_login(User.objects.create_superuser("gone", is_active=False))
    before = all_rows()
    for name, page in MATRIX.items():
        for fields in ({}, *(fields for _, fields in page.sends)):
            send = client.post if fields else client.get
            answer = send(address(name, here), sent(fields, here))
            assert answer.status_code == 302, name
            assert answer["Location"].startswith("/admin/login/"), name
    assert all_rows() == before


def test_the_sites_own_addresses_say_nothing_of_a_programme(here, signed_in):
    for name in OPEN - {"choose_programme", "logout", None}:
        path = "/" + re.sub(r"<[^>]*>", "1", PATHS[name])
        for rank in ("nobody", "read-only", "owner"):
            answer = signed_in[rank].get(path, {"s": "Beatrix", "term": "Beatrix"})
            assert answer.status_code < 500, (name, rank)
            shown = answer.content.decode()
            assert not any(word in shown for word in ("Lefèvre", "beatrix@example.com", "their-order")), name
