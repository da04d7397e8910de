"""The shared scenarios that ask for a quote, told to the core alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from palier.core import tiers
from palier.core.member import MemberFacts
from palier.core.messages import parse_gift, parse_member, parse_order
from palier.core.messages_cart import parse_cart
from palier.core.money import to_minor
from palier.core.plan import compile_plan
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.quote import booked, quote
from palier.core.quote_values import Buyer, Cart, Quote
from palier.core.segments import SegmentFacts, matching
from palier.core.values import replace
from tests.core.kit import Story

SCENARIOS = Path(__file__).parents[3] / "shared" / "scenarios"
PLAYED = {"order", "gift", "quote", None}


def documents() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted(SCENARIOS.glob("*/*.yaml")):
        text = path.read_text(encoding="utf-8")
        if "quote:" in text or "use_quote" in text:
            document = load_yaml(text)
            actions = {
                next((k for k in step if k not in ("at", "expect")), None) for step in document["steps"]
            }
            if actions <= PLAYED:
                found.append((f"{path.parent.name}/{path.stem}", document))
    return found


STORIES = documents() if SCENARIOS.is_dir() else []


class Shop:
    """Several members, each with a story of their own."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.programme = parse(document["programme"])
        self.plan = compile_plan(self.programme)
        self.facts = {name: parse_member(name, facts) for name, facts in document.get("members", {}).items()}
        self.stories: dict[str, Story] = {}
        self.now = datetime.fromisoformat("2026-01-01T00:00:00+00:00")

    def story(self, name: str) -> Story:
        if name not in self.stories:
            self.stories[name] = Story(self.programme, start=self.now)
        return self.stories[name].at(self.now)

    def quote(self, name: str | None, cart: Cart) -> Quote:
        if name is None:
            return quote(self.plan, cart, Buyer(self.now, is_member=False))
        return quote(self.plan, cart, self.buyer(name, cart))

    def buyer(self, name: str, cart: Cart) -> Buyer:
        story = self.story(name)
        state, facts, order = story.state, self.facts.get(name, MemberFacts(name)), cart.order
        last = state.last_order
        lines = [line for known in story.orders.values() for line in known.order.lines or ()]
        known = SegmentFacts(
            company=bool(facts.company), tags=frozenset(facts.tags or ()), orders=state.totals.orders,
            spend_minor=state.totals.spend_minor, points=state.totals.available, tier=state.tier,
            delivery_city=order.delivery.city or (last.city if last else ""),
            carrier=order.shipping.carrier or (last.carrier if last else ""),
            bought_products=frozenset(line.product for line in lines),
        )  # fmt: skip
        story.segments = matching(self.programme, known, now=self.now)
        return Buyer(
            now=self.now, available=state.totals.available, orders=state.totals.orders, tier=state.tier,
            qualifying=tiers.qualifying(story._open(), self.programme), segments=story.segments,
            coupons=tuple(story.coupons.values()), activity=state.totals.activity,
            contributions=state.contributions,
        )  # fmt: skip

    def order(self, content: dict[str, Any]) -> None:
        name = content["member"]
        story = self.story(name)
        last = list(story.coupons.values())[-1:]
        codes = [last[0].code if code == "$last" else code for code in content.get("coupons", ())]
        order = parse_order({**content, "coupons": codes}, currency=self.programme.currency)
        if order.lines is None:
            story.order(order.id, status=order.status)
            return
        cart = Cart(replace(order, coupons=()), order.coupons, order.use_points)
        self.buyer(name, cart)
        if order.use_quote:
            given = self.quote(name, cart)
            order = replace(order, discounts=booked(given))
        story.order(
            order.id, *order.lines or (), status=order.status, discounts=order.discounts, delivery=order.delivery,
            shipping=order.shipping, payment_method=order.payment_method, currency=order.currency,
        )  # fmt: skip
        if order.use_quote and order.status == "paid":
            known = story.orders[order.id]
            assert known.worth is not None
            assert known.worth.points == given.earns


@pytest.mark.parametrize(("name", "document"), STORIES, ids=[name for name, _ in STORIES])
def test_a_scenario_is_priced_as_it_says(name: str, document: dict[str, Any]) -> None:
    shop = Shop(document)
    for step in document["steps"]:
        if "at" in step:
            shop.now = datetime.fromisoformat(str(step["at"]).replace("Z", "+00:00"))
        if "gift" in step:
            gift = parse_gift(step["gift"])
            shop.story(gift.customer).gift(gift.points)
        if "order" in step:
            shop.order(step["order"])
        expected = dict(step.get("expect", {}))
        if "quote" in step:
            wanted = parse_cart(step["quote"], currency=shop.programme.currency)
            check_quote(shop.quote(wanted.customer, wanted.cart), expected.pop("quote", {}), shop)
        for member, facts in expected.items():
            check_member(shop.story(member), facts, shop)


def check_quote(given: Quote, expected: dict[str, Any], shop: Shop) -> None:
    minor = lambda amount: to_minor(amount, shop.programme.currency)  # noqa: E731
    if "total" in expected:
        assert given.total_minor == minor(expected["total"])
    if "earns" in expected:
        assert given.earns == expected["earns"]
    if "free_shipping" in expected:
        granted = given.free_shipping if given.free_shipping == "all" else sorted(given.free_shipping)
        assert granted == expected["free_shipping"]
    if "next_tier" in expected:
        assert given.next_tier is not None
        assert given.next_tier.id == expected["next_tier"]["id"]
        assert given.next_tier.missing == minor(expected["next_tier"]["missing"])
    if "refused" in expected:
        assert [each.source for each in given.refused] == [each["source"] for each in expected["refused"]]
    if "discounts" in expected:
        assert len(given.discounts) == len(expected["discounts"])
        for one, other in zip(given.discounts, expected["discounts"], strict=True):
            assert one.source == other["source"]
            assert one.amount_minor == minor(other["amount"])
            assert one.points == other.get("points", one.points)
            if "lines" in other:
                assert list(one.lines_minor) == [minor(amount) for amount in other["lines"]]


def check_member(story: Story, facts: dict[str, Any], shop: Shop) -> None:
    totals = story.state.totals
    if "spend" in facts:
        assert totals.spend_minor == to_minor(facts["spend"], shop.programme.currency)
    for bucket in ("available", "spent"):
        if bucket in facts.get("points", {}):
            assert getattr(totals, bucket) == facts["points"][bucket]
    if "coupons" in facts:
        assert story.states() == [coupon["state"] for coupon in facts["coupons"]]
