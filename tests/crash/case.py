"""What is tried: one flow or one entrance, with a command that is the same each time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """``flow`` is ``room.verb``, or the entrance. ``do`` gets the facts of the world.

    ``once``: done again after it was done, it changes nothing; else it says why it need not. Then only this is asked:
    that a crash left all of it or nothing. ``refuses``: done again it may say that there is nothing left to do.
    ``steps``: it commits more than once, so that a crash may leave a part, which doing it again makes whole.
    ``outside`` names functions whose calls leave the process. ``reads_clock``: its instants are the world's.
    """

    name: str
    flow: str
    do: Callable[[Any], object]
    once: bool | str = True
    refuses: bool = False
    steps: bool = False
    outside: tuple[str, ...] = ()
    reads_clock: bool = False
    prepare: Callable[[Any], object] | None = None
    """Done before, in the copy: what the case alone needs."""
    again: Callable[[Any], object] | None = None
    """What is done again, if it is not ``do`` itself."""
    base: str = "world"
    """What it begins with: the world, or an empty database."""
    is_about_tables: bool = False
    """It makes tables: how they are made is compared too, and they may be half made after a crash."""
    stride: int = 1
    """Only every so manieth point is tried: doing it again takes seconds."""
    aside: tuple[str, ...] = ()
    """Columns (``table.column``) that tell how often something was tried."""
    holds: Callable[[Any, bool], list[str]] | None = None
    """What else must hold after the crash (False) and after the repeat (True); what does not."""
