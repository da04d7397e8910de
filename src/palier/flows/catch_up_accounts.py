"""Due work: accounts whose time has come are caught up, in chunks that any number of workers may share."""

from __future__ import annotations

from datetime import datetime

from palier.flows.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.members.load import lock_due
from palier.store.programmes.load import current_version_id, load_timeline
from palier.store.rows import to_time

CHUNK_MAX = 500


def catch_up_accounts(
    programme_id: int, *, now: datetime, limit: int = CHUNK_MAX, is_silent: bool = False
) -> int:
    """Work off up to ``limit`` accounts that are due by ``now``, in one transaction; returns how many there were.

    Call it until it returns 0. It may stop anywhere, run twice or late: the result is the same.
    """
    return in_one_transaction(lambda: _work_off(programme_id, now, min(limit, CHUNK_MAX), is_silent))


def _work_off(programme_id: int, now: datetime, limit: int, is_silent: bool) -> int:
    due = lock_due(programme_id, now=to_time(now), limit=limit)
    if not due:
        return 0
    timeline = load_timeline(programme_id, current_version_id(programme_id))
    bench = Bench(timeline, {account.state.id: account for account in due}, programme_id)
    for account in due:
        bench.open(account.state.id)
    bench.record(now=now, until=now, is_silent=is_silent)
    return len(due)
