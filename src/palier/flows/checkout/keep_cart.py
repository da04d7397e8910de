"""A shop tells which cart a member has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.core.errors import UnknownMember
from palier.flows.transaction import in_one_transaction
from palier.store.catalogue.record import delete_cart, write_cart
from palier.store.members.load import lock_member


@dataclass(frozen=True, slots=True)
class KeepCart:
    """The cart of a shop's customer as plain data that ``parse_cart`` has read; None: they have none any more."""

    shop_id: int
    customer: str
    content: Mapping[str, Any] | None


def keep_cart(command: KeepCart, *, now: datetime) -> bool:
    """Replace the cart that is kept, or forget it; whether anything changed hands. ``now`` is the world's time.

    ``UnknownMember`` for a customer never seen: a cart alone makes nobody a member.
    """
    return in_one_transaction(lambda: _keep(command, now))


def _keep(command: KeepCart, now: datetime) -> bool:
    if not lock_member(command.shop_id, command.customer):
        raise UnknownMember(
            f"no member {command.customer!r}", path="member", hint="check the shop's customer id"
        )
    if command.content is None:
        return delete_cart(command.shop_id, command.customer)
    write_cart(command.shop_id, command.customer, command.content, now=now)
    return True
