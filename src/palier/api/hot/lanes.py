"""A few database connections that all threads of a process take turns on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

P = ParamSpec("P")
R = TypeVar("R")


class Lanes:
    """``count`` connections, each lent to one thread at a time; who finds none free waits.

    Threads would else open one each, of which most stand idle. More at work at once than processors only makes
    them wait for one another in the middle of their work. The one that was given back last goes first: its
    statements are prepared, and others are not even opened until they are needed.
    """

    def __init__(self, count: int) -> None:
        self._turns: SimpleQueue[None] = SimpleQueue()
        self._free: list[Any] = [None] * count
        self._all: list[Any] = []
        for _ in range(count):
            self._turns.put(None)

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Within, this thread's work goes over one of the connections."""
        self._turns.get()
        lane = self._free.pop()
        try:
            lane = self._ready(lane)
            own = connections[DEFAULT_DB_ALIAS]
            connections[DEFAULT_DB_ALIAS] = lane
            try:
                yield
            finally:
                connections[DEFAULT_DB_ALIAS] = own
        finally:
            self._free.append(lane)
            self._turns.put(None)

    def over(self, work: Callable[P, R]) -> Callable[P, R]:
        """The same work, always done over one of the connections."""

        def done(*given: P.args, **named: P.kwargs) -> R:
            with self.lent():
                return work(*given, **named)

        return done

    def close(self) -> None:
        """Close every connection; the next to be lent is opened anew."""
        for lane in self._all:
            lane.close()

    def _ready(self, lane: Any) -> Any:
        """The connection, made when it is lent for the first time; one that failed or grew old is opened anew.

        Whether it still lives is not asked each time: whoever finds it dead goes the long way.
        """
        if lane is None:
            lane = connections.create_connection(DEFAULT_DB_ALIAS)
            lane.inc_thread_sharing()
            self._all.append(lane)
        # An age of 0 (SQLite's) means "for one request"; these are kept on purpose.
        is_old = bool(lane.settings_dict["CONN_MAX_AGE"]) and time.monotonic() >= (lane.close_at or math.inf)
        if lane.connection is not None and (lane.errors_occurred or is_old):
            lane.close_if_unusable_or_obsolete()
        return lane
