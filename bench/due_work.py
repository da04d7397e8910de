"""A night on which points expire: the flow, beside chunked set-based SQL that writes the same rows.

Each side works off its own programmes of the same size: per account one entry with its hash, two draws, and the account
row; ``palier verify`` finds nothing wrong with either. SQL knows beforehand that everything ends on one day, that
nothing was used of it, and that nothing else happens; the flow finds it out for each account, and catches up the long
way where more is due. SQLite has no SHA-256: there the hash is a function of this process, for both sides.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from bench.measure import NOW, an_order, in_turns, make_shop, set_up

CHUNK = 500
LATER = NOW + timedelta(days=400)
LAST_DAY = "2027-01-10"
ENDS_AT = datetime(2027, 1, 11, tzinfo=UTC)


ENTRIES = """
    INSERT INTO store_entry (account_id, sequence, programme_id, kind, cause_kind, cause, effective_at, recorded_at,
      amount, points, pending, held, debt, spend_minor, orders, qualifies_at, tier, version_id, facts, note_digest,
      hash)
    SELECT id, last_sequence + 1, programme_id, 'expire', 'time', 'expire:' || {day}, next_due_at, %s,
      -available, -available, 0, 0, 0, 0, 0, NULL, NULL, {version}, {facts}, '',
      {sha256}
    FROM store_account WHERE id IN (SELECT id FROM bench_chunk)"""

CANONICAL = (
    """last_hash || {newline} || '[1,"' || public_id || '",' || (last_sequence + 1) ||"""
    """ ',"expire","time","expire:' || {day} || '",{effective},{recorded},' || -available || ',' || -available ||"""
    """ ',0,0,0,0,0,null,null,{version},{{"last_day":"' || {day} || '"}},""]'"""
)

DRAWS = """
    INSERT INTO store_draw (account_id, sequence, lot_number, points)
    SELECT l.account_id, a.last_sequence + 1, l.number, -l.amount
    FROM store_lot l JOIN store_account a ON a.id = l.account_id WHERE a.id IN (SELECT id FROM bench_chunk)"""

ACCOUNTS = """
    UPDATE store_account SET expired = expired + available, available = 0, last_sequence = last_sequence + 1,
      last_hash = (SELECT hash FROM store_entry e WHERE e.account_id = store_account.id
        AND e.sequence = store_account.last_sequence + 1),
      caught_up_at = %s, next_due_at = NULL, state = {state}
    WHERE id IN (SELECT id FROM bench_chunk)"""


def _statements(version_id: int) -> tuple[str, str, str]:
    """Entries with their true hashes, draws, accounts: `palier verify` finds nothing wrong with what they leave."""
    from django.db import connection

    from palier.store.codec import to_us

    is_postgresql = connection.vendor == "postgresql"
    names = {
        "day": f"'{LAST_DAY}'",
        "version": version_id,
        "newline": "chr(10)" if is_postgresql else "char(10)",
        "effective": to_us(ENDS_AT),
        "recorded": to_us(LATER),
        "facts": f"""'{{"last_day":"{LAST_DAY}"}}'""",
    }
    text = CANONICAL.format(**names)
    sha256 = f"encode(sha256(convert_to({text}, 'UTF8')), 'hex')" if is_postgresql else f"sha256({text})"
    state = "state - 'lots' - 'contributions'"
    if not is_postgresql:
        state = "json_remove(state, '$.lots', '$.contributions')"
    return ENTRIES.format(**names, sha256=sha256), DRAWS, ACCOUNTS.format(state=state)


def _direct(programme_id: int, version_id: int) -> int:
    """All chunks, each in a transaction of its own; returns how many accounts there were."""
    from django.db import connection, transaction

    from palier.store.rows import to_time

    entries, draws, accounts = _statements(version_id)
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        hashed = lambda text: sha256(text.encode()).hexdigest()  # noqa: E731
        connection.connection.create_function("sha256", 1, hashed, deterministic=True)
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    done = 0
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE IF NOT EXISTS bench_chunk (id bigint PRIMARY KEY)")
        while True:
            with transaction.atomic():
                cursor.execute("DELETE FROM bench_chunk")
                cursor.execute(
                    "INSERT INTO bench_chunk SELECT id FROM store_account WHERE programme_id = %s AND next_due_at <= %s"
                    f" ORDER BY next_due_at, id LIMIT {CHUNK}{skip}",
                    [programme_id, to_time(LATER)],
                )
                if not cursor.rowcount:
                    return done
                done += cursor.rowcount
                cursor.execute(entries, [to_time(LATER)])
                cursor.execute(draws)
                cursor.execute(accounts, [to_time(LATER)])


def _fill(members: int) -> tuple[int, int]:
    """A programme whose members have two lots each that end before ``LATER``; (programme id, version id)."""
    from palier.flows.orders.record_orders import RecordOrders, record_orders
    from palier.store.models import Programme

    document: dict[str, Any] = {
        "format": 1, "name": "Bench", "currency": "EUR", "points": {"valid_for": "P12M", "expiry": "fixed"},
        "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}],
    }  # fmt: skip
    programme_id, shop_id = make_shop(document)
    for again in range(2):
        for start in range(0, members, CHUNK):
            orders = tuple(
                an_order(f"{again}-{i}", f"c{i}", lines=1) for i in range(start, min(start + CHUNK, members))
            )
            record_orders(RecordOrders(shop_id, orders), now=NOW)
    return programme_id, Programme.objects.get(pk=programme_id).current_version_id


def main(members: int = 5000, turns: int = 3) -> float:
    """Print medians per account and the ratio; returns the speed beside set-based SQL."""
    set_up()
    from palier.flows.points.catch_up_accounts import catch_up_accounts

    sides = [[_fill(members) for _ in range(turns + 1)] for _ in range(2)]

    def flow(turn: int) -> int:
        done = 0
        while worked := catch_up_accounts(sides[0][turn][0], now=LATER, limit=CHUNK):
            done += worked
        assert done == members
        return done

    def direct(turn: int) -> int:
        done = _direct(*sides[1][turn])
        assert done == members
        return done

    sample = in_turns(flow, direct, turns=turns)
    sample.say("due work")
    return sample.speed


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
