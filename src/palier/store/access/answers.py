"""Answers to requests with an idempotency key: claimed while a request is at work, kept once it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec.json import decode

from palier.store.rows import from_time, run, select, to_json, to_time


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """``status`` is None while the request is being worked on."""

    digest: str
    status: int | None
    body: Any
    created_at: datetime


def insert_claim(shop_id: int, key: str, digest: str, *, now: datetime) -> bool:
    """Whether the key was free, and is now claimed."""
    with run(
        "INSERT INTO store_answer (shop_id, key, content_digest, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (shop_id, key) DO NOTHING",
        [shop_id, key, digest, to_time(now)],
    ) as cursor:
        return bool(cursor.rowcount)


def find_answer(shop_id: int, key: str) -> StoredAnswer | None:
    """What is known of the key. One statement."""
    rows = select(
        "SELECT content_digest, status, body, created_at FROM store_answer WHERE shop_id = %s AND key = %s",
        [shop_id, key],
    )
    if not rows:
        return None
    digest, status, body, created_at = rows[0]
    at = from_time(created_at)
    assert at is not None
    return StoredAnswer(digest, status, _body(body), at)


def _body(stored: Any) -> Any:
    """The body as it was written. It is kept as a text: PostgreSQL would sort the keys of a map."""
    while isinstance(stored, str):
        stored = decode(stored)
    return stored


def renew_claim(shop_id: int, key: str, *, now: datetime, before: datetime) -> bool:
    """Take over a claim that is older than ``before``; of several that try, one succeeds."""
    with run(
        "UPDATE store_answer SET created_at = %s"
        " WHERE shop_id = %s AND key = %s AND status IS NULL AND created_at < %s",
        [to_time(now), shop_id, key, to_time(before)],
    ) as cursor:
        return bool(cursor.rowcount)


def write_answer(shop_id: int, key: str, *, status: int, body: Any) -> bool:
    """The claimed key is answered; ``body`` is a map or a list. False: it was answered before, or is not claimed."""
    with run(
        "UPDATE store_answer SET status = %s, body = %s WHERE shop_id = %s AND key = %s AND status IS NULL",
        [status, to_json(to_json(body)), shop_id, key],
    ) as cursor:
        return bool(cursor.rowcount)


def delete_claim(shop_id: int, key: str) -> None:
    """The key is free again; one that is answered stays."""
    with run("DELETE FROM store_answer WHERE shop_id = %s AND key = %s AND status IS NULL", [shop_id, key]):
        pass
