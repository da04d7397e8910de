"""When a lot ends: its own end, moved by the renewals that reached it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from palier.core.account import Hold, Lot, Piece, Renewal
from palier.core.values import replace

HERE = 0
"""Among the accounts that a renewal reaches: the one that is asked about. Its own lots name no account."""


def end_with(lot: Lot, renewals: Iterable[Renewal], now: datetime) -> datetime | None:
    """The end of a lot, from the active renewals that came after it was booked and before its end."""
    end = lot.own_end
    if end is None:
        return None
    for renewal in sorted((r for r in renewals if r.undone_at is None), key=lambda r: r.at):
        if (
            renewal.at < end
            and renewal.at <= now
            and _is_met(lot, renewal, at_birth=True)
            and reaches(renewal, lot)
        ):
            end = max(end, renewal.until)
    return end


def is_met_at_birth(lot: Lot, renewal: Renewal) -> bool | None:
    """Whether a renewal of the lot's very first instant came after it; None where no numbers of one account say."""
    account, number = lot.origin or (HERE, lot.number)
    return number < renewal.next_lot if renewal.next_lot is not None and renewal.account == account else None


def end_without(lot: Lot, remaining: tuple[Renewal, ...], now: datetime) -> datetime | None:
    """The end of a lot once a renewal was undone and those ``remaining`` stand: never later than it is.

    A renewal of the very instant at which the lot was born may have come before it; where only the end tells, it had.
    """
    end = end_with(lot, remaining, now)
    if end is None or lot.ends_at is None or end <= lot.ends_at:
        return end
    return end_with(lot, [r for r in remaining if r.at != lot.born_at or is_met_at_birth(lot, r)], now)


def end_of_taken(lot: Lot, renewals: Iterable[Renewal], now: datetime) -> datetime | None:
    """The end of points that were taken from a lot and come back to it; ``lot`` is as it was when they were taken.

    A renewal of the very instant at which the lot was born came before it where the lot ended earlier all the same.
    """
    ends = lot.ends_at
    reaching = [
        r
        for r in renewals
        if r.at != lot.born_at or ends is None or r.until <= ends or is_met_at_birth(lot, r)
    ]
    return end_with(lot, reaching, now)


def reaches(renewal: Renewal, lot: Lot) -> bool:
    """Whether the lot's points were on the account whose points were renewed."""
    return renewal.accounts is None or (lot.origin[0] if lot.origin else HERE) in renewal.accounts


def of_person(
    home: int, renewals: Mapping[int, Iterable[Renewal]], merges: Iterable[tuple[int, int, datetime]]
) -> tuple[Renewal, ...]:
    """The renewals of account ``home`` and of those that were merged into it, each with the accounts that it reached.

    ``renewals`` has every account of the person; ``merges`` are (merged, kept, when). At the instant of a merge a
    renewal of either account reached the points that moved.
    """
    kept = {merged: (into, at) for merged, into, at in merges}
    found = []
    for account, each in renewals.items():
        for renewal in each:
            reached = {one for one in renewals if account in _holders(one, renewal.at, kept)}
            accounts = frozenset(reached | ({HERE} if home in reached else set()))
            where = HERE if account == home else account
            found.append(replace(renewal, accounts=accounts, account=where))
    return tuple(sorted(found, key=lambda renewal: renewal.at))


def _holders(account: int, at: datetime, kept: Mapping[int, tuple[int, datetime]]) -> Iterator[int]:
    """Where the points of an account's own lots were at that instant."""
    since = datetime.min.replace(tzinfo=at.tzinfo)
    while since <= at:
        into, until = kept.get(account, (None, None))
        if until is None or at <= until:
            yield account
        if into is None or until is None:
            return
        account, since = into, until


def is_same(lot: Lot, was: Lot, root: tuple[int, int]) -> bool:
    """Whether the lot is the one whose points came with a merge."""
    return lot.origin == root and lot.own_end == was.own_end and lot.born_at == was.born_at


def as_moved(was: Lot, root: tuple[int, int], renewals: tuple[Renewal, ...], now: datetime) -> Lot:
    """A lot that had nothing left to come with the merge, as it would be here; what it ends by is as known here."""
    lot = replace(was, origin=root)
    return replace(lot, ends_at=end_of_taken(lot, renewals, now)) if renewals else lot


def with_ends_moved(hold: Hold, account: int, end_of: Callable[[Lot], datetime | None]) -> Hold:
    """The hold with the new ends of what it took on other accounts, which were merged into this one since.

    A lot that it emptied there has not moved: nothing but the hold remembers when its points end.
    """
    if all(piece.account == account for piece in hold.pieces):
        return hold
    return replace(hold, pieces=tuple([_with_end_moved(piece, account, end_of) for piece in hold.pieces]))


def _with_end_moved(piece: Piece, account: int, end_of: Callable[[Lot], datetime | None]) -> Piece:
    if piece.lot is None or piece.account == account:
        return piece
    end = end_of(replace(piece.lot, origin=piece.lot.origin or (piece.account, piece.lot.number)))
    return piece if end == piece.lot.ends_at else replace(piece, lot=replace(piece.lot, ends_at=end))


def end_at(lot: Lot, renewals: Sequence[Renewal], now: datetime, *, at_birth: bool) -> datetime | None:
    """The end of a lot at ``now``. ``at_birth``: a renewal of the instant of its birth came after it, unless their
    numbers say."""
    if lot.own_end is None:
        return None
    mine = [r for r in renewals if r.at <= now and _is_met(lot, r, at_birth=at_birth)]
    end = lot.own_end
    for at in sorted(
        {r.at for r in mine} | {r.undone_at for r in mine if r.undone_at and r.undone_at <= now}
    ):
        known = tuple(r for r in mine if r.at <= at and (r.undone_at is None or r.undone_at > at))
        new = end_with(lot, tuple(replace(r, undone_at=None) for r in known), at) or end
        is_undoing = any(r.undone_at == at for r in mine)
        end = max(new, at) if is_undoing and new < end else new if is_undoing else max(new, end)
    return end


def _is_met(lot: Lot, renewal: Renewal, *, at_birth: bool) -> bool:
    if renewal.at != lot.born_at:
        return renewal.at > lot.born_at
    met = is_met_at_birth(lot, renewal)
    return at_birth if met is None else met
