"""A program shows its key: what that opens, and a note that the key is in use."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.db import DatabaseError

from palier.core.access import is_key, key_digest
from palier.store.access.load import StoredKey, find_key
from palier.store.access.record import record_use

NOTED_EVERY = timedelta(minutes=1)


def use_api_key(key: str, *, now: datetime) -> StoredKey | None:
    """The key as it is stored; None when there is none, or it is revoked. Its use is noted once a minute at most."""
    if not is_key(key):
        return None
    digest = key_digest(key)
    stored = find_key(digest)
    if stored is None or not hmac.compare_digest(stored.digest, digest):
        return None
    before = now - NOTED_EVERY
    if stored.last_used_at is None or stored.last_used_at <= before:
        try:
            record_use(stored.key_id, now=now, unless_after=before)
        except DatabaseError:
            pass  # a database that is being written to for long, or only read, must not lock programs out
    return stored
