"""Signs of life: who works, and whose work has to be taken back."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import timedelta

from palier.jobs.clock import world_now
from palier.store.jobs.models import Beat

EVERY_S = 5
DEAD_AFTER = timedelta(seconds=60)
"""More than SQLite may let a beat wait for its lock."""


def new_worker() -> str:
    """A name that no other worker has, ever."""
    return f"{os.getpid()}-{secrets.token_hex(8)}"


def beat(worker: str) -> None:
    """This worker lives."""
    now = world_now()
    Beat.objects.update_or_create(
        worker=worker,
        defaults={"seen_at": now},
        create_defaults={
            "seen_at": now, "started_at": now, "host": socket.gethostname()[:200], "pid": os.getpid(),
        },
    )  # fmt: skip


def leave(worker: str) -> None:
    """This worker ends: what it left is nobody's any more."""
    Beat.objects.filter(worker=worker).delete()


def alive(dead_after: timedelta = DEAD_AFTER) -> set[str]:
    """The workers that were heard of lately; the others are forgotten."""
    since = world_now() - dead_after
    Beat.objects.filter(seen_at__lte=since - timedelta(hours=1)).delete()
    return set(Beat.objects.filter(seen_at__gt=since).values_list("worker", flat=True))
