"""Each of several web processes keeps to a processor of its own.

An interpreter runs one thread at a time. While the thread that reads requests and the one that books orders sit on two
processors, each hand-over between them moves what they work on from one to the other: bound to one, two processes
booked a fifth more orders a second on two processors.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SWITCH = "PALIER_BIND_PROCESSORS"


def keep_to_one() -> None:
    """Bind this thread, and whatever it starts, to one of the processors that it may use, if it was asked for.

    It takes the one that fewest Python processes are bound to; of several, each process of one server another one.
    Where a system knows no binding, or has one processor, nothing happens.
    """
    if os.environ.get(SWITCH) != "1" or not hasattr(os, "sched_setaffinity"):
        return
    allowed = sorted(os.sched_getaffinity(0))
    others = list(_others())
    bound = Counter(processor for _, processors in others for processor in processors if len(processors) == 1)
    turn = sum(is_elder for is_elder, _ in others) % len(allowed)
    chosen = min(allowed[turn:] + allowed[:turn], key=lambda processor: bound[processor])
    os.sched_setaffinity(0, {chosen})


def _others() -> Iterator[tuple[bool, set[int]]]:
    """Of every other process of this interpreter: whether the same server started it earlier, and where it may run."""
    mine, server = os.getpid(), os.getppid()
    interpreter = Path("/proc/self/exe").resolve()
    for there in Path("/proc").glob("[0-9]*"):
        pid = int(there.name)
        try:
            if pid == mine or (there / "exe").resolve() != interpreter:
                continue
            parent = int((there / "stat").read_text().rpartition(")")[2].split()[1])
            yield parent == server and pid < mine, os.sched_getaffinity(pid)
        except OSError:  # it ended meanwhile, or is somebody else's
            continue
