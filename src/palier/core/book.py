"""The working ledger of one account while a decision is made: every movement of points goes through here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from palier.core.account import (
    AccountState,
    Booked,
    Cause,
    Contribution,
    Coupon,
    Entry,
    EntryKind,
    Hold,
    Intent,
    Lot,
    NewLot,
    Piece,
    Renewal,
    Timeline,
    Totals,
    spend_order,
)  # fmt: skip
from palier.core.entry_kinds import ACTIVITY, EXPIRED, LIFETIME, MERGES, SPENT
from palier.core.period import Duration, end_after, zone
from palier.core.programme.values import Programme
from palier.core.renewals import as_moved, end_of_taken, end_without, is_same, with_ends_moved
from palier.core.values import replace

RETURN_GRACE = Duration(days=30)
"""Points that come back to a lot that has ended live this long from their return."""


@dataclass(slots=True)
class Post:
    """One entry in the making."""

    kind: EntryKind
    cause: Cause
    points: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    spend_minor: int = 0
    orders: int = 0
    qualifies_at: datetime | None = None
    tier: str | None = None
    version: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    draws: dict[int, int] = field(default_factory=dict)
    born: list[tuple[int, Lot]] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """What the member gains by it; by definition what the buckets move."""
        return self.points + self.pending + self.held - self.debt


class Book:
    """An account being worked on at ``now``: primitives move points and post entries, ``close`` returns the rows."""

    def __init__(
        self, state: AccountState, timeline: Timeline, *, new_code: Callable[[], tuple[str, str]]
    ) -> None:
        self.state = state
        self.timeline = timeline
        self.now = state.caught_up_at
        self._version_at, self._version, self.new_code = self.now, timeline.at(self.now), new_code
        self.lots: dict[int, Lot] = {lot.number: lot for lot in state.lots}
        self.totals: dict[str, int] = {name: getattr(state.totals, name) for name in Totals.__struct_fields__}
        self.coupons: dict[str, Coupon] = {coupon.id: coupon for coupon in state.coupons}
        self.withdrawn: dict[str, Coupon] = {coupon.id: coupon for coupon in state.withdrawn}
        self.tier_coupons: dict[str, tuple[str, bool]] = {tier: (c, w) for tier, c, w in state.tier_coupons}
        self.holds: dict[str, Hold] = {hold.id: hold for hold in state.holds}
        self.first_claims = set(state.first_claims)
        self.contributions: dict[str, Contribution] = {c.cause: c for c in state.contributions}
        self.keeps_since: datetime | None = None
        self.once = set(state.once)
        self.tier, self.tier_since = state.tier, state.tier_since
        self.demote_at = state.demote_at
        self.stepped_at = state.stepped_at
        self.override = state.override
        self.closed_at = state.closed_at
        self.last_order = state.last_order
        self.next_lot = state.next_lot
        self.sequence = state.last_sequence
        self.entries: list[Entry] = []
        self.new_lots: list[NewLot] = []
        self.renewals: list[Renewal] = []
        self.undone: list[tuple[str, datetime]] = []
        self.touched: dict[str, Coupon] = {}
        self.issued: set[str] = set()
        self.intents: list[Intent] = []
        self.is_silent = False
        self.ended_holds: dict[str, str] = {}

    @property
    def programme(self) -> Programme:
        """The version in force now."""
        if self._version_at is not self.now:
            self._version_at, self._version = self.now, self.timeline.at(self.now)
        return self._version.programme

    # Postings

    def commit(self, post: Post) -> Entry | None:
        """Append the entry; a posting that moves nothing at all leaves none."""
        moves = post.points or post.pending or post.held or post.debt or post.spend_minor or post.orders
        if not moves and post.tier is None and not post.born and not post.draws:
            return None
        self.sequence += 1
        entry = Entry(
            sequence=self.sequence, kind=post.kind, cause=post.cause, effective_at=self.now, amount=post.amount,
            points=post.points, pending=post.pending, held=post.held, debt=post.debt, spend_minor=post.spend_minor,
            orders=post.orders, qualifies_at=post.qualifies_at, tier=post.tier,
            version=post.version if post.version is not None else self.timeline.at(self.now).id, facts=post.facts,
            draws=tuple(sorted((number, points) for number, points in post.draws.items() if points)),
        )  # fmt: skip
        self.entries.append(entry)
        self.new_lots.extend(NewLot(self.sequence, amount, lot) for amount, lot in post.born)
        for name in ("pending", "held", "debt", "spend_minor", "orders"):
            self.totals[name] += getattr(post, name)
        self.totals["available"] += post.points
        if post.kind in MERGES:
            for name in ("lifetime", "spent", "expired", "activity"):
                self.totals[name] += post.facts[name]
        elif post.kind in LIFETIME:
            self.totals["lifetime"] += post.amount
        elif post.kind in SPENT:
            self.totals["spent"] -= post.amount
        elif post.kind in EXPIRED:
            self.totals["expired"] -= post.amount
        if post.kind in ACTIVITY:
            self.totals["activity"] += post.amount
        return entry

    def contribute(
        self, cause: str, at: datetime, *, spend_minor: int = 0, points: int = 0, orders: int = 0
    ) -> None:
        """Add to what the order or event brings to windows and caps; what comes to nothing is dropped."""
        known = self.contributions.get(cause) or Contribution(cause, at, 0, 0, 0)
        summed = Contribution(
            cause, known.at, known.spend_minor + spend_minor, known.points + points, known.orders + orders
        )
        if summed.spend_minor or summed.points or summed.orders:
            self.contributions[cause] = summed
        else:
            self.contributions.pop(cause, None)

    # Lots

    def add_lot(
        self,
        post: Post,
        points: int,
        *,
        starts_at: datetime,
        available_at: datetime | None,
        own_end: datetime | None,
        origin: tuple[int, int] | None = None,
        moved: Lot | None = None,
    ) -> int:
        """Credit a new lot and return its number; settled at once when ``available_at`` has come, then it pays debt.

        ``moved``: as which its points were born, and end; without it they are born now, and end at ``own_end``.
        """
        assert points > 0
        settled = available_at is not None and available_at <= self.now
        born_at, ends_at = (moved.born_at, moved.ends_at) if moved else (self.now, own_end)
        lot = Lot(self.next_lot, points, starts_at, born_at, settled, available_at, own_end, ends_at, origin)
        self.next_lot += 1
        self.lots[lot.number] = lot
        post.born.append((points, lot))
        if settled:
            post.points += points
            self.pay_debt(post)
        else:
            post.pending += points
        return lot.number

    def spendable(self) -> list[Lot]:
        """Settled lots with something left, soonest end first, then oldest; those without an end come last."""
        alive = (lot for lot in self.lots.values() if lot.settled and lot.remaining and not self.is_dead(lot))
        return sorted(alive, key=spend_order)

    def is_dead(self, lot: Lot) -> bool:
        """Whether its end has come; at its very instant it is dead."""
        return lot.ends_at is not None and lot.ends_at <= self.now

    def take(self, post: Post, points: int, lots: Iterable[Lot]) -> list[Piece]:
        """Take up to ``points`` from ``lots`` in their order; settled ones from available, others from pending."""
        pieces: list[Piece] = []
        for lot in lots:
            if points == 0:
                break
            taken = min(points, lot.remaining)
            if taken == 0:
                continue
            self.draw(post, lot, taken)
            pieces.append(Piece(taken, self.state.id, left_with(lot, 0)))
            points -= taken
        return pieces

    def draw(self, post: Post, lot: Lot, points: int) -> None:
        """Take ``points`` that are there from one lot; nothing remembers from where, so they cannot be given back."""
        self.lots[lot.number] = left_with(lot, lot.remaining - points)
        post.draws[lot.number] = post.draws.get(lot.number, 0) - points
        if lot.settled:
            post.points -= points
        else:
            post.pending -= points

    def owe(self, post: Post, points: int) -> list[Piece]:
        """Record what could not be taken as a visible debt."""
        if points == 0:
            return []
        post.debt += points
        return [Piece(points)]

    def give_back(self, post: Post, piece: Piece, renewals: tuple[Renewal, ...]) -> None:
        """Return points to their own lot and end; if it has passed, they live 30 days from now. Debt is paid first."""
        assert piece.lot is not None
        here = piece.account == self.state.id
        root = piece.lot.origin or (piece.account, piece.lot.number)
        if here:
            lot = self.lots.get(piece.lot.number) or replace(
                piece.lot,
                ends_at=end_of_taken(piece.lot, renewals, self.now),
                settled=self._has_settled(piece.lot),
            )
        else:
            moved = next((lot for lot in self.lots.values() if is_same(lot, piece.lot, root)), None)
            lot = moved or as_moved(piece.lot, root, renewals, self.now)
            here = moved is not None
        if self.is_dead(lot):
            own_end = end_after(self.now, RETURN_GRACE, zone(self.programme.timezone))
            self._add_returned(post, piece, own_end, root)
        elif not here:
            self._add_returned(post, piece, lot.own_end, root, moved=lot)
        else:
            self.lots[lot.number] = replace(lot, remaining=lot.remaining + piece.points)
            post.draws[lot.number] = post.draws.get(lot.number, 0) + piece.points
            if lot.settled:
                post.points += piece.points
                self.pay_debt(post)
            else:
                post.pending += piece.points

    def give_back_ended(self, post: Post, piece: Piece) -> None:
        """Return points that had expired before they were taken: they have ended again at once, and pay nothing."""
        assert piece.lot is not None
        root = piece.lot.origin or (piece.account, piece.lot.number)
        self._add_returned(post, piece, piece.lot.ends_at, root)

    def forgive(self, post: Post, points: int) -> int:
        """Take ``points`` off the debt; returns how many of them had been paid already."""
        owed = min(points, self.debt_after(post))
        post.debt -= owed
        return points - owed

    def _has_settled(self, lot: Lot) -> bool:
        return lot.settled or (lot.available_at is not None and lot.available_at <= self.now)

    def _add_returned(
        self,
        post: Post,
        piece: Piece,
        own_end: datetime | None,
        root: tuple[int, int],
        *,
        moved: Lot | None = None,
    ) -> None:
        assert piece.lot is not None
        self.add_lot(
            post,
            piece.points,
            starts_at=piece.lot.starts_at,
            available_at=self.now if self._has_settled(piece.lot) else piece.lot.available_at,
            own_end=own_end,
            origin=root,
            moved=moved,
        )

    def debt_after(self, post: Post) -> int:
        """The debt once ``post`` is booked."""
        return self.totals["debt"] + post.debt

    def pay_debt(self, post: Post) -> None:
        """Let available points pay what is owed: debt > 0 means that nothing is spendable."""
        owed = self.debt_after(post)
        if owed:
            paid = sum(piece.points for piece in self.take(post, owed, self.spendable()))
            post.debt -= paid

    def settle(self, lot: Lot, post: Post) -> None:
        """Make a pending lot available; it pays debt first."""
        self.lots[lot.number] = replace(lot, settled=True)
        post.pending -= lot.remaining
        post.points += lot.remaining
        self.pay_debt(post)

    def renew(self, order: str, until: datetime) -> Renewal:
        """Move the end of every lot alive now to ``until``, never earlier."""
        renewal = Renewal(order, self.now, until, next_lot=self.next_lot)
        self.renewals.append(renewal)

        def end_of(lot: Lot) -> datetime | None:
            if lot.ends_at is not None and lot.ends_at < until and not self.is_dead(lot):
                return until
            return lot.ends_at

        self._move_ends(end_of)
        return renewal

    def undo_renewal(self, order: str, renewals: tuple[Renewal, ...]) -> tuple[Renewal, ...]:
        """Undo the renewal of an order: what is left ends at the later of its old end and now. Returns the rest."""

        def undone(r: Renewal) -> Renewal:
            return replace(r, undone_at=self.now) if r.order == order and r.undone_at is None else r

        remaining = tuple(map(undone, renewals))
        self.undone.append((order, self.now))
        self.renewals = list(map(undone, self.renewals))

        def end_of(lot: Lot) -> datetime | None:
            end = end_without(lot, remaining, self.now)
            return lot.ends_at if end is None or end == lot.ends_at else max(end, self.now)

        self._move_ends(end_of)
        return remaining

    def _move_ends(self, end_of: Callable[[Lot], datetime | None]) -> None:
        """Give every lot its new end; those too that holds emptied before their account was merged into this one."""
        for lot in self.lots.values():
            end = end_of(lot)
            if end != lot.ends_at:
                self.lots[lot.number] = replace(lot, ends_at=end)
        for hold in self.holds.values():
            self.holds[hold.id] = with_ends_moved(hold, self.state.id, end_of)

    # Coupons and intents

    def keep_coupon(self, coupon: Coupon) -> None:
        """Remember the coupon in its new state."""
        self.touched[coupon.id] = coupon
        if coupon.state in ("issued", "reserved"):
            self.coupons[coupon.id] = coupon
        else:
            self.coupons.pop(coupon.id, None)

    def tell(self, event: str, key: str, **facts: Any) -> None:
        """Leave an intent, if the programme tells its members of such events; a closed account is told nothing."""
        if self.closed_at is not None or self.is_silent:
            return
        switch = self.programme.messages.get(event)
        is_off = switch is False or (isinstance(switch, dict) and switch.get("enabled") is False)
        if not is_off and (switch or event in TOLD_BY_DEFAULT):
            self.intents.append(Intent(event, f"{event}:{key}", self.now, facts))

    def close(self, *, next_due_at: datetime | None) -> Booked:
        """The state and the rows that were made of it."""
        pieces = (piece for hold in self.holds.values() for piece in hold.pieces)
        held = {p.lot.number for p in pieces if p.lot and p.account == self.state.id}
        state = AccountState(
            id=self.state.id, caught_up_at=self.now, totals=Totals(**self.totals),
            lots=tuple(lot for lot in self.lots.values() if lot.remaining or lot.number in held),
            coupons=tuple(self.coupons.values()), withdrawn=tuple(self.withdrawn.values()),
            tier_coupons=tuple((tier, c, w) for tier, (c, w) in self.tier_coupons.items()),
            contributions=tuple(self.contributions.values()), once=frozenset(self.once), tier=self.tier,
            tier_since=self.tier_since, demote_at=self.demote_at, stepped_at=self.stepped_at,
            override=self.override, closed_at=self.closed_at, last_order=self.last_order, next_lot=self.next_lot,
            last_sequence=self.sequence, last_hash=self.state.last_hash, next_due_at=next_due_at,
            holds=tuple(self.holds.values()), first_claims=frozenset(self.first_claims),
        )  # fmt: skip
        return Booked(
            state=state, entries=tuple(self.entries), lots=tuple(self.new_lots), renewals=tuple(self.renewals),
            undone=tuple(self.undone), coupons=tuple(self.touched.values()), issued=frozenset(self.issued),
            intents=tuple(self.intents), holds=tuple(self.ended_holds.items()),
        )  # fmt: skip


def left_with(lot: Lot, remaining: int) -> Lot:
    """The lot with another rest: what ``replace`` does, at a third of its cost (every draw makes one)."""
    return Lot(
        lot.number, remaining, lot.starts_at, lot.born_at, lot.settled, lot.available_at, lot.own_end, lot.ends_at,
        lot.origin,
    )  # fmt: skip


TOLD_BY_DEFAULT = frozenset({"tier_up", "tier_down", "coupon_issued", "points_expiring"})
"""Events that members are told of unless the programme switches them off."""
