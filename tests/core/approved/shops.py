"""The programmes that the approved texts are about."""

from __future__ import annotations

from tests.core.programme.documents import whole_document

CORNER = """
name: Corner
currency: EUR
languages: [en, fr, de]
points: {name: {en: stars, fr: étoiles, de: Sterne}, valid_for: P12M, rounding: nearest, earn_with: [points, coupon, segment, promo_code, first_order]}
spend: {exclude: {categories: [gift-cards]}}
earning:
  - {id: spend, award: {points: 2, per: 1}}
  - {id: whole, award: {points: 5, per: 10, steps: whole}}
  - {id: mugs, lines: {products: [mug]}, award: {points: 7, per_item: true}}
  - {id: sale, lines: {on_sale: true}, award: {points: 1, per: 2}}
  - {id: pair, lines: {products: [mug]}, when: {quantity: {from: 2}}, award: {points: 50}}
  - {id: basket, when: {total: {over: 60}}, award: {points: 10}}
  - {id: heavy, when: {weight: {from: 3000}}, award: {points: 30}}
  - {id: wire, when: {payment_method: [wire]}, award: {points: 20}}
  - {id: relay, when: {carrier: [relay]}, award: {points: 15}}
  - {id: summer, lines: {categories: [summer]}, multiply: 3}
  - {id: cap, cap: {points: 400, every: order}}
redemption: {brackets: [{from: 10, to: 99, discount: {points: 10, amount: 1}}, {from: 100, discount: {points: 10, amount: 1.20, max: 20}, free_shipping: [relay]}], from_order: 2, min_total: 30, max_percent: 50}
tiers:
  discount_by: cart
  ladder:
    - {id: bronze, name: {en: Bronze, fr: Bronze, de: Bronze}, from: 0}
    - {id: silver, name: {en: Silver, fr: Argent, de: Silber}, from: 200, discount: {percent: 5}, free_shipping: [colissimo], multiply: 1.5}
    - {id: gold, name: {en: Gold, fr: Or, de: Gold}, from: 1000, discount: {percent: 10}, free_shipping: all, multiply: 2, gift: {product: pin, quantity: 1}}
first_order: {brackets: [{from: 50, free_shipping: all}, {over: 150, discount: {percent: 10}, gift: {product: sticker, quantity: 2}}]}
segments:
  - {id: pro, name: {en: Professionals, fr: Professionnels, de: Gewerbe}, where: {company: true}, earn_points: false, brackets: [{from: 0, free_shipping: all}, {from: 100, discount: {amount: 8}}]}
  - {id: out, where: {tags: [reseller]}, earn_points: false}
  - {id: fans, where: {orders: {from: 5}}, brackets: [{from: 40, discount: {percent: 10, lines: {products: [mug]}}}]}
combine: [[points, promo_code], [segment, promo_code, coupon]]
"""  # noqa: E501

MARKET = """
name: Market
currency: KWD
languages: [en]
points: {rounding: up, earn_with: [points], earn_on_first_order: false}
spend: {tax: as_displayed, shipping: included}
earning:
  - {id: spend, award: {points: 3, per: 1.500}}
  - {id: clearance, lines: {categories: [summer], on_sale: true}, award: {points: 1, per: 0.250}}
  - {id: double, when: {during: {from: 2026-03-01, to: 2026-03-31}}, multiply: 2}
  - {id: day, cap: {points: 300, every: P1D}}
redemption: {brackets: [{from: 20, discount: {amount: 2}}, {from: 50, cost: 40, discount: {percent: 15}, free_shipping: all}], consume: all, apply: on_request}
tiers: {metric: orders, ladder: [{id: new, from: 0}, {id: known, from: 3, free_shipping: all}, {id: friend, from: 10}]}
segments:
  - {id: city, where: {delivery_city: Kuwait}, brackets: [{over: 20, discount: {percent: 12.5, max: 3}}]}
priority: [points, coupon, segment, first_order, promo_code]
"""  # noqa: E501

BEST = """
name: Best
currency: JPY
languages: [en, de]
points: {earn_with: [coupon, segment, points]}
earning: [{id: spend, award: {points: 1, per: 100}}, {id: vip, when: {tier: [b]}, multiply: 1.25}, {id: second, when: {order_number: {from: 2}}, award: {points: 9}}]
redemption: {brackets: [{from: 5, discount: {points: 5, amount: 60}}], consume: none}
tiers: {metric: points, ladder: [{id: a, from: 0}, {id: b, from: 100, discount: {amount: 300}}], discount_by: cart}
first_order: {brackets: [{from: 0, discount: {percent: 20}}]}
segments: [{id: all, where: {}, brackets: [{from: 3000, discount: {amount: 500}}, {from: 9000, discount: {percent: 9}}]}]
combine: [[coupon, points], [segment, first_order]]
conflict: best
"""  # noqa: E501

SHOPS = {"corner": CORNER, "market": MARKET, "best": BEST}


def example() -> object:
    """The longest example of the reference."""
    return whole_document()
