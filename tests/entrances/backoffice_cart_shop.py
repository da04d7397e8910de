"""A shop with every kind of benefit, for the pages about carts and segments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from palier.core.member import MemberFacts
from palier.core.programme.load import load_yaml
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.programme.init_programme import InitProgramme, init_programme
from tests.entrances.backoffice_shop import LONG_EMAIL, LONG_NAME, Shop, order

DOCUMENT = """
format: 1
name: Maison Lune
currency: EUR
timezone: Europe/Paris
languages: [fr, de, en]
points:
  valid_for: P12M
  value: {points: 10, amount: 1}
  earn_with: [promo_code, points, coupon, segment]
earning:
  - {id: spend, award: {points: 1, per: 1}}
  - {id: basket-200, when: {total: {from: 200}}, award: {points: 50}}
redemption:
  brackets: [{from: 100, discount: {points: 100, amount: 10}}]
  min_total: 20
  apply: on_request
rewards:
  - {id: thanks, at: 500, coupon: {discount: {amount: 10}, min_total: 300, valid_for: P2M}}
tiers:
  discount_by: cart
  ladder:
    - {id: bronze, from: 0, name: {fr: Bronze, de: Bronze, en: Bronze}}
    - {id: silver, from: 500, name: {fr: Argent, de: Silber, en: Silver}, discount: {percent: 5}}
    - {id: gold, from: 1000, name: {fr: Or, de: Gold, en: Gold}, discount: {percent: 10}, free_shipping: [colissimo]}
first_order:
  brackets: [{from: 50, free_shipping: all}, {over: 150, discount: {percent: 10}, free_shipping: all}]
segments:
  - id: pros
    name: {fr: Professionnels parisiens, de: Pariser Geschäftskunden, en: Businesses in Paris}
    where: {all: [{company: true}, {delivery_city: Paris}]}
    earn_points: false
    brackets: [{from: 0, free_shipping: all}]
  - id: regulars
    where: {orders: {from: 2}}
    brackets:
      - {from: 20, discount: {amount: 5}}
      - {over: 150, discount: {percent: 10}, gift: {product: mug, quantity: 1}}
  - id: sleepy
    where: {any: [{last_order: {before: P6M}}, {not: {orders: {from: 1}}}]}
    brackets: [{from: 0, discount: {percent: 3}}]
  - {id: old-idea, enabled: false, where: {tags: [vip]}}
  - {id: staff, where: {group: [staff]}, earn_points: false}
combine: [[points, promo_code], [segment, promo_code]]
"""


def cart_shop() -> Shop:
    """A programme that uses everything, and members who get different things from it."""
    now = datetime.now(UTC).replace(microsecond=0)
    made = init_programme(
        InitProgramme("Maison Lune", "EUR", document=load_yaml(DOCUMENT)), now=now - timedelta(days=500)
    )
    shop = Shop(made.programme_id, made.shop_id, now)
    people = (
        MemberFacts("C-1", name="Élodie Lefèvre", email="elodie@example.com", language="fr"),
        MemberFacts("C-2", name="Jürgen Groß", email="juergen@example.com", language="de", company=True),
        MemberFacts("C-3", name=LONG_NAME, email=LONG_EMAIL, groups=("staff",)),
        MemberFacts("C-4", name="Nina Neu", language="en"),
    )
    register_members(RegisterMembers(shop.shop_id, people), now=now - timedelta(days=450))
    order(shop, "A1", "C-1", 90000, days_ago=40)
    order(shop, "A2", "C-1", 24000, days_ago=20)
    order(shop, "A3", "C-2", 60000, days_ago=300)
    give_points(GivePoints(shop.shop_id, "C-4", 250, "Bienvenue", author="Sam", key="g"), now=now)
    return shop
