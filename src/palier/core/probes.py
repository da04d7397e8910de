"""Buyers and carts that stand for all others, to price on both sides of an edge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations, product
from typing import Literal, TypeVar

from palier.core.account import Coupon
from palier.core.edges import CouponKind, Edge, coupon_kinds, filters_of
from palier.core.order import Line, Order, OrderDiscount, Shipping
from palier.core.plan import COUPON, FIRST_ORDER, POINTS, PROMO_CODE, SEGMENT, Plan
from palier.core.programme.values import Discount, LineFilter
from palier.core.quote_values import Buyer, Cart
from palier.core.values import replace

T = TypeVar("T")

DELIVERY_MINOR = 1000
"""What a delivery costs where one is paid: 10.00 where the currency has two decimals."""
FILTERS_MAX = 4
"""So many choices of goods stand for all others."""
ALIKE_MAX = 6
"""So many segments, and so many coupons, stand for all others beside which something begins."""

_NOW = datetime(2000, 1, 1, tzinfo=UTC)
_TAXED = Fraction(5, 6)


@dataclass(frozen=True, slots=True)
class Goods:
    """What lies in the cart: one line of any amount, and perhaps other goods ``beside`` it. ``case`` says which.

    ``measured_beside`` is what the others add to what the cart measures.
    """

    case: str = ""
    line: Line = Line("1", "-", 1, 0)
    beside: Line | None = None
    measured_beside: int = 0

    def reaching(self, measured_minor: int) -> int:
        """The least amount of the line at which the cart measures so much."""
        measured_minor -= self.measured_beside
        other = self.line.other_per_amount
        if other == 1:
            return measured_minor
        return -(-(2 * measured_minor - 1) * other.denominator // (2 * other.numerator))


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the cart is delivered."""

    shipping: Shipping = Shipping()
    case: str = ""


Promo = Literal["", "some", "all but a cent", "all"]
"""How much of the goods a promo code takes off."""


