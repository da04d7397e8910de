"""From the outbox to the webhooks: every intent becomes a delivery for each address that wants it, once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django_scopes import scope

from palier.core.webhooks import message_id
from palier.flows.transaction import in_one_transaction
from palier.store.outbox.models import Intent
from palier.store.webhooks.load import load_customers, owner_of
from palier.store.webhooks.models import Delivery, WebhookEndpoint
from palier.store.webhooks.record import new_delivery, record_deliveries

CHUNK_MAX = 500


def open_deliveries(programme_id: int, *, now: datetime, limit: int = CHUNK_MAX) -> int:
    """Hand up to ``limit`` open intents on, in one transaction; returns how many there were. Call it until it is 0.

    It may stop anywhere and run in several places at once: an intent is handed on in the transaction that closes it.
    """
    return in_one_transaction(lambda: _open(programme_id, now, limit))


def _open(programme_id: int, now: datetime, limit: int) -> int:
    with scope(programme=programme_id):
        endpoints = list(
            WebhookEndpoint.objects.select_for_update(no_key=True).filter(removed_at=None).order_by("id")
        )
        intents = list(
            Intent.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
            .filter(done_at=None)
            .select_related("account")
            .order_by("id")[:limit]
        )
        if not intents:
            return 0
        shops = _shops_of(intents) if any(endpoint.shop_id for endpoint in endpoints) else {}
        deliveries: list[Delivery] = [
            new_delivery(
                endpoint,
                message_id=message_id(intent.account.public_id, intent.key),
                event=f"member.{intent.event}",
                intent_id=intent.pk,
                now=now,
            )
            for intent in intents
            if not intent.is_silent
            for endpoint in endpoints
            if _wants(endpoint, intent, shops)
        ]
        record_deliveries(endpoints, deliveries)
        Intent.objects.filter(pk__in=[intent.pk for intent in intents]).update(done_at=now)
    return len(intents)


def _shops_of(intents: list[Intent]) -> Mapping[int, set[int]]:
    known = load_customers({owner_of(intent.account) for intent in intents})
    return {account: {shop_id for shop_id, _, _ in customers} for account, customers in known.items()}


def _wants(endpoint: WebhookEndpoint, intent: Intent, shops: Mapping[int, set[int]]) -> bool:
    return (
        intent.pk > endpoint.after_intent
        and (not endpoint.events or f"member.{intent.event}" in endpoint.events)
        and (endpoint.shop_id is None or endpoint.shop_id in shops.get(owner_of(intent.account), ()))
    )
