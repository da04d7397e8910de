"""Deliveries are sent again: one, or all of a webhook since an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_scopes import scope

from palier.core.webhook_address import InvalidWebhook
from palier.core.webhooks import UnknownDelivery
from palier.flows.bench.keyed import Keyed, keep_told
from palier.flows.transaction import in_one_transaction
from palier.store.webhooks.models import Delivery
from palier.store.webhooks.record import lock_endpoint


@dataclass(frozen=True, slots=True)
class ReplayDeliveries:
    """One ``delivery`` of a webhook, or all that were made at or after ``since``; ``only_failed`` leaves out the rest.

    Give one of the two. ``request`` makes it happen once.
    """

    programme_id: int
    webhook: str
    delivery: str = ""
    since: datetime | None = None
    only_failed: bool = False
    request: Keyed | None = None


def replay_deliveries(command: ReplayDeliveries, *, now: datetime) -> int:
    """Let them wait again, with all their tries before them; how many there were. Their message ids stay.

    Receivers who remember message ids take nothing twice. What waits already is tried at once.
    ``InvalidWebhook`` while the webhook is switched off, ``UnknownWebhook`` and ``UnknownDelivery`` otherwise.
    """
    if bool(command.delivery) == (command.since is not None):
        raise InvalidWebhook("say which delivery, or since when", path="since")
    return in_one_transaction(lambda: _replay(command, now))


def _replay(command: ReplayDeliveries, now: datetime) -> int:
    endpoint = lock_endpoint(command.programme_id, command.webhook)
    if not endpoint.is_active:
        raise InvalidWebhook("the webhook is switched off", hint="switch it on first")
    with scope(programme=command.programme_id):
        rows = Delivery.objects.filter(endpoint=endpoint)
        if command.delivery:
            rows = rows.filter(public_id=command.delivery)
        else:
            rows = rows.filter(created_at__gte=command.since)
        if command.only_failed:
            rows = rows.filter(state="failed")
        # A try that is under way ends as a stranger: its count of tries is no longer the row's.
        count = rows.update(state="waiting", tries=0, next_at=now, delivered_at=None)
    if command.delivery and not count:
        raise UnknownDelivery("there is no such delivery", path="delivery")
    keep_told(command.request, {"replayed": count})
    return count
