"""What came in as rows: kept once, taken by one worker at a time, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F, Q
from django_scopes import scopes_disabled

from palier.core.inbox import FAILURES_MAX, LEASE, Worked, next_try
from palier.store.hooks.models import Hook
from palier.store.outbox.models import Inbox
from palier.store.rows import any_of, listed, select, to_time

ERROR_MAX = 2000
_NOTED_EVERY = timedelta(minutes=1)


def keep_message(
    shop_id: int, *, event_id: str, kind: str, customer: str, payload: str, now: datetime
) -> bool:
    """Keep a message; False when the shop has sent that event already. Two statements."""
    rows = select(
        "INSERT INTO store_inbox (shop_id, event_id, kind, customer, payload, received_at, next_at, tries, error)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, 0, '') ON CONFLICT (shop_id, event_id) DO NOTHING RETURNING id",
        [shop_id, event_id, kind, customer, payload, to_time(now), to_time(now)],
    )
    with scopes_disabled():
        Hook.objects.filter(
            Q(last_received_at=None) | Q(last_received_at__lte=now - _NOTED_EVERY), shop_id=shop_id
        ).update(last_received_at=now)
    return bool(rows)


def count_refused(shop_id: int, count: int, *, now: datetime) -> None:
    """Count pushes that were not believed; nothing else of them is kept. One statement."""
    with scopes_disabled():
        Hook.objects.filter(shop_id=shop_id).update(refused=F("refused") + count, last_refused_at=now)


def take_messages(*, now: datetime, most: int) -> list[int]:
    """Up to ``most`` messages that are due, oldest first, taken: nobody else gets them before the lease ends."""
    with scopes_disabled():
        due = Inbox.objects.filter(done_at=None, failed_at=None, next_at__lte=now)
        ids = list(due.order_by("id").values_list("id", flat=True)[:most])
    if not ids:
        return []
    taken = select(
        f"UPDATE store_inbox SET next_at = %s, tries = tries + 1 WHERE {any_of('id')}"
        " AND done_at IS NULL AND failed_at IS NULL AND next_at <= %s RETURNING id",
        [to_time(now + LEASE), listed(ids), to_time(now)],
    )
    return [row[0] for row in taken]


def record_worked(results: Iterable[tuple[int, int, Worked]], *, now: datetime) -> None:
    """Write what came of messages: (id, the count of tries they were taken with, result).

    What somebody else has taken meanwhile is left to them, unless it is done.
    """
    with scopes_disabled():
        done = [id for id, _, worked in results if worked.outcome == "done"]
        Inbox.objects.filter(pk__in=done).update(done_at=now, failed_at=None, error="")
        for id, tries, worked in results:
            if worked.outcome == "done":
                continue
            again = next_try(failures=tries, now=now) if worked.outcome == "failed" else None
            assert again is None or tries < FAILURES_MAX
            Inbox.objects.filter(pk=id, tries=tries, done_at=None).update(
                error=worked.error[:ERROR_MAX], next_at=again or now, failed_at=None if again else now
            )
