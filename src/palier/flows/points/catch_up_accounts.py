"""Due work: accounts whose time has come are caught up, in chunks that any number of workers may share."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import InterfaceError, OperationalError

from palier.core.ending import night_of
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.ledger.ending import end_points, lock_due_rows
from palier.store.members.load import Moved, lock_by_id
from palier.store.programmes.load import current_version_id, load_timeline

CHUNK_MAX = 500


class StuckAccount(Exception):
    """What is due of this account cannot be done; the cause says why. Others can go on without it."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"account {account_id} cannot be caught up")
        self.account_id = account_id


def catch_up_accounts(
    programme_id: int,
    *,
    now: datetime,
    limit: int = CHUNK_MAX,
    is_silent: bool = False,
    without: Collection[int] = (),
) -> int:
    """Work off up to ``limit`` accounts that are due by ``now``, in one transaction; returns how many there were.

    Call it until it returns 0. It may stop anywhere, run twice or late: the result is the same. Accounts that are
    ``without`` wait. ``StuckAccount`` when the only one that was taken cannot be worked off.
    """
    taken: list[int] = []
    try:
        return in_one_transaction(
            lambda: _work_off(programme_id, now, min(limit, CHUNK_MAX), is_silent, without, taken)
        )
    except (OperationalError, InterfaceError, Moved):
        raise
    except Exception as error:
        if len(taken) == 1:
            raise StuckAccount(taken[0]) from error
        raise


def _work_off(
    programme_id: int,
    now: datetime,
    limit: int,
    is_silent: bool,
    without: Collection[int],
    taken: list[int],
) -> int:
    due = lock_due_rows(programme_id, now=now, limit=limit, without=without)
    taken[:] = [row[0] for row in due]
    if not due:
        return 0
    timeline = load_timeline(programme_id, current_version_id(programme_id))
    night = night_of(timeline, now)
    others = end_points(programme_id, due, night, now=now) if night else taken
    if others:
        bench = Bench(timeline, lock_by_id(others), programme_id)
        for account_id in others:
            bench.open(account_id)
        bench.record(now=now, until=now, is_silent=is_silent)
    return len(due)
