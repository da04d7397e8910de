"""The hash chain of an account's entries: canonical form, version 1.

``hash = sha256(previous hash + "\\n" + canonical)`` in hex, where canonical is compact JSON (no spaces, keys of facts
sorted, not ASCII-escaped) of the list
``[1, account public id, sequence, kind, cause kind, cause, effective_at, recorded_at, amount, points, pending, held,
debt, spend_minor, orders, qualifies_at, tier, version id, facts, note digest]``
with instants as microseconds since 1970. Reasons and authors are in it only as a salted digest, so that they can be
erased without breaking it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from msgspec.json import Encoder

from palier.core.account import Entry
from palier.store.codec import to_us

_encode = Encoder(order="sorted").encode


def entry_hash(
    previous: str, account_public_id: str, entry: Entry, *, recorded_us: int, note_digest: str
) -> str:
    """The hash of ``entry`` after ``previous`` (empty for the first)."""
    canonical: list[Any] = [
        1, account_public_id, entry.sequence, entry.kind, entry.cause.kind, entry.cause.id, to_us(entry.effective_at),
        recorded_us, entry.amount, entry.points, entry.pending, entry.held, entry.debt, entry.spend_minor,
        entry.orders, to_us(entry.qualifies_at), entry.tier, entry.version, entry.facts, note_digest,
    ]  # fmt: skip
    return chained(previous, canonical)


def chained(previous: str, canonical: list[Any]) -> str:
    """The hash of an entry whose canonical form is this list of twenty."""
    return sha256(previous.encode() + b"\n" + _encode(canonical)).hexdigest()


def note_digest(salt: str, reason: str, author: str) -> str:
    """What the chain holds of a note: unreadable, and not to be guessed without the salt."""
    return sha256(f"{salt}\n{author}\n{reason}".encode()).hexdigest()
