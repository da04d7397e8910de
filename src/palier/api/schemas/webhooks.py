"""Webhooks, their deliveries, and health, as the API answers them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from palier.api.schemas.parts import Answer, Instant, Next


class WebhookAnswer(Answer):
    id: str
    name: str
    url: str
    events: Annotated[list[str], Field(description="What it is told of; none: everything")]
    status: Annotated[
        Literal["active", "paused", "gone", "failing"],
        Field(
            description="`gone` and `failing` are disabled: it answered 410, or took nothing for five days"
        ),
    ]
    created_at: Instant
    failing_since: Instant | None
    last_delivered_at: Instant | None
    old_secret_until: Annotated[Instant | None, Field(description="Until then the secret before signs too")]
    waiting: int
    failed: int
    delivered: int


class WebhooksAnswer(Answer):
    items: list[WebhookAnswer]


class WebhookSecretAnswer(Answer):
    id: str
    secret: Annotated[str, Field(description="What its messages are signed with (Standard Webhooks)")]


class RemovedWebhookAnswer(Answer):
    result: Literal["removed"]


class DeliveryAnswer(Answer):
    id: str
    message_id: Annotated[str, Field(description="`webhook-id` of every attempt")]
    event: str
    sequence: Annotated[int, Field(description="Counts up for each webhook; deliveries may overtake")]
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    next_at: Annotated[Instant | None, Field(description="When it is tried next, while it waits")]
    last_status: int | None
    last_error: str
    created_at: Instant
    delivered_at: Instant | None


class DeliveriesPage(Answer):
    items: list[DeliveryAnswer]
    next: Next


class AttemptAnswer(Answer):
    number: int
    at: Instant
    status: int | None
    error: str
    duration_ms: int


class DeliveryWithAttemptsAnswer(DeliveryAnswer):
    made: Annotated[list[AttemptAnswer], Field(description="Every attempt, first to last")]


class TriedWebhookAnswer(Answer):
    delivery: Annotated[str, Field(description="The id of the delivery that says how it went")]


class ReplayedAnswer(Answer):
    replayed: int


class WaitingAnswer(Answer):
    count: int
    oldest_s: Annotated[int, Field(description="For how many seconds the oldest has been due")]


class HealthAnswer(Answer):
    """Workers and tasks are the installation's, all else the programme's."""

    status: Literal["well", "late"]
    problems: list[Literal["no_worker", "late_accounts", "late_intents", "late_deliveries", "late_messages"]]
    workers: int
    last_beat_s: int | None
    accounts: WaitingAnswer
    intents: WaitingAnswer
    deliveries: WaitingAnswer
    messages: WaitingAnswer
    failed_deliveries: int
    failed_messages: int
    disabled_webhooks: int
    failed_tasks: int
    last_message_s: int | None
