"""The short way in a test: its application over the test's database, and requests as an ASGI server makes them."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from palier.api.hot.busy import Busy
from palier.api.hot.short_way import with_short_way
from tests.entrances.api_shop import Api, forget_everything, make_api

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an application answered; names of headers are written like X-Request-Id."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def ask(application: Any, environ: dict[str, Any]) -> Answer:
    """One request to a WSGI application."""
    started: list[Any] = []
    parts = application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    status, headers = started[0]
    return Answer(int(status.split()[0]), {_title(name): value for name, value in headers}, body)


async def ask_asgi(application: Any, environ: dict[str, Any], pieces: list[bytes]) -> Answer:
    """The same request to an ASGI application. Its body comes in the pieces, which are taken off their list."""

    async def receive() -> Any:
        body = pieces.pop(0) if pieces else b""
        return {"type": "http.request", "body": body, "more_body": bool(pieces)}

    sent = await _sent(application, environ, receive)
    headers = {_title(name.decode()): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(each.get("body", b"") for each in sent[1:]))


async def leave_asgi(application: Any, environ: dict[str, Any], begin: bytes) -> list[int]:
    """The statuses that are answered to somebody who goes away after the begin of the body."""
    messages = [{"type": "http.request", "body": begin, "more_body": True}]

    async def receive() -> Any:
        return messages.pop() if messages else {"type": "http.disconnect"}

    sent = await _sent(application, environ, receive)
    return [message["status"] for message in sent if "status" in message]


async def _sent(application: Any, environ: dict[str, Any], receive: Any) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await application(_scope(environ), receive, send)
    return sent


def _scope(environ: dict[str, Any]) -> dict[str, Any]:
    names = {name: name.removeprefix("HTTP_") for name in environ if name.startswith(("HTTP_", "CONTENT_"))}
    headers = [
        (short.lower().replace("_", "-").encode(), environ[name].encode("latin-1"))
        for name, short in names.items()
    ]
    path = environ["PATH_INFO"].encode("latin-1")
    return {
        "type": "http", "http_version": "1.1", "method": environ["REQUEST_METHOD"], "scheme": "http",
        "path": path.decode(errors="replace"), "raw_path": quote(path, safe="/").encode(), "root_path": "",
        "query_string": environ["QUERY_STRING"].encode(), "headers": headers, "server": ("127.0.0.1", "8000"),
    }  # fmt: skip


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


@dataclass
class ShortWay:
    """A shop with a key, and both ways to it. ``went_long`` lists the addresses that were handed on to Django."""

    api: Api = field(default_factory=make_api)
    busy: Busy = field(default_factory=Busy)
    went_long: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        django = WSGIHandler()

        def long_way(environ: dict[str, Any], start_response: Any) -> Any:
            self.went_long.append(environ["PATH_INFO"])
            return django(environ, start_response)

        self.long_way = long_way
        self.application = with_short_way(long_way, self.busy)
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def close(self) -> None:
        """End the loop and what it keeps."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()
        self.busy.close()

    def environ(self, method: str, path: str, body: Any, **changes: Any) -> dict[str, Any]:
        """A request as a server hands it over; a change to None takes something away."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/api/v1{path}".encode().decode("latin-1"),
            "QUERY_STRING": "",
            "CONTENT_TYPE": JSON,
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_AUTHORIZATION": f"Bearer {self.api.key}",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(raw),
            "wsgi.errors": BytesIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **changes,
        }
        return {name: value for name, value in environ.items() if value is not None}

    def __call__(
        self, method: str, path: str, body: Any = b"", pieces: list[bytes] | None = None, **changes: Any
    ) -> Answer:
        """An answer of the whole. ``pieces``: of these the body consists; a server hands on no more than the length."""
        environ = self.environ(method, path, body, **changes)
        length = environ.get("CONTENT_LENGTH", "")
        whole = environ["wsgi.input"].read(int(length) if length.isdecimal() and length.isascii() else 0)
        asked = ask_asgi(self.application, environ, [whole] if pieces is None else pieces)
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result(120)

    def left(self, method: str, path: str, body: bytes, **changes: Any) -> list[int]:
        """The statuses of the answers to a sender who goes away when half of the body is sent."""
        environ = self.environ(method, path, body, **changes)
        asked = leave_asgi(self.application, environ, body[: len(body) // 2])
        return asyncio.run_coroutine_threadsafe(asked, self.loop).result(120)

    def long(self, method: str, path: str, body: Any = b"", **changes: Any) -> Answer:
        """What Django answers to the same."""
        return ask(self.long_way, self.environ(method, path, body, **changes))

    def short(self, method: str, path: str, body: Any = b"", **changes: Any) -> Answer:
        """An answer that must not have needed Django."""
        before = len(self.went_long)
        answer = self(method, path, body, **changes)
        assert self.went_long[before:] == [], (answer.status, answer.body)
        return answer


def fresh_way() -> Iterator[ShortWay]:
    """Around a test that commits: a shop, and connections that end with it."""
    forget_everything()
    way = ShortWay()
    yield way
    way.close()
    connections.close_all()
    forget_everything()
