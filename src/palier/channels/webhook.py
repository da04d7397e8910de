"""Sends one signed message to a merchant's address, and says what came of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version

import httpcore
import httpx

from palier.channels.guarded import GuardedTransport, NotAllowed
from palier.channels.signature import sign
from palier.core.webhook_address import InvalidWebhook, parse_webhook_address
from palier.core.webhooks import Answer

DEADLINE_S = 15
"""An attempt ends after so long, whatever the receiver does."""

_STEP_S = 10

MakeTransport = Callable[[bool], httpx.BaseTransport]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message and where it goes. ``body`` is JSON in UTF-8."""

    url: str
    message_id: str
    body: bytes
    secrets: tuple[str, ...]


def guarded(allows_local: bool) -> httpx.BaseTransport:
    """The transport for one attempt."""
    return GuardedTransport(deadline_s=DEADLINE_S, allows_local=allows_local)


def send(
    message: Outgoing, *, at: datetime, allows_local: bool, transport: MakeTransport = guarded
) -> Answer:
    """POST the message; any answer or failure is an ``Answer``, nothing is raised.

    Redirects are not followed, cookies not kept, the body of an answer not read: its status says all.
    """
    began = time.monotonic()
    status, error, retry_after_s = None, "", 0
    try:
        address = parse_webhook_address(message.url, allows_local=allows_local)
        is_local = allows_local and address.is_loopback
        with (
            transport(is_local) as way,
            httpx.Client(transport=way, timeout=_STEP_S, trust_env=False) as client,
            client.stream("POST", message.url, content=message.body, headers=_headers(message, at)) as answer,
        ):
            status = answer.status_code
            retry_after_s = _seconds(answer.headers.get("retry-after", ""))
            if not 200 <= status < 300:
                error = f"answered {status}"
    except (InvalidWebhook, NotAllowed) as refused:
        error = f"not allowed: {getattr(refused, 'message', refused)}"
    except (httpx.TimeoutException, httpcore.TimeoutException):
        error = "no answer in time"
    except (httpx.HTTPError, httpcore.NetworkError, httpcore.ProtocolError, OSError, UnicodeError) as failure:
        # A failed connection says why in the error that it was made from.
        error = f"{type(failure).__name__}: {failure}" if str(failure) else type(failure).__name__
    return Answer(status, error, round((time.monotonic() - began) * 1000), retry_after_s)


def _headers(message: Outgoing, at: datetime) -> dict[str, str]:
    return {
        "content-type": "application/json",
        "user-agent": f"Palier/{version('palier')} (webhooks)",
        "accept-encoding": "identity",
        "connection": "close",
        **sign(message.body, message_id=message.message_id, at=at, secrets=message.secrets),
    }


def _seconds(text: str) -> int:
    """Retry-After as seconds; its form as a date is rare, and our own pauses do as well."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
