"""I-26: entries are gapless and chained by hash; the canonical form is written out a second time here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from json import dumps

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Ledger, Row


def check_sequence(ledger: Ledger) -> Iterator[Problem]:
    """I-26: sequences are 1, 2, 3 … up to the head; the same holds for the numbers of lots."""
    for position, entry in enumerate(ledger.entries, start=1):
        if entry.sequence != position:
            yield Problem("I-26", ledger.name, "sequence of entries", str(position), str(entry.sequence))
            break
    if ledger.account.last_sequence != len(ledger.entries):
        found = str(ledger.account.last_sequence)
        yield Problem("I-26", ledger.name, "last_sequence", str(len(ledger.entries)), found)
    for position, lot in enumerate(ledger.lots, start=1):
        if lot.number != position:
            yield Problem("I-26", ledger.name, "numbers of lots", str(position), str(lot.number))
            break


def check_chain(ledger: Ledger) -> Iterator[Problem]:
    """I-26: every entry's hash follows from the one before it, and the last one is the account's head."""
    previous = ""
    for entry in ledger.entries:
        expected = hash_of(previous, ledger.name, entry)
        if entry.hash != expected:
            yield Problem(
                "I-26", ledger.name, f"hash of entry {entry.sequence}", expected[:12], entry.hash[:12]
            )
            return
        previous = entry.hash
    if ledger.account.last_hash != previous:
        yield Problem("I-26", ledger.name, "last_hash", previous[:12], ledger.account.last_hash[:12])


def hash_of(previous: str, account: str, entry: Row) -> str:
    """Version 1: sha256 of the previous hash, a line feed, and the fields as a compact JSON list."""
    fields = [1, account, entry.sequence, entry.kind, entry.cause_kind, entry.cause]
    fields += [_microseconds(entry.effective_at), _microseconds(entry.recorded_at)]
    fields += [
        entry.amount,
        entry.points,
        entry.pending,
        entry.held,
        entry.debt,
        entry.spend_minor,
        entry.orders,
    ]
    fields += [
        _microseconds(entry.qualifies_at),
        entry.tier,
        entry.version_id,
        entry.facts,
        entry.note_digest,
    ]
    text = dumps(fields, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return sha256(previous.encode() + b"\n" + text.encode()).hexdigest()


def _microseconds(instant: datetime | None) -> int | None:
    if instant is None:
        return None
    since = instant.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
