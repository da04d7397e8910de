"""Points at which a process can die: before each SQL statement that its database sees, and around outside calls.

Statements are seen where the driver hands them over, below Django, so that nothing takes another way than in
production: execute wrappers would turn off every short way that ``store.rows`` and ``store.prepared`` have.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib import import_module
from threading import RLock
from typing import Any
from unittest.mock import patch

from django.db import connection
from django.db.backends.signals import connection_created

SHOWN = 100


class Points:
    """Counts the points that a process passes, and kills it at one of them (None: at none)."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.kill_at = kill_at
        self.passed: list[str] = []
        self._lock = RLock()

    def reach(self, what: str) -> None:
        """The process is about to do this: it dies before, or goes on."""
        with self._lock:
            if len(self.passed) == self.kill_at:
                os.kill(os.getpid(), signal.SIGKILL)
            self.passed.append(" ".join(what.split())[:SHOWN])

    def watch(self, outside: Sequence[str] = ()) -> ExitStack:
        """Within: statements are points, and so are both sides of each call of the functions named in ``outside``."""
        watched = ExitStack()
        if connection.vendor == "postgresql":
            _watch_postgresql(self, watched)
        else:
            _watch_sqlite(self, watched)
        for name in outside:
            _watch_call(self, name, watched)
        return watched


def _watch_sqlite(points: Points, watched: ExitStack) -> None:
    def trace(statement: str) -> None:
        if not statement.startswith("--"):  # what a trigger does within a statement
            points.reach(statement)

    def connected(sender: Any, connection: Any, **_: Any) -> None:
        connection.connection.set_trace_callback(trace)

    connection_created.connect(connected, weak=False)
    watched.callback(connection_created.disconnect, connected)
    if connection.connection is not None:
        connected(None, connection)


def _watch_postgresql(points: Points, watched: ExitStack) -> None:
    """Every round trip with the server goes through ``Connection.wait``, those of ``Prepared`` aside."""
    import psycopg

    from palier.store.prepared import Prepared

    wait, prepared = psycopg.Connection.wait, Prepared._result

    def waiting(self: Any, generator: Any, *args: Any, **options: Any) -> Any:
        told = _told(generator)
        if told not in _WITHIN:
            points.reach(told)
        return wait(self, generator, *args, **options)

    def asking(self: Any, *args: Any) -> Any:
        points.reach(f"prepared: {self.sql}")
        return prepared(self, *args)

    # What Django says to make a connection its own is no part of any flow.
    watched.enter_context(patch.object(Prepared, "_result", asking))
    if connection.connection is not None:
        watched.enter_context(patch.object(psycopg.Connection, "wait", waiting))
        return

    def connected(**_: Any) -> None:
        connection_created.disconnect(connected)
        watched.enter_context(patch.object(psycopg.Connection, "wait", waiting))

    connection_created.connect(connected, weak=False)
    watched.callback(connection_created.disconnect, connected)


_WITHIN = ("set_autocommit", "enter", "fetch")
"""What the driver does within itself, or to get what was sent before."""


def _told(generator: Any) -> str:
    """What is about to be sent, as far as it can be told."""
    frame = getattr(generator, "gi_frame", None)
    query = frame.f_locals.get("query", "") if frame is not None else ""
    name = getattr(generator, "__name__", "").strip("_").removesuffix("_gen")
    said = query.decode() if isinstance(query, bytes) else str(query)
    return f"{name}: {said}" if said else name


def _watch_call(points: Points, name: str, watched: ExitStack) -> None:
    owner, attribute = _find(name)
    call: Callable[..., Any] = getattr(owner, attribute)

    def called(*args: Any, **options: Any) -> Any:
        points.reach(f"before {name}")
        answer = call(*args, **options)
        points.reach(f"after {name}")
        return answer

    watched.enter_context(patch.object(owner, attribute, called))


def _find(name: str) -> tuple[Any, str]:
    """``palier.jobs.deliver.send``, ``pathlib.Path.replace``: where it is kept, and under which name."""
    path, _, attribute = name.rpartition(".")
    try:
        return import_module(path), attribute
    except ModuleNotFoundError:
        module, _, owner = path.rpartition(".")
        return getattr(import_module(module), owner), attribute
