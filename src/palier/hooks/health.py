"""/health/live and /health/ready, for whoever starts, stops and balances processes. Figures stand behind a key."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse

from palier.store.tables import tables_are_current

Answer = Callable[[HttpRequest], HttpResponse]

_PATHS = {"/health/live", "/health/ready"}
_is_migrated = False


class HealthMiddleware:
    """Answers before all else, whatever name the request was sent to: a balancer asks by number."""

    def __init__(self, further: Answer) -> None:
        self.further = further

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path not in _PATHS:
            return self.further(request)
        if request.method not in ("GET", "HEAD"):
            return _answer(405, "method not allowed", allow="GET, HEAD")
        if request.path == "/health/live":
            return _answer(200, "live")
        return _ready()


def _ready() -> HttpResponse:
    """200 when the database answers and its tables are those of this code, else 503 and why."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        is_current = _are_current()
    except Error:
        connection.close()
        return _answer(503, "the database does not answer")
    return _answer(200, "ready") if is_current else _answer(503, "the tables are not up to date")


def _are_current() -> bool:
    """Asked until it is so: tables do not become old while a process runs."""
    global _is_migrated
    if not _is_migrated:
        _is_migrated = tables_are_current()
    return _is_migrated


def _answer(status: int, said: str, *, allow: str = "") -> HttpResponse:
    response = HttpResponse(
        msgspec.json.encode({"status": said}), status=status, content_type="application/json"
    )
    response["cache-control"] = "no-store"
    if allow:
        response["allow"] = allow
    return response
