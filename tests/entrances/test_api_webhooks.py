"""An agency manages its shop's webhooks over the API, and a monitor asks how Palier keeps up."""

from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scopes_disabled

from palier.core.webhooks import Answer
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.settle_deliveries import SettleDelivery, settle_deliveries
from palier.flows.webhooks.take_deliveries import take_deliveries
from palier.jobs import beat
from palier.store.models import WebhookEndpoint
from tests.entrances.api_shop import Api, another_shop, fresh, make_api

pytestmark = pytest.mark.django_db
_fresh = pytest.fixture(autouse=True)(fresh)
URL = "https://agency.example.com/loyalty"


@pytest.fixture
def api() -> Api:
    return make_api()


def secret_of(webhook: str) -> str:
    with scopes_disabled():
        return WebhookEndpoint.objects.get(public_id=webhook).secret


def fail_all(status: int) -> None:
    now = datetime.now(UTC)
    answer = Answer(status, f"answered {status}", 7)
    settle_deliveries(
        [
            SettleDelivery(due.id, due.endpoint_id, due.tries, now, answer, 0)
            for due in take_deliveries(now=now)
        ],
        now=now,
    )


def test_a_webhook_is_added_read_changed_and_removed(api):
    added = api.good("POST", "/webhooks", {"url": URL, "events": ["member.tier_up"], "name": "CRM"})
    assert added["secret"] == secret_of(added["id"])
    here = f"/webhooks/{added['id']}"
    shown = api.good("GET", here)
    assert (shown["url"], shown["events"], shown["status"]) == (URL, ["member.tier_up"], "active")
    assert "secret" not in shown
    assert api.good("GET", "/webhooks")["items"] == [shown]
    assert api.good("PUT", here, {"is_active": False})["status"] == "paused"
    changed = api.good("PUT", here, {"events": [], "is_active": True})
    assert (changed["events"], changed["status"], changed["url"]) == ([], "active", URL)
    fresh_secret = api.good("POST", f"{here}/secret")["secret"]
    assert fresh_secret == secret_of(added["id"]) != added["secret"]
    assert api.good("GET", here)["old_secret_until"] is not None
    assert api.good("DELETE", here) == {"result": "removed"}
    assert api.problem(404, "GET", here)["code"] == "unknown_webhook"


def test_deliveries_are_read_with_their_attempts_and_sent_again(api):
    webhook = api.good("POST", "/webhooks", {"url": URL})["id"]
    tried = [api.good("POST", f"/webhooks/{webhook}/test")["delivery"] for _ in range(3)]
    fail_all(500)
    page = api.good("GET", f"/webhooks/{webhook}/deliveries?limit=2")
    assert [each["id"] for each in page["items"]] == tried[:0:-1]
    rest = api.good("GET", f"/webhooks/{webhook}/deliveries?limit=2&cursor={page['next']}")
    assert ([each["id"] for each in rest["items"]], rest["next"]) == (tried[:1], None)
    one = api.good("GET", f"/webhooks/{webhook}/deliveries/{tried[0]}")
    assert (one["state"], one["last_error"], one["attempts"]) == ("waiting", "answered 500", 1)
    assert [(each["status"], each["duration_ms"]) for each in one["made"]] == [(500, 7)]
    assert api.good("POST", f"/webhooks/{webhook}/replay", {"delivery": tried[0]}) == {"replayed": 1}
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    assert api.good("POST", f"/webhooks/{webhook}/replay", {"since": since}) == {"replayed": 3}
    failed = {"since": since, "only_failed": True}
    assert api.good("POST", f"/webhooks/{webhook}/replay", failed) == {"replayed": 0}
    assert api.problem(422, "POST", f"/webhooks/{webhook}/replay", {})["code"] == "invalid_webhook"
    assert api.good("GET", f"/webhooks/{webhook}/deliveries?state=failed")["items"] == []


def test_a_delivery_is_found_at_its_own_webhook_only(api):
    first, second = (api.good("POST", "/webhooks", {"url": URL})["id"] for _ in range(2))
    delivery = api.good("POST", f"/webhooks/{first}/test")["delivery"]
    assert api.problem(404, "GET", f"/webhooks/{second}/deliveries/{delivery}")["code"] == "unknown_delivery"


def test_addresses_inside_are_refused_with_their_reason(api):
    for url in ("http://agency.example.com/", "https://127.0.0.1/", "https://metadata.google.internal/"):
        problem = api.problem(422, "POST", "/webhooks", {"url": url})
        assert (problem["code"], problem["path"]) == ("invalid_webhook", "url")
        assert problem["title"] == "The webhook is not valid"
    webhook = api.good("POST", "/webhooks", {"url": URL})["id"]
    assert api.problem(422, "PUT", f"/webhooks/{webhook}", {"url": "https://10.0.0.1/"})
    assert api.good("GET", f"/webhooks/{webhook}")["url"] == URL


def test_a_key_sees_the_webhooks_of_its_own_shop_alone(api):
    with scopes_disabled():
        of_all = add_webhook(AddWebhook(api.programme_id, URL), now=datetime.now(UTC)).id
    theirs = another_shop(api).good("POST", "/webhooks", {"url": URL})["id"]
    assert api.good("GET", "/webhooks")["items"] == []
    for webhook in (of_all, theirs):
        api.problem(404, "GET", f"/webhooks/{webhook}")
        api.problem(404, "PUT", f"/webhooks/{webhook}", {"is_active": False})
        api.problem(404, "DELETE", f"/webhooks/{webhook}")
        api.problem(404, "GET", f"/webhooks/{webhook}/deliveries")
        for verb in ("secret", "test"):
            api.problem(404, "POST", f"/webhooks/{webhook}/{verb}")


def test_the_same_request_adds_one_webhook(api):
    first = api.good("POST", "/webhooks", {"url": URL}, once="k")
    assert api.good("POST", "/webhooks", {"url": URL}, once="k") == first
    assert len(api.good("GET", "/webhooks")["items"]) == 1


def test_health_says_who_works_and_what_waits(api):
    assert api.good("GET", "/health")["problems"] == ["no_worker"]
    beat.beat("me")
    told = api.good("GET", "/health")
    assert (told["status"], told["workers"], told["intents"]) == ("well", 1, {"count": 0, "oldest_s": 0})
