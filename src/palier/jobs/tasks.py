"""Jobs that come again and again, as tasks of Django's own interface. Each may run twice or be cut anywhere."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django_scopes import scopes_disabled
from django_tasks import task

from palier.flows.catalogue.learn_products import learn_products
from palier.flows.upkeep.forget_old_answers import forget_old_answers
from palier.flows.upkeep.forget_old_messages import forget_old_messages
from palier.flows.upkeep.forget_old_work import forget_old_work
from palier.flows.upkeep.seal_days import seal_days
from palier.jobs.clock import now_in, world_now
from palier.store.programmes.models import Programme


@task
def learn_all_products() -> int:
    """Products that order lines show, those of the last minutes once more; how many were looked at."""
    chunk = learn_products(now=world_now())
    looked_at = chunk.products
    while not chunk.is_last:
        chunk = learn_products(now=world_now(), after=chunk.last)
        looked_at += chunk.products
    return looked_at


@task
def forget_old() -> dict[str, int]:
    """Answers, carts, messages, deliveries and finished jobs that nobody will ask for any more."""
    now = world_now()
    answers = forget_old_answers(now=now)
    messages = forget_old_messages(now=now)
    return {
        "answers": answers.answers,
        "carts": answers.carts,
        "messages": messages.messages,
        "deliveries": messages.deliveries,
        "jobs": forget_old_work(now=now),
    }


@task
def seal_all_days() -> int:
    """Days that are over are sealed, in every programme; how many were."""
    with scopes_disabled():
        programmes = list(Programme.objects.order_by("id"))
    return sum(seal_days(programme.pk, now=now_in(programme)) for programme in programmes)


@task
def verify_all() -> int:
    """``palier verify`` in a process of its own, with whatever the machine has to spare; its exit status.

    It raises when something does not hold, so that the task is a failed one, which health tells.
    """
    done = subprocess.run(
        [sys.executable, "-c", BESIDE + _VERIFY],
        capture_output=True,
        text=True,
        timeout=VERIFY_WITHIN.total_seconds(),
    )
    if done.returncode == 1:
        raise DoesNotHold(done.stdout[-_TOLD_MAX:])
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-_TOLD_MAX:])
    return done.returncode


class DoesNotHold(Exception):
    """``palier verify`` found a balance, a tier or a coupon that is not what the ledger says."""


VERIFY_WITHIN = timedelta(hours=6)
_TOLD_MAX = 4000


# It does this itself: between fork and exec a process with threads must not run Python.
BESIDE = "import os; os.nice(10); from palier.cli.supervise import end_with_parent; end_with_parent(); "
"""What a process of its own begins with: it steps back, and ends when its worker does, which another one takes up."""

_VERIFY = "import sys; from palier.cli import main; sys.exit(main(['verify', '--json']))"


@dataclass(frozen=True, slots=True)
class Periodic:
    """A task that comes again ``every`` so often, for the first time at once or ``after_a_turn``."""

    name: str
    task: Any
    every: timedelta
    after_a_turn: bool = False


PERIODIC = (
    Periodic("learn_products", learn_all_products, timedelta(minutes=1)),
    Periodic("forget_old", forget_old, timedelta(hours=6)),
    Periodic("seal_days", seal_all_days, timedelta(hours=1)),
    Periodic("verify", verify_all, timedelta(days=7), after_a_turn=True),
)
