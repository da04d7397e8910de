"""What each benefit gives in a cart: amounts off, their shares of the lines, points used, delivery freed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field

from palier.core.earning import matches
from palier.core.money import allocate, ratio_half_up
from palier.core.order import Line, OrderDiscount
from palier.core.programme.values import Bracket, Discount, FreeShipping, Gift, LineFilter, Redemption
from palier.core.quote_values import Source


class PointsUse(Struct):
    """How points are taken: ``asked`` is what the member may or wants to use of the ``available`` ones.

    ``cost`` is that of a bracket that is not computed.
    """

    redemption: Redemption
    available: int
    asked: int
    cost: int


class Offer(Struct):
    """What one source would give. ``bit`` names it in a set (0: the tier, which stands apart).

    ``promo_codes`` are the shop's own amounts; ``use`` is set for points. ``only`` are the lines that it may pay (None:
    all): points, and vouchers made of them, never pay for excluded goods such as gift cards.
    """

    source: Source
    bit: int
    id: str = ""
    code: str = ""
    discount: Discount | None = None
    free_shipping: FreeShipping = None
    gift: Gift | None = None
    promo_codes: tuple[OrderDiscount, ...] = ()
    use: PointsUse | None = None
    only: list[int] | None = None


class PromoCode(Struct):
    """A promo code as it is applied: its amount and its share of the lines, or what it saves of the delivery."""

    code: OrderDiscount
    amount_minor: int
    lines_minor: tuple[int, ...]
    saved_minor: int = 0


class Given(Struct):
    """What an offer gives on what the earlier ones left. ``saved_minor`` is of the delivery."""

    offer: Offer
    amount_minor: int = 0
    lines_minor: tuple[int, ...] = ()
    points: int = 0
    saved_minor: int = 0
    frees: bool = False
    promo_codes: tuple[PromoCode, ...] = ()
    touches: bool = False
    """A percentage of goods that are there, even if it rounds to nothing."""

    @property
    def is_something(self) -> bool:
        """Whether the cart gets anything of it."""
        return bool(self.amount_minor or self.frees or self.offer.gift)

    @property
    def prevents_earning(self) -> bool:
        """Whether it reduces goods or uses points for anything but the delivery."""
        return bool(self.amount_minor or (self.points and not self.frees))


class Till(Struct):
    """What is left of a cart while discounts are applied, one after the other.

    ``goods_minor`` are the goods that count, before any discount: ``max_percent`` is of them.

    A till that does not spread only counts: ``left`` then stays as it was. ``to_cart`` turns programme amounts into the
    cart's currency; None when they are the same.
    """

    lines: tuple[Line, ...]
    left: list[int]
    goods_minor: int
    carrier: str
    shipping_minor: int
    to_cart: Callable[[int], int] | None
    total: int
    shipping_left: int
    granted: FreeShipping = None
    spreads: bool = True
    given: list[Given] = field(default_factory=list)

    def copy(self, *, spreads: bool) -> Till:
        """Another till at the same point, to try something out."""
        return Till(
            self.lines, list(self.left) if spreads else self.left, self.goods_minor, self.carrier,
            self.shipping_minor, self.to_cart, self.total, self.shipping_left, self.granted, spreads,
        )  # fmt: skip

    def converted(self, amount_minor: int) -> int:
        """An amount of the programme in the cart's currency."""
        return amount_minor if self.to_cart is None else self.to_cart(amount_minor)


def of_bracket(source: Source, bit: int, bracket: Bracket, id: str = "") -> Offer:
    """The offer of a bracket."""
    return Offer(source, bit, id, "", bracket.discount, bracket.free_shipping, bracket.gift)


def needs_lines(offer: Offer) -> bool:
    """Whether it asks what is left of single lines, and not only of the whole cart."""
    if offer.only is not None or (offer.discount is not None and offer.discount.lines is not None):
        return True
    return any(code.lines_minor is not None for code in offer.promo_codes)


