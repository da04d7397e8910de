"""Your shop's webhooks: where they go, what became of each message, and sending again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Path, Query, Router

from palier.api.amounts import instant
from palier.api.endpoint import Call, endpoint
from palier.api.lookups import author_of
from palier.api.parameters import Cursor, Limit, number_of, paged
from palier.api.reading import read_values
from palier.api.schemas.webhooks import (
    DeliveriesPage,
    DeliveryWithAttemptsAnswer,
    RemovedWebhookAnswer,
    ReplayedAnswer,
    TriedWebhookAnswer,
    WebhookAnswer,
    WebhooksAnswer,
    WebhookSecretAnswer,
)
from palier.api.webhook_bodies import ADD, ADD_FIELDS, CHANGE, CHANGE_FIELDS, REPLAY, REPLAY_FIELDS
from palier.core.webhooks import UnknownDelivery
from palier.flows.bench.keyed import Keyed
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.change_webhook import ChangeWebhook, change_webhook
from palier.flows.webhooks.change_webhook_secret import ChangeWebhookSecret, change_webhook_secret
from palier.flows.webhooks.remove_webhook import RemoveWebhook, remove_webhook
from palier.flows.webhooks.replay_deliveries import ReplayDeliveries, replay_deliveries
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.webhooks.load import (
    ShownDelivery,
    ShownEndpoint,
    load_deliveries,
    load_delivery,
    load_endpoint,
    load_endpoints,
)

router = Router()
SCOPES = ("webhooks",)

_ID = r"^[0-9A-Za-z-]+$"
WebhookId = Annotated[str, Path(max_length=36, pattern=_ID, description="The webhook's id")]
DeliveryId = Annotated[str, Path(max_length=36, pattern=_ID, description="The delivery's id")]


@endpoint(router, "GET", "/webhooks", scopes=SCOPES, answer=WebhooksAnswer, summary="Your shop's webhooks")
def list_webhooks(call: Call) -> dict[str, Any]:
    """Those of your shop alone, oldest first; what the merchant set up for all shops is not among them."""
    found = load_endpoints(call.caller.programme_id, shop_id=call.caller.shop_id)
    return {"items": [_json(each) for each in found]}


@endpoint(
    router,
    "POST",
    "/webhooks",
    scopes=SCOPES,
    answer=WebhookSecretAnswer,
    body=ADD,
    once=True,
    summary="Add a webhook",
)
def post_webhook(call: Call) -> dict[str, Any]:
    """It is told of your shop's members from now on. The secret is answered here and nowhere else."""
    said = read_values(call.body, ADD_FIELDS)
    added = add_webhook(
        AddWebhook(
            call.caller.programme_id,
            said["url"],
            events=said.get("events", ()),
            shop_id=call.caller.shop_id,
            name=said.get("name", ""),
            author=author_of(call.caller),
            allows_local=settings.PALIER_WEBHOOKS_LOCAL,
            request=_request(call),
        ),
        now=call.world,
    )
    return {"id": added.id, "secret": added.secret}


@endpoint(router, "GET", "/webhooks/{webhook_id}", scopes=SCOPES, answer=WebhookAnswer, summary="A webhook")
def get_webhook(call: Call, webhook_id: WebhookId) -> dict[str, Any]:
    """How it fares, and how many of its deliveries are in which state."""
    return _json(_find(call, webhook_id))


@endpoint(
    router,
    "PUT",
    "/webhooks/{webhook_id}",
    scopes=SCOPES,
    answer=WebhookAnswer,
    body=CHANGE,
    summary="Change, pause or resume a webhook",
)
def put_webhook(call: Call, webhook_id: WebhookId) -> dict[str, Any]:
    """What is not said stays as it is."""
    _find(call, webhook_id)
    said = read_values(call.body, CHANGE_FIELDS)
    local = settings.PALIER_WEBHOOKS_LOCAL
    change_webhook(ChangeWebhook(call.caller.programme_id, webhook_id, **said, allows_local=local))
    return _json(_find(call, webhook_id))


@endpoint(
    router,
    "DELETE",
    "/webhooks/{webhook_id}",
    scopes=SCOPES,
    answer=RemovedWebhookAnswer,
    summary="Remove a webhook",
)
def delete_webhook(call: Call, webhook_id: WebhookId) -> dict[str, Any]:
    """What waits for it is not sent any more."""
    _find(call, webhook_id)
    remove_webhook(RemoveWebhook(call.caller.programme_id, webhook_id), now=call.world)
    return {"result": "removed"}


