"""I-13, I-14: merging moves and makes nothing, erasing leaves nobody's data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings


def check_merges(holdings: Holdings) -> Iterator[Problem]:
    """I-13: what entries of merges took from one account they gave to another, and a merged account is empty."""
    sums: dict[str, int] = defaultdict(int)
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        if entry.kind in ("merge_out", "merge_in"):
            for name in ("amount", "pending", "held", "spend_minor", "orders"):
                sums[name] += getattr(entry, name)
    for name, total in sums.items():
        if total and name in ("amount", "spend_minor", "orders"):
            yield Problem("I-13", holdings.name, f"merges, {name}", "0 in all", str(total))
    for ledger in holdings.ledgers[1:]:
        account = ledger.account
        for name in ("available", "pending", "held", "debt", "spend_minor", "orders"):
            if getattr(account, name):
                what = f"merged account, {name}"
                yield Problem("I-13", ledger.name, what, "0", str(getattr(account, name)))
        if ledger.identities:
            yield Problem("I-13", ledger.name, "merged account, identities", "0", str(len(ledger.identities)))


def check_erased(holdings: Holdings) -> Iterator[Problem]:
    """I-14: an erased account has no identity, profile or note, and its orders name no address."""
    if holdings.ledgers[0].account.erased_at is None:
        return
    for ledger in holdings.ledgers:
        for name in ("identities", "profiles", "notes"):
            if getattr(ledger, name):
                found = str(len(getattr(ledger, name)))
                yield Problem("I-14", ledger.name, f"erased account, {name}", "0", found)
    named = [b.order.external_id for b in holdings.orders if b.order.email_folded]
    if named:
        yield Problem("I-14", holdings.name, "erased account, e-mail on orders", "none", ", ".join(named))
