"""Bugs that are planted are found, as the switchboard finds them; ``python -m tests.mutants`` plants all."""

import pytest

from tests.mutants.__main__ import hunt
from tests.mutants.planted import PLANTED

pytestmark = [pytest.mark.once, pytest.mark.slow]

FIRST, EACH = 5, 14
"""Some take a minute, which never end: none of these do."""


@pytest.mark.parametrize("planted", PLANTED[FIRST::EACH], ids=lambda each: each.name.replace(" ", "-"))
def test_a_planted_bug_is_found(planted):
    _, how = hunt(planted, first=20, seeds=200)
    assert how, f"nobody notices: {planted.name}"
