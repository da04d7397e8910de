"""I-2, I-3, I-8 and expiry: what lots hold, in which order they are drawn, and when they end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import partial

from palier.cli.verification.ends import Change, end_at, is_settled, readings_of, settlements_of
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger, Row, Versions, instant_of
from palier.core.period import end_after, end_of_year_after, zone

SOONEST_FIRST = {"use", "hold", "reward", "reissue"}
"""Kinds that draw from available lots only, soonest end first."""


def check_draws(holdings: Holdings) -> Iterator[Problem]:
    """I-2, I-3: after every draw a lot holds between nothing and what it was born with.

    A lot that a merge moved was born with what was left then; points that were out come back to it, so it may hold as
    much as the lot that its points first were. All lots of the same points together hold no more than that either.
    """
    first = {
        (ledger.account.id, lot.number): lot.amount for ledger in holdings.ledgers for lot in ledger.lots
    }
    together: dict[tuple[int, int], int] = defaultdict(int)
    for ledger in holdings.ledgers:
        left = _remaining(ledger)
        for lot in ledger.lots:
            origin = (lot.origin_account, lot.origin_number)
            together[origin if origin in first else (ledger.account.id, lot.number)] += left[lot.number]
        yield from _check_prefixes(ledger, first)
    for (account_id, number), points in together.items():
        if points > first[account_id, number]:
            where = f"lots that come from lot {number} of account {account_id}"
            yield Problem("I-3", holdings.name, where, f"at most {first[account_id, number]}", str(points))


def _check_prefixes(ledger: Ledger, first: dict[tuple[int, int], int]) -> Iterator[Problem]:
    amounts = {
        lot.number: max(lot.amount, first.get((lot.origin_account, lot.origin_number), 0))
        for lot in ledger.lots
    }
    left = {lot.number: lot.amount for lot in ledger.lots}
    for draw in ledger.draws:
        where = f"lot {draw.lot_number} after entry {draw.sequence}"
        if draw.lot_number not in left:
            yield Problem("I-2", ledger.name, where, "a lot", "none")
            continue
        left[draw.lot_number] += draw.points
        if not 0 <= left[draw.lot_number] <= amounts[draw.lot_number]:
            expected = f"0 to {amounts[draw.lot_number]}"
            yield Problem("I-3", ledger.name, where, expected, str(left[draw.lot_number]))


def check_state_lots(ledger: Ledger) -> Iterator[Problem]:
    """I-1: the lots in the cached state are those with something left, with the ends that their renewals give."""
    left = _remaining(ledger)
    settlements = settlements_of(ledger)
    cached = {row[0]: row for row in ledger.state.get("lots", ())}
    for lot in ledger.lots:
        row = cached.pop(lot.number, None)
        where = f"lot {lot.number} in the state"
        if (row[1] if row else 0) != left[lot.number]:
            yield Problem("I-1", ledger.name, where, f"{left[lot.number]} left", str(row[1] if row else 0))
            continue
        if row is None:
            continue
        ends = [changes[-1].ends_at if changes else None for changes in readings_of(lot, ledger)]
        if instant_of(row[7]) not in ends:
            yield Problem("I-1", ledger.name, f"{where}: end", str(ends[0]), str(instant_of(row[7])))
        head = ledger.account.caught_up_at
        settled = is_settled(lot, settlements, sequence=ledger.account.last_sequence, instant=head)
        if row[4] != settled:
            yield Problem("I-1", ledger.name, f"{where}: settled", str(settled), str(row[4]))
    for number in cached:
        yield Problem("I-1", ledger.name, f"lot {number} in the state", "a lot", "none")
    if ledger.state.get("next_lot", 1) != len(ledger.lots) + 1:
        found = str(ledger.state.get("next_lot", 1))
        yield Problem("I-1", ledger.name, "next_lot in the state", str(len(ledger.lots) + 1), found)


def check_expiry(ledger: Ledger) -> Iterator[Problem]:
    """I-11: points expire at their end, neither before nor after it, and nothing is left of a lot that has ended."""
    lots = {lot.number: lot for lot in ledger.lots}
    ends = {number: readings_of(lot, ledger) for number, lot in lots.items()}
    expiring = {entry.sequence: entry for entry in ledger.entries if entry.kind == "expire"}
    for draw in ledger.draws:
        entry = expiring.get(draw.sequence)
        if entry is None or draw.points > 0 or draw.lot_number not in lots:
            continue
        either = [
            end_at(changes, entry.effective_at, inclusive=inclusive)
            for changes in ends[draw.lot_number]
            for inclusive in (True, False)
        ]
        known = [max(end, lots[draw.lot_number].born_at) for end in either if end is not None]
        if entry.effective_at not in known:
            where = f"lot {draw.lot_number} expired by entry {entry.sequence}"
            yield Problem(
                "I-11", ledger.name, where, f"at {min(known, default=None)}", str(entry.effective_at)
            )
    left = _remaining(ledger)
    for number, readings in ends.items():
        last = [changes[-1].ends_at for changes in readings if changes]
        if left[number] and last and max(last) <= ledger.account.caught_up_at:
            where = f"lot {number} ended {max(last)}"
            yield Problem("I-11", ledger.name, where, "nothing left", str(left[number]))


def check_own_ends(ledger: Ledger, versions: Versions) -> Iterator[Problem]:
    """I-11: a lot that an order, event or gift brought lives as long as the programme of then says."""
    born = {entry.sequence: entry for entry in ledger.entries}
    for lot in ledger.lots:
        entry = born.get(lot.sequence)
        if entry is None or entry.kind not in ("earn", "event") or lot.origin_number is not None:
            continue
        version = versions.by_id(entry.version_id)
        if version is None:
            continue
        points, tz = version.programme.points, zone(version.programme.timezone)
        expected = None
        if points.valid_for is not None:
            ends = end_of_year_after if points.expiry == "year_end" else end_after
            expected = ends(lot.starts_at, points.valid_for, tz)
        if lot.own_end != expected:
            yield Problem("I-11", ledger.name, f"lot {lot.number}: own end", str(expected), str(lot.own_end))


def check_soonest_first(ledger: Ledger) -> Iterator[Problem]:
    """I-8: whoever takes available points takes those that end soonest, then the oldest.

    At one instant a renewal may come before or after the taking; the check objects where both readings do. For
    take-backs it looks at lots that are not the order's own, as far as the entries tell them apart.
    """
    lots = {lot.number: lot for lot in ledger.lots}
    settlements = settlements_of(ledger)
    ends = {number: readings_of(lot, ledger) for number, lot in lots.items()}
    draws: dict[int, list[Row]] = defaultdict(list)
    for draw in ledger.draws:
        draws[draw.sequence].append(draw)
    born: dict[int, list[Row]] = defaultdict(list)
    for lot in ledger.lots:
        born[lot.sequence].append(lot)
    left: dict[int, int] = {}
    for entry in ledger.entries:
        for draw in draws[entry.sequence]:
            left[draw.lot_number] = left.get(draw.lot_number, 0) + draw.points
        for lot in born[entry.sequence]:
            left[lot.number] = left.get(lot.number, 0) + lot.amount
        if entry.kind not in SOONEST_FIRST or entry.effective_at in _shifting(ledger):
            continue
        taken = [lots[d.lot_number] for d in draws[entry.sequence] if d.points < 0 and d.lot_number in lots]
        there = [lots[number] for number, points in left.items() if points > 0 and number in lots]
        there = [
            lot for lot in there
            if is_settled(lot, settlements, sequence=entry.sequence, instant=entry.effective_at)
        ]  # fmt: skip
        at = entry.effective_at
        if taken and all(
            _has_passed_over(
                taken, there, {number: both[birth] for number, both in ends.items()}, at, reading
            )
            for birth in (0, 1)
            for reading in (True, False)
        ):
            numbers = ", ".join(str(lot.number) for lot in taken)
            where = f"entry {entry.sequence} ({entry.kind}) took from lots {numbers}"
            yield Problem("I-8", ledger.name, where, "soonest end first", "one that ends sooner was left")


def _shifting(ledger: Ledger) -> set[datetime]:
    """Instants at which ends moved more than once: there the order of things cannot be told from the rows."""
    moves: dict[datetime, int] = defaultdict(int)
    for renewal in ledger.renewals:
        moves[renewal.at] += 1
        if renewal.undone_at is not None:
            moves[renewal.undone_at] += 1
    return {instant for instant, count in moves.items() if count > 1}


def _has_passed_over(
    taken: list[Row], there: list[Row], ends: dict[int, list[Change]], instant: datetime, inclusive: bool
) -> bool:
    rank = partial(_rank, ends=ends, instant=instant, inclusive=inclusive)
    last = max(rank(lot) for lot in taken)
    alive = (rank(lot) for lot in there)
    return any(other < last and (other[0] or other[1] > instant) for other in alive)


def _rank(
    lot: Row, *, ends: dict[int, list[Change]], instant: datetime, inclusive: bool
) -> tuple[bool, datetime, datetime, int]:
    end = end_at(ends[lot.number], instant, inclusive=inclusive)
    return end is None, end or lot.starts_at, lot.starts_at, lot.number


def _remaining(ledger: Ledger) -> dict[int, int]:
    left: dict[int, int] = {lot.number: lot.amount for lot in ledger.lots}
    for draw in ledger.draws:
        left[draw.lot_number] = left.get(draw.lot_number, 0) + draw.points
    return left
