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

BODY_MAX_WAITED_FOR = 64 * 1024
"""A body up to this size is read before a thread is taken: a slow sender then costs some memory and no thread."""


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
        length = dict(headers).get(b"content-length", b"")
        if length.isdigit() and 0 < int(length) <= BODY_MAX_WAITED_FOR:
            body = await read(receive, int(length))
            if body is None:
                return
            receive = told_again(body)

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


def told_again(body: bytes) -> Receive:
    """What the server would say if the body had not been read."""
    messages: list[dict[str, Any]] = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": body, "more_body": False},
    ]

    async def receive() -> MutableMapping[str, Any]:
        return messages.pop() if len(messages) > 1 else messages[0]

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
