"""Personal data of an account, removed; ledger rows are not touched."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from palier.store.members.merge import load_person
from palier.store.rows import any_of, listed, to_time


def forget(account_id: int, *, now: datetime) -> None:
    """Delete profile, identities, notes and carts; blank addresses on orders, a guest's too, and keys of events and holds."""
    person = listed(load_person(account_id))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE store_order SET email_folded = '', delivery_city = ''"
            " WHERE account_id IS NULL AND email_folded <> ''"
            " AND programme_id = (SELECT programme_id FROM store_account WHERE id = %s) AND email_folded IN"
            " (SELECT email_folded FROM store_profile WHERE account_id = %s UNION"
            " SELECT email_folded FROM store_order WHERE account_id = %s)",
            [account_id, account_id, account_id],
        )
        cursor.execute(
            "DELETE FROM store_keptcart WHERE EXISTS (SELECT 1 FROM store_identity i"
            " WHERE i.shop_id = store_keptcart.shop_id AND i.customer_id = store_keptcart.customer_id"
            f" AND {any_of('i.account_id')})",
            [person],
        )
        for table in ("store_profile", "store_identity", "store_entrynote"):
            cursor.execute(f"DELETE FROM {table} WHERE {any_of('account_id')}", [person])
        cursor.execute(
            f"UPDATE store_happening SET key = CAST(id AS text) WHERE {any_of('account_id')}", [person]
        )
        cursor.execute(f"UPDATE store_hold SET key = public_id WHERE {any_of('account_id')}", [person])
        cursor.execute(
            "UPDATE store_order SET email_folded = '', delivery_city = '' WHERE account_id = %s", [account_id]
        )
        cursor.execute(
            "UPDATE store_account SET erased_at = %s, next_due_at = NULL WHERE id = %s",
            [to_time(now), account_id],
        )