@dataclass(frozen=True, slots=True)
class Has:
    """What a buyer brings of one source: a segment, points, coupons, a promo code, or that it is the first order."""

    segment: str = ""
    is_first: bool = False
    points: int = 0
    asked: int | None = None
    coupons: tuple[CouponKind, ...] = ()
    promo: Promo = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One buyer with one sort of cart, to be priced at any amount."""

    has: tuple[Has, ...]
    tier: str | None
    goods: Goods
    delivery: Delivery

    @property
    def case(self) -> str:
        """What is out of the ordinary about it, to be named where it is why; empty when nothing is."""
        return self.goods.case or ("tier" if self.tier else "") or self.delivery.case

    def buyer(self) -> Buyer:
        """The member, without orders only if the first order is what it is about."""
        kinds = [kind for each in self.has for kind in each.coupons]
        return Buyer(
            _NOW, available=sum(each.points for each in self.has), tier=self.tier,
            orders=0 if any(each.is_first for each in self.has) else 1_000,
            segments=tuple(each.segment for each in self.has if each.segment),
            coupons=tuple(_coupon(place, kind) for place, kind in enumerate(kinds)),
            is_net=self.goods.line.other_per_amount != 1,
        )  # fmt: skip

    def cart(self, line_minor: int, currency: str, at_minor: int) -> Cart:
        """The cart with its line at that amount; a promo code takes its part of ``at_minor``."""
        line, beside = replace(self.goods.line, amount_minor=line_minor), self.goods.beside
        lines = (line,) if beside is None else (line, beside)
        promo = next((each.promo for each in self.has if each.promo), "")
        worth = {"some": at_minor // 5, "all but a cent": at_minor - 1, "all": 2 * at_minor}
        codes = (OrderDiscount("promo_code", worth[promo], "-"),) if promo else ()
        order = Order("-", "placed", currency, lines=lines, discounts=codes, shipping=self.delivery.shipping)
        count = sum(len(each.coupons) for each in self.has)
        asked = next((each.asked for each in self.has if each.points), None)
        return Cart(order, tuple(str(place) for place in range(count)), asked)


@dataclass(frozen=True, slots=True)
class Probes:
    """Everything that probes of one programme are made of, the most ordinary first.

    ``stands_alone``: nothing can be in another's way, for whatever applies stands, or the set that saves most does.
    """

    has: dict[int, list[Has]]
    tiers: list[str | None]
    goods: list[Goods]
    deliveries: list[Delivery]
    stands_alone: bool

    def around(self, edge: Edge) -> Iterator[Probe]:
        """Probes of the edge's source: alone in a plain cart, then step by step beside others and in odder carts."""
        plain = (self.tiers[0], self.goods[0], self.deliveries[0])
        carts: dict[int, list[tuple[str | None, Goods, Delivery]]] = defaultdict(list)
        for cart in product(self.tiers, self.goods, self.deliveries):
            carts[sum(one != two for one, two in zip(cart, plain, strict=True))].append(cart)
        own = self._own(edge)
        bits = [] if self.stands_alone else [bit for bit in self.has if bit != edge.bit]
        for oddity in range(len(bits) + len(plain) + 1):
            for beside in range(min(oddity, len(bits)) + 1):
                for has in self._buyers(own, bits, beside):
                    for cart in carts[oddity - beside]:
                        yield Probe(has, *cart)

    def _buyers(self, own: list[Has], bits: list[int], beside: int) -> Iterator[tuple[Has, ...]]:
        """The source beside so many others."""
        for chosen in combinations(bits, beside):
            for others in product(*(self.has[bit] for bit in chosen)):
                for mine in own:
                    yield (mine, *others)

    def _own(self, edge: Edge) -> list[Has]:
        if edge.bit == SEGMENT:
            return [Has(segment=edge.segment)]
        if edge.coupon is not None:
            kinds = [each.coupons[0] for each in self.has.get(COUPON, ())]
            mine = [Has(coupons=(edge.coupon,))]
            # The first code that can be used is: at its minimum it takes the place of the one entered after it.
            return mine + [Has(coupons=(edge.coupon, kind)) for kind in kinds if kind != edge.coupon]
        return self.has.get(edge.bit, [])


def probes_of(plan: Plan) -> Probes:
    """What the probes of a programme are made of."""
    programme = plan.programme
    has: dict[int, list[Has]] = {}
    if plan.segments:
        brackets = {id: [bracket.discount for bracket in each.brackets] for id, each in plan.segments.items()}
        has[SEGMENT] = [Has(segment=id) for id in _generous(brackets)]
    if plan.first_order:
        has[FIRST_ORDER] = [Has(is_first=True)]
    has[PROMO_CODE] = [Has(promo="some"), Has(promo="all but a cent"), Has(promo="all")]
    if kinds := coupon_kinds(programme):
        has[COUPON] = [
            Has(coupons=(kind,)) for kind in _generous({kind: [kind.terms.discount] for kind in kinds})
        ]
    if plan.points:
        has[POINTS] = list(_points(plan))
    everything = sum(has)
    stackings = [plan.stacking, *(each.stacking for each in plan.segments.values())]
    is_free = all(stacking.allowed[everything] for stacking in stackings)
    return Probes(has, _tiers(plan), _goods(plan), _deliveries(plan), programme.conflict == "best" or is_free)


def _generous(given: Mapping[T, Iterable[Discount | None]]) -> list[T]:
    """Some of those that give, first those that take most off, by percentages and by amounts in turn."""
    by_worth = [
        sorted(given, key=lambda one: -max(map(worth, given[one]), default=0))
        for worth in (_percent, _amount)
    ]
    return list(dict.fromkeys(one for pair in zip(*by_worth, strict=True) for one in pair))[:ALIKE_MAX]


