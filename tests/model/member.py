"""One member of the model, and what passing time does to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from palier.core.period import Duration
from palier.core.programme.values import CouponTerms, Programme
from tests.model import ladder
from tests.model.dates import earlier_day, end_of, midnight
from tests.model.earning import About
from tests.model.ladder import Share
from tests.model.purse import Coupon, Hold, Lot, Purse

if TYPE_CHECKING:
    from tests.model.orders import Booked

GRACE_OF_RETURN = Duration(days=30)


def zone_of(programme: Programme) -> ZoneInfo:
    """Where its days begin and end."""
    return ZoneInfo(programme.timezone)


def end_by(programme: Programme, at: datetime) -> datetime | None:
    """When points that start at ``at`` end, before any renewal."""
    rules = programme.points
    if rules.valid_for is None:
        return None
    return end_of(at, rules.valid_for, zone_of(programme), with_year=rules.expiry == "year_end")


@dataclass(slots=True)
class Override:
    """The tier that staff gave."""

    tier: str
    until: datetime | None


class Member:
    """Points, tier and coupons of one account; ``programme`` is the version in force at ``now``."""

    def __init__(
        self, programme: Programme, now: datetime, numbers: count[int], orders: Mapping[Any, Booked]
    ) -> None:
        self.programme, self.now, self.numbers, self.everybodys_orders = programme, now, numbers, orders
        self.ordinal = next(numbers)
        self.purse = Purse(lambda at: end_of(at, GRACE_OF_RETURN, self.tz), self.end_anew)
        self.shares: dict[Any, Share] = {}
        self.once: set[tuple[str, str]] = set()
        self.events: set[tuple[str, str]] = set()
        self.gifts: set[str] = set()
        self.tier = ladder.deserved(programme.tiers, [], now, self.tz)
        self.demote_at: datetime | None = None
        self.override: Override | None = None
        self.tier_coupons: dict[str, Coupon] = {}
        self.is_merged = False
        self.is_net = False
        self.holds: list[Hold] = []
        self.first_claims: set[Hashable] = set()
        self.gift_lots: dict[str, Lot] = {}
        self.vouchers: set[str] = set()
        self.reminded: set[tuple[date, date]] = set()
        self.told: Counter[str] = Counter()
        self.open_names: set[tuple[int, str]] = set()
        self.is_erased = self.was_closed = False
        self.carrier = ""
        self.carrier_at: datetime | None = None

    def end_anew(self, at: datetime) -> datetime | None:
        """When points end that start at ``at``, under the programme of now."""
        return end_by(self.programme, at)

    @property
    def tz(self) -> ZoneInfo:
        """The zone of the programme in force."""
        return zone_of(self.programme)

    @property
    def is_closed(self) -> bool:
        """Whether no shop knows the member any more: each has deleted the customer."""
        return self.was_closed if self.is_erased else not self.open_names

    @property
    def valid_orders(self) -> int:
        """How many orders count."""
        return sum(share.orders for share in self.shares.values())

    def about(self, carrier: str = "", *, beside: Booked | None = None) -> About:
        """What segments ask: of a cart or an order with that carrier, and of the orders that count beside it."""
        orders = [
            order for order in self.everybodys_orders.values() if order.member is self and order.is_counted
        ]
        baskets = [order.basket for order in orders if order is not beside and order.basket is not None]
        bought = frozenset(product for basket in baskets for product, _, _ in basket.lines)
        return About(carrier or self.carrier, bought, self.valid_orders)

    def forget(self) -> None:
        """All points lapse, those of open checkouts too; unused coupons are withdrawn, and never come back."""
        for hold in tuple(self.holds):
            self.end_hold(hold, "released")
        self.was_closed, self.is_erased = self.is_closed, True
        self.open_names.clear()
        self.is_net = False
        self.carrier, self.carrier_at = "", None
        for lot in self.purse.lots:
            self.purse.expired += lot.left
            lot.left = 0
        for coupon in self.purse.coupons:
            if coupon.state in ("issued", "cancelled"):
                coupon.state = "gone"

    # Time

    def go_to(self, until: datetime) -> None:
        """Let everything that falls due by then happen at its own instant."""
        while (due := self._next_due()) is not None and due <= until:
            self.now = max(due, self.now)
            self.happen()
            self._remind()
        self.now = max(self.now, until)

    def _next_due(self) -> datetime | None:
        purse, tiers = self.purse, self.programme.tiers
        dues = [purse.end(lot) for lot in purse.lots if lot.left]
        dues += [lot.settles_at for lot in purse.lots if lot.left and not lot.is_settled]
        dues += [coupon.ends_at for coupon in purse.coupons if coupon.state == "issued"]
        dues += [self.override.until if self.override else None, self.demote_at]
        dues += [hold.lapses_at for hold in self.holds]
        dues += [at for lot in purse.lots if lot.left for _, at in self._reminders(lot) if at > self.now]
        dues += ladder.changes_at(tiers, list(self.shares.values()), self.now, self.tz)
        return min((due for due in dues if due is not None), default=None)

    def happen(self) -> None:
        """What is due at this very instant."""
        self.happen_after_message(is_lowered=False)

    def happen_after_message(self, *, is_lowered: bool) -> None:
        """Everything, the tier last; ``is_lowered``: a message lowered the tier."""
        self._happen_to_points()
        self.follow_tier(is_lowered=is_lowered)

    def _happen_to_points(self) -> None:
        """Holds, ends, settlements, rewards and coupons, in this order."""
        for hold in [hold for hold in self.holds if hold.lapses_at <= self.now]:
            self.end_hold(hold, "lapsed")
        self.purse.expire(self.now)
        due = (lot for lot in self.purse.lots if lot.settles_at is not None and lot.settles_at <= self.now)
        for lot in self.purse.in_order(lot for lot in due if not lot.is_settled):
            self.purse.settle(lot)
        self.grant_rewards()
        for coupon in self.purse.coupons:
            if coupon.state == "issued" and coupon.ends_at is not None and coupon.ends_at <= self.now:
                coupon.state = "expired"

    def _reminders(self, lot: Lot) -> list[tuple[date, datetime]]:
        """The last day of its points, with the beginning of each day on which that is told."""
        end = self.purse.end(lot)
        if end is None:
            return []
        last = (end - timedelta(microseconds=1)).astimezone(self.tz).date()
        leads = self.programme.points.remind
        return [(last, midnight(earlier_day(last, lead), self.tz)) for lead in leads]

    def _remind(self) -> None:
        """One message for all points of one last day that are there when its own day begins."""
        today = self.now.astimezone(self.tz).date()
        told = [self._reminders(lot) for lot in self.purse.lots if lot.left]
        if not self.is_closed:
            self.reminded |= {(last, today) for found in told for last, at in found if at == self.now}

    # Carts at the checkout

    def end_hold(self, hold: Hold, state: str) -> None:
        """It ends, once: an order has it (``captured``), or everything goes back to where it came from."""
        self.holds.remove(hold)
        self.first_claims.discard(hold)
        hold.state = state
        if state == "captured":
            return
        self.purse.held -= sum(points for _, points in hold.pieces)
        self.purse.put_back(hold.pieces[::-1], self.now)
        if hold.coupon is not None:
            self.restore(hold.coupon)

    # Coupons

    def tell(self, event: str) -> None:
        """A message, unless no shop knows the member any more."""
        if not self.is_closed:
            self.told[event] += 1

    def issue(self, origin: str, origin_id: str, terms: CouponTerms, *, is_silent: bool = False) -> Coupon:
        """A new coupon."""
        if not is_silent:
            self.tell("coupon_issued")
        end = end_of(self.now, terms.valid_for, self.tz) if terms.valid_for else None
        coupon = Coupon(next(self.numbers), origin, origin_id, self.now, end, terms=terms)
        coupon.home = self.ordinal
        if terms.remainder_kept and terms.discount is not None:
            coupon.remaining = terms.discount.amount_minor
        self.purse.coupons.append(coupon)
        return coupon

    def grant_rewards(self) -> None:
        """A coupon each time so many points are available."""
        for reward in self.programme.rewards:
            while reward.enabled and self.purse.available >= reward.at:
                coupon = self.issue("reward", reward.id, reward.coupon)
                coupon.points = reward.at
                coupon.pieces = self.purse.draw(reward.at)
                self.purse.spent += reward.at

    def restore(self, coupon: Coupon) -> None:
        """A coupon can be used again, if its end has not passed."""
        is_over = coupon.ends_at is not None and coupon.ends_at <= self.now
        coupon.state = "expired" if is_over else "issued"

    # Tiers

    def deserved(self) -> str | None:
        """The tier that counts deserve now."""
        return ladder.deserved(self.programme.tiers, list(self.shares.values()), self.now, self.tz)

    def rank(self, tier: str | None) -> int:
        """Its place on the ladder of now."""
        return ladder.rank(self.programme.tiers, tier, self.now)

    def follow_tier(self, *, is_lowered: bool = False) -> None:
        """Move to the tier deserved: up at once, down as the programme says. ``is_lowered``: a message did it."""
        tiers = self.programme.tiers
        if self.override is not None:
            if self.override.until is None or self.override.until > self.now:
                return
            self.end_override()
            return
        deserved, held = self.rank(self.deserved()), self.rank(self.tier)
        if deserved >= held or held < 0:
            self.demote_at = None
            self.move(self.deserved())
            return
        assert tiers is not None
        if is_lowered and not tiers.grace_refunds:
            self.move(self.deserved(), is_by_refund=True)
            return
        if self.demote_at is None:
            self.demote_at = ladder.later(self.now, tiers.grace, self.tz)
        if self.demote_at <= self.now:
            self._fall(deserved, held)

    def _fall(self, deserved: int, held: int) -> None:
        tiers = self.programme.tiers
        assert tiers is not None
        self.demote_at = None
        names = [None, *(tier.id for _, tier in ladder.steps(tiers, self.now))]
        target = held - 1 if tiers.landing == "one_step" else deserved
        self.move(names[target])
        if target > deserved:
            self.demote_at = ladder.after_a_step(tiers, self.now, self.tz)

    def give_tier(self, override: Override) -> None:
        """Staff put the member there, whatever is deserved."""
        self.override = override
        self.demote_at = None
        self.move(override.tier)

    def end_override(self, *, is_silent: bool = False) -> None:
        """At once to what is deserved."""
        self.override = None
        self.demote_at = None
        self.move(self.deserved(), is_silent=is_silent)

    def move(self, tier: str | None, *, is_by_refund: bool = False, is_silent: bool = False) -> None:
        """Hold that tier now; its coupon on the way up, none left above it after a refund.

        To leave a tier that the ladder has no more is no way up (docs/algorithms/tiers.md, 9).
        """
        old, self.tier = self.tier, tier
        if tier == old:
            return
        self.demote_at = None
        if self.rank(old) >= 0 and not is_silent:
            self.tell("tier_up" if self.rank(tier) > self.rank(old) else "tier_down")
        if self.rank(tier) > self.rank(old) >= 0:
            self._reach(tier, is_silent=is_silent)
        elif is_by_refund:
            for name, coupon in self.tier_coupons.items():
                if self.rank(name) > self.rank(tier) and coupon.state == "issued":
                    coupon.state = "cancelled"

    def _reach(self, tier: str | None, *, is_silent: bool) -> None:
        tiers = self.programme.tiers
        terms = next((t.coupon for t in tiers.ladder if t.id == tier), None) if tiers else None
        if terms is None or tier is None:
            return
        if tier in self.tier_coupons:
            coupon = self.tier_coupons[tier]
            if coupon.state == "cancelled":
                self.restore(coupon)
        else:
            self.tier_coupons[tier] = self.issue("tier", tier, terms, is_silent=is_silent)

    def publish(self, programme: Programme) -> None:
        """A new version is in force: a new ladder moves at once, either way."""
        is_new_ladder = programme.tiers != self.programme.tiers
        self.programme = programme
        self._happen_to_points()
        if is_new_ladder and (self.override is None or self.rank(self.override.tier) <= 0):
            self.end_override(is_silent=True)
        self.follow_tier()
