"""Who calls: the API key in ``Authorization``, known in the process for a minute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from palier.core.access import is_key, key_digest
from palier.flows.access.use_api_key import use_api_key

KNOWN_FOR = timedelta(seconds=60)
"""A revoked key dies within this time in every process."""

KNOWN_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """A program with a key: its shop, and what it may do. ``clock_offset_s`` shifts ``now`` (demo only)."""

    shop_id: int
    programme_id: int
    scopes: frozenset[str]
    key_id: int
    currency: str
    clock_offset_s: int

    def now(self, now: datetime) -> datetime:
        """The time in the programme when it is ``now`` in the world."""
        return now + timedelta(seconds=self.clock_offset_s) if self.clock_offset_s else now


_known: dict[str, tuple[Caller, datetime]] = {}
"""By the digest of the key, with the time at which it was read: no key is kept in memory longer than its request."""


def authenticate(header: str, *, now: datetime) -> Caller | None:
    """Whose key the ``Authorization`` header carries; None when it carries none that is good.

    ``now`` is the world's time. Two statements at most, none for a minute after.
    """
    known = remembered(header, now=now)
    if known is not None:
        return known
    key = _key_in(header)
    if not key:
        return None
    digest = key_digest(key)
    _known.pop(digest, None)
    stored = use_api_key(key, now=now)
    if stored is None:
        return None
    caller = Caller(
        shop_id=stored.shop_id,
        programme_id=stored.programme_id,
        scopes=stored.scopes,
        key_id=stored.key_id,
        currency=stored.currency,
        clock_offset_s=stored.clock_offset_s,
    )
    if len(_known) >= KNOWN_MAX:
        _known.clear()
    _known[digest] = (caller, now)
    return caller


def remembered(header: str, *, now: datetime) -> Caller | None:
    """The same, if this process knows it; no statement. The demo, whose clock jumps, remembers nobody."""
    key = _key_in(header)
    if not key or settings.PALIER_DEMO:
        return None
    known = _known.get(key_digest(key))
    return known[0] if known is not None and known[1] <= now < known[1] + KNOWN_FOR else None


def _key_in(header: str) -> str:
    scheme, _, key = header.partition(" ")
    key = key.strip()
    return key if scheme.lower() == "bearer" and is_key(key) else ""


def forget() -> None:
    """Read every key anew (tests, whose databases come and go)."""
    _known.clear()
