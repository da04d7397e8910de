"""Webhooks are added, tested, paused, changed and removed; deliveries are read and sent again; by those who may."""

import re
from datetime import UTC, datetime

import pytest
from django_scopes import scopes_disabled

from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.models import Delivery, WebhookEndpoint
from palier.store.webhooks.models import Attempt
from tests.entrances.backoffice_shop import make_shop, staff

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_fresh_versions")]
PATH = "/admin/webhooks/"
URL = "https://crm.shop-example.com/palier"
NOW = datetime.now(UTC)


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def hook(shop):
    return add_webhook(AddWebhook(shop.programme_id, URL, ("member.tier_up",), name="CRM"), now=NOW).id


def endpoint():
    with scopes_disabled():
        return WebhookEndpoint.objects.get()


def form_of(client, path=PATH):
    return re.search(r'name="form" value="([^"]+)"', client.get(path).content.decode())[1]


def failed(shop, hook):
    """A delivery that failed for good, with two attempts."""
    public_id = try_webhook(TryWebhook(shop.programme_id, hook), now=NOW)
    with scopes_disabled():
        row = Delivery.objects.get(public_id=public_id)
        row.state, row.attempts_made, row.tries, row.last_status, row.last_error = (
            "failed",
            13,
            13,
            503,
            "answered 503",
        )
        row.save()
        for number in (1, 2):
            Attempt.objects.create(
                delivery=row, number=number, at=NOW, status=503, error="answered 503", duration_ms=12
            )
    return public_id


def test_a_webhook_is_added_and_its_secret_shown_once(client, shop):
    client.force_login(staff("owner"))
    typed = {"form": form_of(client), "url": URL, "name": "CRM", "event": ["member.tier_up", "nonsense"]}
    answer = client.post(PATH, typed)
    row = endpoint()
    assert (row.url, row.name, row.events, row.author) == (
        URL,
        "CRM",
        ["member.tier_up"],
        "owner@example.com",
    )
    assert row.secret in answer.content.decode()
    assert row.secret not in client.get(PATH).content.decode()
    assert "nothing was made a second time" in client.post(PATH, typed, follow=True).content.decode()
    assert endpoint() == row


@pytest.mark.parametrize(
    "url", ["", "http://shop.example.com/", "https://10.0.0.1/", "https://user:pw@a.com/", "x" * 3000]
)
def test_an_address_that_may_not_be_told_is_refused_in_words(client, shop, url, settings):
    settings.PALIER_WEBHOOKS_LOCAL = False
    client.force_login(staff("owner"))
    answer = client.post(PATH, {"form": form_of(client), "url": url}, HTTP_ACCEPT_LANGUAGE="fr")
    assert "Cette adresse ne convient pas" in answer.content.decode()
    with scopes_disabled():
        assert not WebhookEndpoint.objects.exists()


def test_a_webhook_is_paused_goes_on_is_changed_and_removed(client, shop, hook):
    client.force_login(staff("owner"))
    here = f"{PATH}{hook}/"
    client.post(here, {"do": "pause"})
    assert not endpoint().is_active
    assert "Paused" in client.get(here).content.decode()
    client.post(here, {"do": "resume"})
    assert endpoint().is_active
    client.post(here, {"do": "change", "url": URL + "/v2", "name": "Our CRM", "event": []})
    assert (endpoint().url, endpoint().name, endpoint().events) == (URL + "/v2", "Our CRM", [])
    wrong = client.post(here, {"do": "change", "url": "http://a", "name": "x"})
    assert 'value="http://a"' in wrong.content.decode()
    assert endpoint().url == URL + "/v2"
    assert "Remove this webhook?" in client.get(here, {"ask": "remove"}).content.decode()
    assert client.post(here, {"do": "remove"})["Location"] == PATH
    assert endpoint().removed_at is not None
    assert client.post(here, {"do": "remove"})["Location"] == PATH
    assert client.get(here).status_code == 404


def test_a_new_secret_is_shown_once_and_the_old_one_signs_on(client, shop, hook):
    client.force_login(staff("owner"))
    here = f"{PATH}{hook}/"
    old = endpoint().secret
    typed = {"do": "secret", "form": form_of(client, here + "?ask=secret")}
    shown = client.post(here, typed).content.decode()
    assert endpoint().secret != old == endpoint().previous_secret
    assert endpoint().secret in shown
    new = endpoint().secret
    client.post(here, typed)
    assert endpoint().secret == new
    assert new not in client.get(here).content.decode()


