"""A webhook gets another address, name or choice of events, or is paused, or goes on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from palier.core.webhook_address import InvalidWebhook, parse_webhook_address
from palier.core.webhooks import check_types
from palier.flows.transaction import in_one_transaction
from palier.flows.webhooks.add_webhook import NAME_MAX
from palier.store.webhooks.record import lock_endpoint


@dataclass(frozen=True, slots=True)
class ChangeWebhook:
    """What is None stays. ``is_active`` True also brings back a webhook that was disabled."""

    programme_id: int
    webhook: str
    url: str | None = None
    name: str | None = None
    events: Collection[str] | None = None
    is_active: bool | None = None
    allows_local: bool = False


def change_webhook(command: ChangeWebhook) -> None:
    """Change it; what waits goes to the new address. ``InvalidWebhook``, ``UnknownWebhook``: nothing is changed."""
    if command.url is not None:
        parse_webhook_address(command.url, allows_local=command.allows_local)
    if command.name is not None and len(command.name) > NAME_MAX:
        raise InvalidWebhook(f"a name has at most {NAME_MAX} characters", path="name")
    events = None if command.events is None else check_types(command.events)
    in_one_transaction(lambda: _change(command, events))


def _change(command: ChangeWebhook, events: list[str] | None) -> None:
    row = lock_endpoint(command.programme_id, command.webhook)
    if command.url is not None:
        row.url = command.url
    if command.name is not None:
        row.name = command.name.strip()
    if events is not None:
        row.events = events
    if command.is_active is not None:
        row.is_active = command.is_active
        row.disabled_reason = ""
        row.failing_since = None
    row.save(update_fields=["url", "name", "events", "is_active", "disabled_reason", "failing_since"])
