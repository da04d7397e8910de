"""What webhooks tell, when a delivery is tried again, and what an answer means. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Literal

from palier.core.errors import Refusal
from palier.core.programme.parse import EVENTS
from palier.core.webhook_address import InvalidWebhook

TYPES = tuple(f"member.{event}" for event in EVENTS)
"""What an endpoint may be told of: each event that a programme may tell its members of."""

TEST = "webhook.test"
"""The type of a delivery that only tries the address."""

PAUSES_S = (5, 30, 120, 600, 1800, 3600, 7200, 14400, 32400, 43200, 72000, 86400)
"""After the first failure 5 seconds, then growing to a day: 13 tries over some three days."""

TRIES_MAX = len(PAUSES_S) + 1

DISABLE_AFTER = timedelta(days=5)
"""An endpoint that took nothing for so long is disabled."""

SECRET_OVERLAP = timedelta(hours=24)
"""So long a secret that was changed signs beside the new one."""

LEASE = timedelta(seconds=90)
"""Who takes a delivery and is not heard of again loses it after so long: more than any attempt may last."""

PAUSE_MAX = timedelta(hours=1)
"""The longest pause that a receiver may ask for by Retry-After."""


class UnknownWebhook(Refusal):
    """There is no such webhook."""

    code = "unknown_webhook"


class UnknownDelivery(Refusal):
    """There is no such delivery."""

    code = "unknown_delivery"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attempt brought. ``status`` is None when nobody answered; ``error`` says why in a few words."""

    status: int | None
    error: str = ""
    duration_ms: int = 0
    retry_after_s: int = 0

    @property
    def is_taken(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more of it, ever."""
        return self.status == 410


Verdict = Literal["delivered", "waiting", "failed"]


def judge(answer: Answer, *, tries: int, chance_permille: int, now: datetime) -> tuple[Verdict, datetime]:
    """What a delivery becomes after its ``tries``-th try, and when it is tried next.

    ``chance_permille`` (0 to 999) spreads the next try over a fifth more than its pause, so that what failed together
    does not come again together.
    """
    if answer.is_taken:
        return "delivered", now
    if tries >= TRIES_MAX:
        return "failed", now
    pause = timedelta(milliseconds=PAUSES_S[tries - 1] * (5000 + chance_permille) // 5)
    asked = min(timedelta(seconds=answer.retry_after_s), PAUSE_MAX)
    return "waiting", now + max(pause, asked)


def check_types(types: Collection[str]) -> list[str]:
    """The types in their order; ``InvalidWebhook`` for one that there is not. None at all mean all."""
    unknown = sorted(set(types) - set(TYPES))
    if unknown:
        raise InvalidWebhook(
            f"there is no event {unknown[0][:50]!r}", path="events", hint=f"events are {', '.join(TYPES)}"
        )
    return [each for each in TYPES if each in types]


def message_id(account: str, key: str) -> str:
    """The id of what an intent says, for every receiver and every attempt.

    It follows from the intent's own key, so that an intent made again after a restore has the same one.
    """
    return "msg_" + sha256(f"{account}\n{key}".encode()).hexdigest()[:32]


def payload(
    *,
    id: str,
    type: str,
    at: datetime,
    sequence: int,
    programme: str,
    shop: str | None,
    members: Collection[Mapping[str, str]],
    data: Mapping[str, Any],
) -> dict[str, Any]:
    """What is sent. ``members`` are the shops' ids of the one member: none once the person was erased."""
    said: dict[str, Any] = {
        "id": id,
        "type": type,
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "sequence": sequence,
        "programme": programme,
    }
    if shop is not None:
        said["shop"] = shop
    if type != TEST:
        said["member"] = {"customers": list(members)}
    return said | {"data": dict(data)}
