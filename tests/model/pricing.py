"""What a cart costs: a second reading of docs/algorithms/pricing.md and of meanings 2, 4, 5, 8, 15 and 18."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations
from typing import Any

from palier.core.programme.values import Bracket, Discount, Programme, Segment
from tests.model.earning import Accepted, first_segment, points_of
from tests.model.goods import Basket, Kept, Piece, half_up, matches, split, to_programme
from tests.model.ladder import steps
from tests.model.member import Member
from tests.model.orders import room
from tests.model.purse import Coupon
from tests.simulation.answers import Given, Priced

APPLIED = ("tier", "segment", "first_order", "promo_code", "coupon", "points")


@dataclass(slots=True)
class Till:
    """What is left of the lines and of the delivery."""

    lines: list[int]
    shipping: int
    given: list[Given] = field(default_factory=list)
    frees: bool = False
    coupon: int | None = None

    def saved(self, whole: Till) -> int:
        """How much less is left than there was."""
        return sum(whole.lines) - sum(self.lines) + whole.shipping - self.shipping


@dataclass(frozen=True, slots=True)
class Asked:
    """A cart: its basket, the shop's promo code, the coupons entered (None: nobody's), and the points asked for."""

    basket: Basket
    promo: int
    coupons: tuple[Coupon | None, ...]
    points: int | None


class Pricing:
    """One cart of one buyer; ``member`` is None for a guest. ``programme`` is the version that prices it."""

    def __init__(self, asked: Asked, member: Member | None, programme: Programme) -> None:
        self.asked, self.member, self.programme = asked, member, programme
        self.basket = asked.basket
        self.prices = [quantity * price for _, quantity, price in self.basket.lines]
        excluded = programme.spend.exclude
        names = [product for product, _, _ in self.basket.lines]
        self.counts = [excluded is None or not matches(name, excluded) for name in names]
        self.measured = self._measured(self.counts)
        self.coupon: Coupon | None = None
        self.segment = self._segment()
        self.is_out = self.segment is not None and not self.segment.earn_points and not self.segment.brackets

    def quote(self) -> Priced:
        """What stays, applied in its order, and what the order would earn."""
        start = self._whole()
        self._give_tier(start)
        self.coupon = self._usable_coupon(start)
        stays = self._choose(start)
        till = self._apply(start, stays)
        whole = self._whole()
        return Priced(
            tuple(each for each in till.given if each.amount or each.points),
            till.frees,
            whole.shipping - till.shipping,
            sum(till.lines),
            self._earns(till),
            (),
            till.coupon,
        )

    def _whole(self) -> Till:
        return Till(list(self.prices), self.basket.shipping)

    def _measured(self, which: list[bool]) -> int:
        prices = (price for price, does in zip(self.prices, which, strict=True) if does)
        return half_up(
            sum((to_programme(price, self.basket, self.programme) for price in prices), Fraction(0))
        )

    def _of(self, discount: Discount | None, which: list[bool]) -> list[bool]:
        """Which of those lines the discount is for."""
        wanted = discount.lines if discount is not None else None
        names = (product for product, _, _ in self.basket.lines)
        return [
            does and (wanted is None or matches(name, wanted))
            for name, does in zip(names, which, strict=True)
        ]

    def _segment(self) -> Segment | None:
        if self.member is None:
            return None
        return first_segment(self.programme, self.member.about(self.basket.carrier))

    # Who offers

    def _give_tier(self, till: Till) -> None:
        tiers = self.programme.tiers
        if self.member is None or tiers is None:
            return
        tier = next((tier for _, tier in steps(tiers, self.member.now) if tier.id == self.member.tier), None)
        if tier is not None:
            discount = tier.discount if tiers.discount_by == "cart" else None
            self._take(till, "tier", discount)
            self._free(till, tier.free_shipping)

    def _bracket(self, brackets: Iterable[Bracket], value: int) -> Bracket | None:
        reached = [b for b in brackets if b.enabled and b.bounds.hold(value)]
        return max(reached, key=lambda b: b.bounds.at_least or 0, default=None)

    def _offer(self, source: str, till: Till) -> bool:
        """Let that source take what it gives; whether it gives anything."""
        before, shipping = sum(till.lines), till.shipping
        is_percentage = getattr(self, f"_give_{source}")(till)
        return bool(before > sum(till.lines) or shipping > till.shipping or is_percentage)

    def _give_segment(self, till: Till) -> bool:
        return self._give_bracket(till, "segment", self.segment.brackets if self.segment else ())

    def _give_first_order(self, till: Till) -> bool:
        member = self.member
        if member is None or self.is_out or member.valid_orders or member.first_claims:
            return False
        return self._give_bracket(till, "first_order", self.programme.first_order)

    def _give_bracket(self, till: Till, source: str, brackets: Iterable[Bracket]) -> bool:
        bracket = self._bracket(brackets, self.measured)
        if bracket is None:
            return False
        is_percentage = self._take(till, source, bracket.discount)
        self._free(till, bracket.free_shipping)
        return is_percentage

    def _give_promo_code(self, till: Till) -> bool:
        if self.asked.promo:
            self._spread(till, "promo_code", min(self.asked.promo, sum(till.lines)), till.lines)
        return False

    def _give_coupon(self, till: Till) -> bool:
        return self.coupon is not None and self._give_this(self.coupon, till)

    def _give_this(self, coupon: Coupon, till: Till) -> bool:
        assert coupon.terms is not None
        payable = self.counts if coupon.origin == "voucher" else [True] * len(self.counts)
        discount = coupon.terms.discount
        if coupon.remaining is not None and discount is not None:
            discount = replace(discount, amount_minor=coupon.remaining)
        number, before = self._number(coupon), (sum(till.lines), till.shipping)
        is_percentage = self._take(till, "coupon", discount, payable, coupon=number)
        self._free(till, coupon.terms.free_shipping)
        if (sum(till.lines), till.shipping) != before:
            till.coupon = number
        return is_percentage

    def _usable_coupon(self, start: Till) -> Coupon | None:
        """The first that can be used here: of one for other goods there is nothing to use."""
        for coupon in self.asked.coupons:
            if coupon is not None and self._is_usable(coupon):
                till = _copy(start)
                is_percentage = self._give_this(coupon, till)
                assert coupon.terms is not None
                if is_percentage or till.saved(start) or coupon.terms.free_shipping:
                    return coupon
        return None

    def _number(self, coupon: Coupon) -> int:
        assert self.member is not None
        order = sorted(self.member.purse.coupons, key=lambda each: (each.issued_at, each.number))
        return order.index(coupon)

    def _is_usable(self, coupon: Coupon) -> bool:
        assert self.member is not None
        assert coupon.terms is not None
        is_over = coupon.ends_at is not None and coupon.ends_at <= self.member.now
        measured = self._measured(self._of(coupon.terms.discount, self.counts))
        return coupon.state == "issued" and not is_over and measured >= (coupon.terms.min_total_minor or 0)

    def _give_points(self, till: Till) -> bool:
        redemption, member, asked = self.programme.redemption, self.member, self.asked.points
        if redemption is None or member is None or self.is_out:
            return False
        if redemption.apply == "on_request" and asked is None:
            return False
        if member.valid_orders + 1 < redemption.from_order or self.measured < (
            redemption.min_total_minor or 0
        ):
            return False
        available = member.purse.available
        bracket = self._bracket(redemption.brackets, available)
        if bracket is None:
            return False
        weights = [
            left if pays else 0
            for left, pays in zip(till.lines, self._of(bracket.discount, self.counts), strict=True)
        ]
        payable = sum(weights)
        if redemption.max_percent_bp is not None:
            goods = sum(price for price, does in zip(self.prices, self.counts, strict=True) if does)
            payable = min(payable, goods * redemption.max_percent_bp // 10000)
        wanted = available if asked is None else min(asked, available)
        amount, cost = self._bought(bracket, wanted, payable, sum(weights))
        before = till.shipping
        if cost <= wanted or redemption.consume == "none":
            self._free(till, bracket.free_shipping)
        if not amount and till.shipping == before:
            return False
        points = {"used": cost, "all": available, "none": 0}[redemption.consume]
        self._spread(till, "points", amount, weights, points=points)
        return False

    def _bought(self, bracket: Bracket, wanted: int, payable: int, base: int) -> tuple[int, int]:
        """The amount that a bracket of points gives, and what it costs: points that buy nothing are not used.

        ``base`` is what is left of the goods that it is for, of which it may pay ``payable``.
        """
        redemption, discount = self.programme.redemption, bracket.discount
        assert redemption is not None
        cost = bracket.cost if bracket.cost is not None else bracket.bounds.at_least or 0
        if discount is None:
            return 0, cost
        if discount.points is not None:
            assert discount.amount_minor is not None
            most = wanted // discount.points
            value = [self._converted(discount.amount_minor * n) for n in range(most + 1)]
            if redemption.consume != "used":
                return min(value[most], payable), 0
            best = max(n for n in range(most + 1) if value[n] <= payable)
            fewest = min(n for n in range(best + 1) if value[n] == value[best])
            return value[fewest], fewest * discount.points
        if cost > wanted and redemption.consume != "none":
            return 0, cost
        return min(self._amount(discount, base), payable), cost

    # What an offer takes

    def _converted(self, minor: int) -> int:
        return half_up(Fraction(minor) / self.basket.rate)

    def _amount(self, discount: Discount, base: int) -> int:
        if discount.percent_bp is not None:
            amount = half_up(Fraction(base * discount.percent_bp, 10000))
        else:
            amount = self._converted(discount.amount_minor or 0)
        most = base if discount.max_minor is None else min(base, self._converted(discount.max_minor))
        return min(amount, most)

    def _take(
        self, till: Till, source: str, discount: Discount | None, payable: list[bool] | None = None,
        *, coupon: int | None = None,
    ) -> bool:  # fmt: skip
        """Let the discount take what it gives; whether it is a percentage of anything, rounded to nothing or not."""
        if discount is None:
            return False
        does = self._of(discount, payable or [True] * len(till.lines))
        weights = [left if pays else 0 for left, pays in zip(till.lines, does, strict=True)]
        self._spread(till, source, self._amount(discount, sum(weights)), weights, coupon=coupon)
        return discount.percent_bp is not None and sum(weights) > 0

    def _spread(
        self, till: Till, source: str, amount: int, weights: list[int], *, points: int = 0,
        coupon: int | None = None,
    ) -> None:  # fmt: skip
        shares = split(amount, weights)
        till.lines = [left - share for left, share in zip(till.lines, shares, strict=True)]
        till.given.append(Given(source, amount, tuple(shares), points, coupon))

    def _free(self, till: Till, carriers: Any) -> None:
        if carriers is not None and till.shipping and (carriers == "all" or self.basket.carrier in carriers):
            till.shipping = 0
            till.frees = True

    # Who stays

    def _choose(self, start: Till) -> tuple[str, ...]:
        sources = [s for s in APPLIED[1:] if self._offer(s, _copy(start))]
        if len(sources) <= 1 or (self.programme.conflict == "priority" and self._is_allowed(sources)):
            return tuple(sources)
        if self.programme.conflict == "best":
            return self._best(start, sources)
        kept: list[str] = []
        for source in sorted(sources, key=self.programme.priority.index):
            if self._is_allowed([*kept, source]) and self._still_gives(source, start, kept):
                kept.append(source)
        return tuple(kept)

    def _still_gives(self, source: str, start: Till, kept: list[str]) -> bool:
        """Whether it finds something to take when its turn comes, beside those of a higher priority."""
        before = APPLIED[1 : APPLIED.index(source)]
        return self._offer(source, self._apply(start, tuple(each for each in kept if each in before)))

    def _best(self, start: Till, sources: list[str]) -> tuple[str, ...]:
        rank = self.programme.priority.index
        sets = [set_ for n in range(1, len(sources) + 1) for set_ in combinations(sources, n)]
        allowed = [set_ for set_ in sets if self._is_allowed(set_)]

        def worth(set_: tuple[str, ...]) -> tuple[int, list[bool]]:
            by_priority = [name in set_ for name in sorted(sources, key=rank)]
            return self._apply(start, set_).saved(start), by_priority

        return max(allowed, key=worth)

    def _is_allowed(self, sources: Iterable[str]) -> bool:
        names = set(sources)
        if len(names) <= 1:
            return True
        return any(all(self._is_in(name, together) for name in names) for together in self.programme.combine)

    def _is_in(self, name: str, together: frozenset[str]) -> bool:
        is_named = name == "segment" and self.segment is not None and f"segment:{self.segment.id}" in together
        return name in together or is_named

    def _apply(self, start: Till, sources: tuple[str, ...]) -> Till:
        till = _copy(start)
        for source in APPLIED[1:]:
            if source in sources:
                self._offer(source, till)
        return till

    # What it earns

    def _earns(self, till: Till) -> int:
        member = self.member
        if member is None:
            return 0
        pieces = [
            Piece(product, quantity, left, quantity * price, is_free=not price)
            for (product, quantity, price), left in zip(self.basket.lines, till.lines, strict=True)
        ]
        is_empty = not any(price for price in self.prices)
        basket = replace(
            self.basket, discounts=[(g.source, g.amount, g.shares) for g in till.given if g.amount]
        )
        excluded = self.segment is not None and not self.segment.earn_points
        at = self.basket.paid_at or member.now
        left = room(member, self.programme, at)
        facts = Accepted(at, member.valid_orders + 1, member.tier, excluded, left, basket.is_net)
        return points_of(Kept(pieces, till.shipping, is_all_gone=is_empty), basket, self.programme, facts)


def _copy(till: Till) -> Till:
    return Till(list(till.lines), till.shipping, list(till.given), till.frees, till.coupon)
