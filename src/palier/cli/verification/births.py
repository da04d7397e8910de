"""I-4, I-11: lots and renewals are what the entries that made them say, and pieces remember lots as they were."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from palier.cli.verification.ends import readings_of
from palier.cli.verification.lives import earlier_lives, is_taken_back
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Bought, Holdings, Ledger, Row, instant_of, us_of
from palier.core.period import Duration, add, end_after, zone

RETURNED_FOR = Duration(days=30)
"""Points that come back after their end live so long."""

STATES = ("placed", "paid", "shipped", "delivered")
"""In the order in which an order goes through them."""


def check_births(holdings: Holdings) -> Iterator[Problem]:
    """I-4: a lot was born when its entry was made, starts when what it is for happened, and waits as the entry says."""
    lots = {(ledger.account.id, lot.number): lot for ledger in holdings.ledgers for lot in ledger.lots}
    for ledger in holdings.ledgers:
        entries = {entry.sequence: entry for entry in ledger.entries}
        for lot in ledger.lots:
            entry = entries.get(lot.sequence)
            if entry is None:
                continue
            where = f"lot {lot.number}"
            first = lots.get((lot.origin_account, lot.origin_number))
            if lot.born_at != entry.effective_at and not (first and _is_moved(holdings, lot)):
                yield Problem("I-4", ledger.name, f"{where}: born", str(entry.effective_at), str(lot.born_at))
            if (lot.origin_account is None) != (lot.origin_number is None) or (
                lot.origin_number is not None and first is None
            ):
                origin = f"lot {lot.origin_number} of account {lot.origin_account}"
                yield Problem("I-13", ledger.name, f"{where}: origin", "a lot of the member's", origin)
                continue
            if entry.kind == "merge_in" and first is None:
                yield Problem("I-13", ledger.name, f"{where}: origin", "a lot of the merged account", "none")
            starts_at = first.starts_at if first else _started(entry)
            if lot.starts_at != starts_at:
                yield Problem("I-11", ledger.name, f"{where}: start", str(starts_at), str(lot.starts_at))
            if first is not None:
                yield from _check_moved_end(holdings, ledger, lot)
        yield from _check_waiting(holdings, ledger)


def _started(entry: Row) -> datetime:
    at: datetime = entry.qualifies_at if entry.kind == "earn" else entry.effective_at
    return at


def _of_the_same_points(holdings: Holdings, lot: Row) -> Iterator[tuple[Ledger, Row]]:
    """The other lots of points that moved or came back, the one that they first were too; each with its ledger."""
    root = (lot.origin_account, lot.origin_number)
    for other in holdings.ledgers:
        for row in other.lots:
            is_first = not row.origin_number
            own = (other.account.id, row.number) if is_first else (row.origin_account, row.origin_number)
            if own == root and row is not lot:
                yield other, row


def _is_moved(holdings: Holdings, lot: Row) -> bool:
    """Whether it was born and ends by itself as a lot of the same points did on an account that was merged."""
    return any(
        (row.born_at, row.own_end) == (lot.born_at, lot.own_end)
        for _, row in _of_the_same_points(holdings, lot)
    )


def _check_moved_end(holdings: Holdings, ledger: Ledger, lot: Row) -> Iterator[Problem]:
    """Points that moved keep the end that they had; those that came back too late have thirty days more."""
    known = set()
    for other, row in _of_the_same_points(holdings, lot):
        known |= {row.own_end}
        known |= {change.ends_at for changes in readings_of(row, other) for change in changes}
    tz = zone(holdings.versions.at(lot.born_at).programme.timezone)
    if lot.own_end not in known | {end_after(lot.born_at, RETURNED_FOR, tz)}:
        told = ", ".join(sorted(map(str, known)))
        yield Problem("I-11", ledger.name, f"lot {lot.number}: own end", told, str(lot.own_end))


def _check_waiting(holdings: Holdings, ledger: Ledger) -> Iterator[Problem]:
    """When a lot settles is when its order says; what is not an order's is there at once."""
    drawn = {draw.sequence for draw in ledger.draws}
    owners, ended = owners_of(holdings), earlier_lives(holdings)
    taken_back = {str(bought.order.id) for bought in holdings.orders if is_taken_back(bought.order)}
    for entry in ledger.entries:
        born = [lot for lot in ledger.lots if lot.sequence == entry.sequence]
        waiting = sum(
            lot.amount for lot in born if lot.available_at is None or lot.available_at > entry.effective_at
        )
        if born and entry.sequence not in drawn and entry.pending != waiting:
            what = f"lots of entry {entry.sequence} that wait"
            yield Problem("I-4", ledger.name, what, str(entry.pending), str(waiting))
        for lot in born:
            if lot.origin_number is not None:
                continue
            allowed: set[datetime | None] = {lot.born_at}
            bought = owners.get((ledger.account.id, lot.number))
            named = entry.cause.partition(":")[0] if entry.cause_kind in ("order", "refund") else ""
            if named in taken_back or (named in ended and entry.effective_at <= ended[named]):
                continue
            if entry.kind == "earn":
                allowed = settled_when(bought, holdings)
            if lot.available_at not in allowed:
                told = " or ".join(sorted(map(str, allowed)))
                where = f"lot {lot.number}: available"
                yield Problem("I-11", ledger.name, where, told, str(lot.available_at))


