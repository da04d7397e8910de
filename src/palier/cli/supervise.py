"""Keeps several processes running as one: what dies is started again, and all end together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

STOP_WITHIN_S = 20
PAUSE_FIRST_S = 0.5
PAUSE_MAX_S = 30
_LIVED_WELL_S = 60
_LOOK_S = 0.2
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """A process that has to run. ``is_quiet``: what it prints is not shown, only what it complains of."""

    name: str
    words: Sequence[str]
    is_quiet: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0
    start_at: float = 0
    pause_s: float = PAUSE_FIRST_S

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            list(self.words),
            stdout=subprocess.DEVNULL if self.is_quiet else None,
            preexec_fn=end_with_parent,
        )


def supervise(children: Sequence[Child], *, tell: Callable[[str], None] | None = None) -> int:
    """Run all children until SIGTERM or Ctrl+C, then end them all; 0. One that dies comes again, after a pause that
    doubles while it keeps dying."""
    stop = Event()
    tell = tell or _complain
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        for child in children:
            child.start()
        while not stop.wait(_LOOK_S):
            for child in children:
                _look_after(child, tell)
    finally:
        _end(children)
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def _look_after(child: Child, tell: Callable[[str], None]) -> None:
    now = time.monotonic()
    if child.process is not None:
        status = child.process.poll()
        if status is None:
            return
        if now - child.started_at > _LIVED_WELL_S:
            child.pause_s = PAUSE_FIRST_S
        tell(f"{child.name} ended with status {status}; it is started again in {child.pause_s:g} s")
        child.process, child.start_at = None, now + child.pause_s
        child.pause_s = min(2 * child.pause_s, PAUSE_MAX_S)
    elif now >= child.start_at:
        child.start()


def _end(children: Sequence[Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    until = time.monotonic() + STOP_WITHIN_S
    for process in running:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def end_with_parent() -> None:
    """On Linux a child is asked to end even when its supervisor is killed; elsewhere it stays."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _complain(line: str) -> None:
    print(f"palier: {line}", file=sys.stderr, flush=True)
