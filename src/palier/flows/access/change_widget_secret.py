"""A shop gets a new secret to sign its widget tokens with."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django_scopes import scopes_disabled

from palier.store.access.record import record_widget_secret
from palier.store.programmes.models import Shop


@dataclass(frozen=True, slots=True)
class ChangeWidgetSecret:
    """Whose."""

    shop_id: int


def change_widget_secret(command: ChangeWidgetSecret, *, now: datetime) -> str:
    """The new secret. It and the one before are good, so that the shop can change over without a gap."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic(), scopes_disabled():
        # Two at once must not both forget the one before.
        Shop.objects.select_for_update().get(pk=command.shop_id)
        record_widget_secret(command.shop_id, secret, now=now)
    return secret
