"""Webhooks as rows: endpoints that are locked, deliveries that are taken, and what became of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django_scopes import scopes_disabled

from palier.core.webhooks import LEASE, Answer, UnknownWebhook, Verdict
from palier.store.ids import new_public_id
from palier.store.rows import any_of, listed, select, to_time
from palier.store.webhooks.models import Attempt, Delivery, WebhookEndpoint

ERROR_MAX = 300


def lock_endpoint(programme_id: int, public_id: str) -> WebhookEndpoint:
    """The webhook, locked until the transaction ends; ``UnknownWebhook`` when it is not there or was removed."""
    with scopes_disabled():
        found = WebhookEndpoint.objects.select_for_update(no_key=True).filter(
            programme_id=programme_id, public_id=public_id, removed_at=None
        )
        endpoint = found.first()
    if endpoint is None:
        raise UnknownWebhook("there is no such webhook", path="webhook")
    return endpoint


def new_delivery(
    endpoint: WebhookEndpoint, *, message_id: str, event: str, intent_id: int | None, now: datetime
) -> Delivery:
    """The next delivery of an endpoint that is locked, not saved; its number is counted on ``endpoint``."""
    endpoint.last_sequence += 1
    return Delivery(
        endpoint=endpoint, intent_id=intent_id, public_id=new_public_id(), message_id=message_id, event=event,
        sequence=endpoint.last_sequence, state="waiting", next_at=now, created_at=now,
    )  # fmt: skip


def record_deliveries(endpoints: Iterable[WebhookEndpoint], deliveries: Sequence[Delivery]) -> None:
    """Write new deliveries and how far their endpoints have counted."""
    with scopes_disabled():
        Delivery.objects.bulk_create(deliveries, batch_size=200)
        touched = {each.endpoint_id for each in deliveries}
        for endpoint in endpoints:
            if endpoint.pk in touched:
                endpoint.save(update_fields=["last_sequence"])


def take_due(*, now: datetime, most: int, most_each: int, busy: Collection[int] = ()) -> list[int]:
    """Up to ``most`` deliveries that are due, at most ``most_each`` of one endpoint, oldest first.

    Endpoints that are ``busy`` get none.

    They are taken: nobody else gets them before the lease ends. Each counts as a try from now on, so that a delivery
    which kills its worker does not do so for ever.
    """
    with scopes_disabled():
        due = Delivery.objects.filter(
            state="waiting", next_at__lte=now, endpoint__is_active=True, endpoint__removed_at=None
        )
        if busy:
            due = due.exclude(endpoint_id__in=list(busy))
        place = Window(RowNumber(), partition_by=F("endpoint_id"), order_by=F("sequence").asc())
        found = due.annotate(place=place).filter(place__lte=most_each).order_by("place", "next_at")
        ids = list(found.values_list("id", flat=True)[:most])
    if not ids:
        return []
    # Whoever came first has moved next_at on: the row is looked at again under its lock.
    taken = select(
        "UPDATE store_delivery SET next_at = %s, tries = tries + 1, attempts_made = attempts_made + 1"
        f" WHERE {any_of('id')} AND state = 'waiting' AND next_at <= %s RETURNING id",
        [to_time(now + LEASE), listed(ids), to_time(now)],
    )
    return sorted(row[0] for row in taken)


def record_attempt(
    delivery_id: int, answer: Answer, verdict: Verdict, *, tries: int, started_at: datetime, next_at: datetime
) -> bool:
    """Write what an attempt brought; False when the lease had ended and somebody else tries already."""
    error = answer.error[:ERROR_MAX]
    with scopes_disabled():
        mine = Delivery.objects.filter(pk=delivery_id, tries=tries, state="waiting")
        changes: dict[str, Any] = {
            "state": verdict, "next_at": next_at, "last_status": answer.status, "last_error": error,
        }  # fmt: skip
        if verdict == "delivered":
            changes["delivered_at"] = next_at
        if not mine.update(**changes):
            return False
        number = Delivery.objects.values_list("attempts_made", flat=True).get(pk=delivery_id)
        Attempt.objects.create(
            delivery_id=delivery_id, number=number, at=started_at, status=answer.status, error=error,
            duration_ms=answer.duration_ms,
        )  # fmt: skip
    return True
