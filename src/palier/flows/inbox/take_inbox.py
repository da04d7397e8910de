"""A worker takes messages from the inbox, to work them off."""

from __future__ import annotations

from datetime import datetime

from palier.flows.transaction import in_one_transaction
from palier.store.hooks.load import OpenMessage, load_open
from palier.store.hooks.record import take_messages

MOST = 50


def take_inbox(*, now: datetime, most: int = MOST) -> list[OpenMessage]:
    """Up to ``most`` messages, oldest first. Nobody else gets them until they are settled or their lease ends."""
    return in_one_transaction(lambda: load_open(take_messages(now=now, most=most)))
