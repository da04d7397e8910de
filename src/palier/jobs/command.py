"""``palier work``: works off what is due, until it is asked to stop."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

from palier.core.errors import Refusal

PAUSE_S = 1
DEAD_AFTER_S = 60
_ONE = {
    "accounts": "account", "messages": "message", "intents": "intent", "deliveries": "delivery", "tasks": "task",
}  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier work``."""
    parser.add_argument("--once", action="store_true", help="end when nothing is due any more")
    parser.add_argument(
        "--pause",
        type=_seconds,
        default=PAUSE_S,
        metavar="SECONDS",
        help=f"between two looks at what is due ({PAUSE_S})",
    )
    parser.add_argument(
        "--dead-after",
        type=_seconds,
        default=DEAD_AFTER_S,
        metavar="SECONDS",
        help=f"take the tasks of workers back that were not heard of for so long ({DEAD_AFTER_S})",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for each look that found work")


def _seconds(text: str) -> float:
    """More than nothing: a worker that never pauses would take a core for itself."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds between 0 and a day")
    return seconds


def run(options: argparse.Namespace) -> int:
    """Work until asked to stop (SIGTERM, Ctrl+C), or with ``--once`` until nothing is due; 0."""
    from palier.jobs.worker import Rhythm, WorkerThreads, work_once
    from palier.store.tables import tables_are_current

    if not tables_are_current():
        raise Refusal("the database's tables are not up to date", hint="run palier init")
    with _stop_by_signal() as stop:
        if options.once:
            tell(work_once(stop), is_json=options.json)
            return 0
        dead_after = timedelta(seconds=options.dead_after)
        rhythm = Rhythm(options.pause, min(5, options.dead_after / 4), dead_after)
        worker = WorkerThreads(lambda done: _tell_work(done, is_json=options.json), rhythm, stop)
        is_whole = worker.run()
    if not is_whole:
        # What still hangs (a slow receiver, a locked database) must not keep the process: others take it up.
        sys.stdout.flush()
        os._exit(0)
    return 0


def _tell_work(done: dict[str, int], *, is_json: bool) -> None:
    # Chores come every minute: machines may count them, nobody wants to read them.
    if is_json or done.keys() != {"tasks"}:
        tell(done, is_json=is_json)


def tell(done: dict[str, int], *, is_json: bool) -> None:
    """Say what was done, in one line."""
    if is_json:
        line = json.dumps(done)
    else:
        said = [f"{count} {_ONE[kind] if count == 1 else kind}" for kind, count in done.items() if count]
        line = f"{', '.join(said)} worked off" if said else "nothing was due"
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@contextmanager
def _stop_by_signal() -> Iterator[Event]:
    stop = Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
