"""One case: told once without a crash, then killed at every point, begun again, and compared."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from django.db import connections
from django.urls import get_resolver
from django_scopes import scopes_disabled

from palier.cli.verification.whole import load_problems
from palier.core.errors import Refusal
from palier.store.programmes.models import Programme
from palier.store.tables import tables_are_current
from tests.crash.case import Case
from tests.crash.child import Ended, Failed, in_child
from tests.crash.dump import MARGIN, canonical, unlike
from tests.crash.place import Place, enter
from tests.crash.points import Points
from tests.crash.tables import fingerprint, schema

Dump = dict[str, list[str]]
SHOWN = 6


@dataclass
class Told:
    """A case without a crash: what was there before and after it, and the points that it passed."""

    template: str
    facts: Any
    before: Dump
    after: Dump
    points: list[str]
    world_clock: datetime | None
    made_whole: dict[str, list[Any]] = field(default_factory=dict)
    """What came of doing it again, by what the crash had left: where that takes seconds it is done once for each."""


@dataclass
class Result:
    """What came of a case."""

    case: Case
    statements: int = 0
    kills: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Base:
    """The database that every case begins with, and what is known of it."""

    template: str
    facts: Any


def prepare_base(place: Place, make: Callable[[], Any]) -> Base:
    """Make a database by ``make``, in a process that is gone afterwards."""
    name = place.new()

    def work(say: Callable[[Any], None]) -> None:
        enter(name)
        say(make())
        connections.close_all()

    return Base(name, in_child(work).said[0])


def try_case(
    place: Place, case: Case, base: Base, *, only: Callable[[list[str]], Iterable[int]] | None = None
) -> Result:
    """Kill the case at every point (or at those that ``only`` chooses of so many), and say what was wrong after."""
    result = Result(case)
    try:
        told = tell(place, case, base)
    except Failed as error:
        result.problems.append(f"without a crash: {error}")
        return result
    result.statements = len(told.points)
    try:
        for point in only(told.points) if only is not None else range(len(told.points) + 1):
            result.kills += 1
            result.problems += [
                f"killed {_where(told, point)}: {each}" for each in _found(place, case, told, point)
            ]
    finally:
        if told.template != base.template:
            place.drop(told.template)
    return result


def tell(place: Place, case: Case, base: Base) -> Told:
    """The case without a crash."""
    clock = datetime.now(UTC) - MARGIN if case.reads_clock else None
    template, facts = base.template, base.facts
    if case.prepare is not None:
        prepared = place.copy(base.template)

        def preparing(say: Callable[[Any], None]) -> None:
            enter(prepared)
            with scopes_disabled():
                case.prepare(facts)  # type: ignore[misc]
            say(facts)
            connections.close_all()

        facts = in_child(preparing).said[0]
        template = prepared
    name = place.copy(template)
    try:
        before = _seen(name, case, facts, clock)[0]
        passed, modules = _do(name, case, facts, None).said
        _load(modules)
        after, problems, unheld = _seen(name, case, facts, clock, is_again=True)
        problems += unheld
    finally:
        place.drop(name)
    if problems:
        raise Failed(f"palier verify: {problems[:SHOWN]}")
    return Told(template, facts, before, after, passed, clock)


def _load(modules: list[str]) -> None:
    """What a child has had to load, those that come have from the beginning: for a request it takes longer than all
    else."""
    for module in modules:
        import_module(module)
    if "palier.config.urls" in modules:
        get_resolver()._populate()


def _do(name: str, case: Case, facts: Any, kill_at: int | None) -> Ended:
    """The case in a process of its own: it says what it passed when it is done, and may be killed even then."""

    def work(say: Callable[[Any], None]) -> None:
        enter(name)
        points = Points(kill_at)
        with points.watch(case.outside), scopes_disabled():
            case.do(facts)
        say(points.passed)
        if kill_at is None:
            say(sorted(name for name in sys.modules if name.startswith("palier.")))
        points.reach("the end")
        connections.close_all()

    return in_child(work)


def _seen(name: str, case: Case, facts: Any, clock: datetime | None, *, is_again: bool = False) -> Any:
    """What the database holds, what ``palier verify`` says of it, and what else does not hold after a repeat."""

    def looking(say: Callable[[Any], None]) -> None:
        enter(name)
        for each in look(case, clock):
            say(each)
        say(_unheld(case, facts, True) if is_again else [])
        connections.close_all()

    return in_child(looking).said


def look(case: Case, clock: datetime | None = None) -> tuple[Dump, list[str]]:
    """Every row of the database that this process is in, and what ``palier verify`` says of them."""
    held = _held(case, clock)
    return held, list(_problems(case))


def _held(case: Case, clock: datetime | None) -> Dump:
    if not case.is_about_tables:
        return canonical(world_clock=clock, aside=case.aside)
    held = canonical(world_clock=clock, aside=case.aside) if tables_are_current() else {}
    return {**held, "tables": schema()}


def _problems(case: Case) -> Iterator[str]:
    if case.is_about_tables and not tables_are_current():
        return
    with scopes_disabled():
        for programme in Programme.objects.values_list("id", flat=True):
            yield from map(str, load_problems(programme))


def _found(place: Place, case: Case, told: Told, point: int) -> list[str]:
    try:
        return _try(place, case, told, point)
    except Failed as error:
        return [f"afterwards: {str(error)[-500:]}"]


def _try(place: Place, case: Case, told: Told, point: int) -> list[str]:
    name = place.copy(told.template)
    try:
        ended = _do(name, case, told.facts, point)
        if not ended.was_killed:
            return ["it was not killed: it passed fewer points this time"]
        is_answered = bool(ended.said)
        crashed, problems, unheld, left, *repeated = in_child(
            lambda say: _recover(name, case, told, say)
        ).said
    finally:
        place.drop(name)
    repeated = told.made_whole.setdefault(left, repeated) if left else repeated
    refusal, again, problems_again, unheld_again = repeated
    found = [f"after the crash: {problem}" for problem in unheld]
    found += [f"after the repeat: {problem}" for problem in unheld_again]
    found += [f"palier verify after the crash: {problem}" for problem in problems]
    found += [f"palier verify after the repeat: {problem}" for problem in problems_again]
    if is_answered and crashed != told.after:
        found += [f"answered, and lost: {row}" for row in unlike(told.after, crashed)[:SHOWN]]
    if not case.steps and crashed not in (told.before, told.after):
        found += [f"done in part: {row}" for row in unlike(told.before, crashed)[:SHOWN]]
    if refusal and not (case.refuses or case.once is not True):
        found.append(f"the repeat was refused: {refusal}")
    if case.once is True and again != told.after:
        found += [f"after the repeat: {row}" for row in unlike(told.after, again)[:SHOWN]]
    return found


def _recover(name: str, case: Case, told: Told, say: Callable[[Any], None]) -> None:
    """What the crash left; the same again; what there is then."""
    enter(name)
    crashed = _held(case, told.world_clock)
    say(crashed)
    # Where nothing was written there is nothing new to prove.
    say([] if crashed == told.before else list(_problems(case)))
    say(_unheld(case, told.facts, False))
    left = fingerprint() if case.is_about_tables else ""
    say(left)
    if left in told.made_whole:
        connections.close_all()
        return
    refusal = ""
    try:
        with scopes_disabled():
            (case.again or case.do)(told.facts)
    except Refusal as error:
        refusal = f"{type(error).__name__}: {error}"
    say(refusal)
    for each in look(case, told.world_clock):
        say(each)
    say(_unheld(case, told.facts, True))
    connections.close_all()


def _unheld(case: Case, facts: Any, is_again: bool) -> list[str]:
    with scopes_disabled():
        return case.holds(facts, is_again) if case.holds is not None else []


def _where(told: Told, point: int) -> str:
    return f"before {told.points[point]!r}" if point < len(told.points) else "at its end"
