"""Bugs that are planted are found, as the switchboard says; ``python -m tests.mutants`` plants all of them."""

import os
import subprocess
import sys

import pytest

from tests.mutants.plant import ROOT

pytestmark = [pytest.mark.once, pytest.mark.slow]


def test_every_seventeenth_planted_bug_is_found():
    """In a process of its own, with a database of its own: what tests before it remember would hide some of them."""
    environment = {name: value for name, value in os.environ.items() if name != "PALIER_TEST_DIRECTORY"}
    words = [sys.executable, "-m", "tests.mutants", "--every", "17", "--seeds", "200"]
    told = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "7 planted, 7 found" in told.stdout
