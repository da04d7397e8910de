"""A server with several workers on the test's database, sixty-four clients, and what they may never see."""

from __future__ import annotations

import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import connection
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from tests.entrances.api_shop import Api, forget_everything, make_api

CLIENTS = 64
WORKERS = 2
IDLE_S = 5
STARTS_WITHIN_S = 600
ANSWERS_WITHIN_S = 600

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


class Wire:
    """A program's connection, which stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.used_at = 0.0
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Ready to be sent on; one that was idle is opened anew before the server closes it."""
        now = time.monotonic()
        if now - self.used_at > IDLE_S:
            self.close()
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=ANSWERS_WITHIN_S)
        self.used_at = now

    def send(self, raw: bytes) -> None:
        assert self._socket is not None
        self._socket.sendall(raw)

    def answer(self) -> Answer:
        assert self._socket is not None
        response = http.client.HTTPResponse(self._socket)
        try:
            response.begin()
            return Answer(response.status, json.loads(response.read() or b"{}"))
        finally:
            response.close()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class Clients:
    """Sixty-four programs, each with a connection of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._wires = [Wire(port) for _ in range(CLIENTS)]
        self._draw = Random(1)

    def all_at_once(self, asks: Sequence[Ask]) -> list[Answer]:
        """The answers, in the order of the asks.

        Everything is ready before the first is sent; the last follows a millisecond later. Whose connection an ask
        takes, and so which worker hears it, and who is sent first are drawn anew each time.
        """
        assert len(asks) <= CLIENTS
        ready = list(zip(self._draw.sample(self._wires, len(asks)), map(_raw, asks), strict=True))
        try:
            for wire, _ in ready:
                wire.open()
            for wire, raw in self._draw.sample(ready, len(ready)):
                wire.send(raw)
            answers = [wire.answer() for wire, _ in ready]
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise AssertionError(f"the server hung up: {error!r} at one of {asks}") from error
        for ask, answer in zip(asks, answers, strict=True):
            assert answer.status < 500, (ask, answer)
        return answers

    def close(self) -> None:
        for wire in self._wires:
            wire.close()


def _raw(ask: Ask) -> bytes:
    body = b"" if ask.body is None else json.dumps(ask.body).encode()
    once = f"Idempotency-Key: {ask.once or f'race-{next(_keys)}'}\r\n" if ask.method == "POST" else ""
    head = (
        f"{ask.method} /api/v1{ask.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {ask.key}\r\n"
        f"Content-Type: application/json\r\n{once}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


@contextmanager
def serving(environment: Mapping[str, str], workers: int = WORKERS) -> Iterator[Clients]:
    """``palier serve`` with so many workers on a free port, and its clients; killed with its processes at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = [sys.executable, "-m", "palier", "serve", "--port", str(port), "--workers", str(workers)]
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
    until = time.monotonic() + STARTS_WITHIN_S
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
