"""What an API key lets a program do, and what of a key is kept."""

from __future__ import annotations

import re
from hashlib import sha256

ABOUT = {
    "orders:write": "send orders, refunds and events",
    "members:read": "read members: balances, tiers, movements, coupons",
    "members:write": "register, merge and erase members, give them points",
    "carts": "quote and hold carts, make vouchers, keep carts and products",
    "programme:read": "read the programme document and its versions, check documents",
    "programme:write": "publish the programme document",
    "reports:read": "read figures and the members of segments",
    "webhooks": "manage the shop's webhooks, read and repeat their deliveries",
}
"""Each scope, and what it allows."""

SCOPES = tuple(ABOUT)
"""The names of all scopes."""

KEY_PREFIX = "palier_"
SHOWN = len(KEY_PREFIX) + 5
"""So many characters of a key are kept in the clear: enough to recognise it, far too few to guess it."""

_KEY = re.compile(rf"{KEY_PREFIX}[A-Za-z0-9_-]{{22,100}}")


def is_key(text: str) -> bool:
    """Whether the text has the form of a key at all."""
    return _KEY.fullmatch(text) is not None


def key_digest(text: str) -> str:
    """What is stored of a key. It is random and long, so that one round of SHA-256 is enough."""
    return sha256(text.encode()).hexdigest()
