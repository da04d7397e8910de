"""Whether Palier lives, is ready and keeps up, as machines ask it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django_scopes import scopes_disabled

from palier.cli import main
from palier.core.health import LATE_AFTER, WORKER_SILENT_AFTER
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.open_deliveries import open_deliveries
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.hooks import health as entrance
from palier.jobs import beat
from palier.store.health.load import load_health
from palier.store.models import Beat, Delivery, Hook, Inbox, Intent, Programme
from tests.entrances.hook_shop import PushingShop
from tests.flows.world import World

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def world(db):
    made = World.new()
    made.now = NOW
    return made


def test_live_and_ready_answer_whatever_name_is_asked(db):
    for path, said in (("/health/live", "live"), ("/health/ready", "ready")):
        answer = Client(headers={"host": "10.0.0.7"}).get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": said})
        assert answer["cache-control"] == "no-store"
        assert Client().post(path).status_code == 405
    assert Client().get("/health/").status_code == 404


def test_live_needs_no_database(monkeypatch):
    assert Client().get("/health/live").status_code == 200


def test_a_database_that_does_not_answer_is_not_ready(db, monkeypatch):
    def broken(*_, **__):
        raise OperationalError("gone")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", broken)
        patch.setattr(connection, "close", lambda: None)
        answer = Client().get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "the database does not answer")


def test_tables_that_are_behind_are_not_ready(db, monkeypatch):
    monkeypatch.setattr(entrance, "_is_migrated", False)
    monkeypatch.setattr(entrance, "tables_are_current", lambda: False)
    assert Client().get("/health/ready").status_code == 503


def test_an_installation_at_rest_is_well_once_somebody_works(world):
    assert load_health(now=NOW).problems() == ("no_worker",)
    beat.beat("me")
    health = load_health(now=datetime.now(UTC))
    assert health.problems() == ()
    assert (health.workers, health.intents.count, health.last_message_s) == (1, 0, None)


def test_a_worker_that_fell_silent_is_missed(world):
    beat.beat("me")
    Beat.objects.update(seen_at=NOW - WORKER_SILENT_AFTER - timedelta(seconds=1))
    health = load_health(now=NOW)
    assert (health.workers, health.last_beat_s, health.problems()) == (0, 61, ("no_worker",))


def test_the_oldest_of_each_kind_is_told_and_is_late_after_a_quarter_of_an_hour(world):
    beat.beat("me")
    webhook = add_webhook(AddWebhook(world.programme_id, "https://shop.example.org/"), now=NOW).id
    world.pay(euros=600)
    shop = PushingShop.of(world.shop_id)
    shop.push("order", {})
    Inbox.objects.update(next_at=NOW)
    later = NOW + LATE_AFTER + timedelta(minutes=1)
    Beat.objects.update(seen_at=later)
    health = load_health(now=later, programme_id=world.programme_id)
    assert health.problems() == ("late_intents", "late_messages")
    assert health.intents.count == Intent.objects.count() == 2
    assert health.messages.oldest_s == 960
    open_deliveries(world.programme_id, now=NOW)
    try_webhook(TryWebhook(world.programme_id, webhook), now=later)
    health = load_health(now=later)
    assert health.problems() == ("late_deliveries", "late_messages")
    assert (health.deliveries.count, health.deliveries.oldest_s) == (3, 960)
    Delivery.objects.update(state="failed")
    Inbox.objects.update(failed_at=NOW)
    health = load_health(now=later)
    assert (health.problems(), health.failed_deliveries, health.failed_messages) == ((), 3, 1)
    assert health.last_message_s is not None
    assert Hook.objects.exists()


def test_accounts_are_due_by_the_programmes_own_clock(world):
    beat.beat("me")
    world.pay(euros=10)
    assert load_health(now=datetime.now(UTC)).accounts.count == 0
    Programme.objects.update(clock_offset_s=int(timedelta(days=500).total_seconds()))
    health = load_health(now=datetime.now(UTC))
    assert health.accounts.count == 1
    assert "late_accounts" in health.problems()


def test_another_programmes_work_is_not_counted(world):
    beat.beat("me")
    add_webhook(AddWebhook(world.programme_id, "https://shop.example.org/"), now=NOW)
    world.pay(euros=600)
    other = World.new(slug="other")
    assert load_health(now=NOW, programme_id=other.programme_id).intents.count == 0
    assert load_health(now=NOW).intents.count == 2


def test_palier_health_tells_people_and_monitors(world, capsys):
    assert main(["health"]) == 1
    assert "no worker is running" in capsys.readouterr().out
    beat.beat("me")
    assert main(["health", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["problems"], told["intents"]) == ("well", [], {"count": 0, "oldest_s": 0})


def test_palier_hook_gives_a_shop_its_address_and_a_secret_that_works(world, capsys):
    assert main(["hook", "secret", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    shop = PushingShop.of(world.shop_id)
    assert told["url"].endswith(f"/hooks/{shop.shop.public_id}")
    assert shop.push("order", {}, secret=told["secret"]).status_code == 202
    assert main(["hook", "list"]) == 0
    assert "1 waiting, 0 failed, 0 refused" in capsys.readouterr().out
    assert main(["hook", "secret", "--shop", "nowhere"]) == 2
