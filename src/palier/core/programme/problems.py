"""What is wrong with a document: every problem at once, each with its path, the reason and what was meant."""

from __future__ import annotations

from dataclasses import dataclass

from palier.core.errors import Refusal


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    ``path`` reads like ``earning[2].when.total.from``; it is empty for the whole text.
    ``suggestion`` is what was meant, or how to write it; empty where nothing can be guessed.
    """

    path: str
    reason: str
    suggestion: str = ""

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        meant = f" (meant: {self.suggestion})" if self.suggestion else ""
        return f"{where}{self.reason}{meant}"


class InvalidProgramme(Refusal):
    """The document is no valid programme; ``problems`` says all that is wrong, in its order."""

    code = "invalid_programme"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        assert problems
        first = problems[0]
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(first.reason + more, path=first.path, hint=first.suggestion)
        self.problems = problems
