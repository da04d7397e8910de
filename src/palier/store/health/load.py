"""The figures of health, of one programme or of all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django_scopes import scopes_disabled
from django_tasks_db.models import DBTaskResult

from palier.core.health import WORKER_SILENT_AFTER, Health, Waiting
from palier.store.hooks.models import Hook
from palier.store.jobs.models import Beat
from palier.store.members.models import Account
from palier.store.outbox.models import Inbox, Intent
from palier.store.programmes.models import Programme
from palier.store.webhooks.models import Delivery, WebhookEndpoint

FAILED_LATELY = timedelta(days=7)
"""A task that failed is told for so long: the weekly verify is one."""


def load_health(*, now: datetime, programme_id: int | None = None) -> Health:
    """How what waits fares, in one programme or in all; workers and tasks are those of the installation.

    ``now`` is the world's clock. A fixed number of statements for each programme.
    """
    with scopes_disabled():
        chosen = (
            Programme.objects.all() if programme_id is None else Programme.objects.filter(pk=programme_id)
        )
        of = {} if programme_id is None else {"programme": programme_id}
        beats = Beat.objects.aggregate(last=Max("seen_at"))["last"]
        inbox = Inbox.objects.filter(done_at=None, **_through("shop__", of))
        endpoints = WebhookEndpoint.objects.filter(removed_at=None, **of)
        deliveries = Delivery.objects.filter(endpoint__in=endpoints)
        return Health(
            workers=Beat.objects.filter(seen_at__gt=now - WORKER_SILENT_AFTER).count(),
            last_beat_s=_age(beats, now),
            accounts=_most([_accounts(each, now) for each in chosen]),
            intents=_most([_intents(each, now) for each in chosen]),
            deliveries=_due(deliveries.filter(state="waiting", endpoint__is_active=True), now),
            messages=_due(inbox.filter(failed_at=None), now),
            failed_deliveries=deliveries.filter(state="failed").count(),
            failed_messages=inbox.exclude(failed_at=None).count(),
            disabled_webhooks=endpoints.exclude(disabled_reason="").count(),
            failed_tasks=DBTaskResult.objects.filter(
                status="FAILED", finished_at__gt=now - FAILED_LATELY
            ).count(),
            last_message_s=_age(
                Hook.objects.filter(**_through("shop__", of)).aggregate(last=Max("last_received_at"))["last"],
                now,
            ),
        )


def _accounts(programme: Programme, now: datetime) -> Waiting:
    # The demo's clock may be ahead of the world's: what is due is due by the programme's.
    there = now + timedelta(seconds=programme.clock_offset_s)
    due = Account.objects.filter(programme=programme, next_due_at__lte=there)
    return _waiting(due.aggregate(count=Count("id"), oldest=Min("next_due_at")), there)


def _intents(programme: Programme, now: datetime) -> Waiting:
    there = now + timedelta(seconds=programme.clock_offset_s)
    found = Intent.objects.filter(programme=programme, done_at=None)
    return _waiting(found.aggregate(count=Count("id"), oldest=Min("recorded_at")), there)


def _due(rows: QuerySet[Any], now: datetime) -> Waiting:
    return _waiting(rows.filter(next_at__lte=now).aggregate(count=Count("id"), oldest=Min("next_at")), now)


def _waiting(found: dict[str, Any], now: datetime) -> Waiting:
    return Waiting(found["count"], _age(found["oldest"], now) or 0)


def _most(parts: list[Waiting]) -> Waiting:
    return Waiting(sum(each.count for each in parts), max((each.oldest_s for each in parts), default=0))


def _age(at: datetime | None, now: datetime) -> int | None:
    return None if at is None else max(0, int((now - at).total_seconds()))


def _through(path: str, of: dict[str, int]) -> dict[str, int]:
    return {path + key: value for key, value in of.items()}
