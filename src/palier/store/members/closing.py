"""Customers whom their shop has deleted: identities that are closed, and opened again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from palier.store.rows import any_of, listed, select, to_time


def close_identity(shop_id: int, customer: str, *, now: datetime) -> bool:
    """Close the identity; False when it was closed already. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE store_identity SET closed_at = %s WHERE shop_id = %s AND customer_id = %s AND closed_at IS NULL",
            [to_time(now), shop_id, customer],
        )
        return cursor.rowcount > 0


def load_open_shops(account_id: int) -> set[int]:
    """The shops in which the account still has an open identity. One statement."""
    rows = select(
        "SELECT DISTINCT shop_id FROM store_identity WHERE account_id = %s AND closed_at IS NULL",
        [account_id],
    )
    return {row[0] for row in rows}


def reopen_identities(shop_id: int, customers: Sequence[str]) -> set[int]:
    """Open those of these identities that were closed; returns their accounts. One statement, as a rule."""
    rows = select(
        "SELECT id, account_id FROM store_identity WHERE shop_id = %s AND closed_at IS NOT NULL"
        f" AND {any_of('customer_id')}",
        [shop_id, listed(customers)],
    )
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE store_identity SET closed_at = NULL WHERE {any_of('id')}",
                [listed(row[0] for row in rows)],
            )
    return {row[1] for row in rows}


def find_waiting_orders(account_id: int, shop_id: int) -> list[str]:
    """The account's orders at that shop that are placed and neither paid nor cancelled. One statement."""
    rows = select(
        "SELECT external_id FROM store_order WHERE account_id = %s AND shop_id = %s AND status = 'placed'"
        " ORDER BY id",
        [account_id, shop_id],
    )
    return [row[0] for row in rows]
