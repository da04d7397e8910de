"""Due work: accounts whose time has come are caught up, in chunks that any number of workers may share."""

from __future__ import annotations

from datetime import datetime

from palier.core.ending import night_of
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.ledger.ending import end_points, lock_due_rows
from palier.store.members.load import lock_by_id
from palier.store.programmes.load import current_version_id, load_timeline

CHUNK_MAX = 500


def catch_up_accounts(
    programme_id: int, *, now: datetime, limit: int = CHUNK_MAX, is_silent: bool = False
) -> int:
    """Work off up to ``limit`` accounts that are due by ``now``, in one transaction; returns how many there were.

    Call it until it returns 0. It may stop anywhere, run twice or late: the result is the same.
    """
    return in_one_transaction(lambda: _work_off(programme_id, now, min(limit, CHUNK_MAX), is_silent))


def _work_off(programme_id: int, now: datetime, limit: int, is_silent: bool) -> int:
    due = lock_due_rows(programme_id, now=now, limit=limit)
    if not due:
        return 0
    timeline = load_timeline(programme_id, current_version_id(programme_id))
    night = night_of(timeline, now)
    others = end_points(programme_id, due, night, now=now) if night else [row[0] for row in due]
    if others:
        bench = Bench(timeline, lock_by_id(others), programme_id)
        for account_id in others:
            bench.open(account_id)
        bench.record(now=now, until=now, is_silent=is_silent)
    return len(due)
