"""The wallet's history as the member reads it: one row for each cause, explained, with the balance after it."""

from __future__ import annotations

from typing import Any

from palier.api.amounts import instant
from palier.core.account import Timeline
from palier.core.explain.movement import Movement
from palier.core.explain.sentences import sentences, title
from palier.core.formats import Formats, formats_for
from palier.core.programme.values import Programme
from palier.store.ledger.timeline import load_movements

PAGE = 20


def history_json(
    account_id: int, timeline: Timeline, programme: Programme, language: str, *, before: int | None
) -> dict[str, Any]:
    """A page of movements, newest first. ``next`` is the ``before`` of the next older page; None on the last."""
    formats = formats_for(language, programme.currency, programme.timezone)
    found = load_movements(account_id, before_sequence=before, limit=PAGE + 1)
    shown = found[:PAGE]
    return {
        "movements": [movement_json(each, timeline, language, formats) for each in shown],
        "next": shown[-1].sequence if len(found) > PAGE else None,
    }


def movement_json(movement: Movement, timeline: Timeline, language: str, formats: Formats) -> dict[str, Any]:
    """``points``: what it moved altogether, pending ones too; ``balance``: what was available after it."""
    return {
        "id": movement.sequence,
        "cause": movement.cause.kind,
        "order": movement.order or None,
        "at": instant(movement.when),
        "day": formats.day(movement.when),
        "title": title(movement, timeline, language, formats),
        "points": movement.change.total,
        "balance": movement.balance.available,
        "pending": movement.balance.pending,
        "debt": movement.balance.debt,
        "sentences": list(sentences(movement, timeline, language, formats)),
    }
