"""I-1, I-4, I-9: the summary is the sum of the entries, entry by entry, and it never went under zero on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Ledger

LIFETIME = {"earn", "take_back", "gift", "event", "opening", "waive"}
SPENT = {"use", "capture", "return", "reward", "withdraw", "reissue"}
EXPIRED = {"expire", "lapse"}
ACTIVITY = {"earn", "take_back", "event"}
MERGES = {"merge_in", "merge_out"}
"""Their facts say how much of each sum moved with the points."""

NOTHING = {"hold", "release", "settle", "tier", "spend"}
"""Kinds of entries that move points between buckets at most."""


def totals_of(ledger: Ledger) -> dict[str, int]:
    """The summary columns, added up from the entries."""
    sums: dict[str, int] = defaultdict(int)
    for entry in ledger.entries:
        sums["available"] += entry.points
        for name in ("pending", "held", "debt", "spend_minor", "orders"):
            sums[name] += getattr(entry, name)
        sums["lifetime"] += entry.amount if entry.kind in LIFETIME else 0
        sums["spent"] -= entry.amount if entry.kind in SPENT else 0
        sums["expired"] -= entry.amount if entry.kind in EXPIRED else 0
        sums["activity"] += entry.amount if entry.kind in ACTIVITY else 0
        for name in ("lifetime", "spent", "expired", "activity") if entry.kind in MERGES else ():
            sums[name] += entry.facts.get(name, 0)
    return sums


def check_summary(ledger: Ledger) -> Iterator[Problem]:
    """I-1: every summary column is the sum of its entries, and the two ways to count the points agree."""
    sums = totals_of(ledger)
    names = ("available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity")
    for name in (*names, "spend_minor", "orders"):
        stored = getattr(ledger.account, name)
        if stored != sums[name]:
            yield Problem("I-1", ledger.name, f"column {name}", str(sums[name]), str(stored))
    owned = sums["available"] + sums["pending"] + sums["held"] - sums["debt"]
    brought = sums["lifetime"] - sums["spent"] - sums["expired"]
    if owned != brought:
        yield Problem("I-1", ledger.name, "lifetime - spent - expired", str(owned), str(brought))


def check_remaining(ledger: Ledger) -> Iterator[Problem]:
    """I-1: what is left of the lots is what is available and pending."""
    left = sum(lot.amount for lot in ledger.lots) + sum(draw.points for draw in ledger.draws)
    shown = ledger.account.available + ledger.account.pending
    if left != shown:
        yield Problem(
            "I-1", ledger.name, "available + pending = what is left of the lots", str(left), str(shown)
        )


def check_entries(ledger: Ledger) -> Iterator[Problem]:
    """I-4: an entry's amount is what its buckets move, and its buckets move what its lots do."""
    moved: dict[int, int] = defaultdict(int)
    for lot in ledger.lots:
        moved[lot.sequence] += lot.amount
    for draw in ledger.draws:
        moved[draw.sequence] += draw.points
    for entry in ledger.entries:
        where = f"entry {entry.sequence} ({entry.kind})"
        buckets = entry.points + entry.pending + entry.held - entry.debt
        if entry.amount != buckets:
            yield Problem("I-4", ledger.name, f"{where}: amount", str(buckets), str(entry.amount))
        by_lots = moved.pop(entry.sequence, 0)
        if by_lots != entry.points + entry.pending:
            found = str(entry.points + entry.pending)
            yield Problem(
                "I-4", ledger.name, f"{where}: points + pending = lots born and drawn", str(by_lots), found
            )
        if entry.kind in NOTHING and entry.amount:
            yield Problem(
                "I-4", ledger.name, f"{where}: amount of a kind that gives nothing", "0", str(entry.amount)
            )
    for sequence, points in moved.items():
        what = f"lots born or drawn by entry {sequence}"
        yield Problem("I-4", ledger.name, what, "an entry", f"none for {points} points")


def check_running(ledger: Ledger) -> Iterator[Problem]:
    """I-9: after every entry no balance is under zero, and whoever owes has nothing available once an instant is over.

    Within an instant there may be both: an order that is told after its points ended credits and expires them.
    """
    running = {"available": 0, "pending": 0, "held": 0, "debt": 0}
    following = [*(entry.effective_at for entry in ledger.entries[1:]), None]
    for entry, next_at in zip(ledger.entries, following, strict=False):
        running["available"] += entry.points
        for name in ("pending", "held", "debt"):
            running[name] += getattr(entry, name)
        where = f"after entry {entry.sequence} ({entry.kind})"
        for name, value in running.items():
            if value < 0:
                yield Problem("I-9", ledger.name, f"{name} {where}", "at least 0", str(value))
        if entry.effective_at != next_at and running["debt"] > 0 and running["available"] > 0:
            found = f"{running['available']} available, {running['debt']} owed"
            yield Problem("I-9", ledger.name, f"debt {where}", "nothing available", found)
