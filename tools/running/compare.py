"""What was told beside what is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tools.running.begin import PAST_DAYS, PAST_MEMBERS
from tools.running.notebook import Write

Kept = dict[str, Any]


def is_there(write: Write, kept: Kept) -> bool:
    """Whether the database that keeps this has what was told, once."""
    if write.kind in ("order", "push"):
        return write.name in kept["orders"] and _at(kept["orders"][write.name][1]) >= _at(write.updated)
    if write.kind == "refund":
        return kept["refunds"].get(write.name) == 1
    if write.kind in ("gift", "event", "voucher"):
        return kept["happenings"].get(write.name) == 1
    if write.kind == "hold":
        return write.name in kept["holds"]
    if write.kind == "release":
        return kept["holds"].get(write.name) in ("released", "lapsed")
    account = kept["accounts"].get(write.member)
    if write.kind == "member":
        return account is not None and _is_named(write, kept["names"].get(str(account), ""))
    if write.kind == "merge":
        first, second = write.name.split(" ")
        return account is not None and kept["accounts"][first] == kept["accounts"].get(second)
    return account is None  # erased


def missing(writes: Iterable[Write], kept: Kept) -> list[str]:
    """Which of these are not there."""
    return [
        f"{write.kind} {write.name} of {write.member}, {write.method} {write.path}"
        for write in writes
        if not write.is_forgotten and not is_there(write, kept)
    ]


def wrong_points(writes: Iterable[Write], kept: Kept) -> list[str]:
    """Accounts whose points are not what the writes that are there make them."""
    expected: dict[int, int] = defaultdict(int)
    for number in range(PAST_MEMBERS):
        account = kept["accounts"][f"past-{number}"]
        expected[account] += PAST_DAYS * (20 + number + (7 if number == 0 else 0))
    for write in writes:
        account = kept["accounts"].get(write.member)
        if account is not None and not write.is_forgotten and not write.refusal and is_there(write, kept):
            expected[account] += write.effect
    # An account that nobody speaks for was erased, merged away or is new: it has nothing.
    return [
        f"account {account} has {net} points and should have {expected[int(account)]}"
        for account, net in kept["net"].items()
        if net != expected[int(account)]
    ]


def other_ledger(whole: Kept, part: Kept) -> list[str]:
    """Entries of ``part`` that are not, with the same hash, in ``whole``: chains make that a claim about all before."""
    known = {(account, sequence): hash for account, sequence, hash in whole["chain"]}
    return [
        f"entry {sequence} of {account}"
        for account, sequence, hash in part["chain"]
        if known.get((account, sequence)) != hash
    ]


def _is_named(write: Write, name: str) -> bool:
    """By this write or by a later one of the same shopper: names are numbered."""
    return name.startswith("Name-") and _number(name) >= _number(write.body["name"])


def _number(name: str) -> int:
    return int(name.rpartition("-")[2])


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
