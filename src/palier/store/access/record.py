"""Keys and widget secrets as rows."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django_scopes import scopes_disabled

from palier.store.access.load import SECRETS_GOOD
from palier.store.access.models import ApiKey, WidgetSecret


def record_use(key_id: int, *, now: datetime, unless_after: datetime) -> None:
    """Note that a key was used, unless that was noted after ``unless_after`` already. One statement."""
    with scopes_disabled():
        ApiKey.objects.filter(
            Q(last_used_at=None) | Q(last_used_at__lte=unless_after), pk=key_id
        ).update(last_used_at=now)  # fmt: skip


def record_widget_secret(shop_id: int, secret: str, *, now: datetime) -> None:
    """Add a secret; those that are no longer good are forgotten."""
    with scopes_disabled():
        WidgetSecret(shop_id=shop_id, secret=secret, created_at=now).save(force_insert=True)
        secrets = WidgetSecret.objects.filter(shop_id=shop_id).order_by("-id")
        good = list(secrets.values_list("id", flat=True)[:SECRETS_GOOD])
        secrets.exclude(id__in=good).delete()
