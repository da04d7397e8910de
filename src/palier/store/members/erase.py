"""Personal data of an account, removed; ledger rows are not touched."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import connection

from palier.store.members.merge import load_person
from palier.store.rows import any_of, listed, select, to_json, to_time


def forget(account_id: int, *, now: datetime) -> None:
    """Delete profile, identities, notes and carts; blank addresses on orders, and keys of events and holds.

    What the shops pushed about the person is blanked in the inbox, and nobody works it off any more.
    """
    person = listed(load_person(account_id))
    _forget_inbox(account_id, person, now=now)
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
            f"DELETE FROM store_keptcart WHERE (shop_id, customer_id) IN ({_customers()})",
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


def _customers() -> str:
    """SQL for whom the shops know as one of these accounts."""
    return f"SELECT i.shop_id, i.customer_id FROM store_identity i WHERE {any_of('i.account_id')}"


def _forget_inbox(account_id: int, person: Any, *, now: datetime) -> None:
    blank = (
        "UPDATE store_inbox SET payload = '', customer = '', error = '', failed_at = NULL,"
        " done_at = COALESCE(done_at, %s) WHERE "
    )
    addresses = select(
        f"SELECT email_folded FROM store_profile WHERE {any_of('account_id')} UNION"
        f" SELECT LOWER(email) FROM store_profile WHERE {any_of('account_id')} UNION"
        " SELECT email_folded FROM store_order WHERE account_id = %s",
        [person, person, account_id],
    )
    with connection.cursor() as cursor:
        cursor.execute(
            blank + f"(shop_id, customer) IN ({_customers()})",
            [to_time(now), person],
        )
        for address in {text for (text,) in addresses if text}:
            # A guest's message names no customer. JSON writes an address plainly, or its letters as \\u….
            for written in {address, to_json(address)[1:-1], _ascii_json(address)}:
                cursor.execute(
                    blank
                    + "customer = '' AND payload <> '' AND LOWER(payload) LIKE %s ESCAPE '!' AND shop_id IN"
                    " (SELECT id FROM store_shop WHERE programme_id ="
                    " (SELECT programme_id FROM store_account WHERE id = %s))",
                    [to_time(now), f"%{_escaped(written.lower())}%", account_id],
                )


def _ascii_json(text: str) -> str:
    """The text as JSON in ASCII writes it, without its quotes."""
    return json.dumps(text)[1:-1]


def _escaped(text: str) -> str:
    for sign in "!%_":
        text = text.replace(sign, "!" + sign)
    return text
