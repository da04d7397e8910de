"""The merchant lets a member's debt go, with a reason."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from palier.core.account import Cause
from palier.core.errors import NothingOwed, ReasonMissing
from palier.core.waive import waive
from palier.flows.bench.member_bench import open_member
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id, new_public_id
from palier.store.ledger.record import Note
from palier.store.orders.happenings import NewHappening, find_happenings, record_happenings


@dataclass(frozen=True, slots=True)
class WaiveDebt:
    """``key`` makes it count once, so that a repeat never waives a debt that came later."""

    shop_id: int
    customer: str
    reason: str
    author: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Waived:
    """How many points the member need not give back."""

    is_repeat: bool
    account_id: int
    points: int


def waive_debt(command: WaiveDebt, *, now: datetime) -> Waived:
    """Take the member's whole debt off by an entry (R-REF-9).

    ``NothingOwed`` without a debt, ``ReasonMissing`` without a reason, ``UnknownMember``.
    """
    if not command.reason.strip():
        raise ReasonMissing("to waive a debt needs a reason", path="reason", hint="say why")
    return in_one_transaction(lambda: _waive(command, now))


def _waive(command: WaiveDebt, now: datetime) -> Waived:
    member = open_member(command.shop_id, command.customer, now=now, creates=False)
    book = member.book
    key = command.key or new_public_id()
    known = find_happenings([book.state.id], "waive", "", [key]) if command.key else {}
    if known:
        return Waived(True, book.state.id, known[book.state.id, key])
    if not book.totals["debt"]:
        raise NothingOwed("the member owes nothing", path="member")
    happening_id = new_id()
    points = waive(book, Cause("waive", str(happening_id)))
    member.record(now=now, note=Note(command.reason, command.author, secrets.token_hex(16)))
    row = NewHappening(happening_id, book.state.id, "waive", "", key, book.now, points)
    record_happenings([row], now=now)
    return Waived(False, book.state.id, points)
