"""Work in a process of its own, which may be killed: it is forked, does it, says what came of it, and is gone."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Failed(AssertionError):
    """A child ended with an error of its own, where it should have done its work or been killed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a child said until it ended, and whether it was killed."""

    said: tuple[Any, ...]
    was_killed: bool


def in_child(work: Callable[[Callable[[Any], None]], None]) -> Ended:
    """Fork, let the child do ``work`` (which gets a way to say things), and wait for its end.

    The child begins as this process is now: with all modules, without a connection, knowing nothing of any database.
    """
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _be_child(reader, writer, work)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = _messages(pipe)
    _, status = os.waitpid(child, 0)
    for kind, message in said:
        if kind == "error":
            raise Failed(message)
    was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    if status and not was_killed:
        raise Failed(f"the child ended with status {status}")
    return Ended(tuple(message for _, message in said), was_killed)


def _be_child(reader: int, writer: int, work: Callable[[Callable[[Any], None]], None]) -> None:
    """Never returns: whoever started this process has nothing to do in it."""
    try:
        os.close(reader)
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)

        def say(message: Any, kind: str = "said") -> None:
            told = pickle.dumps((kind, message))
            os.write(writer, len(told).to_bytes(8) + told) if len(told) < 4000 else _write_all(writer, told)

        try:
            work(say)
        except BaseException:
            say(traceback.format_exc(), "error")
    finally:
        os._exit(0)


def _write_all(writer: int, told: bytes) -> None:
    left = memoryview(len(told).to_bytes(8) + told)
    while left:
        left = left[os.write(writer, left) :]


def _messages(pipe: Any) -> list[tuple[str, Any]]:
    """Whole messages; one that broke off in the middle was not said."""
    found = []
    while len(size := pipe.read(8)) == 8:
        length = int.from_bytes(size)
        told = pipe.read(length)
        if len(told) < length:
            break
        found.append(pickle.loads(told))
    return found