def owners_of(holdings: Holdings) -> dict[tuple[int, int], Bought]:
    """The order that was credited with each lot."""
    return {
        (account, number): bought
        for bought in holdings.orders
        for account, number in bought.order.booking.get("lots", ())
    }


def settled_when(bought: Bought | None, holdings: Holdings) -> set[datetime | None]:
    """The instants at which an order's points may become available; None while it may not be known yet."""
    version = holdings.versions.by_id(bought.order.version_id) if bought else None
    if bought is None or version is None or not bought.order.frozen:
        return set()
    settle, tz = version.programme.points.settle, zone(version.programme.timezone)
    at = instant_of(bought.order.frozen["order_at"])
    assert at is not None
    if settle.on == "paid":
        return {add(at, settle.after, tz)}
    told = {state: datetime.fromisoformat(at) for state, at in bought.order.reached.items()}
    wanted = STATES[STATES.index(settle.on) :]
    # An order that was told late of an earlier state may have been valued by the later one first.
    return {None, *(add(told[state], settle.after, tz) for state in wanted if state in told)}


def check_renewals(holdings: Holdings) -> Iterator[Problem]:
    """I-11: a renewal is an order's of the member: made and undone when it was booked, until its own points' end."""
    orders = {bought.order.id: bought.order for bought in holdings.orders}
    active: dict[int, int] = dict.fromkeys(orders, 0)
    ended = earlier_lives(holdings)
    moments: dict[tuple[str, int], set[datetime]] = defaultdict(set)
    for ledger in holdings.ledgers:
        for entry in ledger.entries:
            if entry.cause_kind in ("order", "refund"):
                order_id = entry.cause.partition(":")[0]
                moments[order_id, ledger.account.id].add(entry.effective_at)
                moments[order_id, 0].add(entry.effective_at)
    for ledger in holdings.ledgers:
        counts = Counter(renewal.order_id for renewal in ledger.renewals)
        credits = _credits(ledger) if counts else []
        for renewal in ledger.renewals:
            order = orders.get(renewal.order_id)
            where = f"renewal of order {renewal.order_id}"
            if order is None:
                yield Problem("I-11", ledger.name, where, "an order of the member's", "none")
                continue
            active[order.id] += renewal.undone_at is None
            # An order that moved with a merge is undone where it is now.
            for name, where_booked in (("at", ledger.account.id), ("undone_at", 0)):
                instant, known = getattr(renewal, name), moments[str(order.id), where_booked]
                if instant is not None and instant not in known:
                    yield Problem(
                        "I-11", ledger.name, f"{where}: {name}", "with an entry of it", str(instant)
                    )
            is_only = counts[renewal.order_id] == 1
            if (told := _wrong_place(renewal, credits, is_only=is_only)) is not None:
                yield Problem("I-11", ledger.name, f"{where}: next_lot", told, str(renewal.next_lot))
            version = holdings.versions.by_id(order.version_id)
            at = instant_of(order.frozen["order_at"]) if order.frozen else None
            if version is None or at is None or version.programme.points.valid_for is None:
                continue
            if str(order.id) in ended and renewal.at <= ended[str(order.id)]:
                continue
            points = version.programme.points
            assert points.valid_for is not None
            until = end_after(at, points.valid_for, zone(version.programme.timezone))
            if renewal.until != until:
                yield Problem("I-11", ledger.name, f"{where}: until", str(until), str(renewal.until))
    for order_id, count in active.items():
        wanted = int(bool(orders[order_id].booking.get("renews")))
        if count != wanted:
            where = f"renewals of order {orders[order_id].external_id} that stand"
            yield Problem("I-11", holdings.name, where, str(wanted), str(count))


def _credits(ledger: Ledger) -> list[tuple[int, Row]]:
    """The number of each lot with the entry that credited it."""
    entries = {entry.sequence: entry for entry in ledger.entries}
    return [(lot.number, entries[lot.sequence]) for lot in ledger.lots if lot.sequence in entries]


