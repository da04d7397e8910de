"""Personal data of an account, removed; ledger rows are not touched."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from palier.store.rows import to_time


def forget(account_id: int, *, now: datetime) -> None:
    """Delete profile, identities and notes; blank addresses on orders and keys that a shop chose."""
    with connection.cursor() as cursor:
        for table in ("store_profile", "store_identity", "store_entrynote"):
            cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account_id])
        cursor.execute(
            "UPDATE store_order SET email_folded = '', delivery_city = '' WHERE account_id = %s", [account_id]
        )
        cursor.execute(
            "UPDATE store_account SET erased_at = %s, next_due_at = NULL WHERE id = %s",
            [to_time(now), account_id],
        )
