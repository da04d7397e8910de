"""Which of an account's running sums each kind of entry moves by its amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from palier.core.account import Entry, Totals

LIFETIME = frozenset({"earn", "take_back", "gift", "event", "opening", "waive"})
"""What was brought, net of what was taken back."""
SPENT = frozenset({"use", "capture", "return", "reward", "withdraw", "reissue"})
EXPIRED = frozenset({"expire", "lapse"})
ACTIVITY = frozenset({"earn", "take_back", "event"})
"""The metric ``points`` of tiers, and caps: gifts are not in it."""

MERGES = frozenset({"merge_in", "merge_out"})
"""Their facts say how the running sums move: lifetime, spent, expired, activity."""


def totals_of(entries: Iterable[Entry]) -> Totals:
    """The summary, added up from the entries."""
    sums: dict[str, int] = defaultdict(int)
    for entry in entries:
        sums["available"] += entry.points
        for name in ("pending", "held", "debt", "spend_minor", "orders"):
            sums[name] += getattr(entry, name)
        sums["lifetime"] += entry.amount if entry.kind in LIFETIME else 0
        sums["spent"] -= entry.amount if entry.kind in SPENT else 0
        sums["expired"] -= entry.amount if entry.kind in EXPIRED else 0
        sums["activity"] += entry.amount if entry.kind in ACTIVITY else 0
        for name in ("lifetime", "spent", "expired", "activity") if entry.kind in MERGES else ():
            sums[name] += entry.facts[name]
    return Totals(**sums)
