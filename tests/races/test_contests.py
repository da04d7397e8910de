"""A sample of the contests; ``python -m tests.races`` is the whole."""

from random import Random

import pytest

from tests.races.contests import (
    CONTESTS,
    holds_of_a_balance,
    orders_with_one_hold,
    the_benefit_of_a_first_order,
    uses_of_a_coupon,
    vouchers_of_a_balance,
)
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


ROUNDS = 50
OFTEN = (
    holds_of_a_balance, vouchers_of_a_balance, uses_of_a_coupon, orders_with_one_hold, the_benefit_of_a_first_order,
)  # fmt: skip


@pytest.mark.slow
def test_in_fifty_rounds_one_balance_coupon_hold_and_first_order_go_to_the_right_ones(
    process_environment, is_postgresql
):
    if not is_postgresql:
        pytest.skip("SQLite has one writer at a time: a round of each shows it")
    with serving(process_environment) as clients:
        before = deadlocks()
        arenas = {each: Arena.new(clients, CONTESTS[each]) for each in OFTEN}
        for seed in range(ROUNDS):
            for contest, arena in arenas.items():
                contest(arena, Random(seed))
        for arena in arenas.values():
            arena.check()
        assert deadlocks() == before
