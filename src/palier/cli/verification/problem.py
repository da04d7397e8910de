"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken promise: which invariant, whose account (public id), what about it, and the two values that differ."""

    invariant: str
    account: str
    what: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.invariant} account {self.account}: {self.what}: expected {self.expected}, found {self.found}"
