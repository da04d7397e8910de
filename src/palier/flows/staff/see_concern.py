"""Somebody has looked at what needed a look: it is put aside until it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_scopes import scope

from palier.core.errors import Refusal
from palier.store.concerns.models import SeenConcern

SEEN = frozenset({"webhook", "delivery", "order", "refund", "debt", "import", "hook", "silence"})
"""Kinds that are put aside by looking. A message is tried again or put aside itself; due work needs a worker."""


class UnknownConcern(Refusal):
    """There is nothing of that kind to put aside."""

    code = "unknown_concern"


@dataclass(frozen=True, slots=True)
class SeeConcern:
    """``kind`` and ``subject`` as the concern itself has them."""

    programme_id: int
    kind: str
    subject: str
    author: str = ""


def see_concern(command: SeeConcern, *, now: datetime) -> bool:
    """Put it aside; whether it was not before. ``UnknownConcern`` for a kind that is not put aside so."""
    if command.kind not in SEEN or not 0 < len(command.subject) <= 200:
        raise UnknownConcern("there is nothing like that to put aside", path="kind")
    with scope(programme=command.programme_id):
        _row, is_new = SeenConcern.objects.get_or_create(
            programme_id=command.programme_id,
            kind=command.kind,
            subject=command.subject,
            defaults={"author": command.author[:200], "seen_at": now},
        )
    return bool(is_new)
