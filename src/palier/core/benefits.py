"""What each benefit gives in a cart: amounts off, their shares of the lines, points used, delivery freed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from palier.core.earning import matches
from palier.core.money import allocate, ratio_half_up
from palier.core.order import Line, OrderDiscount
from palier.core.programme.values import Discount, FreeShipping, Gift, Redemption
from palier.core.quote_values import Source

Granted = FreeShipping
"""The carriers that are free so far."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What one source would give. ``promo_codes`` are the shop's own amounts; ``use`` is set for points."""

    source: Source
    bit: int
    id: str = ""
    code: str = ""
    discount: Discount | None = None
    free_shipping: FreeShipping = None
    gift: Gift | None = None
    promo_codes: tuple[OrderDiscount, ...] = ()
    use: PointsUse | None = None


@dataclass(frozen=True, slots=True)
class PointsUse:
    """How points are taken: ``asked`` is what the member may or wants to use of the ``available`` ones.

    ``cost`` is that of a bracket that is not computed.
    """

    redemption: Redemption
    available: int
    asked: int
    cost: int


@dataclass(frozen=True, slots=True)
class Given:
    """What an offer gives on what the earlier ones left. ``saved_minor`` is of the delivery."""

    offer: Offer
    amount_minor: int = 0
    lines_minor: tuple[int, ...] = ()
    points: int = 0
    saved_minor: int = 0
    frees: bool = False
    promo_codes: tuple[OrderDiscount, ...] = ()

    @property
    def is_something(self) -> bool:
        """Whether the cart gets anything of it."""
        return bool(self.amount_minor or self.frees or self.saved_minor or self.offer.gift)


@dataclass(slots=True)
class Till:
    """What is left of a cart while discounts are applied, one after the other. ``goods_minor`` is before any."""

    lines: tuple[Line, ...]
    left: list[int]
    goods_minor: int
    carrier: str
    shipping_minor: int
    to_cart: Callable[[int], int] | None
    """Programme amounts in the cart's currency; None when they are the same."""
    total: int = 0
    shipping_left: int = 0
    granted: Granted = None
    given: list[Given] = field(default_factory=list)

    def copy(self) -> Till:
        """Another till at the same point."""
        return Till(
            self.lines, list(self.left), self.goods_minor, self.carrier, self.shipping_minor, self.to_cart,
            self.total, self.shipping_left, self.granted, list(self.given),
        )  # fmt: skip

    def converted(self, amount_minor: int) -> int:
        """An amount of the programme in the cart's currency."""
        return amount_minor if self.to_cart is None else self.to_cart(amount_minor)


def apply(till: Till, offer: Offer) -> Given:
    """Take from the till what the offer gives.

    One that frees only carriers that were not chosen is noted and costs nothing; one that gives nothing is not.
    """
    given = _promo_codes(till, offer) if offer.promo_codes else _benefit(till, offer)
    if given.is_something or given.promo_codes or not is_within(offer.free_shipping, till.granted):
        till.given.append(given)
        till.granted = united(till.granted, offer.free_shipping)
        till.shipping_left -= given.saved_minor
    return given


def united(one: Granted, other: FreeShipping) -> Granted:
    """The carriers that either frees."""
    if one is None or other is None:
        return one or other
    if one == "all" or other == "all":
        return "all"
    return frozenset(one) | frozenset(other)


def is_within(grant: FreeShipping, granted: Granted) -> bool:
    """Whether everything that the grant frees is free already."""
    if grant is None or granted == "all":
        return True
    return granted is not None and grant != "all" and set(grant) <= set(granted)


def _benefit(till: Till, offer: Offer) -> Given:
    frees, saved = _shipping(till, offer.free_shipping)
    amount, points, indices = 0, 0, None
    if offer.discount is not None:
        indices = lines_of(till.lines, offer.discount)
        base = till.total if indices is None else sum(till.left[i] for i in indices)
        amount, points = reduction(till, offer, offer.discount, base)
    if offer.use is not None:
        if not _can_pay(offer.use):
            return Given(offer)
        if offer.discount is None or offer.discount.points is None:
            points = _fixed_cost(offer.use) if amount or frees or offer.gift else 0
        elif offer.use.redemption.consume == "all":
            points = offer.use.available if amount or frees or offer.gift else 0
    shares = take(till, amount, indices) if amount else (0,) * len(till.left)
    return Given(offer, amount, shares, points, saved, frees)


