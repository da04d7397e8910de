"""Webhooks for people to look at, and what a worker needs to send them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django_scopes import scope, scopes_disabled

from palier.core.webhooks import UnknownDelivery, UnknownWebhook
from palier.store.members.models import Account, Identity
from palier.store.webhooks.models import Attempt, Delivery, WebhookEndpoint

PAGE = 50


@dataclass(frozen=True, slots=True)
class ShownEndpoint:
    """A webhook as a list shows it. ``status`` is active, paused, gone or failing; counts are of its deliveries."""

    public_id: str
    name: str
    url: str
    shop: str
    """The name of the shop whose members it is about; empty: all shops."""
    events: tuple[str, ...]
    status: str
    failing_since: datetime | None
    last_delivered_at: datetime | None
    created_at: datetime
    previous_until: datetime | None
    waiting: int
    failed: int
    delivered: int


@dataclass(frozen=True, slots=True)
class ShownDelivery:
    """A delivery as a list shows it. ``state`` is waiting, delivered or failed."""

    public_id: str
    message_id: str
    event: str
    sequence: int
    state: str
    attempts_made: int
    next_at: datetime
    last_status: int | None
    last_error: str
    created_at: datetime
    delivered_at: datetime | None
    endpoint: str
    """The public id of its webhook."""


@dataclass(frozen=True, slots=True)
class ShownAttempt:
    """One attempt: when, what was answered or went wrong, and how long it took."""

    number: int
    at: datetime
    status: int | None
    error: str
    duration_ms: int


def load_endpoints(programme_id: int, *, shop_id: int | None = None) -> list[ShownEndpoint]:
    """Webhooks of a programme, or of one shop alone, oldest first; removed ones are left out. One statement."""
    counts = {
        state: Count("deliveries", filter=Q(deliveries__state=state))
        for state in ("waiting", "failed", "delivered")
    }
    with scope(programme=programme_id):
        rows = WebhookEndpoint.objects.filter(programme_id=programme_id, removed_at=None)
        if shop_id is not None:
            rows = rows.filter(shop_id=shop_id)
        return [_endpoint(row) for row in rows.select_related("shop").annotate(**counts).order_by("id")]


def load_endpoint(programme_id: int, public_id: str, *, shop_id: int | None = None) -> ShownEndpoint:
    """One webhook, of that shop alone if one is named; ``UnknownWebhook`` when it is not there."""
    for endpoint in load_endpoints(programme_id, shop_id=shop_id):
        if endpoint.public_id == public_id:
            return endpoint
    raise UnknownWebhook("there is no such webhook", path="webhook")


def load_deliveries(
    programme_id: int, *, endpoint: str = "", state: str = "", before: int | None = None, limit: int = PAGE
) -> list[ShownDelivery]:
    """Deliveries, newest first: of one webhook (its public id) or all, in one state or any.

    ``before`` is the sequence at which the page before ended; it makes sense for one webhook only.
    """
    with scope(programme=programme_id):
        rows: QuerySet[Delivery] = Delivery.objects.filter(
            endpoint__programme_id=programme_id, endpoint__removed_at=None
        )
        if endpoint:
            rows = rows.filter(endpoint__public_id=endpoint)
        if state:
            rows = rows.filter(state=state)
        if before is not None:
            rows = rows.filter(sequence__lt=before)
        order = "-sequence" if endpoint else "-id"
        return [_delivery(row) for row in rows.select_related("endpoint").order_by(order)[:limit]]


def load_delivery(programme_id: int, public_id: str) -> tuple[ShownDelivery, list[ShownAttempt]]:
    """One delivery with its attempts, first to last; ``UnknownDelivery`` when it is not there."""
    with scope(programme=programme_id):
        row = (
            Delivery.objects.filter(endpoint__programme_id=programme_id, public_id=public_id)
            .select_related("endpoint")
            .first()
        )
        if row is None:
            raise UnknownDelivery("there is no such delivery", path="delivery")
        attempts = Attempt.objects.filter(delivery=row).order_by("number")
        return _delivery(row), [
            ShownAttempt(each.number, each.at, each.status, each.error, each.duration_ms) for each in attempts
        ]


@dataclass(frozen=True, slots=True)
class DueDelivery:
    """What a worker sends: all that the message says, and with which secrets it is signed."""

    id: int
    tries: int
    endpoint_id: int
    url: str
    secrets: tuple[str, ...]
    message_id: str
    event: str
    sequence: int
    at: datetime
    programme: str
    shop: str | None
    customers: tuple[tuple[str, str], ...]
    """(shop, the shop's id of the customer)."""
    data: dict[str, Any]


def load_due(ids: Sequence[int], *, now: datetime) -> list[DueDelivery]:
    """What these deliveries say, oldest first. Two statements."""
    with scopes_disabled():
        rows = list(
            Delivery.objects.filter(id__in=list(ids))
            .select_related("endpoint__programme", "endpoint__shop", "intent__account")
            .order_by("id")
        )
        customers = load_customers({owner_of(row.intent.account) for row in rows if row.intent})
        return [_due(row, customers, now) for row in rows]


def _due(row: Delivery, customers: dict[int, list[tuple[int, str, str]]], now: datetime) -> DueDelivery:
    endpoint, intent = row.endpoint, row.intent
    known = customers.get(owner_of(intent.account), []) if intent else []
    is_overlapping = bool(
        endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now
    )
    return DueDelivery(
        id=row.pk,
        tries=row.tries,
        endpoint_id=endpoint.pk,
        url=endpoint.url,
        secrets=(endpoint.secret, endpoint.previous_secret) if is_overlapping else (endpoint.secret,),
        message_id=row.message_id,
        event=row.event,
        sequence=row.sequence,
        at=intent.effective_at if intent else row.created_at,
        programme=endpoint.programme.public_id,
        shop=endpoint.shop.public_id if endpoint.shop else None,
        customers=tuple(
            (shop, customer) for shop_id, shop, customer in known if endpoint.shop_id in (None, shop_id)
        ),
        data=intent.facts if intent else {"endpoint": endpoint.public_id},
    )


def owner_of(account: Account) -> int:
    """The account whose identities a message names: what was merged meanwhile is known by the one that was kept."""
    return account.merged_into_id or account.pk


def load_customers(accounts: Collection[int]) -> dict[int, list[tuple[int, str, str]]]:
    """By account: (shop's id, its public id, its id of the customer), oldest first. One statement."""
    found: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    rows = Identity.objects.filter(account_id__in=accounts).order_by("id")
    for account, shop_id, shop, customer in rows.values_list(
        "account_id", "shop_id", "shop__public_id", "customer_id"
    ):
        found[account].append((shop_id, shop, customer))
    return found


def _endpoint(row: Any) -> ShownEndpoint:
    return ShownEndpoint(
        public_id=row.public_id,
        name=row.name,
        url=row.url,
        shop=row.shop.name if row.shop else "",
        events=tuple(row.events),
        status="active" if row.is_active else row.disabled_reason or "paused",
        failing_since=row.failing_since,
        last_delivered_at=row.last_delivered_at,
        created_at=row.created_at,
        previous_until=row.previous_until,
        waiting=row.waiting,
        failed=row.failed,
        delivered=row.delivered,
    )


def _delivery(row: Delivery) -> ShownDelivery:
    return ShownDelivery(
        public_id=row.public_id,
        message_id=row.message_id,
        event=row.event,
        sequence=row.sequence,
        state=row.state,
        attempts_made=row.attempts_made,
        next_at=row.next_at,
        last_status=row.last_status,
        last_error=row.last_error,
        created_at=row.created_at,
        delivered_at=row.delivered_at,
        endpoint=row.endpoint.public_id,
    )
