"""What a request with an idempotency key is told is kept in the transaction of what it did: there is no between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from palier.flows.access.claim_answer import InFlight
from palier.store.access.answers import write_answer


@dataclass(frozen=True, slots=True)
class Keyed:
    """The request that a command comes from: its shop, and the key that it has claimed."""

    shop_id: int
    key: str


def keep_told(request: Keyed | None, told: Mapping[str, Any]) -> None:
    """Keep ``told`` as the request's answer; call it last in a transaction. Without a request nothing is kept.

    ``InFlight`` when it has been answered meanwhile: whoever took the claim over did the work, ours is undone.
    """
    if request is None:
        return
    if not write_answer(request.shop_id, request.key, status=200, body=dict(told)):
        raise InFlight(
            "a request with this Idempotency-Key was answered meanwhile",
            path="Idempotency-Key",
            hint="send it again",
        )
