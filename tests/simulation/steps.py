"""What a history is made of: plain steps, each at its own instant, and how they read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done at ``at``; ``facts`` are plain values."""

    at: datetime
    do: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        said = ", ".join(
            f"{name}: {_shown(value)}"
            for name, value in self.facts.items()
            if value not in (None, (), [], {})
        )
        return f"- {{at: {self.at.isoformat()}, {self.do}: {{{said}}}}}"


@dataclass(frozen=True, slots=True)
class History:
    """A programme, when it starts and ends, and what happens in between."""

    seed: int
    document: dict[str, Any]
    starts_at: datetime
    ends_at: datetime
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        from json import dumps

        lines = [
            f"seed: {self.seed}",
            f"programme: {dumps(self.document)}",
            f"starts: {self.starts_at.isoformat()}",
        ]
        return "\n".join(
            [*lines, "steps:", *(str(step) for step in self.steps), f"ends: {self.ends_at.isoformat()}"]
        )


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_shown(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return str(value)
