"""Everything that names a merged account names the kept one from now on; the ledger rows stay where they are."""

from __future__ import annotations

from django.db import connection

from palier.store.rows import select


def repoint(merged_id: int, kept_id: int) -> None:
    """Move identities, orders, coupons, holds and happenings; the merged person's profile goes, the kept one stays."""
    with connection.cursor() as cursor:
        for table in ("store_identity", "store_order", "store_coupon", "store_hold"):
            cursor.execute(f"UPDATE {table} SET account_id = %s WHERE account_id = %s", [kept_id, merged_id])
        cursor.execute(
            "UPDATE store_happening SET account_id = %s WHERE account_id = %s AND NOT EXISTS (SELECT 1 FROM"
            " store_happening AS own WHERE own.account_id = %s AND own.kind = store_happening.kind AND own.name ="
            " store_happening.name AND own.key = store_happening.key)",
            [kept_id, merged_id, kept_id],
        )
        cursor.execute("DELETE FROM store_profile WHERE account_id = %s", [merged_id])
        cursor.execute(
            "UPDATE store_account SET merged_into_id = %s, next_due_at = NULL WHERE id = %s",
            [kept_id, merged_id],
        )


PERSON = (
    "person(id) AS (SELECT id FROM store_account WHERE id = %s UNION"
    " SELECT a.id FROM store_account a JOIN person ON a.merged_into_id = person.id)"
)
"""SQL after WITH RECURSIVE: an account and those that were merged into it, directly or not."""


def load_person(account_id: int) -> list[int]:
    """The account and those that were merged into it, directly or not: one person's. One statement."""
    rows = select(f"WITH RECURSIVE {PERSON} SELECT id FROM person", [account_id])
    return [row[0] for row in rows]
