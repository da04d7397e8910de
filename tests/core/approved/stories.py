"""Members to whom much happens, told as they read it: movements, tier and points."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from palier.core.account import Timeline
from palier.core.catch_up import catch_up
from palier.core.explain.movement import Credit, Movement, movement, movements_of
from palier.core.explain.sentences import sentences, title
from palier.core.explain.standing import explain_points, explain_tier
from palier.core.formats import formats_for
from palier.core.order import OrderDiscount, Shipping
from palier.core.period import Duration
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.values import Programme, Settle
from palier.core.values import replace
from tests.core.approved.rules import happen_more, more_rules
from tests.core.approved.shops import BEST, CORNER, MARKET
from tests.core.kit import Story, coupon_discount, line, points_discount, spend_rule
from tests.core.test_histories import PROGRAMMES

STORIES, MORE = 36, 45
DEEDS = (
    "order", "order", "order", "use", "coupon", "status", "refund", "piece", "gift", "event", "later", "later", "tier",
    "waive", "publish",
)  # fmt: skip


def rules_told() -> list[Programme]:
    """The programmes that the stories take turns with."""
    read = [parse(load_yaml(text)) for text in (CORNER, MARKET, BEST)]
    corner = replace(
        read[0], currency="EUR", points=replace(read[0].points, settle=Settle("delivered", Duration(days=14)))
    )
    market, best = (replace(each, currency="EUR") for each in read[1:])
    year = replace(corner, tiers=replace(corner.tiers, window="calendar_year", grace=Duration(1)))
    return [*PROGRAMMES.values(), corner, market, best, year]


def story_lines() -> Iterator[str]:
    """Stories drawn by their number, every fourth told to staff; then more under other rules, in every language."""
    more = more_rules()
    for number in range(STORIES, STORIES + MORE):
        draw = Random(number)
        story = Story(more[number % len(more)])
        for step in range(14):
            (happen if step % 2 else happen_more)(story, draw)
        language = ("en", "fr", "de")[number // 3 % 3]
        yield f"story {number}"
        yield from (f"  {said}" for said in _told(story, for_staff=number % 4 == 0, language=language))
        yield ""
    rules = rules_told()
    for number in range(STORIES):
        draw = Random(number)
        story = Story(rules[number % len(rules)])
        for _ in range(12):
            happen(story, draw)
        yield f"story {number}"
        yield from (f"  {said}" for said in _told(story, for_staff=number % 4 == 0))
        yield ""


def happen(story: Story, draw: Random) -> None:
    """Let one thing happen that is drawn."""
    deed, name = draw.choice(DEEDS), draw.choice("ABC")
    status = draw.choice(("paid", "paid", "placed", "shipped", "delivered", "cancelled"))
    more: dict[str, Any] = {
        "payment_method": draw.choice(("wire", "card")),
        "shipping": Shipping(draw.choice(("", "relay")), 490),
    }
    goods = [
        line(draw.choice((5, 19.99, 60, 250)), draw.choice(("mug", "tee")), draw.randint(1, 3), id=str(i), weight_g=900,
             categories=draw.choice(((), ("summer",), ("gift-cards",))), on_sale=draw.random() < 0.3)
        for i in range(draw.randint(1, 3))
    ]  # fmt: skip
    if deed == "order":
        story.order(name, *goods, status=status, **more)
    elif deed == "use":
        story.order(name, *goods, status=status, discounts=(points_discount(draw.choice((10, 60))),), **more)
    elif deed == "coupon":
        codes = [coupon.code for coupon in story.coupons.values()][-1:]
        promo = (OrderDiscount("promo_code", 100, "NOEL"),) if draw.random() < 0.3 else ()
        story.order(
            name, *goods, status=status, discounts=(*promo, *(coupon_discount(c, 2) for c in codes)), **more
        )
    elif deed == "gift":
        story.gift(draw.choice((5, 40, 300)))
    elif deed == "event":
        story.event(draw.choice(("visit", "birthday")))
    elif deed == "later":
        story.later(draw.choice((1, 3, 15, 31, 200)))
    elif deed == "waive":
        story.waive()
    elif deed == "publish":
        # The window stays: what an account has forgotten by it is read anew by the store, not by the core.
        rules = story.versions[-1].programme
        story.publish(replace(rules, earning=(spend_rule(draw.choice((1, 3))), *rules.earning[1:])))
    elif deed == "tier":
        _give_tier(story, draw)
    elif name in story.orders:
        if deed == "status":
            story.order(name, status=status)
        elif deed == "refund":
            story.refund(name, euros=draw.choice((1, 20, 500)), shipping=draw.random() < 0.5)
        elif deed == "piece" and story.orders[name].order.lines:
            story.refund(name, story.orders[name].order.lines[0].product)


def _give_tier(story: Story, draw: Random) -> None:
    tiers = story.versions[-1].programme.tiers
    if story.state.override is not None:
        story.override(None)
    elif tiers is not None and draw.random() < 0.5:
        highest = [tier.id for tier in tiers.ladder if tier.enabled][-1]
        story.override(highest, draw.choice((None, "2027-03-01")))


def _movements(story: Story) -> Iterator[Movement]:
    credits: dict[int, list[Credit]] = {}
    for new in story.lots.values():
        lot = new.lot
        credit = Credit(
            lot.number, new.amount, lot.available_at, lot.own_end, is_return=lot.origin is not None
        )
        credits.setdefault(new.sequence, []).append(credit)
    for each in movements_of(story.entries, credits):
        kind, id = each.cause.kind, each.cause.id
        shown = [
            replace(s, reason="why", author="Ann") if kind in ("gift", "waive") else s for s in each.shown
        ]
        order, _, refund = id.partition(":")
        of_order = kind in ("order", "refund")
        yield movement(
            each.cause,
            shown,
            order=order if of_order else "",
            refund=refund,
            coupon="…ODE" if kind == "coupon" else "",
        )


def _told(story: Story, *, for_staff: bool, language: str = "en") -> Iterator[str]:
    timeline, formats = Timeline(tuple(story.versions)), formats_for(language, "EUR", "UTC")
    for each in _movements(story):
        has, moved = each.balance, each.change.total
        numbers = f"{moved} {has.available} {has.pending} {has.held} {has.debt} {each.tier} {each.sequence}"
        yield f"{title(each, timeline, 'en', formats)} [{numbers} {each.when:%m-%d}]"
        yield from (f"  {said}" for said in sentences(each, timeline, language, formats, for_staff=for_staff))
    book = story._open()
    catch_up(book, story.now)
    yield "standing"
    yield from (f"  {said}" for said in explain_tier(book, language, formats))
    yield from (f"  {said}" for said in explain_points(book, language, formats))
