"""A server with two workers on the test's database, sixty-four clients, and what they may never see."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from tests.entrances.api_shop import Api, forget_everything, make_api

CLIENTS = 64
WORKERS = 2
IDLE_S = 5

_keys = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request under a shop's key. ``once``: its Idempotency-Key; without one every POST gets a new one."""

    key: str
    method: str
    path: str
    body: Any = None
    once: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """The problem's code; empty for what is good."""
        return str(self.body.get("code", "")) if self.status != 200 else ""


class Clients:
    """Sixty-four programs, each with a connection of its own that stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(CLIENTS)

    def all_at_once(self, asks: Sequence[Ask]) -> list[Answer]:
        """The answers, in the order of the asks, which are let go together."""
        assert len(asks) <= CLIENTS
        start = threading.Barrier(len(asks))

        def run(ask: Ask) -> Answer:
            start.wait(60)
            return self._ask(ask)

        answers = list(self._pool.map(run, asks))
        for ask, answer in zip(asks, answers, strict=True):
            assert answer.status < 500, (ask, answer)
        return answers

    def _ask(self, ask: Ask) -> Answer:
        wire = self._wire()
        headers = {"Authorization": f"Bearer {ask.key}", "Content-Type": "application/json"}
        if ask.method == "POST":
            headers["Idempotency-Key"] = ask.once or f"race-{next(_keys)}"
        raw = b"" if ask.body is None else json.dumps(ask.body).encode()
        wire.request(ask.method, f"/api/v1{ask.path}", raw, headers)
        response = wire.getresponse()
        return Answer(response.status, json.loads(response.read() or b"{}"))

    def _wire(self) -> http.client.HTTPConnection:
        """This thread's connection; one that was idle is opened anew before the server closes it."""
        now = time.monotonic()
        wire = getattr(self._own, "wire", None)
        if wire is None or now - self._own.used_at > IDLE_S:
            if wire is not None:
                wire.close()
            wire = self._own.wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self._own.used_at = now
        return wire

    def close(self) -> None:
        self._pool.shutdown()


@contextmanager
def serving(environment: Mapping[str, str]) -> Iterator[Clients]:
    """``palier serve`` with two workers on a free port, and its clients; killed with all its processes at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "palier", "serve", "--port", str(port), "--workers", str(WORKERS)]
    process = subprocess.Popen(
        words,
        env={**environment, "PALIER_API_RATE": "0"},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr if os.environ.get("PALIER_RACES_LOG") else subprocess.DEVNULL,
    )
    clients = Clients(port)
    try:
        _wait_for(port, process)
        yield clients
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        clients.close()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert process.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)


@dataclass
class Arena:
    """A shop of this process's making, and the clients that race for what it has."""

    clients: Clients
    api: Api
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def new(cls, clients: Clients, document: Mapping[str, Any]) -> Arena:
        with scopes_disabled():
            forget_everything()
            return cls(clients, make_api(document))

    def race(self, *asks: tuple[Any, ...]) -> list[Answer]:
        """All at once: each a method, a path, and perhaps a body and an Idempotency-Key."""
        return self.clients.all_at_once([Ask(self.api.key, *ask) for ask in asks])

    def good(self, method: str, path: str, body: Any = None) -> Any:
        """The answer to one request, which must be good."""
        (answer,) = self.race((method, path, body))
        assert answer.status == 200, (method, path, answer)
        return answer.body

    def stranger(self) -> str:
        """A customer of whom nobody has heard."""
        return f"m{next(self.numbers)}"

    def member(self, points: int = 0) -> str:
        """A new member, who has so many points."""
        name = self.stranger()
        self.good("PUT", f"/members/{name}", {"name": "Anna"})
        if points:
            self.good("POST", f"/members/{name}/gifts", {"points": points, "reason": "To race for"})
        return name

    def wallet(self, member: str) -> tuple[int, int, int]:
        """Available, held and owed."""
        points = self.good("GET", f"/members/{member}")["points"]
        return points["available"], points["held"], points["debt"]

    def check(self) -> None:
        """What ``palier verify`` finds: nothing."""
        with scopes_disabled():
            found = [str(each) for each in load_problems(self.api.programme_id)]
        assert not found, found


def deadlocks() -> int:
    """How many PostgreSQL has broken in this database; SQLite has one writer and knows none."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])
