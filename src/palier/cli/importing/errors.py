"""What goes wrong with a whole file; what goes wrong with one row is a Problem, and the file goes on."""

from __future__ import annotations

from dataclasses import dataclass


class UnreadableFile(Exception):
    """The file, or what was said about it, cannot be used; nothing was imported. ``hint`` says how to mend it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was left out or only partly understood. ``amount_minor`` is what it would have moved."""

    row: int
    subject: str
    code: str
    reason: str
    amount_minor: int = 0


class RowRefused(ValueError):
    """A value of a row that cannot be read; ``code`` names the kind of problem."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
