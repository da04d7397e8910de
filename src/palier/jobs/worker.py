"""One worker: threads that each look after one kind of work until they are asked to stop."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event, Thread

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from palier.jobs import beat, queue
from palier.jobs.deliver import deliver_due
from palier.jobs.due import hand_on_intents, work_off_accounts
from palier.jobs.inbox import work_off_inbox

log = logging.getLogger(__name__)

Work = Callable[[Event], int]
Tell = Callable[[dict[str, int]], None]

GRACE_S = 10
"""So long a worker that is asked to stop waits for what it has begun; what is cut then is somebody else's later."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often a worker looks (seconds), and after how long without a sign of life another one counts as dead."""

    pause_s: float = 1
    beat_s: float = beat.EVERY_S
    dead_after: timedelta = beat.DEAD_AFTER


@dataclass(slots=True)
class WorkerThreads:
    """A worker of this process. ``tell`` is called with what was done, from any of its threads."""

    tell: Tell
    rhythm: Rhythm = Rhythm()
    stop: Event = field(default_factory=Event)
    name: str = field(default_factory=beat.new_worker)

    def run(self) -> bool:
        """Work until ``stop`` is set; whether all that was begun was ended."""
        self._keep_alive()  # before anything is taken: a worker unheard of is a dead one
        threads = [
            self._thread("alive", self._stay_alive),
            self._thread("ledger", lambda: self._repeat(self._ledger)),
            self._thread("webhooks", lambda: self._repeat({"deliveries": deliver_due})),
            self._thread("tasks", lambda: self._repeat({"tasks": partial(queue.run_ready, self.name)})),
        ]
        self.stop.wait()
        until = time.monotonic() + GRACE_S
        for thread in threads:
            thread.join(max(0, until - time.monotonic()))
        beat.leave(self.name)
        return not any(thread.is_alive() for thread in threads)

    @property
    def _ledger(self) -> dict[str, Work]:
        # One after the other: on SQLite only one can write, and an intent that is written is handed on at once.
        return {
            "accounts": work_off_accounts,
            "messages": work_off_inbox,
            "intents": hand_on_intents,
        }

    def _thread(self, name: str, run: Callable[[], None]) -> Thread:
        thread = Thread(target=run, name=name, daemon=True)
        thread.start()
        return thread

    def _repeat(self, works: dict[str, Work]) -> None:
        while not self.stop.is_set():
            done = {name: self._once(name, work) for name, work in works.items()}
            if any(done.values()):
                self.tell({name: count for name, count in done.items() if count})
            else:
                self.stop.wait(self.rhythm.pause_s)
        connection.close()

    def _once(self, name: str, work: Work) -> int:
        close_old_connections()
        try:
            return work(self.stop)
        except (OperationalError, InterfaceError) as error:
            # A database that restarts comes back; what was not done is still due.
            print(f"palier work: the database does not answer, trying again: {error}", file=sys.stderr)
        except Exception:
            log.exception("%s could not be worked off; trying again", name)
        self.stop.wait(max(self.rhythm.pause_s, 5))
        return 0

    def _stay_alive(self) -> None:
        while not self.stop.wait(self.rhythm.beat_s):
            self._once("signs of life", lambda _: self._keep_alive())
        connection.close()

    def _keep_alive(self) -> int:
        beat.beat(self.name)
        queue.take_back(beat.alive(self.rhythm.dead_after))
        queue.try_again()
        queue.plan_due()
        return 0


def work_once(stop: Event) -> dict[str, int]:
    """Work off all that is due, one after the other, until nothing is; what was done, by kind."""
    name = beat.new_worker()
    total = dict.fromkeys(("accounts", "messages", "intents", "deliveries", "tasks"), 0)
    beat.beat(name)
    try:
        queue.take_back(beat.alive())
        queue.try_again()
        queue.plan_due()
        while not stop.is_set():
            done = {
                "accounts": work_off_accounts(stop),
                "messages": work_off_inbox(stop),
                "intents": hand_on_intents(stop),
                "deliveries": deliver_due(stop),
                "tasks": queue.run_ready(name, stop),
            }
            if not any(done.values()):
                break
            total = {kind: total[kind] + count for kind, count in done.items()}
    finally:
        beat.leave(name)
    return total
