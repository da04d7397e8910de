"""Files of past orders in a history: customers come with what they bought before, and a file may be taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.baskets import draw_goods
from tests.simulation.steps import Step
from tests.simulation.story import Story

Facts = dict[str, Any]
NEWCOMERS = ["ivy", "jon"]


def with_imports(seed: int, steps: list[Step], document: Facts, customers: list[str]) -> list[Step]:
    """In some histories there is a file of orders of newcomers; some of those become one with a member, or get a gift
    before it is taken back, and now and then it is read once more.

    Drawn apart, as balances are. The past of newcomers is one of the first version of the programme.
    """
    random = Random(f"imports {seed}")
    told = list(steps)
    first = next((i for i, step in enumerate(told) if step.do == "publish"), len(told))
    if not first or random.random() < 0.75:
        return told
    position = random.randint(1, first)
    at = told[position - 1].at
    facts = {"shop": 0, "key": "file", "messages": _draw(random, at, document)}
    told.insert(position, Step(at, "import", facts))
    for do in ("gift", "merge", "unimport", "import"):
        if random.random() < 0.5:
            if do == "import" and told[position].do != "unimport":
                break
            # Past orders of somebody who is a member already happen when that member was last looked at: so at once.
            position = position + 1 if do == "import" else random.randint(position + 1, len(told))
            at = told[position - 1].at
            if do == "merge":
                at += timedelta(milliseconds=1)
                if position < len(told) and told[position].at <= at:
                    continue
            told.insert(position, Step(at, do, _more(random, do, facts, customers)))
    return told


def _more(random: Random, do: str, facts: Facts, customers: list[str]) -> Facts:
    newcomer = random.choice(NEWCOMERS)
    if do == "gift":
        return {"shop": 0, "customer": newcomer, "points": random.randint(1, 150), "key": "welcome"}
    if do == "merge":
        kept, merged = random.choice([("ivy", "jon"), (random.choice(customers), newcomer)])
        return {"shop": 0, "kept": kept, "merged": merged, "merged_shop": 0}
    return facts


def _draw(random: Random, at: datetime, document: Facts) -> list[tuple[str, Facts]]:
    """Orders in the order in which they happened; refunds have no time of their own, so they come last."""
    story = Story(random, at, document, 1, NEWCOMERS)
    messages: list[tuple[str, Facts]] = []
    ago = sorted((random.randint(0, 60 * 86400) for _ in range(random.randint(1, 5))), reverse=True)
    for number, seconds in enumerate(ago):
        order = {
            "shop": 0, "order": f"old{number}", "customer": random.choice(NEWCOMERS),
            "status": random.choice(["paid", "paid", "shipped", "delivered", "cancelled"]),
            **draw_goods(story), "updated": at - timedelta(seconds=seconds),
        }  # fmt: skip
        if random.random() < 0.2:
            order |= {"use_points": random.randint(1, 120), "points_amount": random.randint(1, 500)}
        messages.append(("order", order))
    if random.random() < 0.3:
        order = random.choice(messages)[1]
        refund = {"shop": 0, "order": order["order"], "id": "back"}
        messages.append(("refund", refund | random.choice([{"full": True}, {"amount": 500}])))
    return messages
