"""Signatures of the Standard Webhooks: made for what goes out, checked for what comes in."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

from standardwebhooks import Webhook

TOLERANCE = timedelta(minutes=5)
"""So far may a message's time be from ours: an older one may be a copy that somebody sends again."""

ID_MAX = 200
_SIGNATURES_MAX = 10


def sign(body: bytes, *, message_id: str, at: datetime, secrets: Iterable[str]) -> dict[str, str]:
    """The three headers for a body of UTF-8, signed with each secret."""
    text = body.decode()
    signatures = [Webhook(secret).sign(message_id, at.astimezone(UTC), text) for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def check(
    body: bytes, *, message_id: str, timestamp: str, signature: str, secrets: Iterable[str], now: datetime
) -> Literal["good", "unsigned", "wrong", "late"]:
    """What a received message is, by its raw bytes. It takes as long whichever secret or sign is wrong.

    The library's own check is not used: it asks for text, reads the clock itself, and stumbles over malformed headers.
    """
    if not (message_id and timestamp and signature) or len(message_id) > ID_MAX:
        return "unsigned"
    if not (message_id.isascii() and message_id.isprintable()):
        return "unsigned"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return "unsigned"
    given = [each.partition(",") for each in signature.split(" ")[:_SIGNATURES_MAX]]
    claimed = [value.encode() for version, _, value in given if version == "v1"]
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    is_good = False
    for secret in secrets:
        digest = hmac.new(_key(secret), signed, "sha256").digest()
        expected = base64.b64encode(digest)
        for value in claimed:
            is_good |= hmac.compare_digest(expected, value)
    if not is_good:
        return "wrong"
    # Compared as seconds: a huge number is no date, and late all the same.
    is_near = abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
    return "good" if is_near else "late"


def _key(secret: str) -> bytes:
    text = secret.removeprefix("whsec_")
    return base64.b64decode(text + "=" * (-len(text) % 4))
