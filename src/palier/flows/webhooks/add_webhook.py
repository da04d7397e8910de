"""An address is told of what happens to members from now on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django_scopes import scope

from palier.core.webhook_address import InvalidWebhook, parse_webhook_address
from palier.core.webhooks import check_types
from palier.flows.bench.keyed import Keyed, keep_told
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_public_id, new_signing_secret
from palier.store.outbox.models import Intent
from palier.store.programmes.models import Programme, Shop
from palier.store.webhooks.models import WebhookEndpoint

NAME_MAX = 200
WEBHOOKS_MAX = 50
"""A programme has at most so many."""


@dataclass(frozen=True, slots=True)
class AddWebhook:
    """``shop_id`` narrows it to the members of one shop; no ``events`` mean all. ``author`` says who added it.

    ``allows_local``: this is a demo or a developer's machine, where http to the machine itself is fine. ``request``
    makes it happen once.
    """

    programme_id: int
    url: str
    events: Collection[str] = ()
    shop_id: int | None = None
    name: str = ""
    author: str = ""
    allows_local: bool = False
    request: Keyed | None = None


@dataclass(frozen=True, slots=True)
class WebhookAdded:
    """``secret`` is shown now and not again; ``id`` is the webhook's public id."""

    id: str
    secret: str


def add_webhook(command: AddWebhook, *, now: datetime) -> WebhookAdded:
    """Keep the address with a new secret; it is told of what happens after this. ``InvalidWebhook`` says why not."""
    parse_webhook_address(command.url, allows_local=command.allows_local)
    events = check_types(command.events)
    if len(command.name) > NAME_MAX:
        raise InvalidWebhook(f"a name has at most {NAME_MAX} characters", path="name")
    return in_one_transaction(lambda: _add(command, events, now))


def _add(command: AddWebhook, events: list[str], now: datetime) -> WebhookAdded:
    secret = new_signing_secret()
    with scope(programme=command.programme_id):
        if command.shop_id is not None and not Shop.objects.filter(pk=command.shop_id).exists():
            raise InvalidWebhook("there is no such shop in this programme", path="shop")
        # Two that are added at once must not both be the last.
        Programme.objects.select_for_update(no_key=True).get(pk=command.programme_id)
        if WebhookEndpoint.objects.filter(removed_at=None).count() >= WEBHOOKS_MAX:
            raise InvalidWebhook(f"a programme has at most {WEBHOOKS_MAX} webhooks", hint="remove one first")
        row = WebhookEndpoint.objects.create(
            programme_id=command.programme_id,
            shop_id=command.shop_id,
            public_id=new_public_id(),
            name=command.name.strip(),
            url=command.url,
            events=events,
            secret=secret,
            after_intent=Intent.objects.aggregate(last=Max("id"))["last"] or 0,
            author=command.author[:200],
            created_at=now,
        )
        keep_told(command.request, {"id": row.public_id, "secret": secret})
    return WebhookAdded(row.public_id, secret)