def _points(plan: Plan) -> Iterator[Has]:
    redemption = plan.programme.redemption
    assert redemption is not None
    for bracket in plan.points:
        least = max(1, bracket.bounds.at_least or 0, bracket.cost or 0)
        discount = bracket.discount
        if discount is None or discount.points is None:
            yield Has(points=least, asked=least)
            continue
        most = bracket.bounds.at_most or 1_000 * max(least, discount.points)
        yield Has(points=most, asked=most)
        yield Has(points=max(least, discount.points), asked=discount.points)


def _tiers(plan: Plan) -> list[str | None]:
    """No tier, and those that take most off: a percentage, an amount."""
    found: list[str | None] = [None]
    ladder = [tier for tier in plan.programme.tiers.ladder if tier.enabled] if plan.programme.tiers else []
    given = [tier for tier in ladder if (offer := plan.tiers.get(tier.id)) and offer.discount]
    for worth in (_percent, _amount):
        largest = max(given, key=lambda tier: worth(tier.discount), default=None)
        if largest is not None and worth(largest.discount) and largest.id not in found:
            found.append(largest.id)
    return found


def _percent(discount: Discount | None) -> int:
    return (discount.percent_bp or 0) if discount else 0


def _amount(discount: Discount | None) -> int:
    return (discount.amount_minor or 0) if discount else 0


def _goods(plan: Plan) -> list[Goods]:
    programme, found = plan.programme, [Goods()]
    named = [_named(wanted) for wanted in filters_of(programme)[:FILTERS_MAX]]
    found += [Goods("lines", line) for line in named]
    if programme.spend.tax != "included":
        found.append(Goods("tax", Line("1", "-", 1, 0, (), _TAXED)))
    if programme.spend.exclude is not None and not programme.spend.exclude.on_sale:
        beside = replace(_named(programme.spend.exclude), id="2", amount_minor=1_000_000)
        found.append(Goods("excluded", beside=beside))
    return found + list(_mixed(named))


def _mixed(named: list[Line]) -> Iterator[Goods]:
    """A cent of goods that a discount is for beside others: it begins there, and takes hardly anything off.

    And goods that a discount is for beside so many others that what pays the former whole does not pay the cart.
    """
    for wanted in named:
        least = replace(wanted, id="2", amount_minor=1)
        yield Goods("mixed", beside=least, measured_beside=1)
        others = [other for other in named if other != wanted]
        yield from (Goods("mixed", other, least, measured_beside=1) for other in others)
        yield Goods("mixed", wanted, Line("2", "-", 1, 1_000_000))


def _named(wanted: LineFilter) -> Line:
    categories = () if wanted.products else tuple(sorted(wanted.categories)[:1])
    return Line("1", min(wanted.products, default="-"), 1, 0, categories, on_sale=bool(wanted.on_sale))


def _deliveries(plan: Plan) -> list[Delivery]:
    """A delivery to be paid, by each carrier that something frees and by another; and a cart without a carrier yet."""
    offers = [*plan.tiers.values(), *plan.first_order_offers]
    offers += [offer for segment in plan.segments.values() for offer in segment.offers]
    grants = [offer.free_shipping for offer in offers] + [bracket.free_shipping for bracket in plan.points]
    grants += [kind.terms.free_shipping for kind in coupon_kinds(plan.programme)]
    if not any(grants):
        return [Delivery()]
    named = sorted({carrier for grant in grants if grant and grant != "all" for carrier in grant})
    return [
        *(Delivery(Shipping(carrier, DELIVERY_MINOR)) for carrier in [*named[:3], "-"]),
        Delivery(case="carrier"),
    ]


def _coupon(place: int, kind: CouponKind) -> Coupon:
    origin: Literal["voucher", "reward"] = "voucher" if kind.is_voucher else "reward"
    remaining = (
        kind.terms.discount.amount_minor if kind.terms.discount and kind.terms.remainder_kept else None
    )
    return Coupon(
        str(place), str(place), origin, kind.id, "issued", kind.terms, _NOW, None, remaining_minor=remaining
    )  # fmt: skip
