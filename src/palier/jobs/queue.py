"""What django-tasks-db leaves out: tasks are tried again, taken back from workers that died, and come by a schedule."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta
from threading import Event

from django.db import transaction
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from palier.jobs.clock import world_now
from palier.jobs.tasks import PERIODIC, Periodic
from palier.store.jobs.models import Schedule

log = logging.getLogger(__name__)

TRIES_MAX = 5
FIRST_PAUSE = timedelta(seconds=10)
_FAILED_LATELY = timedelta(hours=1)


def plan_due(periodic: Sequence[Periodic] = PERIODIC) -> int:
    """Enqueue what the schedule says is due; how many. Of several workers one does, for the row is moved on
    in the transaction that enqueues. A slot that nobody was there for comes once, not as often as it was missed."""
    now, planned = world_now(), 0
    known = {row.name: row for row in Schedule.objects.all()}
    for each in periodic:
        row = known.get(each.name)
        if row is None:
            first = now + each.every if each.after_a_turn else now
            Schedule.objects.get_or_create(name=each.name, defaults={"next_at": first})
            row = Schedule.objects.get(name=each.name)
        if row.next_at <= now:
            planned += _plan(each, row)
    return planned


def _plan(each: Periodic, row: Schedule) -> int:
    now = world_now()
    with transaction.atomic():
        mine = Schedule.objects.filter(pk=row.pk, next_at=row.next_at)
        if not mine.update(next_at=now + each.every, last_at=now):
            return 0
        waiting = DBTaskResult.objects.filter(
            task_path=each.task.module_path, status__in=("READY", "RUNNING")
        )
        if waiting.exists():
            return 0  # the one before is not done yet
        each.task.enqueue()
    return 1


def try_again() -> int:
    """Let tasks that failed wait to be tried again, each time twice as long, until they have had all their tries.

    A sweep, not a signal: a worker that dies after writing the failure must not take the retry with it.
    """
    now, again = world_now(), 0
    for row in DBTaskResult.objects.filter(status="FAILED", finished_at__gt=now - _FAILED_LATELY):
        tries = len(row.worker_ids)
        if tries < TRIES_MAX:
            again += DBTaskResult.objects.filter(pk=row.pk, status="FAILED").update(
                status="READY", finished_at=None, run_after=now + FIRST_PAUSE * 2 ** (tries - 1)
            )
    return again


def take_back(alive: Collection[str]) -> int:
    """Tasks that are running with no living worker wait again, or have failed when they had all their tries."""
    taken = 0
    for row in DBTaskResult.objects.filter(status="RUNNING"):
        if row.worker_ids and row.worker_ids[-1] in alive:
            continue
        is_left = len(row.worker_ids) < TRIES_MAX
        if not is_left:
            log.error("task %s had %d workers that all died", row.task_path, TRIES_MAX)
        taken += DBTaskResult.objects.filter(pk=row.pk, status="RUNNING", worker_ids=row.worker_ids).update(
            status="READY" if is_left else "FAILED", finished_at=None if is_left else world_now()
        )
    return taken


def run_ready(worker: str, stop: Event) -> int:
    """Run tasks that are ready, until none is; how many. Asked to stop, it begins no other one."""
    runner = Worker(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=worker, excluded_queue_names=[],
    )  # fmt: skip
    total = 0
    while not stop.is_set() and (row := _claim(worker)) is not None:
        runner.run_task(row)
        total += 1
    return total


def _claim(worker: str) -> DBTaskResult | None:
    # The library's own loop takes SQLite's only lock at each look; a look costs nobody anything.
    if not DBTaskResult.objects.ready().exists():
        return None
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row is not None:
            row.claim(worker)
        return row
