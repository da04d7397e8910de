"""A shop gets a secret to sign its pushes with, or a new one; for a day the old one is good beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_scopes import scopes_disabled

from palier.core.inbox import SECRET_OVERLAP
from palier.flows.transaction import in_one_transaction
from palier.store.hooks.models import Hook
from palier.store.ids import new_signing_secret
from palier.store.programmes.models import Shop


@dataclass(frozen=True, slots=True)
class ChangeHookSecret:
    """Whose."""

    shop_id: int


def change_hook_secret(command: ChangeHookSecret, *, now: datetime) -> str:
    """The new secret, shown now and not again. ``now`` is the world's clock."""
    return in_one_transaction(lambda: _change(command, now))


def _change(command: ChangeHookSecret, now: datetime) -> str:
    secret = new_signing_secret()
    with scopes_disabled():
        # Two at once must not both forget the one before.
        Shop.objects.select_for_update(no_key=True).get(pk=command.shop_id)
        hook = Hook.objects.filter(shop_id=command.shop_id).first()
        if hook is None:
            Hook.objects.create(shop_id=command.shop_id, secret=secret, changed_at=now)
        else:
            hook.previous_secret, hook.previous_until = hook.secret, now + SECRET_OVERLAP
            hook.secret, hook.changed_at = secret, now
            hook.save(update_fields=["secret", "previous_secret", "previous_until", "changed_at"])
    return secret
