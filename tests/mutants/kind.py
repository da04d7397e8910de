"""What a planted bug is: one small change of one file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Planted:
    """``before`` stands once in ``file`` (under ``src/palier``) and becomes ``after``.

    ``trap`` is the line of docs/traps.md or the invariant that it walks into. ``test`` finds it where the simulator
    cannot: a pytest path, from the root.
    """

    name: str
    trap: str
    file: str
    before: str
    after: str
    test: str = ""
