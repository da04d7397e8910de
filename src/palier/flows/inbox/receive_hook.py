"""What a shop pushed is kept, to be worked off later; its sender waits for nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.flows.transaction import in_one_transaction
from palier.store.hooks.record import keep_message


@dataclass(frozen=True, slots=True)
class ReceiveHook:
    """A message whose signature was found good. ``payload`` is its body, ``customer`` whom it names, if anyone."""

    shop_id: int
    event_id: str
    kind: str
    customer: str
    payload: str


def receive_hook(command: ReceiveHook, *, now: datetime) -> bool:
    """Keep it; False when the shop has sent that event already, which then stays as it was. The world's clock."""
    return in_one_transaction(
        lambda: keep_message(
            command.shop_id,
            event_id=command.event_id,
            kind=command.kind,
            customer=command.customer,
            payload=command.payload,
            now=now,
        )
    )
