"""Django, which is a WSGI application, behind a server that speaks ASGI."""

from __future__ import annotations

import sys
from asyncio import AbstractEventLoop, get_running_loop, run_coroutine_threadsafe
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from io import BufferedReader, BytesIO, RawIOBase
from typing import Any, BinaryIO
from urllib.parse import quote, unquote_to_bytes

from palier.api import limits

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

WAITED_FOR = 64 * 1024
"""So much of a body is read before a thread is taken: a slow sender then costs some memory and no thread. A body that
comes in chunks, and is no larger, gets the length that it turned out to have: not everything reads chunks."""


def by_threads(django: Wsgi, *, threads: int) -> Asgi:
    """The same application for an ASGI server; so many requests at once are in it, each in a thread.

    An answer is whole in memory before it goes out: there are none here that would be too large for that.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="django")

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        loop = get_running_loop()
        begin, is_whole = await _begin(scope, receive)
        if begin is None:
            return
        rest = None if is_whole else receive
        body = BytesIO(begin) if rest is None else BufferedReader(_Coming(begin, rest, loop))
        environ = _environ(scope, body)
        if is_whole and "CONTENT_LENGTH" not in environ and environ.pop("HTTP_TRANSFER_ENCODING", None):
            environ["CONTENT_LENGTH"] = str(len(begin))
        status, headers, content = await loop.run_in_executor(pool, _answer, django, environ)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    return answer


def _answer(django: Wsgi, environ: Environ) -> tuple[int, Headers, bytes]:
    """In a thread: status, headers and body."""
    started: list[Any] = []
    parts = django(environ, lambda status, headers, exc_info=None: started.extend((status, headers)))
    try:
        content = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    status, named = started
    headers = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in named]
    return int(status.partition(" ")[0]), headers, content


def _environ(scope: Scope, body: BinaryIO) -> Environ:
    host, port = scope.get("server") or ("localhost", 0)
    query: bytes = scope["query_string"]
    if not query.isascii():
        query = quote(query, safe="%&=+;/?:@!$'()*,-._~[]").encode()
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": scope["root_path"],
        # The bytes that were sent: in the scope's own path, those that are no UTF-8 are lost.
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": query.decode(),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": (scope.get("client") or ("",))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        limits.COUNTED: limits.COUNTED in scope,
    }
    for raw, value in scope["headers"]:
        # A name with an underscore would look like one with a hyphen, which a reverse proxy may have set.
        if b"_" in raw:
            continue
        name = raw.decode("latin-1").upper().replace("-", "_")
        key = name if name in ("CONTENT_LENGTH", "CONTENT_TYPE") else f"HTTP_{name}"
        said, between = environ.get(key), "; " if name == "COOKIE" else ","
        environ[key] = (
            value.decode("latin-1") if said is None else f"{said}{between}{value.decode('latin-1')}"
        )
    return environ


class _Coming(RawIOBase):
    """A body while it comes, for a thread to read."""

    def __init__(self, begin: bytes, receive: Receive, loop: AbstractEventLoop) -> None:
        self._left = begin
        self._receive = receive
        self._loop = loop
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left and not self._is_over:
            message = run_coroutine_threadsafe(self._next(), self._loop).result()
            self._left = message.get("body", b"")
            self._is_over = not message.get("more_body")
        piece = self._left[: len(buffer)]
        buffer[: len(piece)] = piece
        self._left = self._left[len(piece) :]
        return len(piece)

    async def _next(self) -> Message:
        return await self._receive()


async def read(receive: Receive, length: int) -> bytes | None:
    """A body of this length; None when its sender has gone away before its end."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while len(body) < length:
        if message["type"] != "http.request":
            return None
        if not message.get("more_body"):
            break
        message = await receive()
        body += message.get("body", b"")
    return body


async def _begin(scope: Scope, receive: Receive) -> tuple[bytes | None, bool]:
    """The body, or its begin, and whether that is all of it; None when its sender has gone away."""
    if not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"]):
        return b"", True
    body = bytearray()
    while len(body) <= WAITED_FOR:
        message = await receive()
        if message["type"] != "http.request":
            return None, False
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body), True
    return bytes(body), False


def told_again(body: bytes) -> Receive:
    """What the server would say if the body had not been read."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
