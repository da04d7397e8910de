"""The planted bugs still fit the code: ``python -m tests.mutants`` plants them and says how each is found."""

import ast

import pytest

from tests.mutants.plant import ROOT, planted_text
from tests.mutants.planted import PLANTED


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name.replace(" ", "-"))
def test_a_planted_bug_has_its_place_and_is_code(planted):
    ast.parse(planted_text(planted))
    assert not planted.test or (ROOT / planted.test).exists()


def test_the_switchboard_has_no_bug_twice():
    assert len({planted.name for planted in PLANTED}) == len(PLANTED) >= 60
