"""From a seed to a history: swarm style, each seed switches operations off or up, and the clock jumps to borders."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.simulation import carts
from tests.simulation.baskets import draw_cart, draw_content, draw_goods, new_order, update
from tests.simulation.imports import with_imports
from tests.simulation.openings import with_openings
from tests.simulation.shapes import EVENTS, ZONES, draw_document
from tests.simulation.steps import History
from tests.simulation.story import Story

OPERATIONS = (
    "buy", "advance", "edit", "older", "repeat", "resend", "cancel", "reinstate", "refund", "refund_amount",
    "refund_full", "refund_again", "refund_early", "event", "gift", "ungift", "batch", "work", "publish", "merge",
    "erase", "override", "waive", "close", "register", "quote", "hold", "hold_again", "release", "take_over",
    "buy_quoted", "hold_over", "use_and_merge", "voucher", "voucher_again", "claim",
)  # fmt: skip
OFTEN = {
    "buy": 3,
    "advance": 2,
    "edit": 2,
    "refund": 2,
    "hold": 2,
    "take_over": 2,
    "gift": 2,
    "buy_quoted": 2,
}
RARE = {"publish": 0.3, "merge": 0.5, "erase": 0.08, "override": 0.5, "waive": 0.5, "close": 0.1, "register": 0.3,
        "quote": 0.5, "use_and_merge": 0.4, "hold_over": 0.6, "hold_again": 0.3, "voucher_again": 0.3}  # fmt: skip
MOVES = 0.25
"""Of publications: the shop moves, and its days begin elsewhere."""
STEPS = (5, 30)
LONG = (50, 90)
"""Every tenth history is a long one."""


def draw_history(
    seed: int, operations: tuple[str, ...] = OPERATIONS, *, steps: tuple[int, int] | None = None
) -> History:
    """The history of that seed, always the same."""
    random = Random(seed)
    timezone, currency = random.choice(ZONES), random.choice(["EUR", "EUR", "EUR", "JPY", "KWD"])
    starts_at = _start(random)
    document = draw_document(random, currency=currency, timezone=timezone, around=starts_at)
    customers = ["ann", "bob", "cy", "di"][: random.choice([1, 2, 2, 3, 3, 4])]
    clock = random.choice(["still", "still", "still", "near", "near", "near", "far", "edges"])
    story = Story(random, starts_at, document, random.choice([1, 1, 2]), customers, clock)
    weights = {
        name: random.choice([0, 1, 1, 3]) * OFTEN.get(name, 1) * RARE.get(name, 1) for name in operations
    }
    weights["buy"] = max(weights.get("buy", 1), 1)
    names = list(weights)
    for _ in range(random.randint(*(steps or (STEPS if seed % 10 else LONG)))):
        story.move_clock()
        name = random.choices(names, [weights[name] for name in names])[0]
        TELL[name](story)
    ends_at = story.now + timedelta(days=random.choice([0, 1, 20, 40, 400]))
    told = with_openings(seed, story.steps, customers, story.shops)
    told = with_imports(seed, told, document, customers)
    ends_at = max(ends_at, *[step.at for step in told], ends_at)
    return History(seed, document, starts_at, ends_at, tuple(told))


def _start(random: Random) -> datetime:
    """Mostly this year; else before a leap day, a change of the clocks, or an end of a year, of ten years."""
    first = datetime(2026, 1, 20, tzinfo=UTC)
    if random.random() < 0.4:
        first = datetime(random.randint(2024, 2034), random.choice([1, 3, 9, 10, 12]), 1, tzinfo=UTC)
    return first + timedelta(seconds=random.randrange(0, 60 * 86400))


def _buy(story: Story) -> None:
    new_order(story, draw_content(story))


def _advance(story: Story) -> None:
    message = story.pick("placed", "paid", "shipped")
    if message is not None:
        later = {
            "placed": ["paid", "paid", "delivered"],
            "paid": ["shipped", "delivered"],
            "shipped": ["delivered"],
        }
        update(story, message, status=story.random.choice(later[message["status"]]))


def _edit(story: Story) -> None:
    message = story.pick()
    if message is not None:
        kept = ("shop", "order", "customer", "email", "status", "paid_at", "updated")
        content = draw_cart(story) | {"use_quote": True} if "use_quote" in message else draw_content(story)
        update(story, {name: message[name] for name in kept if name in message} | content)


def _older(story: Story) -> None:
    message = story.pick()
    if message is not None:
        content = {
            name: value for name, value in message.items() if name not in ("hold", "use_quote", "enters")
        }
        stale = {
            **content,
            **draw_content(story),
            "status": story.random.choice(["placed", "paid", "cancelled"]),
        }
        story.tell(
            "order", **{**stale, "updated": message["updated"] - timedelta(milliseconds=story.number())}
        )


def _repeat(story: Story) -> None:
    message = story.pick()
    if message is not None:
        story.tell("order", **message)
    elif story.keys:
        do, facts = story.random.choice(story.keys)
        story.tell(do, **facts)


def _resend(story: Story) -> None:
    """A message of before once more, late: a version that was the newest then."""
    if story.told:
        story.tell("order", **story.random.choice(story.told))


def _cancel(story: Story) -> None:
    message = story.pick("placed", "paid", "shipped", "delivered")
    if message is not None:
        update(story, message, status="cancelled")


def _reinstate(story: Story) -> None:
    message = story.pick("cancelled")
    if message is not None:
        update(story, message, status=story.random.choice(["placed", "paid", "delivered"]))


def _refund(story: Story) -> None:
    message = story.pick()
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


def _refund_amount(story: Story) -> None:
    message = story.pick()
    if message is not None:
        goods = sum(quantity * price for _, quantity, price in message["lines"])
        _tell_refund(story, message, amount=story.random.randint(1, max(1, goods)))


def _refund_full(story: Story) -> None:
    message = story.pick()
    if message is not None:
        _tell_refund(story, message, full=True)


def _tell_refund(story: Story, message: dict[str, Any], **facts: Any) -> None:
    refund = {"shop": message["shop"], "order": message["order"], "id": f"r{story.number()}", **facts}
    story.keys.append(("refund", refund))
    story.tell("refund", **refund)


def _refund_again(story: Story) -> None:
    told = [(do, facts) for do, facts in story.keys if do == "refund"]
    if told:
        story.tell("refund", **story.random.choice(told)[1])


def _refund_early(story: Story) -> None:
    shop, order = story.random.randrange(story.shops), f"o{story.number()}"
    story.awaited.append((shop, order))
    facts: dict[str, Any] = {"amount": story.random.randint(1, 3000)}
    if story.random.random() < 0.3:
        facts = {"full": True}
    _tell_refund(story, {"shop": shop, "order": order}, **facts)


def _event(story: Story) -> None:
    key = story.random.choice(["k1", f"k{story.number()}"])
    facts = {
        "shop": 0,
        "customer": story.somebody(),
        "name": story.random.choice(EVENTS),
        "key": key,
    }
    story.keys.append(("event", facts))
    story.expect(story.now)
    story.tell("event", **facts)


def _gift(story: Story) -> None:
    facts = {
        "shop": 0,
        "customer": story.somebody(),
        "points": story.random.choice([story.random.randint(1, 150), story.random.randint(100, 400)]),
    }
    facts["key"] = f"g{story.number()}"
    story.keys.append(("gift", facts))
    story.expect(story.now)
    story.tell("gift", **facts)


def _ungift(story: Story) -> None:
    """A gift is taken back; now and then one that was taken back before."""
    told = [facts for do, facts in story.keys if do == "gift"]
    if told:
        gift = story.random.choice(told)
        story.tell("ungift", shop=0, customer=gift["customer"], key=gift["key"])


def _batch(story: Story) -> None:
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


def _work(story: Story) -> None:
    story.tell("work")


def _publish(story: Story) -> None:
    currency, timezone = story.document["currency"], story.document["timezone"]
    moving = Random(f"zone {story.now}")
    if moving.random() < MOVES:
        timezone = moving.choice(ZONES)
    document = draw_document(story.random, currency=currency, timezone=timezone, around=story.now)
    story.document = document
    # Not at an instant to which an account is caught up already: the version would come before what was decided.
    story.now += timedelta(milliseconds=1)
    story.tell("publish", document=document)


def _merge(story: Story) -> None:
    if len(story.customers) > 1:
        kept, merged = story.random.sample(story.customers, 2)
        shop = story.random.randrange(story.shops)
        # The same customer of both shops, or two customers.
        merged = kept if shop and story.random.random() < 0.5 else merged
        story.now += timedelta(milliseconds=1)
        story.tell("merge", shop=0, kept=kept, merged=merged, merged_shop=shop)


def _use_and_merge(story: Story) -> None:
    """Points are used, their member becomes another's, and the order goes back."""
    if len(story.customers) > 1:
        kept, merged = story.random.sample(story.customers, 2)
        for customer in (merged, kept):
            story.tell("gift", shop=0, customer=customer, points=60, key=f"g{story.number()}")
        used = {"use_points": story.random.choice([40, 60, 90]), "points_amount": 100}
        new_order(story, draw_goods(story) | used, shop=0, customer=merged)
        order = story.told[-1]
        story.now += timedelta(milliseconds=1)
        story.tell("merge", shop=0, kept=kept, merged=merged, merged_shop=0)
        update(story, order, status=story.random.choice(["cancelled", "placed"]))


