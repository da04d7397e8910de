"""Work that waits for the work in progress, and is then done together: one commit for all who came meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

PATIENCE_S = 0.05

Item = TypeVar("Item")
Answer = TypeVar("Answer")


def _taken() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(slots=True, eq=False)
class _Ticket(Generic[Item, Answer]):
    """One who waits: until the answer is there, or until it is their turn to do the work (``batch``)."""

    key: int
    item: Item
    outcome: Answer | Exception | None = None
    batch: list[_Ticket[Item, Answer]] | None = None
    signal: Lock = field(default_factory=_taken)


class Together(Generic[Item, Answer]):
    """Callers whose items are worked on together, those of one key at a time, in the order in which they came.

    Nobody waits for company: whoever comes while nobody is at work begins at once, for himself. The others wait; the
    first of them then does the work of all that wait with his key, ``most`` of them at most. Two at work only contend
    for the interpreter; but when the work in progress takes longer than ``PATIENCE_S`` (it waits for a lock, the
    database is slow), whoever comes then begins beside it, up to ``at_once``, and those who wait go on after him.
    There is no thread of its own that could die or be forgotten by a fork.
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
        self._waiting: dict[int, deque[_Ticket[Item, Answer]]] = {}

    def do(self, key: int, item: Item) -> Answer:
        """The answer to ``item`` once its work is done; the exception that was its outcome is raised."""
        ticket: _Ticket[Item, Answer] = _Ticket(key, item)
        with self._lock:
            begins = not self._busy or (self._busy < self._at_once and monotonic() - self._begun > PATIENCE_S)
            if begins:
                self._busy += 1
                self._begun = monotonic()
            else:
                self._waiting.setdefault(key, deque()).append(ticket)
        if begins:
            ticket.batch = [ticket]
        else:
            ticket.signal.acquire()
        if ticket.batch is not None:
            self._lead(ticket.batch)
        if isinstance(ticket.outcome, Exception):
            raise ticket.outcome
        assert ticket.outcome is not None
        return ticket.outcome

    def _lead(self, batch: list[_Ticket[Item, Answer]]) -> None:
        try:
            outcomes = self._work(batch[0].key, [ticket.item for ticket in batch])
            for ticket, outcome in zip(batch, outcomes, strict=True):
                ticket.outcome = outcome
        finally:
            self._hand_over()
            for ticket in batch:
                if ticket.outcome is None:
                    ticket.outcome = RuntimeError("the work was broken off")
                if ticket is not batch[0]:
                    ticket.signal.release()

    def _hand_over(self) -> None:
        """The next batch goes to the first who waits for it; nobody waits: one fewer is at work."""
        with self._lock:
            batch = self._next_batch()
            if not batch:
                self._busy -= 1
                return
            self._begun = monotonic()
        batch[0].batch = batch
        batch[0].signal.release()

    def _next_batch(self) -> list[_Ticket[Item, Answer]]:
        for key, waiting in self._waiting.items():
            batch = [waiting.popleft() for _ in range(min(self._most, len(waiting)))]
            del self._waiting[key]
            if waiting:  # the other keys come first now
                self._waiting[key] = waiting
            return batch
        return []
