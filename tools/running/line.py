"""A shop's connection to Palier: kept open, opened anew when it breaks, one at a time for each shopper."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """``status`` 0: the connection broke, and nobody knows whether the request was worked on."""

    status: int
    body: Any
    took_s: float

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body.get("code", "")) if isinstance(self.body, dict) else ""

    @property
    def said(self) -> str:
        """In a word, for counting."""
        if self.status == 0:
            return "connection broken"
        return str(self.status) if self.status < 300 else f"{self.status} {self.code}".rstrip()


class Line:
    """``choose`` names the port to connect to, anew for each connection."""

    def __init__(self, choose: Callable[[], int], key: str) -> None:
        self._choose = choose
        self._key = key
        self._open: http.client.HTTPConnection | None = None

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send it once."""
        told = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **(headers or {})}
        if key:
            told["Idempotency-Key"] = key
        raw = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        began = time.monotonic()
        try:
            if self._open is None:
                self._open = http.client.HTTPConnection("127.0.0.1", self._choose(), timeout=TIMEOUT_S)
            self._open.request(method, path, raw, told)
            response = self._open.getresponse()
            text = response.read()
            status = response.status
        except (OSError, http.client.HTTPException):
            self.close()
            return Answer(0, None, time.monotonic() - began)
        return Answer(status, _read(text), time.monotonic() - began)

    def close(self) -> None:
        """The next request opens another one."""
        if self._open is not None:
            self._open.close()
        self._open = None


def _read(text: bytes) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text.decode(errors="replace")
