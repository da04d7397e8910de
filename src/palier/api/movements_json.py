"""Movements as JSON, each explained in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palier.api.amounts import instant
from palier.core.account import Timeline
from palier.core.explain.movement import Balance, Movement
from palier.core.explain.sentences import sentences, title
from palier.core.formats import formats_for


def movement_json(
    movement: Movement, timeline: Timeline, numbers: Mapping[int, int], *, language: str
) -> dict[str, Any]:
    """What one cause moved, and why. ``numbers`` are those of the versions, by their ids."""
    rules = timeline.versions[-1].programme
    formats = formats_for(language, rules.currency, rules.timezone)
    version = movement.last.entry.version
    return {
        "number": movement.sequence,
        "cause": movement.cause.kind,
        "at": instant(movement.when),
        "title": title(movement, timeline, language, formats),
        "change": _balance(movement.change),
        "balance": _balance(movement.balance),
        "order": movement.order or None,
        "refund": movement.refund or None,
        "tier": list(movement.tier) if movement.tier is not None else None,
        "rules": _rules(movement),
        "version": numbers.get(version) if version is not None else None,
        "sentences": list(sentences(movement, timeline, language, formats)),
    }


def _balance(balance: Balance) -> dict[str, int]:
    return {
        "available": balance.available,
        "pending": balance.pending,
        "held": balance.held,
        "debt": balance.debt,
    }


def _rules(movement: Movement) -> list[str]:
    rules: dict[str, None] = {}
    for shown in movement.shown:
        for award in shown.entry.facts.get("awards", ()):
            rules.setdefault(str(award["rule"]))
    return list(rules)
