"""Answers and carts that nobody will ask for any more are deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django_scopes import scopes_disabled

from palier.store.access.models import Answer
from palier.store.catalogue.models import KeptCart

KEPT_FOR = timedelta(days=30)
"""So long the same request is answered the same, and so long a cart is kept."""
AT_ONCE = 500
"""So many rows go in one transaction: nobody waits long for SQLite's lock."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows went."""

    answers: int
    carts: int


def forget_old_answers(*, now: datetime) -> Forgotten:
    """Delete what is older than 30 days, in small transactions; done again it finds nothing more."""
    before = now - KEPT_FOR
    with scopes_disabled():
        answers = _delete(Answer, "created_at", before)
        carts = _delete(KeptCart, "updated_at", before)
    return Forgotten(answers, carts)


def _delete(model: type[Answer] | type[KeptCart], column: str, before: datetime) -> int:
    deleted = 0
    while True:
        with transaction.atomic():
            old = list(
                model.objects.filter(**{f"{column}__lt": before}).values_list("pk", flat=True)[:AT_ONCE]
            )
            model.objects.filter(pk__in=old).delete()
        deleted += len(old)
        if len(old) < AT_ONCE:
            return deleted
