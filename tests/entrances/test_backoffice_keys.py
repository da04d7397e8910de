"""API keys and widget secrets: shown once, revoked, changed, and only by those who may."""

import re

import pytest
from django_scopes import scopes_disabled

from palier.backoffice.wording import EVENT_WORDS, SCOPE_WORDS
from palier.core.access import SCOPES, key_digest
from palier.core.webhooks import TEST, TYPES
from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.store.models import ApiKey, Hook, WidgetSecret
from tests.entrances.backoffice_shop import make_shop, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
PATH = "/admin/keys/"


@pytest.fixture
def shop():
    return make_shop()


def fields(client, **more):
    page = client.get(PATH).content.decode()
    form = re.search(r'name="form" value="([^"]+)"', page)[1]
    shop = re.search(r'name="shop" value="([^"]+)"', page)[1]
    return {"form": form, "shop": shop, "name": "Our shop", "scope": ["carts"], "do": "issue", **more}


def keys():
    with scopes_disabled():
        return list(ApiKey.objects.order_by("id"))


def test_a_key_is_shown_once_and_only_its_digest_is_kept(client, shop):
    client.force_login(staff("owner"))
    answer = client.post(PATH, fields(client, scope=["orders:write", "carts"]))
    shown = re.search(r"palier_[A-Za-z0-9_-]{30,}", answer.content.decode())[0]
    (key,) = keys()
    assert key.digest == key_digest(shown)
    assert (key.name, key.scopes, key.author) == ("Our shop", ["orders:write", "carts"], "owner@example.com")
    assert "no-store" in answer["Cache-Control"]
    listed = client.get(PATH).content.decode()
    assert shown not in listed
    for words in ("Our shop", f"{key.prefix}…", "Send orders, refunds and events", "never used"):
        assert words in listed


def test_adm_5_a_reload_issues_no_second_key(client, shop):
    client.force_login(staff("owner"))
    typed = fields(client)
    client.post(PATH, typed)
    again = client.post(PATH, typed, follow=True)
    assert "nothing was made a second time" in again.content.decode()
    assert len(keys()) == 1


@pytest.mark.parametrize("wrong", [{"name": " "}, {"name": "x" * 201}, {"scope": []}, {"scope": ["all"]}])
def test_a_senseless_key_is_not_issued(client, shop, wrong):
    client.force_login(staff("owner"))
    answer = client.post(PATH, fields(client, **wrong))
    assert answer.status_code == 200
    assert "pl-field__error" in answer.content.decode()
    assert keys() == []


def test_a_key_is_revoked_after_the_page_has_asked(client, shop):
    client.force_login(staff("owner"))
    issued = issue_api_key(IssueApiKey(shop.shop_id, "Old till", ["carts"]), now=shop.now)
    asked = client.get(PATH, {"revoke": issued.id}).content.decode()
    assert "Revoke the key for Old till?" in asked
    page = client.post(PATH, {"do": "revoke", "key": issued.id}, follow=True).content.decode()
    assert "opens nothing any more" in page
    assert "revoked on" in page
    assert keys()[0].revoked_at is not None
    assert client.post(PATH, {"do": "revoke", "key": issued.id}).status_code == 302
    assert client.post(PATH, {"do": "revoke", "key": "no-such"}).status_code == 404


def test_a_widget_secret_is_changed_and_shown_once(client, shop):
    client.force_login(staff("owner"))
    first = client.post(PATH, fields(client, do="widget")).content.decode()
    second = client.post(PATH, fields(client, do="widget")).content.decode()
    with scopes_disabled():
        secrets = list(WidgetSecret.objects.order_by("id").values_list("secret", flat=True))
    assert len(secrets) == 2
    assert secrets[0] in first
    assert secrets[0] not in second
    assert secrets[1] in second
    assert not any(secret in client.get(PATH).content.decode() for secret in secrets)


def test_a_hook_secret_is_made_changed_and_shown_once(client, shop):
    client.force_login(staff("owner"))
    typed = fields(client, do="hook")
    asked = client.get(PATH, {"secret": "hook", "shop": typed["shop"]}).content.decode()
    assert "Make a new hook secret for" in asked
    first = client.post(PATH, typed).content.decode()
    with scopes_disabled():
        assert Hook.objects.get().secret in first
    client.post(PATH, typed)
    second = client.post(PATH, fields(client, do="hook")).content.decode()
    with scopes_disabled():
        hook = Hook.objects.get()
    assert hook.secret in second
    assert hook.previous_secret in first
    assert hook.secret not in client.get(PATH).content.decode()


@pytest.mark.parametrize(
    ("role", "sees", "changes"),
    [("owner", 200, 200), ("manager", 200, 403), ("support", 403, 403), ("read-only", 403, 403)],
)
def test_who_sees_and_who_changes_keys(client, shop, role, sees, changes):
    owner = staff("owner")
    client.force_login(owner)
    typed = fields(client)
    issued = issue_api_key(IssueApiKey(shop.shop_id, "Till", ["carts"]), now=shop.now)
    client.force_login(owner if role == "owner" else staff(role))
    page = client.get(PATH)
    assert page.status_code == sees
    assert ("Issue a key" in page.content.decode()) == (role == "owner")
    assert client.post(PATH, typed).status_code == changes
    assert client.post(PATH, {**typed, "form": "other", "do": "widget"}).status_code == changes
    revoked = client.post(PATH, {"do": "revoke", "key": issued.id}).status_code
    assert revoked == (302 if changes == 200 else changes)


def test_keys_of_another_programme_do_not_exist_here(client, shop):
    other = make_shop("Zollhaus")
    issued = issue_api_key(IssueApiKey(other.shop_id, "Their till", ["carts"]), now=shop.now)
    client.force_login(staff("owner"))
    page = client.get(PATH, {"revoke": issued.id}).content.decode()
    assert "Their till" not in page
    assert client.post(PATH, {"do": "revoke", "key": issued.id}).status_code == 404
    with scopes_disabled():
        foreign = other_public_id(other)
    assert client.post(PATH, fields(client, shop=foreign)).status_code == 404
    assert client.get(PATH, {"revoke": "\0", "secret": "widget", "shop": "\0"}).status_code == 200


def other_public_id(shop):
    from palier.store.models import Shop

    return Shop.objects.get(pk=shop.shop_id).public_id


def test_every_scope_and_every_event_has_plain_words():
    assert set(SCOPE_WORDS) == set(SCOPES)
    assert set(EVENT_WORDS) == {*TYPES, TEST}
