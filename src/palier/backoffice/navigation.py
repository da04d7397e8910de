"""What stands in the sidebar, in a merchant's words; each entry only for those who may open it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from palier.backoffice.concerns import concerns_of


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """Short groups: every day's work first, what is set up once last."""
    groups: list[tuple[Any, list[dict[str, Any]]]] = [
        (
            "",
            [
                _entry(_("Home"), "home", "index", "store.view_account"),
                {**_entry(_("Needs a look"), "flag", "concerns", "store.view_account"), **_badge(request)},
                _entry(_("Members"), "group", "members", "store.view_account"),
                _entry(_("Segments"), "category", "segments", "store.view_account"),
                _entry(_("Try a cart"), "shopping_cart", "cart", "store.add_happening"),
            ],
        ),
        (
            _("Programme"),
            [
                _entry(_("Tier ladder"), "stairs", "ladder", "store.view_programmeversion"),
                _entry(_("Drafts and versions"), "history", "programme_page", "store.view_programmeversion"),
            ],
        ),
        (
            _("Set-up"),
            [
                _entry(_("API keys"), "key", "keys", "store.view_apikey"),
                _entry(_("Webhooks"), "webhook", "webhooks", "store.view_webhookendpoint"),
                _entry(_("Team"), "badge", "team", "auth.view_user"),
            ],
        ),
    ]
    return [{"title": title, "items": items} for title, items in groups]


def _badge(request: HttpRequest) -> dict[str, Any]:
    """The number of concerns, where there are any."""
    count = concerns_of(request)
    return {"badge": count, "badge_variant": "danger"} if count else {}


def _entry(title: Any, icon: str, page: str, permission: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{page}"),
        "permission": _has(permission),
    }


def _has(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: bool(request.user.has_perm(permission))
