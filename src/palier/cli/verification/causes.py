"""I-5: every entry has one cause, and that exists."""

from __future__ import annotations

from collections.abc import Iterator

from palier.cli.verification.orders import refund_cause
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings

KINDS = {
    "earn": {"order", "refund", "import"},
    "take_back": {"order", "refund", "import", "erase"},
    "gift": {"gift"},
    "event": {"event"},
    "opening": {"import"},
    "waive": {"waive"},
    "reward": {"coupon"},
    "withdraw": {"coupon"},
    "reissue": {"coupon"},
    "merge_out": {"merge"},
    "merge_in": {"merge"},
}
"""What may cause such an entry; kinds that are not here may have several causes."""

STAFF_AND_EVENTS = ("event", "gift", "override", "waive")
"""Kinds of causes that are kept as happenings."""


def check_causes(holdings: Holdings) -> Iterator[Problem]:
    """I-5: the order, refund, event, gift, coupon or version that an entry names is there."""
    known: dict[str, set[str]] = {
        "order": {str(b.order.id) for b in holdings.orders},
        "refund": {refund_cause(b, refund) for b in holdings.orders for refund in b.refunds},
        "publish": {str(version.id) for version in holdings.versions.versions},
        "coupon": {c.public_id for ledger in holdings.ledgers for c in ledger.coupons},
        "hold": {hold.public_id for ledger in holdings.ledgers for hold in ledger.holds},
    }
    happened = [h for ledger in holdings.ledgers for h in ledger.happenings]
    known |= {kind: {str(h.id) for h in happened if h.kind == kind} for kind in STAFF_AND_EVENTS}
    for ledger in holdings.ledgers:
        for entry in ledger.entries:
            where = f"entry {entry.sequence} ({entry.kind})"
            if entry.cause_kind not in KINDS.get(entry.kind, {entry.cause_kind}):
                expected = " or ".join(sorted(KINDS[entry.kind]))
                yield Problem("I-5", ledger.name, f"{where}: kind of cause", expected, entry.cause_kind)
            if not entry.cause:
                yield Problem("I-5", ledger.name, f"{where}: cause", "an id", "none")
            elif entry.cause_kind in known and entry.cause not in known[entry.cause_kind]:
                yield Problem(
                    "I-5", ledger.name, f"{where}: {entry.cause_kind} {entry.cause}", "there", "missing"
                )
            if entry.version_id is not None and holdings.versions.by_id(entry.version_id) is None:
                yield Problem("I-5", ledger.name, f"{where}: version", "published", str(entry.version_id))