@endpoint(
    router,
    "POST",
    "/webhooks/{webhook_id}/secret",
    scopes=SCOPES,
    answer=WebhookSecretAnswer,
    once=True,
    summary="Change the secret",
)
def post_webhook_secret(call: Call, webhook_id: WebhookId) -> dict[str, Any]:
    """The new secret is answered here and nowhere else. For a day messages are signed with the old one too."""
    _find(call, webhook_id)
    command = ChangeWebhookSecret(call.caller.programme_id, webhook_id, _request(call))
    secret = change_webhook_secret(command, now=call.world)
    return {"id": webhook_id, "secret": secret}


@endpoint(
    router,
    "POST",
    "/webhooks/{webhook_id}/test",
    scopes=SCOPES,
    answer=TriedWebhookAnswer,
    once=True,
    summary="Send a test",
)
def post_webhook_test(call: Call, webhook_id: WebhookId) -> dict[str, Any]:
    """A message of type `webhook.test` that says nothing. Ask for the delivery a moment later."""
    _find(call, webhook_id)
    command = TryWebhook(call.caller.programme_id, webhook_id, _request(call))
    return {"delivery": try_webhook(command, now=call.world)}


@endpoint(
    router,
    "GET",
    "/webhooks/{webhook_id}/deliveries",
    scopes=SCOPES,
    answer=DeliveriesPage,
    summary="What a webhook was told",
)
def list_deliveries(
    call: Call,
    webhook_id: WebhookId,
    state: Annotated[
        Literal["", "waiting", "delivered", "failed"], Query(description="Only those in this state")
    ] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Newest first. Deliveries that arrived are kept for 30 days, failed ones for 90."""
    _find(call, webhook_id)
    before = number_of(cursor) or None
    found = load_deliveries(
        call.caller.programme_id, endpoint=webhook_id, state=state, before=before, limit=limit + 1
    )
    place = found[limit - 1].sequence if len(found) > limit else None
    return paged([_delivery(each) for each in found], limit=limit, place=place)


@endpoint(
    router,
    "GET",
    "/webhooks/{webhook_id}/deliveries/{delivery_id}",
    scopes=SCOPES,
    answer=DeliveryWithAttemptsAnswer,
    summary="A delivery with its attempts",
)
def get_delivery(call: Call, webhook_id: WebhookId, delivery_id: DeliveryId) -> dict[str, Any]:
    """Every attempt says what was answered, or what went wrong."""
    _find(call, webhook_id)
    delivery, attempts = load_delivery(call.caller.programme_id, delivery_id)
    if delivery.endpoint != webhook_id:
        raise UnknownDelivery("there is no such delivery", path="delivery")
    made = [
        {
            "number": each.number,
            "at": instant(each.at),
            "status": each.status,
            "error": each.error,
            "duration_ms": each.duration_ms,
        }
        for each in attempts
    ]
    return {**_delivery(delivery), "made": made}


@endpoint(
    router,
    "POST",
    "/webhooks/{webhook_id}/replay",
    scopes=SCOPES,
    answer=ReplayedAnswer,
    body=REPLAY,
    once=True,
    summary="Send again",
)
def post_replay(call: Call, webhook_id: WebhookId) -> dict[str, Any]:
    """One delivery, or all since an instant. The ids of the messages stay, so that nothing counts twice."""
    _find(call, webhook_id)
    said = read_values(call.body, REPLAY_FIELDS)
    command = ReplayDeliveries(call.caller.programme_id, webhook_id, **said, request=_request(call))
    count = replay_deliveries(command, now=call.world)
    return {"replayed": count}


def _request(call: Call) -> Keyed:
    return Keyed(call.caller.shop_id, call.key)


def _find(call: Call, webhook_id: str) -> ShownEndpoint:
    """A key sees the webhooks of its own shop: another's say what other shops' members do."""
    return load_endpoint(call.caller.programme_id, webhook_id, shop_id=call.caller.shop_id)


def _json(each: ShownEndpoint) -> dict[str, Any]:
    return {
        "id": each.public_id,
        "name": each.name,
        "url": each.url,
        "events": list(each.events),
        "status": each.status,
        "created_at": instant(each.created_at),
        "failing_since": instant(each.failing_since),
        "last_delivered_at": instant(each.last_delivered_at),
        "old_secret_until": instant(each.previous_until),
        "waiting": each.waiting,
        "failed": each.failed,
        "delivered": each.delivered,
    }


def _delivery(each: ShownDelivery) -> dict[str, Any]:
    return {
        "id": each.public_id,
        "message_id": each.message_id,
        "event": each.event,
        "sequence": each.sequence,
        "state": each.state,
        "attempts": each.attempts_made,
        "next_at": instant(each.next_at) if each.state == "waiting" else None,
        "last_status": each.last_status,
        "last_error": each.last_error,
        "created_at": instant(each.created_at),
        "delivered_at": instant(each.delivered_at),
    }
