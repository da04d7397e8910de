"""Opening balances of members who come from another programme: credits, debits and spend, each once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from palier.core.account import Cause
from palier.core.catch_up import catch_up
from palier.core.errors import Refusal
from palier.core.money import LIMIT
from palier.core.opening import open_balance
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id
from palier.store.ledger.record import Note, Outcome, record
from palier.store.members.load import lock_for_shop
from palier.store.members.record import record_identities
from palier.store.orders.happenings import NewHappening, find_happenings, record_happenings
from palier.store.orders.load import load_shop
from palier.store.programmes.load import load_timeline


class InvalidBalance(Refusal):
    """The opening balance is malformed or impossible."""

    code = "invalid_balance"


@dataclass(frozen=True, slots=True)
class OpeningBalance:
    """One row: points (negative ones are a debit) and spend. ``key`` makes it count once in its batch."""

    customer: str
    points: int
    ends_at: datetime | None = None
    reason: str = ""
    spend_minor: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class OpenBalances:
    """Opening balances of one shop's members; those never seen become members."""

    shop_id: int
    rows: tuple[OpeningBalance, ...]
    batch_id: int


@dataclass(frozen=True, slots=True)
class Opened:
    """How many rows were booked, and how many were booked before."""

    booked: int
    repeated: int


def open_balances(command: OpenBalances, *, now: datetime) -> Opened:
    """Book every row, or none: ``InvalidBalance`` names the first that is impossible. Nobody is told."""
    for i, row in enumerate(command.rows):
        _check(row, f"rows[{i}]", now)
    return in_one_transaction(lambda: _open(command, now))


def _check(row: OpeningBalance, path: str, now: datetime) -> None:
    if not row.points and not row.spend_minor:
        raise InvalidBalance("neither points nor spend", path=path)
    if abs(row.points) > LIMIT or abs(row.spend_minor) > LIMIT:
        raise InvalidBalance("more than 10^12", path=path)
    if row.ends_at is not None and row.ends_at <= now and row.points > 0:
        raise InvalidBalance(
            "these points have expired already", path=f"{path}.ends_at", hint="leave the row out"
        )


def _open(command: OpenBalances, now: datetime) -> Opened:
    customers = sorted({row.customer for row in command.rows})
    accounts, by_customer = lock_for_shop(command.shop_id, customers, [])
    shop = load_shop(command.shop_id)
    bench = Bench(load_timeline(shop.programme_id, shop.current_version_id), accounts, shop.programme_id)
    name = str(command.batch_id)
    known = find_happenings(list(accounts), "opening", name, [row.key for row in command.rows])
    happened, fresh = [], []
    reasons: dict[int, str] = {}
    for row in command.rows:
        account_id = by_customer.get(row.customer)
        if account_id is None:
            account_id = by_customer[row.customer] = bench.create(at=now)
            fresh.append((shop.id, account_id, row.customer))
        if (account_id, row.key) in known:
            continue
        book = bench.open(account_id)
        catch_up(book, now)
        book.is_silent = True  # of what fell due before that the member hears
        happening_id = new_id()
        open_balance(
            book,
            row.points,
            spend_minor=row.spend_minor,
            ends_at=row.ends_at,
            cause=Cause("import", str(happening_id)),
        )
        reasons[account_id] = "; ".join(
            filter(None, dict.fromkeys((reasons.get(account_id, ""), row.reason)))
        )
        happened.append(
            NewHappening(
                happening_id, account_id, "opening", name, row.key or secrets.token_hex(8), now, row.points
            )
        )
    record([_outcome(bench, account_id, reasons) for account_id in sorted(bench.books)], now=now)
    record_identities(fresh)
    record_happenings(happened, now=now, batch_id=command.batch_id)
    return Opened(len(happened), len(command.rows) - len(happened))


def _outcome(bench: Bench, account_id: int, reasons: Mapping[int, str]) -> Outcome:
    book = bench.books[account_id]
    # Reasons are people's words: they stand beside the entries, where they can be erased.
    reason = reasons.get(account_id, "")
    note = Note(reason, "", secrets.token_hex(16)) if reason else None
    return Outcome(bench.accounts[account_id], book.close(next_due_at=catch_up(book, book.now)), note)
