"""What a request with an idempotency key was answered is kept, to be told again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from palier.flows.transaction import in_one_transaction
from palier.store.access.answers import write_answer


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """The answer to a claimed key; ``body`` is plain data."""

    shop_id: int
    key: str
    status: int
    body: Any


def keep_answer(command: KeepAnswer) -> None:
    """Write the answer; one that is written already stays."""

    def keep() -> None:
        write_answer(command.shop_id, command.key, status=command.status, body=command.body)

    in_one_transaction(keep)
