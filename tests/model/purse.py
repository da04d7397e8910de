"""A member's points: lots, what was drawn from them, debt, renewals and coupons (meanings 7, 9, 10 and 12)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from palier.core.programme.values import CouponTerms

FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True, eq=False)
class Lot:
    """Points of one credit. ``left`` are those that can still be used; ``lapsed`` ended unused."""

    owner: Hashable
    starts: datetime
    own_end: datetime | None
    left: int
    is_settled: bool = True
    settles_at: datetime | None = None
    lapsed: int = 0
    amount: int = 0
    is_elsewhere: bool = False
    """It was empty when its member was merged: points that come back to it are the newest of their new account."""

    def __post_init__(self) -> None:
        self.amount = self.left


@dataclass(slots=True, eq=False)
class Renewal:
    """An order moved the end of the lots that were there."""

    at: datetime
    until: datetime
    lots: list[Lot]
    is_undone: bool = False


@dataclass(slots=True, eq=False)
class Coupon:
    """A coupon, and the pieces of points that it cost."""

    number: int
    origin: str
    origin_id: str
    issued_at: datetime
    ends_at: datetime | None
    points: int = 0
    pieces: list[Piece] = field(default_factory=list)
    state: str = "issued"
    terms: CouponTerms | None = None
    remaining: int | None = None
    home: int = 0

    @property
    def issue_order(self) -> tuple[datetime, int, int]:
        """Of two members that became one, whoever was there first comes first."""
        return self.issued_at, self.home, self.number

    @property
    def is_whole(self) -> bool:
        """Whether nothing of it was used: of one that keeps its remainder a part may have been."""
        whole = self.terms.discount.amount_minor if self.terms and self.terms.discount else None
        return self.remaining is None or self.remaining == whole


Piece = tuple[Lot | None, int]
"""So many points of a lot; None: they were owed."""


@dataclass(slots=True, eq=False)
class Hold:
    """A cart at the checkout: what it set aside, and what it was quoted. ``owner`` is its member."""

    owner: Any
    lapses_at: datetime
    pieces: list[Piece]
    coupon: Coupon | None
    quote: Any
    cart: Any
    state: str = "held"
    is_forgotten: bool = False


@dataclass(slots=True)
class TakeBack:
    """What one lowering of an order took, so that it can be reversed; True: points that had ended unused."""

    pieces: list[tuple[Lot | None, int, bool]]
    coupons: list[Coupon]


class Purse:
    """All points of one member.

    ``end_again`` tells when points that come back too late end, ``end_anew`` when points of a new lot do.
    """

    def __init__(
        self, end_again: Callable[[datetime], datetime], end_anew: Callable[[datetime], datetime | None]
    ) -> None:
        self.lots: list[Lot] = []
        self.renewals: list[Renewal] = []
        self.coupons: list[Coupon] = []
        self.debt = 0
        self.held = 0
        self.lifetime = self.spent = self.expired = 0
        self.end_again = end_again
        self.end_anew = end_anew

    def end(self, lot: Lot) -> datetime | None:
        """When the lot ends, after the renewals that stand."""
        end = lot.own_end
        for renewal in self.renewals:
            if not renewal.is_undone and lot in renewal.lots and end is not None and renewal.at < end:
                end = max(end, renewal.until)
        return end

    def is_over(self, lot: Lot, now: datetime) -> bool:
        """Whether its points have ended."""
        end = self.end(lot)
        return end is not None and end <= now

    @property
    def available(self) -> int:
        """What can be used."""
        return sum(lot.left for lot in self.lots if lot.is_settled)

    @property
    def pending(self) -> int:
        """What waits."""
        return sum(lot.left for lot in self.lots if not lot.is_settled)

    def usable(self) -> list[Lot]:
        """Settled lots with something left: soonest end first, then oldest."""
        return self.in_order(lot for lot in self.lots if lot.is_settled and lot.left)

    def in_order(self, lots: Iterable[Lot]) -> list[Lot]:
        """Soonest end first, then oldest."""
        return sorted(lots, key=lambda lot: (self.end(lot) or FAR, lot.starts))

    def add(self, lot: Lot, now: datetime) -> None:
        """A credit; it pays debt first if it can be used already, and still."""
        self.lots.append(lot)
        if lot.is_settled and not self.is_over(lot, now):
            self.pay(lot)

    def pay(self, lot: Lot) -> None:
        """Debt comes first."""
        paid = min(self.debt, lot.left)
        lot.left -= paid
        self.debt -= paid

    def settle(self, lot: Lot) -> None:
        """Pending points become available."""
        lot.is_settled = True
        self.pay(lot)

    def expire(self, now: datetime) -> None:
        """Points past their end are gone."""
        for lot in self.lots:
            if lot.left and self.is_over(lot, now):
                lot.lapsed += lot.left
                self.expired += lot.left
                lot.left = 0

    def draw(self, points: int) -> list[Piece]:
        """Take so many usable points, soonest end first; as many as there are."""
        pieces: list[Piece] = []
        for lot in self.usable():
            taken = min(points, lot.left)
            if taken:
                lot.left -= taken
                points -= taken
                pieces.append((lot, taken))
        return pieces

    def put_back(self, pieces: list[Piece], now: datetime) -> None:
        """Pieces go back to their lots; what was owed is forgiven, or comes back if it was paid meanwhile."""
        for lot, points in pieces:
            if lot is None:
                forgiven = min(points, self.debt)
                self.debt -= forgiven
                if points > forgiven:
                    self.add(Lot(None, now, self.end_anew(now), points - forgiven), now)
            elif self.is_over(lot, now):
                again = Lot(
                    lot.owner, lot.starts, self.end_again(now), points, lot.is_settled, lot.settles_at
                )
                self.lots.append(again)
                self._pay_if_settled(again)
            else:
                self._arrive(lot)
                lot.left += points
                self._pay_if_settled(lot)

    def _arrive(self, lot: Lot) -> None:
        if lot.is_elsewhere:
            self.lots.remove(lot)
            self.lots.append(lot)
            lot.is_elsewhere = False

    def _pay_if_settled(self, lot: Lot) -> None:
        if lot.is_settled:
            self.pay(lot)

    def take_back(self, owner: Hashable, points: int, now: datetime) -> TakeBack:
        """Own lots first, then the others; coupons are withdrawn before a debt arises."""
        taken = TakeBack([], [])
        points -= self._take_own(owner, points, taken)
        for lot in [lot for lot in self.lots if lot.owner == owner and lot.lapsed]:
            undone = min(points, lot.lapsed)
            lot.lapsed -= undone
            self.expired -= undone
            points -= undone
            if undone:
                taken.pieces.append((lot, undone, True))
        while self.available < points:
            unused = [c for c in self.coupons if c.origin == "reward" and c.state == "issued" and c.is_whole]
            if not unused:
                break
            latest = max(unused, key=lambda coupon: coupon.issue_order)
            latest.state = "cancelled"
            taken.coupons.append(latest)
            self.spent -= latest.points
            self.put_back(latest.pieces[::-1], now)
        points -= self._take_own(owner, points, taken)
        others = self.draw(points)
        taken.pieces += [(lot, count, False) for lot, count in others]
        points -= sum(count for _, count in others)
        if points:
            self.debt += points
            taken.pieces.append((None, points, False))
        return taken

    def _take_own(self, owner: Hashable, points: int, taken: TakeBack) -> int:
        total = 0
        for lot in sorted(self.lots, key=lambda lot: lot.is_settled):
            part = min(points - total, lot.left)
            if lot.owner == owner and part:
                lot.left -= part
                total += part
                taken.pieces.append((lot, part, False))
        return total

    def undo_take_back(self, taken: TakeBack, points: int, now: datetime) -> int:
        """Give back up to so many of what was taken, the last first; how many."""
        total = 0
        while taken.pieces and total < points:
            lot, count, had_ended = taken.pieces.pop()
            part = min(count, points - total)
            if part < count:
                taken.pieces.append((lot, count - part, had_ended))
            if lot is None:
                part_forgiven = min(part, self.debt)
                self.debt -= part_forgiven
                total += part_forgiven
                if part_forgiven < part:
                    return total
                continue
            total += part
            if had_ended:
                lot.lapsed += part
                self.expired += part
            else:
                self.put_back([(lot, part)], now)
        return total

    def living(self, now: datetime) -> Iterator[Lot]:
        """Lots whose points have not ended."""
        return (lot for lot in self.lots if not self.is_over(lot, now))
