"""A run of many seeds goes on where it was broken off, and never mixes with another kind of run."""

from collections import Counter

import pytest

from tests.simulation import campaign
from tests.simulation.campaign import Chunk, Journal, Plan, run


@pytest.fixture
def tried(monkeypatch):
    """Chunks that were tried, instead of trying them; seed 120 fails."""
    seen = []

    def pretend(plan, first, last):
        seen.append((first, last))
        failures = {120: "seed 120 fails"} if first <= 120 <= last else {}
        return Chunk(first, last, 1.5, Counter(order=last - first + 1), failures)

    monkeypatch.setattr(campaign, "set_up", lambda database: None)
    monkeypatch.setattr(campaign, "try_chunk", pretend)
    return seen


def test_what_is_done_is_not_done_again(tried, tmp_path, capsys):
    path = tmp_path / "journal.jsonl"
    assert run(Plan(1, 100), processes=1, journal=Journal(path, Plan(1, 100)), failures=3) == 0
    plan = Plan(1, 210)
    assert run(plan, processes=1, journal=Journal(path, plan), failures=3) == 1
    assert tried == [(1, 50), (51, 100), (101, 150), (151, 200), (201, 210)]
    told = capsys.readouterr().out
    assert "210 histories, 210 steps: order 210" in told
    assert told.count("seed 120 fails") == 1
    assert told.endswith("1 failed: 120\n")


def test_a_run_ends_after_so_many_failures(tried, tmp_path):
    plan = Plan(101, 300)
    assert run(plan, processes=1, journal=Journal(tmp_path / "journal.jsonl", plan), failures=1) == 1
    assert tried == [(101, 150)]


def test_a_journal_of_another_kind_of_run_is_refused(tmp_path):
    path = tmp_path / "journal.jsonl"
    Journal(path, Plan(1, 10))
    with pytest.raises(SystemExit, match="another run"):
        Journal(path, Plan(1, 10, every=5))
