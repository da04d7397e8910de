"""Django, which is a WSGI application, behind a server that speaks ASGI."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from a2wsgi import WSGIMiddleware

from palier.api import limits

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

WAITED_FOR = 64 * 1024
"""So much of a body is read before a thread is taken: a slow sender then costs some memory and no thread. A body that
comes in chunks, and is no larger, gets the length that it turned out to have: not everything reads chunks."""


def by_threads(django: Wsgi, *, threads: int) -> Asgi:
    """The same application for an ASGI server; so many requests at once are in it, each in a thread."""
    application: Any = _with_the_wire(django)
    bridge: Any = WSGIMiddleware(application, workers=threads)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        # A name with an underscore would look like one with a hyphen, which a reverse proxy may have set.
        headers = [header for header in scope["headers"] if b"_" not in header[0]]
        query: bytes = scope["query_string"]
        scope = {**scope, "headers": headers}
        if not query.isascii():
            scope["query_string"] = quote(query, safe="%&=+;/?:@!$'()*,-._~[]").encode()
        named = dict(headers)
        if named.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in named:
            body, is_whole = await _begin(receive)
            if body is None:
                return
            receive = told_again(body, None if is_whole else receive)
            if is_whole and b"content-length" not in named:
                kept = [header for header in headers if header[0] != b"transfer-encoding"]
                scope["headers"] = [*kept, (b"content-length", b"%d" % len(body))]

        # The bridge wants a coroutine; what granian gives is only something like one.
        async def received() -> MutableMapping[str, Any]:
            return await receive()

        await bridge(scope, received, send)

    return answer


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


async def _begin(receive: Receive) -> tuple[bytes | None, bool]:
    """The body, or its begin, and whether that is all of it; None when its sender has gone away."""
    body = bytearray()
    while len(body) <= WAITED_FOR:
        message = await receive()
        if message["type"] != "http.request":
            return None, False
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body), True
    return bytes(body), False


def told_again(body: bytes, rest: Receive | None = None) -> Receive:
    """What the server would say if the body, or its begin, had not been read."""
    begin = [body]

    async def receive() -> MutableMapping[str, Any]:
        if begin:
            return {"type": "http.request", "body": begin.pop(), "more_body": rest is not None}
        return {"type": "http.disconnect"} if rest is None else await rest()

    return receive


def _with_the_wire(django: Wsgi) -> Wsgi:
    """The application, told what ASGI knows of a request and the bridge leaves out."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        scope = environ["asgi.scope"]
        # The bytes that were sent: in the scope's own path, those that are no UTF-8 are lost.
        environ["PATH_INFO"] = unquote_to_bytes(scope["raw_path"]).decode("latin-1")
        environ["wsgi.input_terminated"] = True
        environ[limits.COUNTED] = limits.COUNTED in scope
        return django(environ, start_response)

    return answer
