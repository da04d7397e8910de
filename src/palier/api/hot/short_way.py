"""The ASGI application in front of Django: the busy addresses answered shortly, everything else handed on."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.db import Error
from django.http.request import split_domain_port, validate_host

from palier.api import limits
from palier.api.bodies import BODY_MAX, encode, read_object
from palier.api.edge import request_id
from palier.api.hot.busy import PAGES, Busy, Handler
from palier.api.hot.long_way import Asgi, Receive, Scope, Send, Wsgi, by_threads, read, told_again
from palier.api.keys import Caller
from palier.api.problems import Refused
from palier.core.errors import Refusal

log = logging.getLogger(__name__)

Headers = Mapping[bytes, bytes]

_ORDER = re.compile(rb"/api/v1/orders/(?P<order>[^/]+)(?:/refunds/(?P<refund>[^/]+))?")
_JSON = frozenset(
    {b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"}
)
_CONSTANT_HEADERS = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)


def with_short_way(django: Wsgi, busy: Busy | None = None) -> Asgi:
    """The application that tries the short way first.

    Only what is good is answered there. A wrong key, a refusal, a database that is away: all of it goes the long way
    with its body put back, so that there is one place that says what is wrong.
    """
    answers = busy or Busy()
    long_way = by_threads(answers.others.over(django), threads=PAGES)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        found = _route(scope, answers)
        if found is None:
            return await long_way(scope, receive, send)
        headers = dict(scope["headers"])
        length = _length(headers)
        caller = await _caller(headers, answers, found[0]) if length else None
        if caller is None:
            return await long_way(scope, receive, send)
        scope[limits.COUNTED] = True
        raw = await read(receive, length)
        if raw is None:
            return None
        body = await _answer(caller, raw, *found)
        if body is None:
            return await long_way(scope, told_again(raw), send)
        given = headers.get(b"x-request-id", b"").decode("latin-1")
        own = ((b"content-length", b"%d" % len(body)), (b"x-request-id", request_id(given).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": [*_CONSTANT_HEADERS, *own]})
        await send({"type": "http.response.body", "body": body})

    return answer


def _route(scope: Scope, busy: Busy) -> tuple[Handler, Mapping[str, str]] | None:
    """Who answers this address, and the names that stand in it."""
    method, path = scope["method"], scope["raw_path"]
    if scope["query_string"] or scope["root_path"]:
        return None
    if method == "POST":
        return (busy.quote, {}) if path == b"/api/v1/quotes" else None
    if method != "PUT":
        return None
    if b"%" in path:
        path = unquote_to_bytes(path)
    named = _ORDER.fullmatch(path)
    if named is None:
        return None
    try:
        names = {name: value.decode() for name, value in named.groupdict().items() if value is not None}
    except UnicodeError:
        return None
    return busy.refund if "refund" in names else busy.order, names


def _length(headers: Headers) -> int:
    """How long the body is; 0 when this is none of the requests that are answered here."""
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or not 0 < int(length) <= BODY_MAX:
        return 0
    if headers.get(b"content-type", b"").lower() not in _JSON or not _is_ours(headers.get(b"host", b"")):
        return 0
    return int(length)


async def _caller(headers: Headers, busy: Busy, handler: Handler) -> Caller | None:
    """Who calls, if he may; his call is counted."""
    world = datetime.now(UTC)
    try:
        caller = await busy.caller(headers.get(b"authorization", b"").decode("latin-1"), world=world)
    except Error:
        return None
    if caller is None or caller.scopes.isdisjoint(handler.scopes) or limits.admit(caller.key_id, now=world):
        return None
    return caller


async def _answer(caller: Caller, raw: bytes, handler: Handler, names: Mapping[str, str]) -> bytes | None:
    """The body of a good answer; None: it is for the long way."""
    try:
        return encode(await handler.answer(caller, names, read_object(raw), world=datetime.now(UTC)))
    except (Refusal, Refused):
        pass
    except Exception as error:
        # What it was is told where it is answered; without this line nobody would know that it happened here first.
        log.warning("the short way failed: %s", type(error).__name__)
    return None


@lru_cache(256)
def _is_ours(host: bytes) -> bool:
    """Whether this installation answers to that name; who asks for another gets Django's refusal."""
    domain, _port = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
