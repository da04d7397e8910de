"""Webhooks: the addresses that are told of what happens, how each fares, and every delivery with its attempts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.cache import never_cache

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.once import is_first, new_form
from palier.backoffice.wording import DELIVERY_STATES, EVENT_WORDS, failure_words
from palier.core.errors import Refusal
from palier.core.webhook_address import URL_MAX, InvalidWebhook
from palier.core.webhooks import TYPES, UnknownDelivery, UnknownWebhook
from palier.flows.webhooks.add_webhook import NAME_MAX, AddWebhook, add_webhook
from palier.flows.webhooks.change_webhook import ChangeWebhook, change_webhook
from palier.flows.webhooks.change_webhook_secret import ChangeWebhookSecret, change_webhook_secret
from palier.flows.webhooks.remove_webhook import RemoveWebhook, remove_webhook
from palier.flows.webhooks.replay_deliveries import ReplayDeliveries, replay_deliveries
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.programmes.models import Shop
from palier.store.webhooks.load import (
    ShownDelivery,
    ShownEndpoint,
    load_deliveries,
    load_delivery,
    load_endpoint,
    load_endpoints,
)

PAGE_SIZE = 25
STATES = ("waiting", "delivered", "failed")
ASKED_TWICE = ("secret", "remove")
"""What is done only after the page has asked whether it is meant."""


@never_cache
@page("store.view_webhookendpoint", "palier/webhooks.html")
def webhooks(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """All webhooks, and a form for another."""
    typed: dict[str, Any] = {"url": "", "name": "", "chosen": (), "shop_id": ""}
    if request.method == "POST":
        _require(request, "store.add_webhookendpoint")
        found = _add(request, viewpoint)
        if isinstance(found, HttpResponse):
            return found
        typed = found
    return {
        "title": _("Webhooks"),
        "form": new_form(),
        "endpoints": load_endpoints(viewpoint.programme.pk),
        "shops": list(Shop.objects.order_by("id")),
        "events": _events(),
        "url_max": URL_MAX,
        "name_max": NAME_MAX,
        **typed,
    }


@never_cache
@page("store.view_webhookendpoint", "palier/webhook.html")
def webhook(request: HttpRequest, viewpoint: Viewpoint, webhook_id: str) -> dict[str, Any] | HttpResponse:
    """One webhook: what it is told, how it fares, and its deliveries; a POST changes it."""
    if request.method == "POST" and not _is_there(viewpoint, webhook_id):
        return redirect("admin:webhooks")  # a second click on "remove"
    endpoint = _endpoint(viewpoint, webhook_id)
    shown: dict[str, Any] = {}
    if request.method == "POST":
        found = _act(request, viewpoint, endpoint)
        if isinstance(found, HttpResponse):
            return found
        shown = found
    state = request.GET.get("state", "")
    state = state if state in STATES else ""
    before = request.GET.get("before", "")
    deliveries = load_deliveries(
        viewpoint.programme.pk,
        endpoint=endpoint.public_id,
        state=state,
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
        limit=PAGE_SIZE + 1,
    )
    asked = request.GET.get("ask", "")
    return {
        "title": endpoint.name or _("Webhook"),
        "endpoint": endpoint,
        "form": new_form(),
        "events": _events(),
        "told": [EVENT_WORDS.get(event, event) for event in endpoint.events],
        "url": endpoint.url,
        "name": endpoint.name,
        "chosen": endpoint.events,
        "url_max": URL_MAX,
        "name_max": NAME_MAX,
        "state": state,
        "states": [(each, DELIVERY_STATES[each]) for each in STATES],
        "deliveries": [_shown(each) for each in deliveries[:PAGE_SIZE]],
        "before": deliveries[PAGE_SIZE - 1].sequence if len(deliveries) > PAGE_SIZE else None,
        "is_newest": not before,
        "ask": asked if asked in ASKED_TWICE else "",
        **shown,
    }


@page("store.view_webhookendpoint", "palier/delivery.html")
def delivery(
    request: HttpRequest, viewpoint: Viewpoint, webhook_id: str, delivery_id: str
) -> dict[str, Any] | HttpResponse:
    """One delivery with every attempt; a POST sends it again."""
    endpoint = _endpoint(viewpoint, webhook_id)
    try:
        found, attempts = load_delivery(viewpoint.programme.pk, delivery_id.replace("\0", "")[:36])
    except UnknownDelivery:
        raise Http404 from None
    if found.endpoint != endpoint.public_id:
        raise Http404
    if request.method == "POST":
        _require(request, "store.change_delivery")
        _replay(
            request, viewpoint, ReplayDeliveries(viewpoint.programme.pk, webhook_id, delivery=found.public_id)
        )
        return redirect("admin:delivery", webhook_id, delivery_id)
    return {
        "title": pgettext("webhook", "Delivery"),
        "endpoint": endpoint,
        **_shown(found),
        "attempts": [(each, failure_words(each.error)) for each in attempts[::-1]],
    }


def _add(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    typed = _typed(request)
    shop = Shop.objects.filter(public_id=typed["shop_id"]).first() if typed["shop_id"] else None
    if shop is None and typed["shop_id"]:
        raise Http404  # no shop means all of them, which nobody has asked for
    if not is_first(request):
        messages.warning(request, _("This form was sent before: nothing was made a second time."))
        return redirect("admin:webhooks")
    try:
        added = add_webhook(
            AddWebhook(
                viewpoint.programme.pk,
                typed["url"],
                typed["chosen"],
                shop_id=shop.pk if shop else None,
                name=typed["name"],
                author=request.user.get_username(),
                allows_local=settings.PALIER_WEBHOOKS_LOCAL,
            ),
            now=timezone.now(),
        )
    except InvalidWebhook as refusal:
        return {**typed, "problem": _said(refusal)}
    return {"added": added, "url": "", "name": "", "chosen": (), "shop_id": ""}


def _act(
    request: HttpRequest, viewpoint: Viewpoint, endpoint: ShownEndpoint
) -> dict[str, Any] | HttpResponse:
    """Do what the button says; everything but a new secret, which is shown, ends on the page itself."""
    action = request.POST.get("do", "")
    programme_id, webhook_id = viewpoint.programme.pk, endpoint.public_id
    _require(
        request, "store.change_delivery" if action in ("test", "replay") else "store.change_webhookendpoint"
    )
    if action == "secret":
        if is_first(request):
            return {
                "secret": change_webhook_secret(
                    ChangeWebhookSecret(programme_id, webhook_id), now=timezone.now()
                )
            }
        messages.warning(request, _("This form was sent before: nothing was made a second time."))
    elif action == "change":
        return _change(request, programme_id, webhook_id)
    elif action == "remove":
        remove_webhook(RemoveWebhook(programme_id, webhook_id), now=timezone.now())
        messages.success(request, _("The webhook is gone: its address is told nothing any more."))
        return redirect("admin:webhooks")
    elif action in ("pause", "resume"):
        change_webhook(ChangeWebhook(programme_id, webhook_id, is_active=action == "resume"))
    elif action == "replay":
        since = endpoint.created_at
        _replay(request, viewpoint, ReplayDeliveries(programme_id, webhook_id, since=since, only_failed=True))
    elif action == "test":
        _attempted(request, lambda: try_webhook(TryWebhook(programme_id, webhook_id), now=timezone.now()))
    return redirect("admin:webhook", webhook_id)


def _change(request: HttpRequest, programme_id: int, webhook_id: str) -> dict[str, Any] | HttpResponse:
    typed = _typed(request)
    try:
        change_webhook(
            ChangeWebhook(
                programme_id, webhook_id, url=typed["url"], name=typed["name"], events=typed["chosen"],
                allows_local=settings.PALIER_WEBHOOKS_LOCAL,
            )
        )  # fmt: skip
    except InvalidWebhook as refusal:
        return {**typed, "problem": _said(refusal)}
    messages.success(request, _("The webhook was changed."))
    return redirect("admin:webhook", webhook_id)


def _attempted(request: HttpRequest, work: Callable[[], Any]) -> None:
    try:
        work()
    except InvalidWebhook as refusal:
        messages.warning(request, _said(refusal))
    else:
        messages.success(request, _("A test is on its way; in a moment it stands among the deliveries."))


def _replay(request: HttpRequest, viewpoint: Viewpoint, command: ReplayDeliveries) -> None:
    try:
        count = replay_deliveries(command, now=timezone.now())
    except InvalidWebhook as refusal:
        messages.warning(request, _said(refusal))
    else:
        said = ngettext("%(count)s delivery is sent again.", "%(count)s deliveries are sent again.", count)
        messages.success(request, said % {"count": count})


def _typed(request: HttpRequest) -> dict[str, Any]:
    def word(name: str, most: int) -> str:
        return request.POST.get(name, "").replace("\0", "").strip()[: most + 1]

    chosen = tuple(event for event in request.POST.getlist("event") if event in TYPES)
    # All ticked is as good as none: it then hears of kinds that come later, too.
    chosen = () if len(chosen) == len(TYPES) else chosen
    return {
        "url": word("url", URL_MAX), "name": word("name", NAME_MAX), "chosen": chosen, "shop_id": word("shop", 36)
    }  # fmt: skip


def _said(refusal: Refusal) -> str:
    """Why not, in the viewer's words. All that is wrong with an address has one answer."""
    if refusal.path == "url":
        return _(
            "This address cannot be used. It begins with https://, leads to a name that the public internet knows, on "
            "port 443 or 8443, and holds no login."
        )
    if refusal.hint == "switch it on first":
        return _("The webhook is switched off: switch it on first.")
    return _("This cannot be done: %(reason)s") % {"reason": refusal.message}


def _is_there(viewpoint: Viewpoint, webhook_id: str) -> bool:
    return any(each.public_id == webhook_id for each in load_endpoints(viewpoint.programme.pk))


def _endpoint(viewpoint: Viewpoint, webhook_id: str) -> ShownEndpoint:
    try:
        return load_endpoint(viewpoint.programme.pk, webhook_id.replace("\0", "")[:36])
    except UnknownWebhook:
        raise Http404 from None


def _shown(row: ShownDelivery) -> dict[str, Any]:
    return {
        "row": row,
        "event": EVENT_WORDS.get(row.event, row.event),
        "state_text": DELIVERY_STATES.get(row.state, row.state),
        "failure": failure_words(row.last_error),
    }


def _events() -> list[tuple[str, Any]]:
    return [(event, EVENT_WORDS.get(event, event)) for event in TYPES]


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):  # type: ignore[union-attr]
        raise PermissionDenied
