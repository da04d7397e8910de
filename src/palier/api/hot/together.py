"""Work that waits for the work in progress, and is then done together: one commit for all who came meanwhile."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

PATIENCE_S = 0.05

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Together(Generic[Item, Answer]):
    """Callers whose items are worked on together, those of one key at a time, in the order in which they came.

    They wait in an event loop, which costs next to nothing; the work is done in threads. Nobody waits for company:
    whoever comes while nobody is at work is worked on at once. The others wait; then all who wait with one key are
    worked on together, ``most`` of them at most. Two at work only contend for the interpreter; but when the work in
    progress takes longer than ``PATIENCE_S`` (it waits for a lock, the database is slow), whoever comes then begins a
    second beside it, up to ``at_once``.
    """

    def __init__(
        self,
        work: Callable[[int, Sequence[Item]], Sequence[Answer | Exception]],
        *,
        at_once: int,
        most: int,
    ) -> None:
        self._work = work
        self._at_once = at_once
        self._most = most
        self._lock = Lock()
        self._busy = 0
        self._begun = 0.0
        self._waiting: dict[int, deque[tuple[Item, Future[Answer]]]] = {}
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="together")

    async def do(self, key: int, item: Item) -> Answer:
        """The answer to ``item`` once its work is done; the exception that was its outcome is raised."""
        future: Future[Answer] = get_running_loop().create_future()
        with self._lock:
            self._waiting.setdefault(key, deque()).append((item, future))
            begins = not self._busy or (self._busy < self._at_once and monotonic() - self._begun > PATIENCE_S)
            if begins:
                self._busy += 1
                self._begun = monotonic()
        if begins:
            self._threads.submit(self._work_off)
        return await future

    def close(self) -> None:
        """End the threads once their work is done."""
        self._threads.shutdown()

    def _work_off(self) -> None:
        """In a thread: one batch after the other until nobody waits."""
        while True:
            with self._lock:
                key, batch = self._next_batch()
                if not batch:
                    self._busy -= 1
                    return
                self._begun = monotonic()
            outcomes: Sequence[Answer | Exception]
            try:
                outcomes = self._work(key, [item for item, _ in batch])
            except Exception as error:
                outcomes = [error] * len(batch)
            _tell(batch, outcomes)

    def _next_batch(self) -> tuple[int, list[tuple[Item, Future[Answer]]]]:
        for key, waiting in self._waiting.items():
            batch = [waiting.popleft() for _ in range(min(self._most, len(waiting)))]
            del self._waiting[key]
            if waiting:  # the other keys come first now
                self._waiting[key] = waiting
            return key, batch
        return 0, []


def _tell(batch: Sequence[tuple[Item, Future[Answer]]], outcomes: Sequence[Answer | Exception]) -> None:
    """Send everybody their outcome, each in the loop where they wait."""
    waiting: dict[AbstractEventLoop, list[tuple[Future[Answer], Answer | Exception]]] = {}
    for (_, future), outcome in zip(batch, outcomes, strict=True):
        waiting.setdefault(future.get_loop(), []).append((future, outcome))
    for loop, told in waiting.items():
        with suppress(RuntimeError):  # that loop has ended, and with it whoever waited there
            loop.call_soon_threadsafe(_set, told)


def _set(told: Sequence[tuple[Future[Answer], Answer | Exception]]) -> None:
    """In the loop: everybody gets their outcome, unless they have gone away."""
    for future, outcome in told:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
