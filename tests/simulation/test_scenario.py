"""A history told as a scenario file comes out as the model says: also through messages, and for whoever reads it."""

import pytest

from palier.cli.rehearsal.outcome import lines
from palier.cli.rehearsal.perform import rehearse
from palier.core.book import Book
from palier.store.programmes import load as programmes
from tests.simulation.histories import OPERATIONS, draw_history
from tests.simulation.play import play
from tests.simulation.scenario import Unsayable, as_scenario
from tests.simulation.trial import forgotten, try_drawn

SEEDS = range(1, 51)
UNSAYABLE = {"hold", "hold_again", "hold_over", "use_and_merge",
             "release", "take_over", "merge", "override", "waive", "close", "register", "claim",
             "ungift"}  # fmt: skip
SPOKEN = tuple(name for name in OPERATIONS if name not in UNSAYABLE)


def told(seed):
    """The scenario of that seed; None if there are no words for it."""
    history = draw_history(seed, SPOKEN)
    with forgotten():
        answers = play(history, works_often=True).answers
    try:
        return as_scenario(history, answers)
    except Unsayable:
        return None


def rehearsed(text, tmp_path):
    """The lines that ``palier rehearse`` prints of what failed."""
    programmes._versions.clear()
    programmes._timelines.clear()
    file = tmp_path / "told.yaml"
    file.write_text(text)
    return lines(rehearse(file))


@pytest.mark.slow
@pytest.mark.django_db
def test_a_history_holds_as_a_scenario_file(tmp_path, is_postgresql):
    seeds = SEEDS[:15] if is_postgresql else SEEDS
    texts = [text for seed in seeds if (text := told(seed)) is not None]
    assert len(texts) > len(seeds) // 5
    for text in texts:
        assert rehearsed(text, tmp_path) == [], text


@pytest.mark.django_db
def test_a_planted_bug_becomes_a_short_scenario_that_fails_with_it_and_holds_without_it(
    tmp_path, monkeypatch
):
    """A shortfall is forgotten instead of owed."""
    with monkeypatch.context() as planted:
        planted.setattr(Book, "owe", lambda self, post, points: [])
        failures = (try_drawn(draw_history(seed, SPOKEN), fully=False) for seed in range(1, 2000))
        failure = next(each for each in failures if each is not None)
        scenario = failure.scenario().partition("\n")[2]
        assert 1 < scenario.count('{"at"') <= 6, scenario
        assert rehearsed(scenario, tmp_path) != []
    assert rehearsed(scenario, tmp_path) == []
