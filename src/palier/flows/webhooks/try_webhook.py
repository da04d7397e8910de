"""A message that says nothing is sent to a webhook, to see whether it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.webhook_address import InvalidWebhook
from palier.core.webhooks import TEST
from palier.flows.bench.keyed import Keyed, keep_told
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_public_id
from palier.store.webhooks.record import lock_endpoint, new_delivery, record_deliveries


@dataclass(frozen=True, slots=True)
class TryWebhook:
    """Which; ``request`` makes it happen once."""

    programme_id: int
    webhook: str
    request: Keyed | None = None


def try_webhook(command: TryWebhook, *, now: datetime) -> str:
    """Put a test among its deliveries and return the delivery's public id; a worker sends it at once.

    ``InvalidWebhook`` while the webhook is paused or disabled, ``UnknownWebhook`` when it is not there.
    """
    return in_one_transaction(lambda: _try(command, now))


def _try(command: TryWebhook, now: datetime) -> str:
    endpoint = lock_endpoint(command.programme_id, command.webhook)
    if not endpoint.is_active:
        raise InvalidWebhook("the webhook is switched off", hint="switch it on first")
    message = "msg_" + new_public_id().replace("-", "")
    delivery = new_delivery(endpoint, message_id=message, event=TEST, intent_id=None, now=now)
    record_deliveries([endpoint], [delivery])
    keep_told(command.request, {"delivery": delivery.public_id})
    return delivery.public_id
