"""New identifiers: internal integers that need no round trip, public UUIDv7, and coupon codes from the OS generator."""

from __future__ import annotations

import base64
import os
import secrets
import threading
import time
import uuid

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 signs without 0/O and 1/I: twelve of them are 60 random bits."""

EPOCH_MS = 1_577_836_800_000
"""The beginning of 2020."""
_lock = threading.Lock()
_last = 0
_node = (0, 0)


def new_id() -> int:
    """A positive 63-bit integer: milliseconds since 2020, 10 bits of this process, a counter; growing in a process."""
    tick = _next_tick()
    return (tick >> 12) << 22 | _node_bits() << 12 | (tick & 0xFFF)


def _next_tick() -> int:
    """Milliseconds since 2020 and a counter of 12 bits, never the same twice in a process."""
    global _last
    with _lock:
        tick = ((time.time_ns() // 1_000_000) - EPOCH_MS) << 12
        _last = max(tick, _last + 1)
        return _last


def _node_bits() -> int:
    """Ten random bits of this process; a fork draws its own."""
    global _node
    if _node[0] != os.getpid():
        _node = (os.getpid(), secrets.randbits(10))
    return _node[1]


def new_public_id() -> str:
    """A UUID of version 7 (RFC 9562) as text: growing in a process, and not guessable (62 random bits)."""
    stamp, counter = divmod(_next_tick(), 1 << 12)
    value = (stamp + EPOCH_MS) << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


def new_coupon() -> tuple[str, str]:
    """A public id and an unguessable code of 60 random bits."""
    return new_public_id(), "".join(secrets.choice(ALPHABET) for _ in range(12))


def new_signing_secret() -> str:
    """A secret of 256 random bits to sign webhooks with, as the Standard Webhooks write it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
