"""One scenario from its first step to its last: act, then look at what is expected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django_scopes import scopes_disabled

from palier.cli.rehearsal.expectations import Missed, compare
from palier.cli.rehearsal.facts import (
    load_fingerprint,
    load_last_intent,
    load_member_facts,
    load_messages,
)
from palier.cli.rehearsal.outcome import Failure, Outcome, State
from palier.cli.rehearsal.quotes import quote_facts
from palier.cli.rehearsal.scenario import InvalidScenario, Scenario, Step, load_scenario
from palier.cli.rehearsal.steps import Stage, move_clock, set_stage, take, with_last_code
from palier.core.errors import Refusal
from palier.store.programmes.load import current_version_id, load_timeline

FIRST_INSTANT = datetime(2026, 1, 1, tzinfo=UTC)
"""Where the clock stands when no step says otherwise."""


def rehearse(file: Path) -> Outcome:
    """Rehearse the scenario in ``file`` on the database that is set up; it gets a programme of its own there."""
    try:
        scenario = load_scenario(file)
    except InvalidScenario as error:
        return Outcome(str(file), file.stem, "invalid", reason=str(error))
    with scopes_disabled():
        failures = perform(scenario)
    state: State = "failed" if failures else "held"
    return Outcome(scenario.file, scenario.title, state, tuple(failures), len(scenario.steps))


def perform(scenario: Scenario) -> list[Failure]:
    """Take every step, in order; whatever did not hold is kept, and the story goes on."""
    first = next((step.at for step in scenario.steps if step.at is not None), FIRST_INSTANT)
    stage = set_stage(scenario, now=first)
    return [Failure(step.number, missed) for step in scenario.steps for missed in _perform(stage, step)]


def _perform(stage: Stage, step: Step) -> list[Missed]:
    before = load_last_intent(stage.programme_id)
    if step.at is not None:
        move_clock(stage, step.at)
    due = load_last_intent(stage.programme_id)
    found = _act(stage, step)
    for key, expected in step.expect.items():
        if key != "error":
            found += compare(str(key), with_last_code(stage, expected), _there(stage, str(key), before, due))
    return found


def _act(stage: Stage, step: Step) -> list[Missed]:
    """Take the step; what is wrong with how it was answered."""
    expected = step.expect.get("error")
    untouched = load_fingerprint(stage.programme_id) if expected is not None else None
    try:
        take(stage, step)
    except Refusal as refusal:
        if expected is None:
            return [Missed(step.action or "", "no refusal", f"{refusal.code}: {_said(refusal)}")]
        found = compare("error", expected, refusal.code)
        if load_fingerprint(stage.programme_id) != untouched:
            found.append(Missed("error", "nothing changed", "the refused step left traces"))
        return found
    return [] if expected is None else [Missed("error", expected, None)]


def _there(stage: Stage, key: str, before: int, due: int) -> Any:
    if key == "messages":
        return load_messages(stage.programme_id, after=before, due=due)
    if key == "quote":
        return _quoted(stage)
    return load_member_facts(stage.programme_id, stage.shop_id, key, now=stage.now)


def _quoted(stage: Stage) -> Any:
    if stage.quote is None:
        return None
    version = current_version_id(stage.programme_id)
    programme = load_timeline(stage.programme_id, version).by_id(version).programme
    return quote_facts(stage.quote, programme, currency=stage.cart_currency)


def _said(refusal: Refusal) -> str:
    """All that is wrong with a malformed message, each with its place and what was meant."""
    return "; also ".join(str(problem) for problem in refusal.problems) or str(refusal)
