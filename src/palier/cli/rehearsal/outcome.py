"""What came of a rehearsal: for people line by line, for machines as one JSON object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from palier.cli.rehearsal.expectations import Missed, plain, told

State = Literal["held", "failed", "invalid"]


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that did not hold, in the step of that number (from 1)."""

    step: int
    missed: Missed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one file. ``reason`` tells why it is invalid."""

    file: str
    title: str
    state: State
    failures: tuple[Failure, ...] = ()
    steps: int = 0
    reason: str = ""


def exit_status(outcomes: Sequence[Outcome]) -> int:
    """0 when all held, 1 when something failed, 2 when a file is not valid."""
    states = {outcome.state for outcome in outcomes}
    return 2 if "invalid" in states else 1 if "failed" in states else 0


def lines(outcome: Outcome) -> list[str]:
    """What people are told of one file; nothing when all held."""
    if outcome.state == "invalid":
        return [f"not valid: {outcome.file}: {outcome.reason}"]
    return [
        f"{outcome.file}: step {failure.step}: {failure.missed.path}: "
        f"expected {told(failure.missed.expected)}, got {told(failure.missed.got)}"
        for failure in outcome.failures
    ]


def summary(outcomes: Sequence[Outcome]) -> str:
    """One line over all files."""
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in WORDS}
    return ", ".join(f"{count} {WORDS[state]}" for state, count in counts.items() if count) or "no files"


def report(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Everything, as plain values for JSON; exact decimals are texts."""
    return {
        "status": exit_status(outcomes),
        "counts": {state: sum(outcome.state == state for outcome in outcomes) for state in WORDS},
        "files": [
            {
                "file": outcome.file,
                "scenario": outcome.title,
                "state": outcome.state,
                "steps": outcome.steps,
                "reason": outcome.reason,
                "failures": [
                    {
                        "step": failure.step,
                        "path": failure.missed.path,
                        "expected": plain(failure.missed.expected),
                        "got": plain(failure.missed.got),
                    }
                    for failure in outcome.failures
                ],
            }
            for outcome in outcomes
        ],
    }


WORDS: dict[State, str] = {
    "held": "held",
    "failed": "failed",
    "invalid": "not valid",
}