def _can_pay(use: PointsUse) -> bool:
    return use.redemption.consume == "none" or use.asked >= use.cost


def _fixed_cost(use: PointsUse) -> int:
    return {"used": use.cost, "all": use.available, "none": 0}[use.redemption.consume]


def reduction(till: Till, offer: Offer, discount: Discount, base: int) -> tuple[int, int]:
    """The amount off goods that cost ``base``, and for a computed discount the points of its steps.

    Percentages are rounded half up to the minor unit; nothing exceeds ``base`` or ``max``; points are also bound by
    ``max_percent`` of the goods before any discount, rounded down.
    """
    limit = base
    if discount.max_minor is not None:
        limit = min(limit, till.converted(discount.max_minor))
    use = offer.use
    if use is not None and use.redemption.max_percent_bp is not None:
        limit = min(limit, till.goods_minor * use.redemption.max_percent_bp // 10_000)
    if discount.percent_bp is not None:
        return min(limit, ratio_half_up(base * discount.percent_bp, 10_000)), 0
    assert discount.amount_minor is not None
    if discount.points is None or use is None:
        return min(limit, till.converted(discount.amount_minor)), 0
    steps = use.asked // discount.points
    if use.redemption.consume != "used":
        return min(limit, till.converted(steps * discount.amount_minor)), 0
    steps = _fitting(till, discount.amount_minor, steps, limit)
    return till.converted(steps * discount.amount_minor), steps * discount.points


def _fitting(till: Till, step_minor: int, steps: int, limit: int) -> int:
    """The fewest steps that give as much as possible within the limit."""
    if till.to_cart is None:
        return min(steps, limit // step_minor)
    low, high = 0, steps
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if till.converted(middle * step_minor) <= limit else (low, middle - 1)
    most = till.converted(low * step_minor)
    while low and till.converted((low - 1) * step_minor) == most:
        low -= 1
    return low


def lines_of(lines: Sequence[Line], discount: Discount) -> list[int] | None:
    """The positions of the lines that a discount measures and reduces; None: all."""
    if discount.lines is None:
        return None
    return [
        i
        for i, line in enumerate(lines)
        if matches(discount.lines, line.product, line.categories, line.on_sale)
    ]


def take(till: Till, amount: int, indices: list[int] | None) -> tuple[int, ...]:
    """Take ``amount`` from the lines in proportion to what is left of them; returns the share of each."""
    left = till.left
    weights = left if indices is None else [left[i] if i in indices else 0 for i in range(len(left))]
    shares = allocate(amount, weights)
    for i, share in enumerate(shares):
        left[i] -= share
    till.total -= amount
    return shares


def _shipping(till: Till, grant: FreeShipping) -> tuple[bool, int]:
    """Whether the grant frees something in this cart, and how much of the delivery it saves.

    A carrier that was chosen and is not granted, or costs nothing anyway, gets nothing of it; while none is chosen the
    grant counts.
    """
    if grant is None:
        return False, 0
    if till.shipping_minor:
        is_mine = till.shipping_left > 0 and (grant == "all" or till.carrier in grant)
        return is_mine, till.shipping_left if is_mine else 0
    return not till.carrier and not is_within(grant, till.granted), 0


def _promo_codes(till: Till, offer: Offer) -> Given:
    """The shop's own amounts, each on what is left; the shop says itself which lines it reduces, if it does."""
    taken = []
    saved = amount = 0
    for code in offer.promo_codes:
        if code.free_shipping:
            part = min(code.amount_minor or till.shipping_left, till.shipping_left - saved)
            saved += part
            taken.append(replace(code, amount_minor=part))
            continue
        if code.lines_minor is not None:
            shares = tuple(map(min, till.left, code.lines_minor))
            till.left = [left - share for left, share in zip(till.left, shares, strict=True)]
            till.total -= sum(shares)
        else:
            off = min(code.amount_minor, till.total)
            shares = take(till, off, None) if off else (0,) * len(till.left)
        amount += sum(shares)
        taken.append(replace(code, amount_minor=sum(shares), lines_minor=shares))
    return Given(offer, amount, (), 0, saved, saved > 0, tuple(taken))
