"""Three promises about deliveries, each tried on histories drawn from a seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from django.db import transaction
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from tests.deliveries import rules
from tests.deliveries.play import play
from tests.deliveries.schedule import (
    Schedule,
    as_it_happened,
    draw_blocks,
    draw_deliveries,
    members_once,
    without_repeats,
)
from tests.deliveries.state import everything, refused, standing, unlike
from tests.deliveries.told import Told, draw_told


@dataclass(frozen=True, slots=True)
class Promise:
    """Two ways to deliver the same must leave what ``looks`` sees.

    ``document`` draws the programme, ``ways`` the plain way and the other one.
    """

    name: str
    document: Callable[[Random], dict[str, Any]]
    ways: Callable[[Random, Sequence[Told]], tuple[Schedule, Schedule]]
    looks: Callable[[], dict[str, Any]]
    uses_points: bool = True


def _repeats(random: Random, told: Sequence[Told]) -> tuple[Schedule, Schedule]:
    schedule = draw_deliveries(random, told)
    return without_repeats(schedule), schedule


def _anything(random: Random, told: Sequence[Told]) -> tuple[Schedule, Schedule]:
    return as_it_happened(told), draw_deliveries(random, told)


PROMISES = (
    Promise("what was there before changes nothing, whatever the rules are", rules.any_rules, _repeats, everything),
    Promise("one order's versions and refunds come in any order", rules.rules_of_one_instant, draw_blocks,
            lambda: standing(with_lots=True)),
    Promise("late, lost and out of order come to the same, where orders count by themselves",
            rules.rules_of_orders_alone, _anything, lambda: standing(with_lots=False), uses_points=False),
)  # fmt: skip


PACES = (timedelta(0), timedelta(days=1), timedelta(days=7))
"""How often a worker has its turn where shops push."""


def pace_of(seed: int) -> timedelta | None:
    """A worker's pace, in one seed of two; None where the flows are called."""
    number = seed // len(PROMISES)
    return PACES[number // 2 % len(PACES)] if number % 2 else None


@dataclass(frozen=True, slots=True)
class Failure:
    """What was not the same, and both ways to it."""

    seed: int
    promise: str
    document: dict[str, Any]
    ways: tuple[Schedule, Schedule]
    problems: tuple[str, ...]

    def __str__(self) -> str:
        told = [f"seed {self.seed}: {self.promise}", f"programme: {self.document}"]
        for name, schedule in zip(("plainly", "otherwise"), self.ways, strict=True):
            told += [f"{name}:", *(f"  {arrival.at:%m-%d %H:%M:%S} {arrival.told}" for arrival in schedule)]
        return "\n".join([*told, "problems:", *(f"  {problem}" for problem in self.problems)])


def try_seed(seed: int, *, shrinks: bool = True) -> Failure | None:
    """The promise of that seed, kept or not. One seed in two pushes to the inbox, the other calls the flows.

    ``palier verify`` looks at the other way always, at the plain one, in which nothing is unusual, every fourth seed.
    """
    random = Random(seed)
    promise = PROMISES[seed % len(PROMISES)]
    document = promise.document(random)
    told = draw_told(random, uses_points=promise.uses_points)
    ways = promise.ways(random, told)
    failure = _try(seed, promise, document, ways)
    return _smaller(failure, promise) if failure is not None and shrinks else failure


def _try(
    seed: int, promise: Promise, document: dict[str, Any], ways: tuple[Schedule, Schedule]
) -> Failure | None:
    pace = pace_of(seed)
    ends_at = max(arrival.at for way in ways for arrival in way) + timedelta(days=40)
    states, problems = [], []
    for way in ways:
        try:
            with _forgotten():
                told = members_once(way) if pace is None else way
                made = play(document, told, ends_at=ends_at, pace=pace)
                if way is ways[1] or seed % 4 == 0:
                    problems += [str(problem) for problem in load_problems(made.programme_id)]
                problems += [f"refused: {error}" for error in refused()]
                states.append(promise.looks())
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
    if not problems:
        problems += unlike(states[0], states[1])
    return Failure(seed, promise.name, document, ways, tuple(problems)) if problems else None


def _smaller(failure: Failure, promise: Promise) -> Failure:
    """Leave out whole orders and single messages, as long as something is not the same."""
    smallest = failure
    names = sorted({(arrival.told.order or arrival.told.id) for arrival in failure.ways[0]})
    messages = sorted({arrival.told.id for arrival in failure.ways[0]})
    for left_out in (*names, *messages):
        ways = tuple(
            tuple(a for a in way if left_out not in (a.told.order, a.told.id)) for way in smallest.ways
        )
        if not all(ways):
            continue
        again = _try(failure.seed, promise, failure.document, (ways[0], ways[1]))
        if again is not None:
            smallest = again
    return smallest


@contextmanager
def _forgotten() -> Iterator[None]:
    """Everything that happens within is rolled back."""
    with scopes_disabled(), transaction.atomic():
        yield
        transaction.set_rollback(True)
