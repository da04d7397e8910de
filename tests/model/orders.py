"""One order of the model: what it is worth now, and the difference that is booked (meanings 6, 7, 11 and 13)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from palier.core.period import Duration
from palier.core.programme.values import Programme
from tests.model.dates import end_of, later, midnight
from tests.model.earning import Accepted, is_excluded, points_of
from tests.model.goods import Basket, Kept, half_up, keep, spend_of
from tests.model.ladder import Share
from tests.model.member import Member, end_by, zone_of
from tests.model.purse import Coupon, Hold, Lot, Piece, Renewal, TakeBack

VALID = ("paid", "shipped", "delivered")


class Booked:
    """An order and everything that is booked for it."""

    def __init__(self, key: tuple[int, str]) -> None:
        self.key = key
        self.basket: Basket | None = None
        self.refunds: dict[str, dict[str, Any]] = {}
        self.member: Member | None = None
        self.programme: Programme | None = None
        self.accepted: Accepted | None = None
        self.reached: dict[str, datetime] = {}
        self.paid_at: datetime | None = None
        self.points = self.spend = 0
        self.is_counted = False
        self.number = 0
        self.used: list[Piece] = []
        self.is_holding = self.is_let_go = False
        self.coupons: list[Coupon] = []
        self.amounts: dict[int, int] = {}
        self.hold: Hold | None = None
        self.is_quoted = False
        self.take_backs: list[TakeBack] = []
        self.renewal: Renewal | None = None

    def hear(self, basket: Basket) -> None:
        """A newer version; a state is reached once, with the earlier ones that it implies."""
        self.basket = basket
        self.paid_at = basket.paid_at or self.paid_at
        if basket.status in VALID:
            self.paid_at = self.paid_at or basket.updated
            for state in VALID[: VALID.index(basket.status) + 1]:
                self.reached.setdefault(state, basket.updated)

    @property
    def at(self) -> datetime:
        """Its own time, if it was ever accepted."""
        return self.accepted.at if self.accepted is not None else datetime.min.replace(tzinfo=UTC)

    def forget(self) -> None:
        """Nothing is known of it any more but its member and its refunds."""
        self.basket, self.accepted, self.programme, self.paid_at = None, None, None, None
        self.reached.clear()
        self.take_backs.clear()
        self.number = 0

    def take_over(self, hold: Hold) -> None:
        """It owns what the hold set aside; what it used or held before comes back first."""
        assert self.member is not None
        taken = sum(points for _, points in self.used)
        if taken:
            self._return_used(self.member, taken)
        self.member.end_hold(hold, "captured")
        self.used, self.is_holding, self.hold = list(hold.pieces), bool(hold.pieces), hold
        if hold.coupon is not None and hold.coupon not in self.coupons:
            self.coupons.append(hold.coupon)

    def book(self, *, is_let_go: bool = False) -> None:
        """Compare what it should be with what is booked, and book the difference. ``is_let_go``: it holds nothing."""
        member, basket, programme = self.member, self.basket, self.programme
        if member is None or basket is None or programme is None:
            return
        self.is_let_go = is_let_go
        basket.is_net = self.accepted.is_net if self.accepted is not None else member.is_net
        before = member.rank(member.deserved())
        kept = keep(basket, self.refunds.values())
        counts = basket.status in VALID and not kept.is_all_gone
        if counts and self.accepted is None:
            self._accept(member, basket, programme)
        points = points_of(kept, basket, programme, self.accepted) if counts and self.accepted else 0
        if not counts and self.renewal is not None:
            self.renewal.is_undone = True
            self.renewal = None
            member.purse.expire(member.now)
        self._book_used_points(member, basket, kept, counts)
        self._book_coupons(member, basket, kept)
        self._book_claim(member, basket, kept)
        if counts and self.accepted and self.renewal is None:
            whole = points_of(keep(basket, ()), basket, programme, self.accepted)
            if points or (self.refunds and whole):  # a partial refund leaves it, whenever it is told
                self._renew(member, programme)
        self._book_points(member, programme, points)
        self._book_share(member, counts, points, spend_of(kept, basket, programme) if counts else 0)
        self._settle(member, programme)
        member.happen_after_message(is_lowered=member.rank(member.deserved()) < before)

    def _accept(self, member: Member, basket: Basket, programme: Programme) -> None:
        number = member.valid_orders + 1
        at = basket.paid_at or self.reached["paid"]
        excluded = is_excluded(programme, member.about(basket.carrier, beside=self))
        self.accepted = Accepted(
            at, number, member.tier, excluded, room(member, programme, at), member.is_net
        )
        self.number = number

    # Points that it used

    def _book_used_points(self, member: Member, basket: Basket, kept: Kept, counts: bool) -> None:
        purse = member.purse
        waits = self._waits(kept)
        wanted = -(-basket.use_points * kept.share.numerator // kept.share.denominator)
        wanted = wanted if counts or waits else 0
        taken = sum(points for _, points in self.used)
        if waits and taken and not self.is_holding:
            self._return_used(member, taken)
            taken = 0
        if taken > wanted:
            self._return_used(member, taken - wanted)
            taken = wanted
        if self.is_holding and counts:
            self._unhold(member)
            purse.spent += taken
        if wanted > taken:
            pieces = purse.draw(wanted - taken)
            got = sum(points for _, points in pieces)
            if waits:
                self.is_holding = True
                purse.held += got
            else:
                purse.spent += wanted - taken
                if wanted - taken > got:
                    purse.debt += wanted - taken - got
                    pieces.append((None, wanted - taken - got))
            self.used += pieces

    def _waits(self, kept: Kept) -> bool:
        """Whether it holds what it uses: placed, and a shop knows the member."""
        assert self.basket is not None
        assert self.member is not None
        is_placed = self.basket.status == "placed" and not kept.is_all_gone
        return is_placed and not self.member.is_closed and not self.is_let_go

    def _unhold(self, member: Member) -> None:
        member.purse.held -= sum(points for _, points in self.used)
        self.is_holding = False

    def _return_used(self, member: Member, points: int) -> None:
        back: list[Piece] = []
        while points:
            lot, count = self.used.pop()
            part = min(points, count)
            if part < count:
                self.used.append((lot, count - part))
            back.append((lot, part))
            points -= part
        total = sum(count for _, count in back)
        if self.is_holding:
            member.purse.held -= total
            self.is_holding = bool(self.used)
        else:
            member.purse.spent -= total
        member.purse.put_back(back, member.now)

    # Coupons that it used, and the benefit of a first order

    def _book_coupons(self, member: Member, basket: Basket, kept: Kept) -> None:
        waits = self._waits(kept)
        wants = (basket.status in VALID and not kept.is_all_gone) or waits
        code = basket.coupon if wants else ""
        for coupon in [coupon for coupon in self.coupons if str(coupon.number) != code]:
            self._give_back(member, coupon)
        if code and not self.coupons:
            self.coupons = [c for c in member.purse.coupons if str(c.number) == code and c.state == "issued"][
                :1
            ]
        for coupon in self.coupons:
            if waits:
                self._return_amount(coupon)
                coupon.state = "reserved"
            elif coupon.remaining is not None:
                self._take_amount(member, coupon, basket)
            else:
                coupon.state = "used"

    def _give_back(self, member: Member, coupon: Coupon) -> None:
        """Usable again, unless an amount comes back to one that another order reserves, or that is no more."""
        self.coupons.remove(coupon)
        is_mine = coupon.state == "used" or (coupon.state == "reserved" and coupon.number not in self.amounts)
        self._return_amount(coupon)
        if is_mine:
            member.restore(coupon)

    def _return_amount(self, coupon: Coupon) -> None:
        if coupon.remaining is not None:
            coupon.remaining += self.amounts.pop(coupon.number, 0)

    def _take_amount(self, member: Member, coupon: Coupon, basket: Basket) -> None:
        """What is left of it stays on the code; in the programme's currency."""
        assert coupon.remaining is not None
        there = coupon.remaining + self.amounts.get(coupon.number, 0)
        told = sum(amount for source, amount, _ in basket.discounts if source == "coupon")
        taken = min(there, half_up(told * basket.rate))
        self.amounts[coupon.number] = taken
        coupon.remaining = there - taken
        if not coupon.remaining:
            coupon.state = "used"
        elif coupon.state != "gone":
            member.restore(coupon)

    def _book_claim(self, member: Member, basket: Basket, kept: Kept) -> None:
        is_first = basket.is_first or any(source == "first_order" for source, _, _ in basket.discounts)
        if is_first and self._waits(kept):
            member.first_claims.add(self.key)
        else:
            member.first_claims.discard(self.key)

    # Points that it brought

    def _renew(self, member: Member, programme: Programme) -> None:
        rules = programme.points
        assert self.accepted is not None
        if rules.valid_for is None or rules.expiry != "sliding":
            return
        until = end_of(self.accepted.at, rules.valid_for, zone_of(programme))
        self.renewal = Renewal(member.now, until, list(member.purse.living(member.now)))
        member.purse.renewals.append(self.renewal)

    def _book_points(self, member: Member, programme: Programme, points: int) -> None:
        purse = member.purse
        purse.lifetime += points - self.points
        if points < self.points:
            self.take_backs.append(purse.take_back(self.key, self.points - points, member.now))
        elif points > self.points:
            rest = points - self.points
            while rest and (latest := next((t for t in reversed(self.take_backs) if t.pieces), None)):
                rest -= purse.undo_take_back(latest, rest, member.now)
            if rest:
                purse.add(self._new_lot(member, programme, rest), member.now)
            purse.expire(member.now)
            self._bring_back(member)
        self.points = points

    def _new_lot(self, member: Member, programme: Programme, points: int) -> Lot:
        assert self.accepted is not None
        at = self.accepted.at
        end = end_by(programme, at)
        settles_at = self._settles_at(member, programme)
        is_settled = settles_at is not None and settles_at <= member.now
        return Lot(self.key, at, end, points, is_settled, settles_at)

    def _bring_back(self, member: Member) -> None:
        """Coupons that its take-backs withdrew, the last first, if their points are there."""
        for coupon in [coupon for taken in reversed(self.take_backs) for coupon in reversed(taken.coupons)]:
            is_over = coupon.ends_at is not None and coupon.ends_at <= member.now
            if coupon.state == "cancelled" and not is_over and member.purse.available >= coupon.points:
                coupon.pieces = member.purse.draw(coupon.points)
                coupon.home = member.ordinal
                member.purse.spent += coupon.points
                coupon.state = "issued"

    def _settles_at(self, member: Member, programme: Programme) -> datetime | None:
        settle = programme.points.settle
        reached = self.reached.get(settle.on)
        if settle.on == "paid" and self.accepted is not None:
            reached = self.accepted.at
        return None if reached is None else later(reached, settle.after, zone_of(programme))

    def _settle(self, member: Member, programme: Programme) -> None:
        settles_at = self._settles_at(member, programme)
        for lot in member.purse.lots:
            if lot.owner == self.key and not lot.is_settled and lot.settles_at is None:
                lot.settles_at = settles_at

    def _book_share(self, member: Member, counts: bool, points: int, spend: int) -> None:
        self.spend, self.is_counted = spend, counts
        if counts:
            assert self.accepted is not None
            member.shares[self.key] = Share(self.accepted.at, spend, points, 1)
        else:
            member.shares.pop(self.key, None)


def room(member: Member, programme: Programme, at: datetime, *, for_event: bool = False) -> int | None:
    """The least that any cap leaves; None without a cap."""
    rooms, tz = [], zone_of(programme)
    for rule in programme.earning:
        if rule.enabled and rule.cap is not None:
            every = rule.cap.every
            used = 0
            if every != "order":
                used = sum(s.points for s in member.shares.values() if _is_near(s.at, at, every, tz))
            rooms.append(max(0, rule.cap.points - used))
    return min(rooms, default=None)


def _is_near(earned_at: datetime, at: datetime, every: Duration | str, tz: ZoneInfo) -> bool:
    if isinstance(every, str):
        return True
    if every == Duration(days=1):
        day = at.astimezone(tz).date()
        return midnight(day, tz) <= earned_at < midnight(later_date(day), tz)
    return earned_at <= at < later(earned_at, every, tz)


def later_date(day: Any) -> Any:
    """The next day."""
    return day.fromordinal(day.toordinal() + 1)
