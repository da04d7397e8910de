"""A round of the pairs; ``python -m tests.races`` is the whole."""

import pytest

from tests.entrances.api_shop import DOCUMENT
from tests.entrances.api_writes import WRITES
from tests.races.kit import Arena, deadlocks, serving
from tests.races.pairs import ELSEWHERE, FOR_ALL, OF_ONE, PAIRS, Interruption, Tournament


def test_every_write_that_touches_an_account_meets_every_other():
    operations = {write.operation for write in WRITES}
    named = {
        write.operation
        for write in WRITES
        if any(
            f"{{{name}}}" in f"{write.path} {write.body}" for name in ("member", "friend", "order", "hold")
        )
    }
    paired = {write.operation for write in OF_ONE}
    assert named <= paired
    assert operations == (paired & operations) | {write.operation for write in FOR_ALL} | ELSEWHERE
    assert {frozenset((a.operation, b.operation)) for a, b in PAIRS} == {
        frozenset((a.operation, b.operation)) for a in OF_ONE for b in OF_ONE
    }


@pytest.mark.slow
def test_every_pair_at_once_ends_as_one_after_the_other(process_environment):
    with serving(process_environment) as clients:
        before = deadlocks()
        for write in FOR_ALL:
            Interruption(clients, write).round()
        arena = Arena.new(clients, DOCUMENT)
        Tournament(arena, PAIRS).round("x")
        arena.check()
        assert deadlocks() == before
