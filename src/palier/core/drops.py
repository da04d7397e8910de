"""Where one cent more costs more than a cent: carts priced on both sides of every edge of a programme."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from palier.core.benefits import Offer
from palier.core.edges import Edge, edges_of
from palier.core.plan import FIRST_ORDER, POINTS, PROMO_CODE, SEGMENT, Plan, compile_plan
from palier.core.probes import Probe, Probes, probes_of
from palier.core.programme.values import Programme
from palier.core.quote import decided
from palier.core.quote_values import Buyer, Cart

PROBES_MAX = 5_000
"""So many buyers and carts are tried, shared by all edges."""
PROBES_MIN = 30
"""So many at least at each edge. A check takes less than a second, and two for hundreds of edges."""


@dataclass(frozen=True, slots=True)
class Side:
    """A cart on one side of an edge: what it costs with its delivery, and what each source saves of it.

    ``points_minor`` is what points pay in whole steps: it is the member's too, and comes back as points.
    """

    price_minor: int
    saved: Mapping[str, int]
    points_minor: int = 0
    delivered: frozenset[str] = frozenset()
    """Those of them that save something of the delivery."""


@dataclass(frozen=True, slots=True)
class Drop:
    """A cart of ``at_minor`` costs ``costs_minor`` more than one a cent smaller.

    ``lost`` is what saved more before, ``kept`` what takes its place: the same, if that only gives less, or nothing.
    ``case`` says what sort of cart shows it (empty: any), ``is_covered`` that an amount has just paid the whole cart.
    """

    path: str
    at_minor: int
    costs_minor: int
    lost: tuple[str, ...]
    lost_minor: int
    kept: tuple[str, ...]
    kept_minor: int
    case: str = ""
    is_covered: bool = False


def drops_of(programme: Programme, *, known: Collection[tuple[str, int]] = ()) -> list[Drop]:
    """Every drop that is found, one for each edge and what is lost there, shown by the most ordinary cart.

    ``known`` are edges (path, amount) of which something was said already: what the source itself loses there is not
    told again.
    """
    plan = compile_plan(programme)
    probes, edges = probes_of(plan), edges_of(programme)
    found: dict[tuple[str, int, tuple[str, ...]], Drop] = {}
    for edge in edges:
        for drop in _at(plan, probes, edge, max(PROBES_MIN, PROBES_MAX // len(edges))):
            is_own = drop.lost == (_name_of(edge),) and (edge.path, edge.at_minor) in known
            if not is_own and not _is_told(found, drop):
                found[drop.path, drop.at_minor, drop.lost] = drop
    return list(found.values())


def side_of(plan: Plan, probe: Probe, line_minor: int, at_minor: int) -> Side:
    """The probe's cart with its line at that amount."""
    cart = probe.cart(line_minor, plan.programme.currency, at_minor)
    return side(plan, cart, probe.buyer())


def side(plan: Plan, cart: Cart, buyer: Buyer) -> Side:
    """What a cart costs once everything that stands is taken off."""
    _, till, offers, standing, _ = decided(plan, cart, buyer)
    active = (offer for bit, offer in offers.active.items() if bit & standing)
    saved = dict.fromkeys(map(_named, active), 0)
    delivered = set()
    points = 0
    for given in till.given:
        offer = given.offer
        if offer.bit:
            name = _named(offer)
            saved[name] = saved.get(name, 0) + given.amount_minor + given.saved_minor
            if given.saved_minor:
                delivered.add(name)
        use = offer.use
        if use is not None and use.redemption.consume == "used" and offer.discount and offer.discount.points:
            points = given.amount_minor
    return Side(till.total + till.shipping_left, saved, points, frozenset(delivered))


def _named(offer: Offer) -> str:
    return f"{offer.source}:{offer.id}" if offer.id else offer.source


def costs_more(less: Side, more: Side, by_minor: int = 1) -> bool:
    """Whether ``by_minor`` more in the cart cost more than that.

    Where points pay in whole steps on both sides, what is left of a step is no loss: the member keeps the points.
    """
    if more.price_minor <= less.price_minor + by_minor:
        return False
    if less.points_minor and more.points_minor:
        return more.price_minor + more.points_minor > less.price_minor + less.points_minor + by_minor
    return True


def _at(plan: Plan, probes: Probes, edge: Edge, most: int) -> list[Drop]:
    found: dict[tuple[str, ...], Drop] = {}
    for count, probe in enumerate(probes.around(edge)):
        if count >= most:
            break
        line = probe.goods.reaching(edge.at_minor)
        if line < 1:
            continue
        less, more = (side_of(plan, probe, amount, edge.at_minor) for amount in (line - 1, line))
        if costs_more(less, more):
            drop = _drop(edge, probe, less, more)
            found.setdefault(drop.lost, drop)
    return sorted(found.values(), key=lambda drop: len(drop.lost))


def _drop(edge: Edge, probe: Probe, less: Side, more: Side) -> Drop:
    lost = {name: saved for name, saved in less.saved.items() if name not in more.saved}
    kept = {name: saved for name, saved in more.saved.items() if name not in less.saved}
    if not lost:
        lost = {name: saved for name, saved in less.saved.items() if more.saved[name] < saved}
        kept = {name: more.saved[name] for name in lost}
    is_delivery = not {*lost, *kept}.isdisjoint(less.delivered | more.delivered)
    return Drop(
        edge.path, edge.at_minor, more.price_minor - less.price_minor, tuple(lost), sum(lost.values()), tuple(kept),
        sum(kept.values()), probe.case or ("delivery" if is_delivery else ""), edge.is_covered,
    )  # fmt: skip


def _name_of(edge: Edge) -> str:
    if edge.coupon is not None:
        return f"coupon:{edge.coupon.id}" if edge.coupon.id else "coupon"
    names = {
        SEGMENT: f"segment:{edge.segment}",
        FIRST_ORDER: "first_order",
        PROMO_CODE: "promo_code",
        POINTS: "points",
    }
    return names[edge.bit]


def _is_told(found: Mapping[tuple[str, int, tuple[str, ...]], Drop], drop: Drop) -> bool:
    """Whether of everything that is lost here something was said already."""
    return all((drop.path, drop.at_minor, (name,)) in found for name in drop.lost)
