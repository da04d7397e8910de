"""How Palier keeps up, for monitors."""

from __future__ import annotations

from typing import Any

from ninja import Router

from palier.api.endpoint import Call, endpoint
from palier.api.schemas.webhooks import HealthAnswer
from palier.store.health.load import load_health

router = Router()


@endpoint(
    router,
    "GET",
    "/health",
    scopes=("reports:read",),
    answer=HealthAnswer,
    summary="How old the oldest thing is that waits",
)
def get_health(call: Call) -> dict[str, Any]:
    """Of your programme. `late` means that no worker runs, or that something has been due for a quarter of an hour."""
    return load_health(now=call.world, programme_id=call.caller.programme_id).as_json()