def _erase(story: Story) -> None:
    story.tell("erase", shop=0, customer=story.somebody())


def _override(story: Story) -> None:
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
    customer = story.somebody()
    story.tell("override", shop=0, customer=customer, tier=tier, until=until if tier else None)


def _waive(story: Story) -> None:
    story.tell("waive", shop=0, customer=story.somebody(), key=f"w{story.number()}")


def _close(story: Story) -> None:
    shop = story.random.randrange(story.shops)
    story.tell("close", shop=shop, customer=story.somebody())


def _register(story: Story) -> None:
    """A shop tells of a customer: whom it had deleted is open again."""
    prices = story.random.choice(["gross", "gross", "net"])
    shop = story.random.randrange(story.shops)
    story.tell("register", shop=shop, customer=story.somebody(), prices=prices)


TELL: dict[str, Callable[[Story], None]] = {
    "buy": _buy, "advance": _advance, "edit": _edit, "older": _older, "repeat": _repeat, "cancel": _cancel,
    "reinstate": _reinstate, "refund": _refund, "refund_amount": _refund_amount, "refund_full": _refund_full,
    "refund_again": _refund_again, "refund_early": _refund_early, "event": _event, "gift": _gift, "batch": _batch,
    "work": _work, "publish": _publish, "merge": _merge, "erase": _erase, "override": _override, "waive": _waive,
    "close": _close, "register": _register, "resend": _resend, "ungift": _ungift,
    "use_and_merge": _use_and_merge, **carts.TELL,
}  # fmt: skip
