"""Where something begins or ends, who stands for all buyers there, and where one cent more costs more than a cent."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from palier.core.check import check
from palier.core.drops import side
from palier.core.edges import coupon_kinds, edges_of, filters_of
from palier.core.plan import compile_plan
from palier.core.probes import Probe, probes_of
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.some_goods import rounding_of, turns_of
from tests.core.approved.doubts import MALL
from tests.core.approved.problems import with_sorted_sets
from tests.core.approved.rules import GRACE, SCORE
from tests.core.approved.shops import BEST, CORNER, MARKET, example

# Whatever is odd at an edge: goods apart, taxes, exclusions, vouchers, remainders, several carriers and codes.
FAIR = """
name: Fair
currency: EUR
languages: [en]
spend: {tax: excluded, exclude: {categories: [cards, gifts]}}
earning: [{id: spend, award: {points: 1, per: 1}}]
redemption:
  brackets:
    - {from: 20, to: 99, cost: 15, discount: {amount: 3, max: 2}, free_shipping: [post]}
    - {from: 100, discount: {points: 25, amount: 4}, gift: {product: pin}}
    - {from: 900, discount: {percent: 20, lines: {products: [tee, mug]}}}
  min_total: 12
  max_percent: 40
rewards:
  - {id: rest, at: 200, coupon: {discount: {amount: 8}, remainder: kept, min_total: 16}}
  - {id: mugs, at: 300, coupon: {discount: {percent: 30, lines: {products: [mug]}}, min_total: 25}}
  - {id: sale, at: 400, coupon: {discount: {amount: 5, lines: {on_sale: true}}, free_shipping: [relay, bike]}}
  - {id: off, at: 500, coupon: {gift: {product: pin}}, enabled: false}
tiers:
  discount_by: cart
  ladder:
    - {id: none, from: 0}
    - {id: some, from: 50, discount: {percent: 4}, coupon: {discount: {amount: 6}}}
    - {id: more, from: 90, discount: {amount: 2, lines: {categories: [summer, winter]}}, coupon: {free_shipping: all}}
    - {id: past, from: 95, discount: {percent: 50}, enabled: false}
first_order: {brackets: [{from: 30, to: 59.99, discount: {percent: 10}}, {from: 60, discount: {amount: 5}, free_shipping: all}]}
segments:
  - {id: clubs, where: {tags: [club]}, brackets: [{from: 10, discount: {amount: 1}}, {over: 40, discount: {percent: 15, max: 20}}]}
  - {id: firms, where: {company: true}, brackets: [{from: 0, free_shipping: [van]}, {from: 80, to: 120, discount: {amount: 9}, enabled: false}]}
combine: [[points, coupon], [segment, promo_code]]
"""  # noqa: E501

SHOPS = {
    "fair": FAIR, "mall": MALL, "corner": CORNER, "market": MARKET, "best": BEST, "grace": GRACE, "score": SCORE,
    "example": "",
}  # fmt: skip


def edge_lines() -> Iterator[str]:
    """Each shop: edges, what probes are made of, some probes around each edge, and what the search finds."""
    return map(with_sorted_sets, _edge_lines())


def _edge_lines() -> Iterator[str]:
    for name, text in SHOPS.items():
        programme = parse(load_yaml(text) if text else example())
        plan = compile_plan(programme)
        probes, edges = probes_of(plan), edges_of(programme)
        yield f"{name}: {len(edges)} edges, {'alone' if probes.stands_alone else 'beside others'}"
        for edge in edges:
            kind = edge.coupon and (edge.coupon.id, edge.coupon.path, edge.coupon.is_voucher)
            yield f"  {edge.path} {edge.at_minor} {edge.bit} {edge.segment} {kind} {edge.is_covered}"
        yield from (f"  coupon {kind}" for kind in coupon_kinds(programme))
        yield from (f"  goods {wanted}" for wanted in filters_of(programme))
        yield from (f"  buyers {bit} {each}" for bit, many in probes.has.items() for each in many)
        yield f"  tiers {probes.tiers}"
        yield from (f"  cart {each}" for each in probes.goods)
        yield from (f"  delivery {each}" for each in probes.deliveries)
        for place, edge in enumerate(edges):
            around = list(islice(probes.around(edge), 2_000))
            yield f"  around {edge.path} {edge.at_minor}: {len(around)}"
            for probe in around[place :: max(1, len(around) // 6)][:6]:
                at = probe.goods.reaching(edge.at_minor)
                cart, buyer = probe.cart(at, programme.currency, edge.at_minor), probe.buyer()
                yield f"    {_probe(probe)} at {at}: {side(plan, cart, buyer)}"
        yield f"  rounding {rounding_of(plan)}"
        yield from (f"  turn {turn}" for turn in turns_of(plan))


def drop_lines() -> Iterator[str]:
    """What is doubtful in two shops, carts at their edges included."""
    for name in ("fair", "corner"):
        yield name
        for each in check(parse(load_yaml(SHOPS[name]))):
            facts = " ".join(f"{key}={fact}" for key, fact in sorted(each.facts.items()))
            yield f"  {each.path} {each.code} {facts}: {each.reason}; {each.suggestion}"


def _probe(probe: Probe) -> str:
    has = [
        (each.segment, each.is_first, each.points, each.asked, [kind.id for kind in each.coupons], each.promo)
        for each in probe.has
    ]
    buyer, carrier = probe.buyer(), probe.delivery.shipping.carrier
    shown = f"{'net' if buyer.is_net else 'gross'} {buyer.orders} {buyer.available} {len(buyer.coupons)}"
    return f"{has} {probe.tier} {probe.goods.case or '-'} {carrier} {probe.case or '-'} {shown}"
