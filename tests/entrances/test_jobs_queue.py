"""Tasks are tried again, taken back from the dead, and come by their schedule, once whoever plans."""

import subprocess
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django_scopes import scopes_disabled
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from palier.flows.catalogue.learn_products import OVERLAP, learn_products
from palier.flows.upkeep.forget_old_messages import forget_old_messages
from palier.flows.upkeep.forget_old_work import forget_old_work
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.remove_webhook import RemoveWebhook, remove_webhook
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.jobs import beat, queue, tasks
from palier.jobs.tasks import PERIODIC, Periodic, forget_old, learn_all_products, seal_all_days
from palier.store.catalogue.learn import load_mark, record_mark
from palier.store.health.load import load_health
from palier.store.models import Beat, Delivery, Inbox, Product, Schedule, WebhookEndpoint
from tests.flows.world import World, line

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
_said: list[str] = []


@pytest.fixture(autouse=True)
def _fresh(db):
    _said.clear()
    with scopes_disabled():
        yield


@task
def twice_wrong() -> str:
    """Fails twice, then succeeds."""
    _said.append("tried")
    if len(_said) < 3:
        raise RuntimeError("not yet")
    return "well"


@task
def always_wrong() -> None:
    """Never succeeds."""
    raise RuntimeError("never")


def run():
    return queue.run_ready("me", Event())


def waits_no_more():
    DBTaskResult.objects.filter(status="READY").update(run_after=NOW - DAY)


def test_a_task_that_fails_is_tried_again_later_each_time():
    twice_wrong.enqueue()
    for _ in range(2):
        assert run() == 1
        assert run() == 0
        assert queue.try_again() == 1
        assert run() == 0  # it waits for its pause
        waits_no_more()
    assert run() == 1
    row = DBTaskResult.objects.get()
    assert (row.status, row.return_value, len(row.worker_ids)) == ("SUCCESSFUL", "well", 3)
    assert queue.try_again() == 0


def test_a_task_that_always_fails_ends_as_failed():
    always_wrong.enqueue()
    for _ in range(queue.TRIES_MAX):
        assert run() == 1
        queue.try_again()
        waits_no_more()
    row = DBTaskResult.objects.get()
    assert (row.status, len(row.worker_ids)) == ("FAILED", queue.TRIES_MAX)
    assert "never" in row.traceback


def test_what_a_dead_worker_was_running_is_taken_back():
    twice_wrong.enqueue()
    row = DBTaskResult.objects.get()
    row.claim("dead")
    assert queue.take_back({"dead"}) == 0
    assert queue.take_back({"me"}) == 1
    assert DBTaskResult.objects.get().status == "READY"
    for number in range(queue.TRIES_MAX - 1):
        DBTaskResult.objects.get().claim(f"dead-{number}")
        queue.take_back(set())
    assert DBTaskResult.objects.get().status == "FAILED"


def test_a_worker_that_is_silent_counts_as_dead_and_one_that_left_is_gone():
    beat.beat("me")
    beat.beat("me")
    assert beat.alive() == {"me"}
    Beat.objects.update(seen_at=NOW - timedelta(minutes=2))
    assert beat.alive() == set()
    beat.beat("other")
    beat.leave("other")
    assert beat.alive() == set()


def test_a_task_comes_by_its_schedule_and_a_missed_one_comes_once():
    hourly = [Periodic("test", twice_wrong, timedelta(hours=1))]
    assert queue.plan_due(hourly) == 1
    assert queue.plan_due(hourly) == 0
    DBTaskResult.objects.all().delete()
    Schedule.objects.update(next_at=NOW - 10 * DAY)
    assert queue.plan_due(hourly) == 1
    assert queue.plan_due(hourly) == 0
    assert DBTaskResult.objects.count() == 1


def test_a_task_that_is_not_done_yet_is_not_planned_beside_itself():
    hourly = [Periodic("test", twice_wrong, timedelta(hours=1))]
    queue.plan_due(hourly)
    Schedule.objects.update(next_at=NOW - DAY)
    assert queue.plan_due(hourly) == 0
    assert DBTaskResult.objects.count() == 1


def test_every_task_of_the_schedule_runs():
    world = World.new()
    world.pay(lines=(line(20, product="mug"),))
    at_once = [each for each in PERIODIC if not each.after_a_turn]
    assert queue.plan_due() == len(at_once)
    assert run() == len(at_once)
    assert set(DBTaskResult.objects.values_list("status", flat=True)) == {"SUCCESSFUL"}
    assert Product.objects.get().product_id == "mug"
    for each in (forget_old, seal_all_days, learn_all_products):
        each.call()


