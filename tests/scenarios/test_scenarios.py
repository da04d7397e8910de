"""Every scenario file holds, on the database under test and through the flows of the live system."""

from pathlib import Path

import pytest

from palier.cli.rehearsal.outcome import lines
from palier.cli.rehearsal.perform import rehearse
from palier.store.programmes import load as programmes
from tests.house.checkout import ROOT

SCENARIOS = ROOT / "scenarios"
SHARED = ROOT.parent / "shared" / "scenarios"
FILES = sorted(SCENARIOS.rglob("*.yaml"))


def name(file: Path) -> str:
    return file.relative_to(SCENARIOS).as_posix()


@pytest.fixture(autouse=True)
def _no_versions_of_other_tests():
    """A test's rows are rolled back and their ids come again; what the process remembers of them must go too."""
    programmes._versions.clear()
    programmes._timelines.clear()


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=name)
def test_the_scenario_holds(file):
    assert lines(rehearse(file)) == []


def test_there_are_scenarios():
    assert len(FILES) > 100


def test_the_given_scenarios_are_kept_as_they_were_given():
    if not SHARED.is_dir():
        pytest.skip("the given scenarios are not beside this checkout")
    given = {file.relative_to(SHARED): file.read_bytes() for file in SHARED.rglob("*") if file.is_file()}
    kept = {path: (SCENARIOS / path).read_bytes() for path in given if (SCENARIOS / path).exists()}
    assert sorted(path for path in given if kept.get(path) != given[path]) == []
