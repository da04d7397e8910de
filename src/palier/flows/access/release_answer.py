"""A request with an idempotency key was refused and changed nothing: its key is free again."""

from __future__ import annotations

from palier.flows.transaction import in_one_transaction
from palier.store.access.answers import delete_claim


def release_answer(shop_id: int, key: str) -> None:
    """Give up a claim, so that the request can be mended and sent again with the same key."""
    in_one_transaction(lambda: delete_claim(shop_id, key))