@pytest.mark.parametrize(("status", "becomes"), [(0, "SUCCESSFUL"), (1, "FAILED"), (2, "FAILED")])
def test_ops_3_verify_comes_every_week_and_what_it_finds_is_a_failed_task(monkeypatch, status, becomes):
    done = subprocess.CompletedProcess([], status, '{"problems": 1}', "no programme")
    monkeypatch.setattr(tasks.subprocess, "run", lambda *_, **__: done)
    queue.plan_due()
    weekly = Schedule.objects.get(name="verify")
    assert timedelta(days=6) < weekly.next_at - NOW < timedelta(days=8)
    DBTaskResult.objects.all().delete()
    Schedule.objects.filter(pk=weekly.pk).update(next_at=NOW - DAY)
    assert (queue.plan_due(), run()) == (1, 1)
    assert DBTaskResult.objects.get().status == becomes
    assert load_health(now=datetime.now(UTC)).failed_tasks == (becomes == "FAILED")


def test_products_are_learned_from_lines_and_what_a_shop_described_stays():
    world = World.new()
    world.pay("1", lines=(line(20, id="1", product="mug"), line(9, id="2", product="cup", quantity=3)))
    assert learn_products(now=NOW).products == 2
    mug, cup = Product.objects.get(product_id="mug"), Product.objects.get(product_id="cup")
    assert (mug.price_minor, mug.currency, mug.is_described) == (2000, "EUR", False)
    assert cup.price_minor == 300
    Product.objects.filter(pk=mug.pk).update(is_described=True, price_minor=1)
    world.pay(
        "2",
        lines=(
            line(25, id="1", product="mug"),
            line(8, id="2", product="cup"),
        ),
    )
    learn_products(now=NOW)
    assert Product.objects.get(pk=mug.pk).price_minor == 1
    assert Product.objects.get(pk=cup.pk).price_minor == 800


def test_products_of_orders_that_were_committed_late_are_learned_too():
    world = World.new()
    world.pay("1", lines=(line(20, product="mug"),))
    learn_products(now=NOW)
    mark = load_mark()
    assert mark > 0
    record_mark(mark - 1)
    assert load_mark() == mark  # never back
    record_mark(mark + OVERLAP - 1)
    Product.objects.all().delete()
    assert learn_products(now=NOW).products == 1
    record_mark(mark + OVERLAP + 1)
    assert learn_products(now=NOW).products == 0


def test_learning_goes_chunk_by_chunk():
    world = World.new()
    for number in range(5):
        world.pay(f"o{number}", lines=(line(20, product=f"p{number}"),))
    first = learn_products(now=NOW, limit=2)
    assert (first.products, first.is_last) == (2, False)
    second = learn_products(now=NOW, after=first.last, limit=2)
    third = learn_products(now=NOW, after=second.last, limit=2)
    assert (third.products, third.is_last) == (1, True)
    assert Product.objects.count() == 5


def test_what_is_old_is_forgotten_and_what_waits_is_not():
    world = World.new()
    hook = add_webhook(AddWebhook(world.programme_id, "https://shop.example.org/"), now=NOW).id
    gone = add_webhook(AddWebhook(world.programme_id, "https://old.example.org/"), now=NOW).id
    for webhook, count in ((hook, 4), (gone, 1)):
        for _ in range(count):
            try_webhook(TryWebhook(world.programme_id, webhook), now=NOW)
    remove_webhook(RemoveWebhook(world.programme_id, gone), now=NOW - 31 * DAY)
    ids = list(Delivery.objects.order_by("id").values_list("id", flat=True))
    for id, state, age in ((ids[0], "delivered", 31), (ids[1], "delivered", 29), (ids[2], "failed", 31)):
        at = NOW - age * DAY
        Delivery.objects.filter(pk=id).update(state=state, delivered_at=at, next_at=at, created_at=at)
    Delivery.objects.filter(pk=ids[3]).update(created_at=NOW - 100 * DAY)
    for id, age, is_done in (("old", 31, True), ("new", 29, True), ("waiting", 200, False)):
        at = NOW - age * DAY
        Inbox.objects.create(
            shop_id=world.shop_id, event_id=id, kind="order", payload="{}", received_at=at, next_at=at,
            done_at=at if is_done else None,
        )  # fmt: skip
    twice_wrong.enqueue()
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=NOW - 4 * DAY)
    forgotten = forget_old_messages(now=NOW)
    assert (forgotten.messages, forgotten.deliveries) == (1, 2)
    assert set(Delivery.objects.values_list("id", flat=True)) == set(ids[1:4])
    assert set(Inbox.objects.values_list("event_id", flat=True)) == {"new", "waiting"}
    assert WebhookEndpoint.objects.get().public_id == hook
    assert forget_old_work(now=NOW) == 1
