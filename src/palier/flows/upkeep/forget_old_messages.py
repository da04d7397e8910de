"""What was pushed and what was delivered is forgotten when it is old."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django_scopes import scopes_disabled

from palier.store.outbox.models import Inbox
from palier.store.webhooks.models import Delivery, WebhookEndpoint

KEPT_FOR = timedelta(days=30)
"""So long messages that were worked off and deliveries that were taken are kept: they can be looked at and replayed."""
FAILED_KEPT_FOR = timedelta(days=90)
"""So long those that failed are kept."""
AT_ONCE = 500
"""So many rows go in one transaction: nobody waits long for SQLite's lock."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows went."""

    messages: int
    deliveries: int


def forget_old_messages(*, now: datetime) -> Forgotten:
    """Delete what is old, in small transactions; done again it finds nothing more. ``now`` is the world's clock.

    Messages that wait for somebody to look at them stay.
    """
    with scopes_disabled():
        messages = _delete(Inbox.objects.filter(done_at__lt=now - KEPT_FOR))
        removed = WebhookEndpoint.objects.filter(removed_at__lt=now - KEPT_FOR)
        deliveries = (
            _delete(Delivery.objects.filter(state="delivered", delivered_at__lt=now - KEPT_FOR))
            + _delete(Delivery.objects.filter(state="failed", next_at__lt=now - FAILED_KEPT_FOR))
            + _delete(Delivery.objects.filter(endpoint__in=removed))
        )
        with transaction.atomic():
            removed.filter(deliveries=None).delete()
    return Forgotten(messages, deliveries)


def _delete(old: QuerySet[Inbox] | QuerySet[Delivery]) -> int:
    deleted = 0
    while True:
        with transaction.atomic():
            chunk = list(old.values_list("pk", flat=True)[:AT_ONCE])
            old.model.objects.filter(pk__in=chunk).delete()
        deleted += len(chunk)
        if len(chunk) < AT_ONCE:
            return deleted
