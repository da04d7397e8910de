"""What the demo's shop holds to speak with Palier: an API key and a widget secret, in a file beside the database."""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime
from pathlib import Path

from palier.core.access import SCOPES, key_digest

FILE = "demo_shop.json"
SCOPES_OF_SHOP = tuple(
    scope for scope in SCOPES if scope not in ("programme:write", "reports:read", "webhooks")
)


def prepare_access(shop_id: int, *, now: datetime) -> None:
    """Give the shop a key and a secret unless the file's are still good. Only the file's owner may read it."""
    from django.conf import settings
    from django_scopes import scopes_disabled

    from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
    from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
    from palier.store.programmes.models import Shop

    path = settings.PALIER_VAR / FILE
    if _is_good(path, shop_id):
        return
    with scopes_disabled():
        shop = Shop.objects.get(pk=shop_id)
    issued = issue_api_key(IssueApiKey(shop_id, "Demo shop", SCOPES_OF_SHOP, author="palier demo"), now=now)
    secret = change_widget_secret(ChangeWidgetSecret(shop_id), now=now)
    _write(path, {"shop": shop.public_id, "key": issued.key, "secret": secret})


def _is_good(path: Path, shop_id: int) -> bool:
    from palier.store.access.load import find_key, load_widget_secrets

    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        key, secret = str(kept["key"]), str(kept["secret"])
    except (OSError, ValueError, KeyError, TypeError):
        return False
    stored = find_key(key_digest(key))
    return stored is not None and stored.shop_id == shop_id and secret in load_widget_secrets(shop_id)


def _write(path: Path, content: dict[str, str]) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file)
    draft.replace(path)
