"""Rounds that are done stay done."""

import pytest

from tests.races.journal import Journal, Stretch

HEAD = {"database": "postgres", "workers": 4, "only": None}

pytestmark = pytest.mark.once


def test_a_run_that_was_broken_off_knows_what_is_done_and_what_went_wrong(tmp_path):
    path = tmp_path / "races" / "all.jsonl"
    first = Journal(path, HEAD)
    first.add(Stretch("abc", [1, 2], 10.0, 0))
    first.add(Stretch("def", [4], 5.0, 1, ["seed 4: pairs: …"]))
    again = Journal(path, HEAD)
    assert again.done == {1, 2, 4}
    assert (again.failures, again.deadlocks) == (1, 1)
    assert again.told() == (
        "3 rounds in 15 s (2 at abc, 1 at def): 1 failures, 1 deadlocks that PostgreSQL broke"
    )


def test_another_kind_of_run_does_not_go_on_in_it(tmp_path):
    path = tmp_path / "all.jsonl"
    Journal(path, HEAD)
    with pytest.raises(SystemExit, match="another kind"):
        Journal(path, {**HEAD, "workers": 2})
