"""Real workers, real receivers, kill -9: nothing is lost, and nothing has a second effect."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django_scopes import scopes_disabled
from django_tasks_db.models import DBTaskResult
from standardwebhooks import Webhook

from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.models import Account, Beat, Delivery, Entry, Inbox, Intent, Order, Programme
from tests.channels.receiver import listening
from tests.entrances.hook_shop import PushingShop
from tests.entrances.slow_task import hang_once
from tests.flows.world import DOCUMENT, World, order
from tests.house.checkout import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def world(transactional_db):
    return World.new()


@pytest.fixture
def workers(process_environment, tmp_path):
    """Starts workers of their own process; what is left of them ends with the test."""
    environment = process_environment | {"PALIER_WEBHOOKS_LOCAL": "1", "PYTHONPATH": str(ROOT)}
    running = []

    def start():
        command = [sys.executable, "-m", "palier", "work", "--json", "--pause", "0.1", "--dead-after", "2"]
        worker = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=(tmp_path / f"{len(running)}").open("w"),
        )
        running.append(worker)
        return worker

    try:
        yield start
    finally:
        for worker in running:
            worker.kill()
            worker.wait()


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def leases_end():
    """What a dead worker held is free, as it would be after a minute or two."""
    now = datetime.now(UTC) - timedelta(seconds=1)
    Delivery.objects.filter(state="waiting").update(next_at=now)
    Inbox.objects.filter(done_at=None).update(next_at=now)


def add(world, receiver):
    command = AddWebhook(world.programme_id, receiver.url, allows_local=True)
    return add_webhook(command, now=world.now)


def test_two_workers_deliver_everything_once_with_signatures_that_hold(world, workers):
    with listening() as receiver:
        added = add(world, receiver)
        for number in range(25):
            world.pay(str(number), euros=600, customer=f"c{number}")
        intents = Intent.objects.count()
        assert intents >= 50
        workers(), workers()
        wait_for(lambda: Delivery.objects.filter(state="delivered").count() == intents)
        bodies = [Webhook(added.secret).verify(each.body, each.headers) for each in receiver.requests]
    sent = Counter(each.headers["webhook-id"] for each in receiver.requests)
    assert len(sent) == intents
    assert set(sent.values()) == {1}
    assert sorted(body["sequence"] for body in bodies) == list(range(1, intents + 1))
    body = next(body for body in bodies if body["type"] == "member.tier_up")
    assert body["member"]["customers"][0]["customer"].startswith("c")
    assert body["data"] == {"from": "bronze", "to": "silver"}


def test_a_worker_killed_while_it_delivers_loses_nothing(world, workers):
    let_go, is_first = threading.Event(), threading.Event()

    def answer(_):
        if not is_first.is_set():
            is_first.set()
            let_go.wait(20)
        return 200

    with listening(answer=answer) as receiver:
        webhook = add(world, receiver).id
        for _ in range(6):
            try_webhook(TryWebhook(world.programme_id, webhook), now=datetime.now(UTC))
        worker = workers()
        wait_for(lambda: len(receiver.requests) >= 2)
        worker.kill()
        worker.wait()
        let_go.set()
        assert Delivery.objects.filter(state="waiting").exists()
        leases_end()
        workers()
        wait_for(lambda: Delivery.objects.filter(state="delivered").count() == 6)
        ids = {each.headers["webhook-id"] for each in receiver.requests}
    # At least once, and whoever remembers ids sees each once.
    assert ids == set(Delivery.objects.values_list("message_id", flat=True))
    assert len(receiver.requests) >= 7


def test_workers_killed_again_and_again_work_the_inbox_off_once(world, workers):
    shop = PushingShop.of(world.shop_id)
    for number in range(120):
        told = {
            "id": f"o{number}", "status": "paid", "member": f"c{number % 7}",
            "lines": [{"product": "mug", "price": 10, "quantity": 1}],
        }  # fmt: skip
        assert shop.push("order", told, id=f"evt_{number}").status_code == 202
    for _ in range(3):
        before = Inbox.objects.filter(done_at=None).count()
        worker = workers()
        wait_for(lambda before=before: Inbox.objects.filter(done_at=None).count() < before or not before)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
        leases_end()
    workers(), workers()
    wait_for(lambda: not Inbox.objects.filter(done_at=None).exists())
    assert Order.objects.count() == 120
    assert Entry.objects.filter(kind="earn").count() == 120
    assert sum(Account.objects.values_list("available", flat=True)) == 1200
    assert not Inbox.objects.exclude(error="").exists()
    world.prove()


def test_workers_killed_over_due_work_end_every_lot_once(world, workers):
    members = 520  # more than one chunk
    for first in range(0, members, 500):
        told = range(first, min(first + 500, members))
        world.tell(*(order(f"o{n}", 20, customer=f"c{n}") for n in told))
    Programme.objects.update(clock_offset_s=int(timedelta(days=600).total_seconds()))
    expired = Entry.objects.filter(kind="expire")
    for _ in range(2):
        before = expired.count()
        worker = workers()
        wait_for(lambda before=before: expired.count() > before or before == members)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    workers(), workers()
    wait_for(lambda: expired.count() == members)
    assert not Account.objects.filter(available__gt=0).exists()
    world.prove()


def test_a_worker_killed_in_a_task_is_missed_and_another_takes_it_over(workers, world, tmp_path):
    folder = tmp_path / "seen"
    folder.mkdir()
    hang_once.enqueue(str(folder))
    first = workers()
    wait_for(lambda: any(folder.iterdir()))
    assert Beat.objects.count() == 1
    first.kill()
    first.wait()
    second = workers()
    wait_for(
        lambda: DBTaskResult.objects.filter(task_path__endswith="hang_once", status="SUCCESSFUL").exists()
    )
    row = DBTaskResult.objects.get(task_path__endswith="hang_once")
    assert (row.return_value, len(row.worker_ids)) == (second.pid, 2)


def test_sigterm_ends_a_worker_quickly_and_it_says_goodbye(workers, world):
    worker = workers()
    wait_for(lambda: Beat.objects.exists())
    time.sleep(0.5)
    asked = time.monotonic()
    worker.terminate()
    assert worker.wait(timeout=10) == 0
    assert time.monotonic() - asked < 3
    assert not Beat.objects.exists()


def test_a_worker_whose_connections_are_cut_goes_on(world, workers, is_postgresql):
    if not is_postgresql:
        pytest.skip("SQLite has no connections to cut")
    shop = PushingShop.of(world.shop_id)
    worker = workers()
    wait_for(lambda: Beat.objects.exists())
    time.sleep(0.5)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.rowcount >= 3
    shop.push("event", {"member": "anna", "name": "sign_up", "id": "e"})
    wait_for(lambda: not Inbox.objects.filter(done_at=None).exists())
    assert worker.poll() is None


def test_work_once_sends_what_is_due_and_ends(world, process_environment):
    document = DOCUMENT | {"messages": {"points_earned": True}}
    world.publish(document)
    with listening() as receiver:
        add(world, receiver)
        world.pay(euros=100)
        done = subprocess.run(
            [sys.executable, "-m", "palier", "work", "--once", "--json"],
            env=process_environment | {"PALIER_WEBHOOKS_LOCAL": "1"},
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert (told["intents"], told["deliveries"]) == (1, 1)
        assert json.loads(receiver.requests[0].body)["type"] == "member.points_earned"
