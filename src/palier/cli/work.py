"""``palier work``: lets time have its effects (points end or settle, rewards come, tiers change), when they are due."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from palier.cli.chosen import now_in

PAUSE_S = 30
_LOOK_AGAIN_S = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier work``."""
    parser.add_argument("--once", action="store_true", help="end when nothing is due any more")
    parser.add_argument(
        "--pause",
        type=int,
        default=PAUSE_S,
        metavar="SECONDS",
        help=f"between two looks at what is due ({PAUSE_S})",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object for each look that found work")


@dataclass(slots=True)
class Stop:
    """Whether somebody asked us to end; it is looked at between chunks, so that none is cut."""

    is_asked: bool = False


def run(options: argparse.Namespace) -> int:
    """Work until asked to stop (SIGTERM, Ctrl+C), or with ``--once`` until nothing is due; 0."""
    from django.db import close_old_connections

    with _stop_by_signal() as stop:
        while True:
            accounts = _work_off(stop, is_patient=not options.once)
            if accounts or options.once:
                _tell(accounts, is_json=options.json)
            if options.once or stop.is_asked:
                return 0
            _pause(options.pause, stop)
            if stop.is_asked:
                return 0
            close_old_connections()


def work_off_all(programmes: list[Any], stop: Stop, *, now: Callable[[Any], Any] = now_in) -> int:
    """Every account that is due in every programme, chunk by chunk; how many there were."""
    from palier.flows.catch_up_accounts import catch_up_accounts

    total = 0
    for programme in programmes:
        while not stop.is_asked:
            accounts = catch_up_accounts(programme.pk, now=now(programme))
            total += accounts
            if not accounts:
                break
    return total


def _work_off(stop: Stop, *, is_patient: bool) -> int:
    from django.db import InterfaceError, OperationalError

    from palier.store.programmes.models import Programme

    try:
        return work_off_all(list(Programme.objects.order_by("id")), stop)
    except (OperationalError, InterfaceError) as error:
        if not is_patient:
            raise
        # A database that restarts comes back; what was not done is still due.
        print(f"palier work: the database does not answer, trying again: {error}", file=sys.stderr)
        return 0


def _tell(accounts: int, *, is_json: bool) -> None:
    if is_json:
        print(json.dumps({"accounts": accounts}), flush=True)
    else:
        print(f"{accounts} account{'' if accounts == 1 else 's'} worked off", flush=True)


def _pause(seconds: int, stop: Stop) -> None:
    until = time.monotonic() + seconds
    while not stop.is_asked and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, _LOOK_AGAIN_S))


@contextmanager
def _stop_by_signal() -> Iterator[Stop]:
    stop = Stop()

    def ask(*_: object) -> None:
        stop.is_asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