def test_a_test_is_sent_unless_the_webhook_is_switched_off(client, shop, hook):
    client.force_login(staff("manager"))
    here = f"{PATH}{hook}/"
    assert "A test is on its way" in client.post(here, {"do": "test"}, follow=True).content.decode()
    with scopes_disabled():
        assert Delivery.objects.get().event == "webhook.test"
        WebhookEndpoint.objects.update(is_active=False)
    assert "switch it on first" in client.post(here, {"do": "test"}, follow=True).content.decode()


def test_a_delivery_shows_its_attempts_and_is_sent_again(client, shop, hook):
    delivery = failed(shop, hook)
    client.force_login(staff("manager"))
    here = f"{PATH}{hook}/{delivery}/"
    page = client.get(here).content.decode()
    assert page.count("answered 503") == 2
    assert "1 delivery is sent again." in client.post(here, follow=True).content.decode()
    with scopes_disabled():
        assert Delivery.objects.get().state == "waiting"


def test_all_failed_ones_are_sent_again(client, shop, hook):
    failed(shop, hook)
    failed(shop, hook)
    client.force_login(staff("manager"))
    here = f"{PATH}{hook}/"
    assert client.get(here, {"state": "failed"}).content.decode().count("503 It was not accepted there") == 2
    assert (
        client.get(here, {"state": "delivered"}).content.decode().count("503 It was not accepted there") == 0
    )
    assert "2 deliveries are sent again." in client.post(here, {"do": "replay"}, follow=True).content.decode()


def test_deliveries_come_in_pages(client, shop, hook):
    client.force_login(staff("manager"))
    for _ in range(30):
        try_webhook(TryWebhook(shop.programme_id, hook), now=NOW)
    here = f"{PATH}{hook}/"
    first = client.get(here).context
    second = client.get(here, {"before": first["before"]}).context
    assert [row["row"].sequence for row in first["deliveries"]] == list(range(30, 5, -1))
    assert [row["row"].sequence for row in second["deliveries"]] == list(range(5, 0, -1))
    assert second["before"] is None
    assert client.get(here, {"before": "9" * 40, "state": "\0"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "sees", "sends", "changes"),
    [
        ("owner", 200, 302, 302),
        ("manager", 200, 302, 403),
        ("support", 403, 403, 403),
        ("read-only", 403, 403, 403),
    ],
)
def test_who_sees_sends_and_changes(client, shop, hook, role, sees, sends, changes):
    delivery = failed(shop, hook)
    here = f"{PATH}{hook}/"
    client.force_login(staff(role))
    assert [client.get(path).status_code for path in (PATH, here, f"{here}{delivery}/")] == [sees] * 3
    assert [client.post(here, {"do": do}).status_code for do in ("test", "replay")] == [sends] * 2
    assert client.post(f"{here}{delivery}/").status_code == sends
    for do in ("pause", "resume", "change", "remove"):
        assert client.post(here, {"do": do, "url": URL}).status_code == changes
    added = client.post(PATH, {"form": "f", "url": URL}).status_code
    assert added == (200 if changes == 302 else 403)


def test_webhooks_of_another_programme_do_not_exist_here(client, shop):
    other = make_shop("Zollhaus")
    foreign = add_webhook(AddWebhook(other.programme_id, URL), now=NOW).id
    delivery = failed(other, foreign)
    client.force_login(staff("owner"))
    assert foreign not in client.get(PATH).content.decode()
    assert client.get(f"{PATH}{foreign}/").status_code == 404
    assert client.get(f"{PATH}{foreign}/{delivery}/").status_code == 404
    assert client.post(f"{PATH}{foreign}/", {"do": "remove"})["Location"] == PATH
    with scopes_disabled():
        assert WebhookEndpoint.objects.get(public_id=foreign).removed_at is None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("answered 503", "Vom Empfänger nicht angenommen"),
        ("no answer in time", "Keine Antwort in der Frist"),
        ("not allowed: crm.shop-example.com leads to 10.0.0.1", "Diese Adresse darf nicht aufgerufen werden"),
        ("gaierror: [Errno -2] Name or service not known", "Diese Adresse gibt es nicht"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "Unter dieser Adresse antwortet niemand"),
        ("SSLCertVerificationError: self-signed certificate", "Die Verbindung ist nicht sicher"),
        ("RemoteProtocolError", "Die Verbindung ist fehlgeschlagen"),
    ],
)
def test_what_went_wrong_is_said_in_the_readers_language(client, shop, hook, error, words):
    client.force_login(staff("manager"))
    public_id = failed(shop, hook)
    with scopes_disabled():
        Delivery.objects.update(last_error=error)
        Attempt.objects.update(error=error)
    for path in (f"{PATH}{hook}/", f"{PATH}{hook}/{public_id}/"):
        assert words in client.get(path, HTTP_ACCEPT_LANGUAGE="de").content.decode()