def apply(till: Till, offer: Offer) -> Given:
    """Take from the till what the offer gives.

    One that frees only carriers that were not chosen is noted and costs nothing; one that gives nothing is not.
    """
    if _is_plain(offer):
        return _plain(till, offer)
    given = _promo_codes(till, offer) if offer.promo_codes else _benefit(till, offer)
    grant = offer.free_shipping
    if (
        given.amount_minor
        or given.is_something
        or given.promo_codes
        or (grant is not None and not is_within(grant, till.granted))
    ):
        till.given.append(given)
        till.shipping_left -= given.saved_minor
        if grant is not None:
            till.granted = united(till.granted, grant)
    return given


def united(one: FreeShipping, other: FreeShipping) -> FreeShipping:
    """The carriers that either frees."""
    if one is None or other is None:
        return one or other
    if one == "all" or other == "all":
        return "all"
    return frozenset(one) | frozenset(other)


def is_within(grant: FreeShipping, granted: FreeShipping) -> bool:
    """Whether everything that the grant frees is free already."""
    if grant is None or granted == "all":
        return True
    return granted is not None and grant != "all" and set(grant) <= set(granted)


def gives(till: Till, offer: Offer) -> tuple[bool, int]:
    """Whether the offer, tried alone at this point, gives the cart anything, and how much it takes off the goods.

    A percentage of goods gives something even where it rounds to nothing: what stands must not turn on a cent.
    """
    if _is_plain(offer):
        amount, touches = _plain_amount(till, offer)
        return amount > 0 or touches, amount
    if offer.promo_codes:
        given = apply(till.copy(spreads=needs_lines(offer)), offer)
        return given.is_something, given.amount_minor
    if offer.use is not None and not _can_pay(offer.use):
        return False, 0
    amount, _, _, frees, _, touches = _measure(till, offer)
    return bool(amount or frees or offer.gift or touches), amount


def _is_plain(offer: Offer) -> bool:
    """Whether it takes a percentage or an amount off the whole cart and does nothing else."""
    discount = offer.discount
    return (
        discount is not None
        and offer.free_shipping is None
        and offer.use is None
        and offer.only is None
        and offer.gift is None
        and discount.lines is None
        and discount.max_minor is None
    )


def _plain(till: Till, offer: Offer) -> Given:
    amount, touches = _plain_amount(till, offer)
    if not amount:
        return Given(offer, 0, (0,) * len(till.left), touches=touches)
    given = Given(offer, amount, take(till, amount, None), 0, 0, False, (), touches)
    till.given.append(given)
    return given


def _plain_amount(till: Till, offer: Offer) -> tuple[int, bool]:
    """What a plain offer takes off, and whether it is a percentage of goods that are there."""
    discount, base = offer.discount, till.total
    assert discount is not None
    percent = discount.percent_bp
    if percent is not None:
        return (base * percent + 5_000) // 10_000, bool(percent and base)
    assert discount.amount_minor is not None
    return min(base, till.converted(discount.amount_minor)), False


def _benefit(till: Till, offer: Offer) -> Given:
    use = offer.use
    if use is not None and not _can_pay(use):
        return Given(offer)
    amount, points, saved, frees, indices, touches = _measure(till, offer)
    if use is not None and (amount or frees or offer.gift):
        if use.redemption.consume == "all":
            points = use.available
        elif use.redemption.consume == "used" and (offer.discount is None or offer.discount.points is None):
            points = use.cost
    shares = take(till, amount, indices) if amount else (0,) * len(till.left)
    return Given(offer, amount, shares, points, saved, frees, (), touches)


def _can_pay(use: PointsUse) -> bool:
    return use.asked >= use.cost or use.redemption.consume == "none"


