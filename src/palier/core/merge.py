"""Two accounts of one person become one: lots are closed by an entry here and opened by an entry there."""

from __future__ import annotations

from typing import Any

from palier.core import rewards, tiers
from palier.core.account import Cause
from palier.core.book import Book, Post


def merge(kept: Book, merged: Book) -> None:
    """Move everything that ``merged`` owns to ``kept``: lots with their dates, debt, held points, coupons, spend.

    Both must be caught up to the same instant. Nothing is created or lost: the two entries mirror each other.
    What is once per member (tier coupons, events) is united; a tier that staff gave goes with its member unless the
    kept account has one too; the kept account then requalifies.
    """
    assert kept.now == merged.now
    out = Post("merge_out", Cause("merge", str(kept.state.id)), facts=_sums(merged, -1))
    into = Post("merge_in", Cause("merge", str(merged.state.id)), facts=_sums(merged, 1))
    for number in ("held", "debt", "spend_minor", "orders"):
        setattr(out, number, -merged.totals[number])
        setattr(into, number, merged.totals[number])
    # What ends first pays what the kept account owes, whichever came first (I-8).
    first = merged.spendable() if kept.totals["debt"] else []
    for lot in [*first, *(lot for lot in merged.lots.values() if lot not in first)]:
        if lot.remaining:
            merged.take(out, lot.remaining, [lot])
            kept.add_lot(
                into,
                lot.remaining,
                starts_at=lot.starts_at,
                available_at=lot.available_at,
                own_end=lot.own_end,
                origin=lot.origin or (merged.state.id, lot.number),
                moved=lot,
            )
    kept.pay_debt(into)
    merged.commit(out)
    kept.commit(into)
    given = merged.override
    _unite(kept, merged)
    rewards.grant(kept)
    if given is not None and kept.override is None and tiers.is_step(kept, given.tier):
        tiers.override(kept, given, into.cause)
    tiers.requalify(kept, into.cause, because="merge")


def _sums(book: Book, sign: int) -> dict[str, Any]:
    return {name: sign * book.totals[name] for name in ("lifetime", "spent", "expired", "activity")}


def _unite(kept: Book, merged: Book) -> None:
    if merged.closed_at is None:
        kept.closed_at = None
    kept.coupons.update(merged.coupons)
    kept.withdrawn.update(merged.withdrawn)
    kept.tier_coupons = {**merged.tier_coupons, **kept.tier_coupons}
    kept.contributions.update(merged.contributions)
    kept.holds.update(merged.holds)
    kept.first_claims |= merged.first_claims
    kept.once |= merged.once
    if merged.last_order and (kept.last_order is None or merged.last_order.at > kept.last_order.at):
        kept.last_order = merged.last_order
    merged.coupons, merged.withdrawn, merged.tier_coupons, merged.contributions = {}, {}, {}, {}
    merged.holds, merged.first_claims = {}, set()
    merged.tier = merged.last_order = None
    merged.demote_at = merged.stepped_at = merged.override = None
