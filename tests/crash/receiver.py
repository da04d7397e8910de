"""Who is told by webhooks in these tests: a server in a process of its own, which outlives those that are killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.channels.receiver import Received, listening

_ADDRESS = "PALIER_CRASH_RECEIVER"


def address() -> str:
    """Where it listens."""
    return os.environ[_ADDRESS]


@contextmanager
def receiving() -> Iterator[None]:
    """It listens within; begun by the process that will fork the others."""
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        _serve(writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        os.environ[_ADDRESS] = pipe.readline().strip()
    _log().unlink(missing_ok=True)
    try:
        yield
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.environ.pop(_ADDRESS, None)


def received(whom: str) -> set[str]:
    """The ids of all messages that arrived so far at the address with ``to=`` that name."""
    lines = _log().read_text().splitlines() if _log().exists() else []
    told = (line.split() for line in lines)
    return {message for path, message in told if path.endswith(f"to={whom}")}


def _log() -> Path:
    return Path(os.environ["PALIER_TEST_DIRECTORY"]) / "received"


def _serve(writer: int) -> None:
    parent = os.getppid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)

    def note(request: Received) -> int:
        with _log().open("a") as log:
            log.write(f"{request.path} {request.headers['webhook-id']}\n")
        return 204

    try:
        with listening(answer=note) as receiver:
            os.write(writer, f"{receiver.url}\n".encode())
            os.close(writer)
            while os.getppid() == parent:  # it ends with whoever began it
                time.sleep(0.5)
    finally:
        os._exit(0)
