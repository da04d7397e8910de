"""A webhook is told nothing any more; what it was told stays to be looked at until it is old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.flows.transaction import in_one_transaction
from palier.store.webhooks.record import lock_endpoint


@dataclass(frozen=True, slots=True)
class RemoveWebhook:
    """Which."""

    programme_id: int
    webhook: str


def remove_webhook(command: RemoveWebhook, *, now: datetime) -> None:
    """Remove it and forget its secrets; what waits is not sent. ``UnknownWebhook`` when it is not there."""
    in_one_transaction(lambda: _remove(command, now))


def _remove(command: RemoveWebhook, now: datetime) -> None:
    row = lock_endpoint(command.programme_id, command.webhook)
    row.removed_at, row.is_active = now, False
    row.secret = row.previous_secret = ""
    row.save(update_fields=["removed_at", "is_active", "secret", "previous_secret"])
