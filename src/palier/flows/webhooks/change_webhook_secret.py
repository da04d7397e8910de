"""A webhook gets a new secret; for a day the old one signs beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.webhooks import SECRET_OVERLAP
from palier.flows.bench.keyed import Keyed, keep_told
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_signing_secret
from palier.store.webhooks.record import lock_endpoint


@dataclass(frozen=True, slots=True)
class ChangeWebhookSecret:
    """Whose; ``request`` makes it happen once."""

    programme_id: int
    webhook: str
    request: Keyed | None = None


def change_webhook_secret(command: ChangeWebhookSecret, *, now: datetime) -> str:
    """The new secret, shown now and not again. ``UnknownWebhook`` when there is no such webhook."""
    return in_one_transaction(lambda: _change(command, now))


def _change(command: ChangeWebhookSecret, now: datetime) -> str:
    row = lock_endpoint(command.programme_id, command.webhook)
    row.previous_secret, row.previous_until = row.secret, now + SECRET_OVERLAP
    row.secret = new_signing_secret()
    row.save(update_fields=["secret", "previous_secret", "previous_until"])
    keep_told(command.request, {"id": row.public_id, "secret": row.secret})
    return row.secret
