"""What stands in the sidebar."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _


def may_see_members(request: HttpRequest) -> bool:
    return request.user.has_perm("store.view_account")


def may_try_carts(request: HttpRequest) -> bool:
    return request.user.has_perm("store.add_happening")


def may_see_team(request: HttpRequest) -> bool:
    return request.user.has_perm("auth.view_user")


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    """One short list in words that merchants use."""
    items = [
        {
            "title": _("Home"),
            "icon": "home",
            "link": reverse_lazy("admin:index"),
            "permission": may_see_members,
        },
        {
            "title": _("Members"),
            "icon": "group",
            "link": reverse_lazy("admin:members"),
            "permission": may_see_members,
        },
        {
            "title": _("Segments"),
            "icon": "category",
            "link": reverse_lazy("admin:segments"),
            "permission": may_see_members,
        },
        {
            "title": _("Try a cart"),
            "icon": "shopping_cart",
            "link": reverse_lazy("admin:cart"),
            "permission": may_try_carts,
        },
        {
            "title": _("Team"),
            "icon": "badge",
            "link": reverse_lazy("admin:team"),
            "permission": may_see_team,
        },
    ]
    return [{"items": items}]
