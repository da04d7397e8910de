"""A sample of the contests; ``python -m tests.races`` is the whole."""

from random import Random

import pytest

from tests.races.contests import CONTESTS
from tests.races.kit import Arena, deadlocks, serving


@pytest.mark.slow
def test_of_sixty_four_who_want_the_same_exactly_the_right_ones_have_it(process_environment):
    with serving(process_environment) as clients:
        before = deadlocks()
        for seed, (contest, document) in enumerate(CONTESTS.items()):
            arena = Arena.new(clients, document)
            contest(arena, Random(seed))
            arena.check()
        assert deadlocks() == before
