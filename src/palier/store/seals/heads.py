"""What is sealed: the heads of the accounts that moved on a day, and their digest.

``digest = sha256(digest of the seal before + "\\n" + lines)`` in hex, where lines are ``account public id, sequence,
hash`` of each account's last entry of the day, separated by spaces, sorted, each ended by a line feed. The signature is
``HMAC-SHA256`` over ``programme public id, day, digest`` with a key made from the installation's secret key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import groupby

from django.utils.crypto import salted_hmac

from palier.store.rows import is_postgresql, select, to_time

SALT = "palier.seal"


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry that an account got on a day."""

    account: str
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Day:
    """What the ledger got on one day."""

    day: date
    entries: int
    heads: tuple[Head, ...]


def load_days(programme_id: int, *, since: datetime, until: datetime) -> Iterator[Day]:
    """Every day on which entries were recorded, ``since`` included and ``until`` not, in order. One statement."""
    by_day = "(recorded_at AT TIME ZONE 'UTC')::date" if is_postgresql() else "date(recorded_at)"
    rows = select(
        "SELECT d.day, a.public_id, d.sequence, e.hash, d.entries FROM ("
        f"SELECT account_id, {by_day} AS day, MAX(sequence) AS sequence, COUNT(*) AS entries FROM store_entry"
        " WHERE programme_id = %s AND recorded_at >= %s AND recorded_at < %s GROUP BY account_id, 2) d"
        " JOIN store_entry e ON e.account_id = d.account_id AND e.sequence = d.sequence"
        " JOIN store_account a ON a.id = d.account_id ORDER BY d.day",
        [programme_id, to_time(since), to_time(until)],
    )
    for day, group in groupby(rows, key=lambda row: row[0]):
        moved = list(group)
        heads = sorted((Head(*row[1:4]) for row in moved), key=lambda head: head.account)
        told = date.fromisoformat(day) if isinstance(day, str) else day
        yield Day(told, sum(row[4] for row in moved), tuple(heads))


def digest(previous: str, heads: Iterable[Head]) -> str:
    """The digest of a day after the one before it (empty for the first)."""
    lines = "".join(f"{head.account} {head.sequence} {head.hash}\n" for head in heads)
    return sha256(f"{previous}\n{lines}".encode()).hexdigest()


def signature(programme: str, day: date, digest: str) -> str:
    """What only this installation can say of a digest."""
    return salted_hmac(SALT, f"{programme} {day.isoformat()} {digest}", algorithm="sha256").hexdigest()
