"""The days that are over are sealed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction
from django_scopes import scope

from palier.store.programmes.models import Programme
from palier.store.seals.heads import digest, load_days, signature
from palier.store.seals.models import Seal

MARGIN = timedelta(hours=1)
"""A transaction that began before midnight may commit after it."""

_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def seal_days(programme_id: int, *, now: datetime) -> int:
    """Seal every day (UTC) that ended at least an hour ago, had entries and has no seal; how many there were.

    Each seal continues the one before it, so days are sealed in order, by one process at a time.
    """
    with transaction.atomic():
        # Whoever seals beside us waits here, and finds nothing left to do.
        programme = Programme.objects.select_for_update(no_key=True).get(pk=programme_id)
        with scope(programme=programme):
            last = Seal.objects.order_by("-day").first()
            since = _midnight(last.day + timedelta(days=1)) if last else _EVER
            until = _midnight((now - MARGIN).astimezone(UTC).date())
            previous, made = (last.digest if last else ""), []
            for day in load_days(programme_id, since=since, until=until):
                previous = digest(previous, day.heads)
                made.append(
                    Seal(
                        programme=programme, day=day.day, entries=day.entries, accounts=len(day.heads),
                        digest=previous, signature=signature(programme.public_id, day.day, previous), sealed_at=now,
                    )
                )  # fmt: skip
            Seal.objects.bulk_create(made)
    return len(made)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
