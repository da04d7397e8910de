"""Programmes that hold everything which a ledger can feel, and what more can happen under them."""

# ruff: noqa: E501  (programmes)

from __future__ import annotations

from datetime import timedelta
from random import Random

from palier.core.period import Duration
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.values import Programme
from palier.core.values import replace
from tests.core.kit import Story, line, points_discount

GRACE = """
name: Grace
currency: EUR
languages: [en, fr]
timezone: Europe/Paris
points: {valid_for: P3M, expiry: year_end, settle: {on: shipped, after: P5D}, remind: [P14D, P3D], earn_with: [points, coupon]}
earning:
  - {id: spend, award: {points: 1, per: 1}}
  - {id: visit, on: visit, once: true, award: {points: 25}}
  - {id: birthday, on: birthday, award: {points: 12}}
  - {id: month, cap: {points: 260, every: P30D}}
rewards: [{id: small, at: 90, coupon: {discount: {amount: 4}, valid_for: P2M, remainder: kept}}, {id: big, at: 240, coupon: {discount: {percent: 20}, valid_for: P1M}}]
tiers:
  window: {rolling: P4M}
  grace: P20D
  grace_refunds: true
  landing: one_step
  discount_by: cart
  ladder:
    - {id: low, from: 0}
    - {id: mid, name: {en: Middle, fr: Milieu}, from: 60, coupon: {discount: {amount: 3}}}
    - {id: high, from: 200, multiply: 1.5, coupon: {free_shipping: all, valid_for: P1M}}
    - {id: top, from: 500, multiply: 2}
  schedule: [{from: 2026-02-10, to: 2026-03-10, thresholds: {mid: 30, high: 120}}, {from: 2026-07-01, thresholds: {top: 800}}]
"""

SCORE = """
name: Score
currency: EUR
languages: [de, en]
timezone: America/New_York
points: {name: {de: Sterne, en: stars}, valid_for: P2M, expiry: sliding, settle: {on: delivered}, earn_on_first_order: false, rounding: nearest}
earning:
  - {id: spend, award: {points: 3, per: 2}}
  - {id: gold, when: {tier: [gold]}, multiply: 1.333}
  - {id: visit, on: visit, award: {points: 40}}
  - {id: order, cap: {points: 150, every: order}}
  - {id: ever, cap: {points: 900, every: ever}}
redemption: {brackets: [{from: 20, discount: {points: 20, amount: 1}}]}
tiers:
  metric: points
  window: calendar_year
  grace: P45D
  discount_by: cart
  ladder: [{id: none, from: 10}, {id: silver, from: 100}, {id: gold, from: 300, coupon: {gift: {product: pin}}}]
"""

ORDERS = """
name: Orders
currency: EUR
languages: [en]
points: {valid_for: P40D, expiry: fixed, rounding: up, remind: [P7D]}
spend: {tax: excluded, shipping: included, exclude: {products: [tee]}}
earning:
  - {id: spend, award: {points: 2, per: 3}}
  - {id: wire, when: {payment_method: [wire]}, multiply: 2}
  - {id: day, cap: {points: 80, every: P1D}}
rewards: [{id: one, at: 30, coupon: {discount: {amount: 1}}}]
tiers: {metric: orders, window: {rolling: P2M}, grace: P10D, discount_by: cart, ladder: [{id: new, from: 0}, {id: known, from: 2}, {id: friend, from: 4, coupon: {discount: {amount: 9}}}]}
segments: [{id: wired, where: {payment_method: [wire]}, earn_points: false}]
"""

RULES = (GRACE, SCORE, ORDERS)
DEEDS = ("late", "again", "fewer", "whole", "back", "use", "turn", "month")


def more_rules() -> list[Programme]:
    """The programmes, read."""
    return [parse(load_yaml(text)) for text in RULES]


def happen_more(story: Story, draw: Random) -> None:
    """Let one of the rarer things happen: late news, repeats, goods taken away, whole refunds, a turn of the rules."""
    deed, name = draw.choice(DEEDS), draw.choice("ABCD")
    euros = draw.choice((8, 35, 99.99, 240))
    if deed == "late":
        status = draw.choice(("paid", "delivered"))
        story.order(name, euros, status=status, paid_at=story.now - timedelta(days=draw.choice((2, 35, 100))))
    elif deed == "use":
        story.order(name, line(euros, "mug", 2), discounts=(points_discount(draw.choice((20, 80)), 2),))
    elif deed == "turn":
        _turn(story, draw)
    elif deed == "month":
        story.later(draw.choice((6, 27, 61)))
    elif name in story.orders:
        known = story.orders[name].order
        if deed == "again":
            story.order(name, status=draw.choice(("placed", "paid", "shipped", "delivered")))
        elif deed == "fewer" and len(known.lines or ()) > 1:
            story.order(name, *(known.lines or ())[1:], status=known.status)
        elif deed == "whole":
            story.refund(name, full=True)
        elif deed == "back":
            story.order(name, status="cancelled").later(2).order(name, status="paid")


def _turn(story: Story, draw: Random) -> None:
    """Another grace, another landing, the highest tier off or on again. The window stays: an account forgets by it."""
    rules = story.versions[-1].programme
    if rules.tiers is None:
        return
    *lower, last = rules.tiers.ladder
    tiers = replace(
        rules.tiers,
        grace=Duration(days=draw.choice((0, 15, 40))),
        landing=draw.choice(("deserved", "one_step")),
        ladder=(*lower, replace(last, enabled=draw.random() < 0.6)),
    )
    story.publish(replace(rules, tiers=tiers))