def _measure(till: Till, offer: Offer) -> tuple[int, int, int, bool, list[int] | None, bool]:
    """The amount off, the points of its steps, what is saved of the delivery, whether it is freed, which lines, and
    whether a percentage has goods to be of."""
    discount, grant = offer.discount, offer.free_shipping
    amount, points, saved, frees, indices, touches = 0, 0, 0, False, None, False
    if discount is not None:
        base = till.total
        if discount.lines is not None or offer.only is not None:
            indices = lines_of(till.lines, discount.lines, offer.only)
            base = sum([till.left[i] for i in indices])
        if discount.percent_bp is not None and discount.max_minor is None and offer.use is None:
            amount = (base * discount.percent_bp + 5_000) // 10_000
        else:
            amount, points = reduction(till, offer.use, discount, base)
        touches = bool(discount.percent_bp and base and offer.use is None)
    if grant is not None:
        frees, saved = _shipping(till, grant)
    return amount, points, saved, frees, indices, touches


def reduction(till: Till, use: PointsUse | None, discount: Discount, base: int) -> tuple[int, int]:
    """The amount off goods that cost ``base``, and for a computed discount the points of its steps.

    Percentages are rounded half up to the minor unit; nothing exceeds ``base`` or ``max``; points are also bound by
    ``max_percent`` of the goods before any discount, rounded down. When only the points used are taken, a computed
    discount takes whole steps, as few as give most; else the right is cut to the limit.
    """
    limit = base
    if discount.max_minor is not None:
        limit = min(limit, till.converted(discount.max_minor))
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
    most = _last(steps, lambda number: till.converted(number * step_minor) <= limit)
    amount = till.converted(most * step_minor)
    return _last(most, lambda number: till.converted(number * step_minor) < amount) + 1 if amount else 0


def _last(most: int, holds: Callable[[int], bool]) -> int:
    """The largest number up to ``most`` for which something holds that holds up to a point; at least 0."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def lines_of(lines: Sequence[Line], wanted: LineFilter | None, only: Sequence[int] | None) -> list[int]:
    """The positions of the lines that a filter names, among ``only`` those unless it is None."""
    positions = range(len(lines)) if only is None else only
    named = ((i, lines[i]) for i in positions)
    return [i for i, line in named if matches(wanted, line.product, line.categories, line.on_sale)]


def take(till: Till, amount: int, indices: list[int] | None) -> tuple[int, ...]:
    """Take ``amount`` from the lines in proportion to what is left of them; the share of each, if the till spreads."""
    till.total -= amount
    if not till.spreads:
        return ()
    left = till.left
    if indices is None:
        shares = allocate(amount, left)
    else:
        shares = allocate(amount, [left[i] if i in indices else 0 for i in range(len(left))])
    till.left = [one - share for one, share in zip(left, shares, strict=True)]
    return shares


def _shipping(till: Till, grant: FreeShipping) -> tuple[bool, int]:
    """Whether the grant frees something in this cart, and how much of the delivery it saves.

    A carrier that was chosen and is not granted, or costs nothing anyway, gets nothing of it; while none is chosen the
    grant counts.
    """
    assert grant is not None
    if till.shipping_minor:
        is_mine = till.shipping_left > 0 and (grant == "all" or till.carrier in grant)
        return is_mine, till.shipping_left if is_mine else 0
    return not till.carrier and not is_within(grant, till.granted), 0


def _promo_codes(till: Till, offer: Offer) -> Given:
    """The shop's own amounts, each on what is left; the shop says itself which lines it reduces, if it does."""
    taken = []
    saved = whole = 0
    nothing = (0,) * len(till.left)
    for code in offer.promo_codes:
        if code.free_shipping:
            left = till.shipping_left - saved
            part = min(code.amount_minor, left) if code.amount_minor else left
            saved += part
            taken.append(PromoCode(code, 0, nothing, part))
            continue
        if code.lines_minor is not None and till.spreads:
            shares = tuple(map(min, till.left, code.lines_minor))
            amount = sum(shares)
            till.left = [one - share for one, share in zip(till.left, shares, strict=True)]
            till.total -= amount
        else:
            amount = min(code.amount_minor, till.total)
            shares = take(till, amount, None) if amount else nothing
        whole += amount
        taken.append(PromoCode(code, amount, shares))
    return Given(offer, whole, (), 0, saved, saved > 0, tuple(taken))