def _wrong_place(renewal: Row, credits: list[tuple[int, Row]], *, is_only: bool) -> str | None:
    """Where its next lot should be, if it is not: that is its order's own, if it renewed once, or was born since."""
    if renewal.next_lot is None:
        return None
    first, last = 1, credits[-1][0] + 1 if credits else 1
    for number, entry in credits:
        is_own = is_only and entry.kind == "earn" and entry.cause == str(renewal.order_id)
        if entry.effective_at < renewal.at:
            first = max(first, number + 1)
        elif entry.effective_at > renewal.at or is_own:
            last = min(last, number)
    return None if first <= renewal.next_lot <= last else f"{first} to {last}"


class Pieces:
    """Checks of the pieces of points that coupons, holds and orders remember."""

    def __init__(self, holdings: Holdings) -> None:
        self.holdings = holdings
        self.lots = {
            (ledger.account.id, lot.number): (lot, ledger)
            for ledger in holdings.ledgers
            for lot in ledger.lots
        }
        self.owners = owners_of(holdings)
        renewals = [renewal for ledger in holdings.ledgers for renewal in ledger.renewals]
        self.renewed = {at for r in renewals for at in (r.until, r.undone_at) if at is not None}

    def problems(self, pieces: Any, where: str, *, may_wait: bool = False) -> Iterator[Problem]:
        """I-8: each is of a lot of the member's, as its row says, and as it may have stood when it was taken.

        ``may_wait``: pending points may have been taken too.
        """
        for points, account_id, lot, *_ended in pieces:
            if points <= 0:
                yield Problem("I-8", self.holdings.name, f"{where}: points of a piece", "some", str(points))
            if lot is None:
                if account_id:
                    yield Problem("I-8", self.holdings.name, f"{where}: debt", "no account", str(account_id))
                continue
            found = self.lots.get((account_id, lot[0]))
            if found is None:
                what = f"lot {lot[0]} of account {account_id}"
                yield Problem("I-8", self.holdings.name, where, "a lot of the member's", what)
                continue
            row, ledger = found
            origin = [row.origin_account, row.origin_number] if row.origin_number is not None else None
            exact = [row.number, 0, us_of(row.starts_at), us_of(row.born_at)]
            if [*lot[:4], lot[6], lot[8]] != [*exact, us_of(row.own_end), origin]:
                yield Problem("I-8", self.holdings.name, f"{where}: lot {row.number}", str(exact), str(lot))
            if not (lot[4] is True or (may_wait and lot[4] is False)) or instant_of(
                lot[5]
            ) not in self.availability(row, ledger):
                yield Problem(
                    "I-8", self.holdings.name, f"{where}: lot {row.number}: available", str(row.available_at),
                    str(instant_of(lot[5])),
                )  # fmt: skip
            # Renewals may have come and gone at one instant: any that was told may have been in force.
            ends = {row.own_end} if row.own_end is None else {row.own_end, *self.renewed}
            if instant_of(lot[7]) not in ends:
                told = " or ".join(sorted(map(str, ends)))
                what = f"{where}: lot {row.number}: end"
                yield Problem("I-8", self.holdings.name, what, told, str(instant_of(lot[7])))

    def availability(self, row: Row, ledger: Ledger) -> set[datetime | None]:
        """When the points of a lot may have been said to become available."""
        key = (ledger.account.id, row.number)
        bought = self.owners.get(key) or self.owners.get((row.origin_account, row.origin_number))
        return {row.available_at} | settled_when(bought, self.holdings)


def check_pieces(holdings: Holdings) -> Iterator[Problem]:
    """I-8: the pieces that holds, coupons and orders would give back are the ones that were taken."""
    pieces = Pieces(holdings)
    for ledger in holdings.ledgers:
        for hold_id, _, held, _ in ledger.state.get("holds", ()):
            yield from pieces.problems(held, f"hold {hold_id}")
        for coupon in ledger.coupons:
            where = f"coupon {coupon.public_id}"
            yield from pieces.problems(coupon.facts["pieces"], where)
            total = sum(piece[0] for piece in coupon.facts["pieces"])
            if total != coupon.points:
                yield Problem("I-21", ledger.name, f"{where}: pieces", str(coupon.points), str(total))
    for bought in holdings.orders:
        for name in ("uses", "taken"):
            where = f"order {bought.order.external_id}: {name}"
            yield from pieces.problems(bought.order.booking.get(name, ()), where, may_wait=name == "taken")
