"""API keys of shops, and the secrets that their widgets and hooks sign with: shown once, revoked, changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.once import is_first, new_form
from palier.backoffice.wording import SCOPE_WORDS
from palier.core.access import ABOUT, SCOPES
from palier.flows.access.change_widget_secret import ChangeWidgetSecret, change_widget_secret
from palier.flows.access.issue_api_key import NAME_MAX, IssueApiKey, issue_api_key
from palier.flows.access.revoke_api_key import RevokeApiKey, UnknownApiKey, revoke_api_key
from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret
from palier.store.access.models import ApiKey, WidgetSecret
from palier.store.hooks.models import Hook
from palier.store.programmes.models import Shop

USUAL = ("orders:write", "members:read", "members:write", "carts")
"""What a shop's own module needs: ticked on a new form."""

PURPOSES = ("widget", "hook")
"""What a shop has a secret for."""

REVOKED_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ShopSecret:
    """A shop, and since when its newest secrets for widgets and for its hook are good."""

    shop: Shop
    widget: datetime | None
    hook: Hook | None
    address: str
    """Where the shop pushes to."""


@never_cache
@page("store.view_apikey", "palier/keys.html")
def keys(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The keys and secrets; a POST issues, revokes or changes one."""
    shops = list(Shop.objects.order_by("id"))
    shown: dict[str, Any] = {}
    if request.method == "POST":
        action = request.POST.get("do", "")
        if action == "revoke":
            return _revoke(request, viewpoint)
        found = _issue(request, shops, viewpoint) if action == "issue" else _change(request, shops, viewpoint)
        if isinstance(found, HttpResponse):
            return found
        shown = found
    asked = request.GET.get("revoke", "").replace("\0", "")[:36]
    of_shop = request.GET.get("shop", "").replace("\0", "")[:36]
    purpose = request.GET.get("secret", "")
    return {
        "title": _("API keys"),
        "form": new_form(),
        "shops": shops,
        "scopes": [(scope, SCOPE_WORDS.get(scope, ABOUT[scope])) for scope in SCOPES],
        "chosen": USUAL,
        "name": "",
        "name_max": NAME_MAX,
        "keys": _keys(),
        "secrets": _secrets(shops),
        "revoking": ApiKey.objects.filter(public_id=asked, revoked_at=None).first() if asked else None,
        "changing": next((shop for shop in shops if shop.public_id == of_shop), None)
        if purpose in PURPOSES
        else None,
        "purpose": purpose,
        **shown,
    }


def _issue(request: HttpRequest, shops: list[Shop], viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    _require(request, "store.add_apikey")
    name = request.POST.get("name", "").replace("\0", "").strip()
    chosen = tuple(scope for scope in request.POST.getlist("scope") if scope in SCOPES)
    typed = {"name": name, "chosen": chosen, "shop_id": request.POST.get("shop", "")}
    if not 0 < len(name) <= NAME_MAX:
        return {**typed, "name_problem": _("Say which program the key is for.")}
    if not chosen:
        return {**typed, "scope_problem": _("A key without any right opens nothing: tick at least one.")}
    shop = _shop(request, shops)
    if not is_first(request):
        messages.warning(request, _("This form was sent before: nothing was made a second time."))
        return redirect("admin:keys")
    author = request.user.get_username()
    issued = issue_api_key(IssueApiKey(shop.pk, name, chosen, author), now=timezone.now())
    return {"issued": issued, "issued_name": name}


def _revoke(request: HttpRequest, viewpoint: Viewpoint) -> HttpResponse:
    _require(request, "store.change_apikey")
    key = request.POST.get("key", "").replace("\0", "")[:36]
    try:
        was_good = revoke_api_key(RevokeApiKey(viewpoint.programme.pk, key), now=timezone.now())
    except UnknownApiKey:
        raise Http404 from None
    if was_good:
        messages.success(request, _("The key opens nothing any more, at the latest in a minute."))
    return redirect("admin:keys")


def _change(request: HttpRequest, shops: list[Shop], viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    _require(request, "store.add_widgetsecret")
    purpose = request.POST.get("do", "")
    if purpose not in PURPOSES:
        return {}
    shop = _shop(request, shops)
    if not is_first(request):
        messages.warning(request, _("This form was sent before: nothing was made a second time."))
        return redirect("admin:keys")
    now = timezone.now()
    if purpose == "hook":
        secret = change_hook_secret(ChangeHookSecret(shop.pk), now=now)
    else:
        secret = change_widget_secret(ChangeWidgetSecret(shop.pk), now=now)
    return {"secret": secret, "secret_shop": shop, "secret_purpose": purpose}


def _shop(request: HttpRequest, shops: list[Shop]) -> Shop:
    asked = request.POST.get("shop", "")
    found = next((shop for shop in shops if shop.public_id == asked), None)
    if found is None:
        raise Http404
    return found


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):  # type: ignore[union-attr]
        raise PermissionDenied


def _keys() -> list[dict[str, Any]]:
    """The good ones, newest first, then the last that were revoked."""
    rows = ApiKey.objects.select_related("shop")
    good = rows.filter(revoked_at=None).order_by("-id")
    revoked = rows.exclude(revoked_at=None).order_by("-revoked_at", "-id")[:REVOKED_SHOWN]
    return [
        {"row": row, "scopes": [SCOPE_WORDS.get(scope, scope) for scope in row.scopes]}
        for row in (*good, *revoked)
    ]


def _secrets(shops: list[Shop]) -> list[ShopSecret]:
    widgets = dict(WidgetSecret.objects.order_by("id").values_list("shop_id", "created_at"))
    hooks = {hook.shop_id: hook for hook in Hook.objects.all()}
    return [
        ShopSecret(
            shop,
            widgets.get(shop.pk),
            hooks.get(shop.pk),
            f"{settings.PALIER_PUBLIC_URL}{reverse('hooks', args=[shop.public_id])}",
        )
        for shop in shops
    ]
