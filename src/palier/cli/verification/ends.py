"""When lots ended, told again from their births and the renewals, and when they settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from palier.cli.verification.rows import Ledger, Row


@dataclass(frozen=True, slots=True)
class Change:
    """A lot's end from an instant on. ``position`` orders what happened at one instant."""

    at: datetime
    ends_at: datetime


def ends_of(lot: Row, ledger: Ledger, *, at_birth: bool = True) -> list[Change]:
    """The ends that a lot had, one after the other; empty for one without an end.

    ``at_birth``: whether a renewal of the very instant at which the lot was born, or moved, came after that and moved
    its end, where no number says so.
    A renewal moves the end of a lot that lives then, never back. Where one is undone the lot ends as if it had never
    been, but not before that moment.
    """
    if lot.own_end is None:
        return []
    renewals, moves = _met_by(lot, ledger)
    mine = [r for r in renewals if r.at not in moves or _came_after(r, lot, otherwise=at_birth)]
    changes = [Change(lot.born_at, lot.own_end)]
    instants = sorted({r.at for r in mine} | {r.undone_at for r in mine if r.undone_at is not None})
    for instant in instants:
        if instant < lot.born_at:
            continue
        known = [r for r in mine if r.at <= instant and (r.undone_at is None or r.undone_at > instant)]
        end = _end_with(lot, known)
        if any(r.undone_at == instant for r in mine) and end < changes[-1].ends_at:
            end = max(end, instant)
        end = end if any(r.undone_at == instant for r in mine) else max(end, changes[-1].ends_at)
        if end != changes[-1].ends_at:
            changes.append(Change(instant, end))
    return changes


def _came_after(renewal: Row, lot: Row, *, otherwise: bool) -> bool:
    """Lots are numbered in the order of their births; those that came with a merge have their number from then."""
    is_known = (
        renewal.at == lot.born_at and renewal.next_lot is not None and renewal.account_id == lot.account_id
    )
    if not is_known or lot.origin_account not in (None, lot.account_id):
        return otherwise
    return bool(lot.number < renewal.next_lot)


def _end_with(lot: Row, renewals: Iterable[Row]) -> datetime:
    end: datetime = lot.own_end
    for renewal in sorted(renewals, key=lambda r: (r.at, r.id)):
        if lot.born_at <= renewal.at < end:
            end = max(end, renewal.until)
    return end


def _met_by(lot: Row, ledger: Ledger) -> tuple[list[Row], set[datetime]]:
    """The renewals of the accounts on which its points were, while they were there; and when they were born and moved.

    A lot that came with a merge names the lot that its points first were, and that one's account.
    """
    if lot.origin_account in (None, ledger.account.id):
        return ledger.renewals, {lot.born_at}
    by_id = {each.account.id: each for each in ledger.person}
    stay, since = by_id.get(lot.origin_account), None
    found, moves = [], {lot.born_at}
    for _ in ledger.person:
        if stay is None or stay is ledger:
            break
        until = stay.account.caught_up_at  # a merged account stands at its merge for ever
        found += [r for r in stay.renewals if (since is None or r.at >= since) and r.at <= until]
        stay, since = by_id.get(stay.account.merged_into_id), until
        moves.add(until)
    found += [r for r in ledger.renewals if since is None or r.at >= since]
    return found, moves


def readings_of(lot: Row, ledger: Ledger) -> tuple[list[Change], list[Change]]:
    """The ends by both readings of the instants of its birth and its moves."""
    return ends_of(lot, ledger, at_birth=True), ends_of(lot, ledger, at_birth=False)


def end_at(changes: list[Change], instant: datetime, *, inclusive: bool) -> datetime | None:
    """The end in force at an instant; what happened at that very instant counts only if ``inclusive``."""
    end = None
    for change in changes:
        if change.at < instant or end is None or (inclusive and change.at == instant):
            end = change.ends_at
    return end


def settlements_of(ledger: Ledger) -> dict[int, int]:
    """Lot number → sequence of the entry that settled it.

    A lot whose points were all away when its instant came settles without an entry: it has when points come back to it
    as available ones.
    """
    found = {}
    for entry in ledger.entries:
        if entry.kind == "settle" and "lot" in entry.facts:
            found[entry.facts["lot"]] = entry.sequence
    entries = {entry.sequence: entry for entry in ledger.entries}
    unknown = {lot.number for lot in ledger.lots if lot.available_at is None} - found.keys()
    waiting: dict[int, int] = defaultdict(int)
    for lot in ledger.lots:
        if lot.sequence in entries and not _is_available(lot, entries[lot.sequence].effective_at):
            waiting[lot.sequence] += lot.amount
    for draw in ledger.draws:
        if draw.points < 0 or draw.lot_number not in unknown or draw.sequence not in entries:
            continue
        if entries[draw.sequence].pending == waiting[draw.sequence]:
            found.setdefault(draw.lot_number, draw.sequence)
    return found


def is_settled(lot: Row, settlements: dict[int, int], *, sequence: int, instant: datetime) -> bool:
    """Whether the lot's points were available when that entry was made, rather than pending."""
    if lot.number in settlements:
        return settlements[lot.number] <= sequence
    return _is_available(lot, instant)


def _is_available(lot: Row, instant: datetime) -> bool:
    return lot.available_at is not None and lot.available_at <= instant
