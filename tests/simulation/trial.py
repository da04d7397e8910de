"""One history tried: told twice, proved, compared with the model, and made small if it fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from palier.core.values import replace
from tests.model.compare import differences
from tests.simulation.histories import draw_history
from tests.simulation.play import play
from tests.simulation.remains import dump
from tests.simulation.steps import History


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, and the history that shows it. ``kind`` is what a smaller history must still show."""

    kind: str
    problems: tuple[str, ...]
    history: History

    def __str__(self) -> str:
        return f"{self.history}\nproblems:\n" + "\n".join(f"  {problem}" for problem in self.problems)


def try_seed(seed: int, *, shrinks: bool = True) -> Failure | None:
    """Tell the history of that seed; what it breaks, with as few steps as show it."""
    failure = try_history(draw_history(seed))
    return shrink(failure, try_history) if failure and shrinks else failure


def try_history(history: History) -> Failure | None:
    """Due work done often and never must leave the same; all checks of ``palier verify`` must hold; and what there is
    must be what the model says (tests/model, a second reading of programme.md).

    One of the two is checked and compared, by turns: when they are the same, so is the other.
    """
    states = []
    for works_often in (True, False):
        problems: tuple[str, ...] = ()
        unlike: tuple[str, ...] = ()
        try:
            with _forgotten():
                world = play(history, works_often=works_often)
                if works_often == bool(history.seed % 2):
                    problems = tuple(str(problem) for problem in load_problems(world.programme_id))
                else:
                    unlike = tuple(differences(history, world.programme_id, world.shops, world.answers))
                states.append(
                    dump(world) | {"answers": {str(key): said for key, said in world.answers.items()}}
                )
        except Exception as error:
            return Failure(f"{type(error).__name__}", (f"{type(error).__name__}: {error}",), history)
        if problems:
            return Failure(problems[0].split(" ")[0], problems, history)
        if unlike:
            return Failure("model", unlike, history)
    if states[0] != states[1]:
        return Failure("path", tuple(_differences(*states)), history)
    return None


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
def _forgotten() -> Iterator[None]:
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
