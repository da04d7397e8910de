"""A history told as a scenario file comes out as the model says: also through messages, and for whoever reads it."""

import pytest

from palier.cli.rehearsal.outcome import lines
from palier.cli.rehearsal.perform import rehearse
from palier.store.programmes import load as programmes
from tests.simulation.histories import draw_history
from tests.simulation.scenario import as_scenario

SEEDS = range(1, 121)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_history_holds_as_a_scenario_file(tmp_path):
    told = {seed: text for seed in SEEDS if (text := as_scenario(draw_history(seed))) is not None}
    assert len(told) > 10
    for seed, text in told.items():
        programmes._versions.clear()
        programmes._timelines.clear()
        file = tmp_path / f"{seed}.yaml"
        file.write_text(text)
        assert lines(rehearse(file)) == [], text
