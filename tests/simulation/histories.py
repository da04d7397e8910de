"""From a seed to a history: swarm style, each seed switches operations off or up, and the clock jumps to borders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from palier.core.period import add, end_after, parse_duration, zone
from tests.simulation.shapes import CARRIERS, EVENTS, PAYMENTS, PRODUCTS, ZONES, draw_document
from tests.simulation.steps import History, Step

OPERATIONS = (
    "buy", "buy", "buy", "advance", "advance", "edit", "edit", "older", "repeat", "cancel", "reinstate", "refund",
    "refund", "refund_amount", "refund_full", "refund_again", "refund_early", "event", "gift", "batch", "work",
    "publish", "merge", "erase", "override", "waive", "close",
)  # fmt: skip
RARE = {"publish": 0.3, "merge": 0.3, "erase": 0.08, "override": 0.5, "waive": 0.5, "close": 0.1}
STEPS = (5, 30)


@dataclass(slots=True)
class _Story:
    """The history while it is being told."""

    random: Random
    now: datetime
    document: dict[str, Any]
    shops: int
    customers: list[str]
    steps: list[Step] = field(default_factory=list)
    orders: dict[tuple[int, str], dict[str, Any]] = field(default_factory=dict)
    awaited: list[tuple[int, str]] = field(default_factory=list)
    borders: list[datetime] = field(default_factory=list)
    keys: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    count: int = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def tell(self, do: str, **facts: Any) -> None:
        self.steps.append(Step(self.now, do, facts))


def draw_history(seed: int, operations: tuple[str, ...] = OPERATIONS) -> History:
    """The history of that seed, always the same."""
    random = Random(seed)
    document = draw_document(
        random, currency=random.choice(["EUR", "EUR", "EUR", "JPY", "KWD"]), timezone=random.choice(ZONES)
    )
    starts_at = datetime(2026, 1, 20, tzinfo=UTC) + timedelta(seconds=random.randrange(0, 60 * 86400))
    story = _Story(
        random, starts_at, document, random.choice([1, 1, 2]), ["ann", "bob", "cy"][: random.randint(1, 3)]
    )
    weights = {name: random.choice([0, 1, 1, 3]) * RARE.get(name, 1) for name in operations}
    weights["buy"] = max(weights.get("buy", 1), 1)
    names = list(weights)
    for _ in range(random.randint(*STEPS)):
        _move_clock(story)
        name = random.choices(names, [weights[name] for name in names])[0]
        TELL[name](story)
    ends_at = story.now + timedelta(days=random.choice([0, 1, 20, 40, 400]))
    return History(seed, document, starts_at, ends_at, tuple(story.steps))


def _move_clock(story: _Story) -> None:
    """Stay, go on a little, or jump to just before, at, or just after an instant at which something falls due."""
    random = story.random
    coming = sorted(border for border in story.borders if border > story.now)
    if coming and random.random() < 0.35:
        aim = random.choice(coming[:4])
        slip = timedelta(microseconds=random.choice([-1, 0, 0, 1]), seconds=random.choice([0, 0, 0, 1, 3600]))
        story.now = max(story.now, aim + slip)
        return
    move = random.choice([0, 0, 60, 3600, 86400, 5 * 86400, 20 * 86400])
    story.now += timedelta(seconds=random.randint(0, move) if move else 0)


def _expect(story: _Story, at: datetime) -> None:
    """Instants at which something that starts now will end or settle, under the programme of now."""
    points, tz = story.document["points"], zone(story.document["timezone"])
    spans = [points.get("settle", {}).get("after")]
    if "valid_for" in points:
        story.borders.append(end_after(at, parse_duration(points["valid_for"]), tz))
    tiers = story.document.get("tiers", {})
    window = tiers.get("window")
    spans += [window["rolling"] if isinstance(window, dict) else None, tiers.get("grace")]
    story.borders += [add(at, parse_duration(span), tz) for span in spans if span]
    for reward in story.document.get("rewards", ()):
        if "valid_for" in reward["coupon"]:
            story.borders.append(end_after(at, parse_duration(reward["coupon"]["valid_for"]), tz))
    if tiers.get("schedule"):
        for day in (datetime(2026, 3, 10, tzinfo=tz), datetime(2026, 4, 21, tzinfo=tz)):
            story.borders.append(day.astimezone(UTC))
    year = datetime(at.year + 1, 1, 1, tzinfo=tz).astimezone(UTC)
    if window == "calendar_year" or points.get("expiry") == "year_end":
        story.borders.append(year)


def _goods(story: _Story) -> list[tuple[str, int, int]]:
    random = story.random
    price = random.choice([(1, 900), (500, 6000), (3000, 20000)])
    if story.document["currency"] == "JPY":
        price = (max(1, price[0] // 50), price[1] // 50)
    products = random.sample(sorted(PRODUCTS), random.randint(1, 3))
    return [
        (product, random.randint(1, 4), random.randint(*price) if random.random() < 0.95 else 0)
        for product in products
    ]


def _content(story: _Story) -> dict[str, Any]:
    random = story.random
    content: dict[str, Any] = {"lines": _goods(story)}
    if random.random() < 0.25:
        content["use_points"] = random.randint(1, 120)
        content["points_amount"] = random.randint(1, 500)
    if random.random() < 0.15:
        content["coupon"] = random.randint(0, 2)
        content["coupon_amount"] = random.randint(0, 300)
    if random.random() < 0.1:
        content["promo"] = random.randint(1, 400)
    if random.random() < 0.3:
        content["shipping"] = random.randint(1, 900)
        content["free_shipping"] = random.random() < 0.2
    if random.random() < 0.1:
        content["rate"] = random.choice(["9/10", "117/100"])
    if random.random() < 0.2:
        content["first_order"] = random.randint(1, 300)
    content["carrier"] = random.choice(CARRIERS)
    content["payment_method"] = random.choice(PAYMENTS)
    content["prices"] = random.choice(["gross", "gross", "net"])
    return content


def _buy(story: _Story) -> None:
    random = story.random
    if story.awaited and random.random() < 0.7:
        shop, order = story.awaited.pop()
    else:
        shop, order = random.randrange(story.shops), f"o{story.number()}"
    status = random.choice(["placed", "paid", "paid", "paid", "shipped", "delivered"])
    customer = random.choice(story.customers) if random.random() < 0.97 else None
    message = {"shop": shop, "order": order, "customer": customer, "status": status, **_content(story)}
    message["updated"] = story.now
    if random.random() < 0.2:
        message["paid_at"] = story.now - timedelta(seconds=random.randrange(0, 3 * 86400))
    story.orders[shop, order] = message
    _expect(story, message.get("paid_at", story.now))
    story.tell("order", **message)


def _pick(story: _Story, *statuses: str) -> dict[str, Any] | None:
    there = [m for m in story.orders.values() if not statuses or m["status"] in statuses]
    return story.random.choice(there) if there else None


def _update(story: _Story, message: dict[str, Any], **changes: Any) -> None:
    # Two versions of one instant could not be told apart: the shop's clock goes on between them.
    updated = max(story.now, message["updated"] + timedelta(seconds=1))
    changed = {**message, **changes, "updated": updated}
    story.orders[message["shop"], message["order"]] = changed
    _expect(story, story.now)
    story.tell("order", **changed)


def _advance(story: _Story) -> None:
    message = _pick(story, "placed", "paid", "shipped")
    if message is not None:
        later = {
            "placed": ["paid", "paid", "delivered"],
            "paid": ["shipped", "delivered"],
            "shipped": ["delivered"],
        }
        _update(story, message, status=story.random.choice(later[message["status"]]))


def _edit(story: _Story) -> None:
    message = _pick(story)
    if message is not None:
        kept = ("shop", "order", "customer", "status", "paid_at", "updated")
        _update(story, {name: message[name] for name in kept if name in message} | _content(story))


def _older(story: _Story) -> None:
    message = _pick(story)
    if message is not None:
        stale = {**message, **_content(story), "status": story.random.choice(["placed", "paid", "cancelled"])}
        story.tell(
            "order", **{**stale, "updated": message["updated"] - timedelta(milliseconds=story.number())}
        )


def _repeat(story: _Story) -> None:
    message = _pick(story)
    if message is not None:
        story.tell("order", **message)
    elif story.keys:
        do, facts = story.random.choice(story.keys)
        story.tell(do, **facts)


def _cancel(story: _Story) -> None:
    message = _pick(story, "placed", "paid", "shipped", "delivered")
    if message is not None:
        _update(story, message, status="cancelled")


def _reinstate(story: _Story) -> None:
    message = _pick(story, "cancelled")
    if message is not None:
        _update(story, message, status=story.random.choice(["placed", "paid", "delivered"]))


def _refund(story: _Story) -> None:
    message = _pick(story)
    if message is not None:
        position = story.random.randrange(len(message["lines"]))
        quantity = story.random.randint(1, message["lines"][position][1])
        by = (
            {"line": str(position + 1)}
            if story.random.random() < 0.6
            else {"product": message["lines"][position][0]}
        )
        _tell_refund(
            story, message, pieces=[{"quantity": quantity, **by}], shipping=story.random.random() < 0.2
        )


def _refund_amount(story: _Story) -> None:
    message = _pick(story)
    if message is not None:
        goods = sum(quantity * price for _, quantity, price in message["lines"])
        _tell_refund(story, message, amount=story.random.randint(1, max(1, goods)))


def _refund_full(story: _Story) -> None:
    message = _pick(story)
    if message is not None:
        _tell_refund(story, message, full=True)


def _tell_refund(story: _Story, message: dict[str, Any], **facts: Any) -> None:
    refund = {"shop": message["shop"], "order": message["order"], "id": f"r{story.number()}", **facts}
    story.keys.append(("refund", refund))
    story.tell("refund", **refund)


def _refund_again(story: _Story) -> None:
    told = [(do, facts) for do, facts in story.keys if do == "refund"]
    if told:
        story.tell("refund", **story.random.choice(told)[1])


def _refund_early(story: _Story) -> None:
    shop, order = story.random.randrange(story.shops), f"o{story.number()}"
    story.awaited.append((shop, order))
    facts: dict[str, Any] = {"amount": story.random.randint(1, 3000)}
    if story.random.random() < 0.3:
        facts = {"full": True}
    _tell_refund(story, {"shop": shop, "order": order}, **facts)


def _event(story: _Story) -> None:
    key = story.random.choice(["k1", f"k{story.number()}"])
    facts = {
        "shop": 0,
        "customer": story.random.choice(story.customers),
        "name": story.random.choice(EVENTS),
        "key": key,
    }
    story.keys.append(("event", facts))
    _expect(story, story.now)
    story.tell("event", **facts)


def _gift(story: _Story) -> None:
    facts = {
        "shop": 0,
        "customer": story.random.choice(story.customers),
        "points": story.random.randint(1, 150),
    }
    facts["key"] = f"g{story.number()}"
    story.keys.append(("gift", facts))
    _expect(story, story.now)
    story.tell("gift", **facts)


def _batch(story: _Story) -> None:
    """Several of these in one call."""
    start = len(story.steps)
    for name in story.random.choices(
        ["buy", "advance", "edit", "refund", "refund_full", "cancel", "reinstate"], k=3
    ):
        TELL[name](story)
    told = story.steps[start:]
    del story.steps[start:]
    shop = told[0].facts["shop"] if told else 0
    messages = [(step.do, step.facts) for step in told if step.facts["shop"] == shop]
    if messages:
        story.tell("batch", shop=shop, messages=messages)


def _work(story: _Story) -> None:
    story.tell("work")


def _publish(story: _Story) -> None:
    document = draw_document(
        story.random, currency=story.document["currency"], timezone=story.document["timezone"]
    )
    story.document = document
    # Not at an instant to which an account is caught up already: the version would come before what was decided.
    story.now += timedelta(milliseconds=1)
    story.tell("publish", document=document)


def _merge(story: _Story) -> None:
    if len(story.customers) > 1:
        kept, merged = story.random.sample(story.customers, 2)
        story.now += timedelta(milliseconds=1)
        story.tell("merge", shop=0, kept=kept, merged=merged)


def _erase(story: _Story) -> None:
    story.tell("erase", shop=0, customer=story.random.choice(story.customers))


def _override(story: _Story) -> None:
    """Staff give a tier (of a ladder that was once in force, maybe), with or without an end, or end what they gave."""
    random = story.random
    until = (
        story.now + timedelta(seconds=random.choice([60, 86400, 20 * 86400]))
        if random.random() < 0.7
        else None
    )
    tier = random.choice(["low", "middle", "high", "high", None])
    if until is not None and tier is not None:
        story.borders.append(until)
    customer = random.choice(story.customers)
    story.tell("override", shop=0, customer=customer, tier=tier, until=until if tier else None)


def _waive(story: _Story) -> None:
    story.tell("waive", shop=0, customer=story.random.choice(story.customers), key=f"w{story.number()}")


def _close(story: _Story) -> None:
    shop = story.random.randrange(story.shops)
    story.tell("close", shop=shop, customer=story.random.choice(story.customers))


TELL = {
    "buy": _buy, "advance": _advance, "edit": _edit, "older": _older, "repeat": _repeat, "cancel": _cancel,
    "reinstate": _reinstate, "refund": _refund, "refund_amount": _refund_amount, "refund_full": _refund_full,
    "refund_again": _refund_again, "refund_early": _refund_early, "event": _event, "gift": _gift, "batch": _batch,
    "work": _work, "publish": _publish, "merge": _merge, "erase": _erase, "override": _override, "waive": _waive,
    "close": _close,
}  # fmt: skip
