"""Files of opening balances in a history: some are taken back, and some of those read once more."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.simulation.steps import Step

Facts = dict[str, Any]


def with_openings(seed: int, steps: list[Step], customers: list[str], shops: int) -> list[Step]:
    """In some histories there are files of balances, some of them taken back, and some of those read once more.

    They are drawn apart, so that the other histories stay as they were; each comes after a step, at its instant.
    """
    random = Random(f"openings {seed}")
    told = list(steps)
    if not told or random.random() < 0.7:
        return told
    for number in range(random.randint(1, 3)):
        position = random.randint(1, len(told))
        at = told[position - 1].at
        opening = Step(at, "opening", _draw(random, at, f"b{number}", customers, shops))
        told.insert(position, opening)
        for do in ("unopen", "opening")[: random.choice([0, 1, 1, 2])]:
            position = random.randint(position + 1, len(told))
            at = told[position - 1].at
            ends_at = opening.facts["ends_at"]
            if do == "opening" and ends_at is not None and ends_at <= at:
                break
            told.insert(position, Step(at, do, opening.facts))
    return told


def _draw(random: Random, at: datetime, key: str, customers: list[str], shops: int) -> Facts:
    points = random.choice([random.randint(1, 200), random.randint(1, 200), -random.randint(1, 150), 0])
    spend = random.choice([0, 0, random.randint(1, 15000)]) if points else random.randint(1, 15000)
    ends = random.choice([None, timedelta(seconds=random.randint(1, 40 * 86400))])
    return {
        "shop": random.randrange(shops), "customer": random.choice(customers), "points": points, "spend": spend,
        "ends_at": at + ends if ends is not None and points > 0 else None, "key": key,
    }  # fmt: skip
