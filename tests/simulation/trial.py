"""One history tried: told twice, proved, compared with the model, and made small if it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from palier.core.values import replace
from tests.model.compare import differences
from tests.simulation.answers import Answers
from tests.simulation.histories import draw_history
from tests.simulation.play import begin, play
from tests.simulation.remains import dump
from tests.simulation.scenario import SAYABLE, Unsayable, as_scenario
from tests.simulation.stage import World
from tests.simulation.statements import statement_problems
from tests.simulation.steps import History


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, and the history that shows it. ``kind`` is what a smaller history must still show."""

    kind: str
    problems: tuple[str, ...]
    history: History
    answers: Answers = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.history}\nproblems:\n" + "\n".join(f"  {problem}" for problem in self.problems)

    def scenario(self) -> str:
        """The history as ``palier rehearse`` reads it, which expects what the model says; else why it is none."""
        try:
            told = as_scenario(self.history, self.answers)
        except Unsayable as unsayable:
            return f"no scenario can say it: {unsayable}"
        return f"as a scenario, which expects what the model says:\n{told}"


def try_seed(seed: int, *, fully: bool = True) -> Failure | None:
    """Tell the history of that seed; what it breaks, with as few steps as show it."""
    return try_drawn(draw_history(seed), fully=fully)


def try_drawn(history: History, *, fully: bool) -> Failure | None:
    """What the history breaks, with as few steps as show it: those that a scenario can say, if they suffice."""
    attempt = try_history if fully else try_once
    failure = attempt(history)
    if failure is None:
        return None
    plain = attempt(replace(history, steps=tuple(step for step in history.steps if step.do in SAYABLE)))
    if plain is not None and plain.kind == failure.kind:
        failure = plain
    return shrink(failure, attempt)


def try_once(history: History) -> Failure | None:
    """Told once, with due work done often or never by turns: what there is must be what the model says."""
    return _played(history, works_often=bool(history.seed % 2), verifies=False, compares=True, keeps=False)[1]


def try_history(history: History) -> Failure | None:
    """Due work done often and never must leave the same; all checks of ``palier verify`` must hold; and what there is
    must be what the model says (tests/model, a second reading of programme.md).

    One of the two is checked and compared, by turns: when they are the same, so is the other.
    """
    states = []
    with forgotten():
        begun = begin(history)
        for works_often in (True, False):
            verifies = works_often == bool(history.seed % 2)
            state, failure = _played(
                history, works_often=works_often, verifies=verifies, compares=not verifies, begun=begun
            )
            if failure is not None:
                return failure
            states.append(state)
    if states[0] != states[1]:
        return Failure("path", tuple(_differences(*states)), history)
    return None


def _played(
    history: History,
    *,
    works_often: bool,
    verifies: bool,
    compares: bool,
    keeps: bool = True,
    begun: World | None = None,
) -> tuple[dict[str, Any], Failure | None]:
    """Play it, and look at what it left before that is rolled back. ``keeps``: that is dumped. What is verified is told
    once more before: so nothing of it may have changed, or it would differ from what is not."""
    state: dict[str, Any] = {}
    try:
        with forgotten():
            world = play(history, works_often=works_often, repeats=verifies, begun=begun)
            if verifies:
                problems = tuple(str(problem) for problem in load_problems(world.programme_id))
                problems += tuple(statement_problems(world, history))
                if problems:
                    return state, Failure(problems[0].split(" ")[0], problems, history, world.answers)
            if compares:
                unlike = tuple(differences(history, world.programme_id, world.shops, world.answers))
                if unlike:
                    return state, Failure("model", unlike, history, world.answers)
            if keeps:
                state = dump(world) | {"answers": {str(key): said for key, said in world.answers.items()}}
    except Exception as error:
        return state, Failure(type(error).__name__, (f"{type(error).__name__}: {error}",), history)
    return state, None


def shrink(failure: Failure, attempt: Callable[[History], Failure | None]) -> Failure:
    """Leave out steps, many at a time and then fewer, as long as the history fails in the same way."""
    smallest = failure
    size = max(1, len(failure.history.steps) // 2)
    while size:
        position, found = 0, False
        while position < len(smallest.history.steps):
            steps = smallest.history.steps
            shorter = replace(smallest.history, steps=steps[:position] + steps[position + size :])
            again = attempt(shorter)
            if again is not None and again.kind == failure.kind:
                smallest, found = again, True
            else:
                position += size
        if not found:
            size //= 2
    return smallest


@contextmanager
def forgotten() -> Iterator[None]:
    """Everything that happens within is rolled back."""
    with scopes_disabled(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def _differences(often: dict[str, Any], never: dict[str, Any], path: str = "") -> Iterator[str]:
    for key in sorted(often.keys() | never.keys(), key=str):
        one, other = often.get(key), never.get(key)
        if one == other:
            continue
        where = f"{path}{key}"
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differences(one, other, f"{where} > ")
        elif isinstance(one, list) and isinstance(other, list):
            width = max(len(one), len(other))
            pairs = zip(
                [*one, *[None] * (width - len(one))], [*other, *[None] * (width - len(other))], strict=True
            )
            for i, (a, b) in enumerate(pairs):
                if a != b:
                    yield f"{where}[{i}]: worked off often {_plain(a)}, never {_plain(b)}"
        else:
            yield f"{where}: worked off often {_plain(one)}, never {_plain(other)}"


def _plain(value: Any) -> str:
    return str([str(item) for item in value]) if isinstance(value, list) else str(value)
