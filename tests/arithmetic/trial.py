"""Cases of all laws in turn, a thousand to a seed."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tests.arithmetic.laws import LAWS, Law

OF_ONE_SEED = 1000


def try_cases(cases: int, seed: int) -> Iterator[tuple[int, list[str]]]:
    """After each thousand: how many were tried so far, and what did not hold in it."""
    for number in range(-(-cases // OF_ONE_SEED)):
        before = number * OF_ONE_SEED
        count = min(OF_ONE_SEED, cases - before)
        rounds, law = divmod(number, len(LAWS))
        yield before + count, list(try_seed(LAWS[law], seed + rounds, count))


def try_seed(law: Law, seed: int, count: int = OF_ONE_SEED) -> Iterator[str]:
    """What does not hold in the cases of one seed."""
    random = Random(f"{law.__name__} {seed}")
    for number in range(count):
        yield from (f"{law.__name__}, seed {seed}, case {number}: {wrong}" for wrong in law(random))
