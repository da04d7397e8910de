"""The WSGI callable in front of Django: the busy addresses answered shortly, everything else handed on."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import Error
from django.http.request import split_domain_port, validate_host

from palier.api import limits
from palier.api.bodies import BODY_MAX, encode, read_object
from palier.api.edge import request_id
from palier.api.hot.busy import Busy, Handler
from palier.api.keys import Caller
from palier.api.problems import Refused
from palier.core.errors import Refusal

log = logging.getLogger(__name__)

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

_ORDER = re.compile(r"/api/v1/orders/(?P<order>[^/]+)(?:/refunds/(?P<refund>[^/]+))?")
_JSON = frozenset({"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8"})
_CONSTANT_HEADERS = (
    ("Content-Type", "application/json"),
    ("Cache-Control", "no-store"),
    ("X-Content-Type-Options", "nosniff"),
)


def with_short_way(long_way: Application, busy: Busy | None = None) -> Application:
    """The application that tries the short way first.

    Only what is good is answered there. A wrong key, a refusal, a database that is away: all of it goes the long way
    with its body put back, so that there is one place that says what is wrong.
    """
    answers = busy or Busy()
    long_way = answers.others.over(long_way)

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        found = _route(environ, answers)
        body = _answer(environ, answers, *found) if found is not None else None
        if body is None:
            return long_way(environ, start_response)
        given = environ.get("HTTP_X_REQUEST_ID", "")
        own = (("Content-Length", str(len(body))), ("X-Request-Id", request_id(given)))
        start_response("200 OK", [*_CONSTANT_HEADERS, *own])
        return (body,)

    return answer


def _route(environ: Environ, busy: Busy) -> tuple[Handler, Mapping[str, str]] | None:
    """Who answers this address, and the names that stand in it."""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    if environ.get("QUERY_STRING") or environ.get("SCRIPT_NAME"):
        return None
    if method == "POST":
        return (busy.quote, {}) if path == "/api/v1/quotes" else None
    if method != "PUT":
        return None
    try:
        # WSGI gives the bytes of an address one character each.
        named = _ORDER.fullmatch(path.encode("latin-1").decode())
    except UnicodeError:
        return None
    if named is None:
        return None
    if named["refund"] is None:
        return busy.order, {"order": named["order"]}
    return busy.refund, {"order": named["order"], "refund": named["refund"]}


def _answer(environ: Environ, busy: Busy, handler: Handler, names: Mapping[str, str]) -> bytes | None:
    """The body of a good answer; None: it is for the long way."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isascii() or not length.isdecimal() or not 0 < int(length) <= BODY_MAX:
        return None
    if environ.get("CONTENT_TYPE", "").lower() not in _JSON or not _is_ours(environ.get("HTTP_HOST", "")):
        return None
    world = datetime.now(UTC)
    try:
        caller = busy.caller(environ.get("HTTP_AUTHORIZATION", ""), world=world)
        if caller is None or not _may(caller, handler, world):
            return None
    except Error:
        return None
    environ[limits.COUNTED] = True
    raw = environ["wsgi.input"].read(int(length))
    try:
        return encode(handler.answer(caller, names, read_object(raw), world=world))
    except (Refusal, Refused):
        pass
    except Exception as error:
        # What it was is told where it is answered; without this line nobody would know that it happened here first.
        log.warning("the short way failed: %s", type(error).__name__)
    environ["wsgi.input"] = BytesIO(raw)
    return None


def _may(caller: Caller, handler: Handler, world: datetime) -> bool:
    return not caller.scopes.isdisjoint(handler.scopes) and not limits.admit(caller.key_id, now=world)


@lru_cache(256)
def _is_ours(host: str) -> bool:
    """Whether this installation answers to that name; who asks for another gets Django's refusal."""
    domain, _port = split_domain_port(host)
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
