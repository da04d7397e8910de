"""The pretend merchant's line to Palier: HTTP to the public API with an API key, and a record of what was said.

The requests are answered by the WSGI application of this very process, without a socket: the demo then needs to know
no address, and cannot wait for itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from django.conf import settings
from django.core.servers.basehttp import get_internal_wsgi_application
from django.utils.functional import Promise
from django.utils.translation import get_language, override

LOG_MAX = 12
SHOWN_MAX = 4000


class SaidNo(Exception):
    """Palier refused; ``problem`` is its answer (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail", status))
        self.status = status
        self.problem = problem


@dataclass(slots=True)
class Line:
    """The line of one visit. ``log`` holds what was said lately, newest first."""

    key: str
    language: str
    log: list[dict[str, Any]] = field(default_factory=list)

    def ask(
        self,
        address: str,
        why: str | Promise,
        query: Mapping[str, str] | None = None,
        *,
        is_noted: bool = True,
    ) -> Any:
        """GET; the answer's JSON. What is empty of the query is not asked."""
        said = urlencode({name: value for name, value in (query or {}).items() if value})
        return self._say("GET", f"{address}?{said}" if said else address, why, is_noted=is_noted)

    def tell(
        self,
        method: str,
        address: str,
        body: dict[str, Any] | None,
        why: str | Promise,
        *,
        key: str = "",
        is_noted: bool = True,
    ) -> Any:
        """POST, PUT or DELETE; ``key`` makes a POST count once."""
        headers = {"Idempotency-Key": key} if key else {}
        return self._say(method, address, why, body=body, headers=headers, is_noted=is_noted)

    def note(self, method: str, address: str, why: str | Promise, *, times: int, ms: int) -> None:
        """Write down several requests of one kind as one."""
        self._note({"method": method, "address": address, "why": str(why), "times": times, "ms": ms})

    def _say(
        self,
        method: str,
        address: str,
        why: str | Promise,
        *,
        body: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        is_noted: bool,
    ) -> Any:
        content = None if body is None else json.dumps(body, ensure_ascii=False, default=_written).encode()
        sent = {
            "Authorization": f"Bearer {self.key}",
            "Accept-Language": self.language,
            **({"Content-Type": "application/json"} if body is not None else {}),
            **(headers or {}),
        }
        begun = time.perf_counter_ns()
        # Answering activates the language of the inner request in this thread.
        with override(get_language()):
            response = _client().request(method, address, content=content, headers=sent)
        ms = (time.perf_counter_ns() - begun) // 1_000_000
        answer = _read(response)
        if is_noted or response.status_code >= 400:
            self._note(
                {
                    "method": method,
                    "address": address,
                    "why": str(why),
                    "status": response.status_code,
                    "ms": ms,
                    "sent": _shown(body) if body is not None else "",
                    "got": _shown(answer),
                }
            )
        if response.status_code >= 400:
            raise SaidNo(response.status_code, answer if isinstance(answer, dict) else {})
        return answer

    def _note(self, entry: dict[str, Any]) -> None:
        """The newest first. What only asks is there once, as it was answered last."""
        if entry["method"] == "GET" or "/quotes" in entry["address"]:
            same = ("method", "address", "why")
            self.log[:] = [each for each in self.log if any(each[name] != entry[name] for name in same)]
        self.log.insert(0, entry)
        del self.log[LOG_MAX:]


@cache
def _client() -> httpx.Client:
    there = urlsplit(settings.PALIER_PUBLIC_URL)
    transport = httpx.WSGITransport(app=get_internal_wsgi_application())
    return httpx.Client(transport=transport, base_url=f"{there.scheme}://{there.netloc}")


def _read(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _written(value: object) -> str:
    assert isinstance(value, Decimal)
    return str(value)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_written)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}\n…"
