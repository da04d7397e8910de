"""Tables of webhooks: addresses, what is to be delivered to them, and every attempt."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.outbox.models import Intent
from palier.store.programmes.models import Programme, Shop


class WebhookEndpoint(models.Model):
    """An address that is told of a programme's intents, or of those of one shop's members.

    No ``events`` means all. It is told of intents after ``after_intent``. ``is_active`` is False while somebody
    paused it (no ``disabled_reason``) or while it is disabled: "gone" (it said so) or "failing" (for too long).
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="webhooks")
    shop = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.PROTECT, related_name="webhooks")
    public_id = models.CharField(max_length=36, unique=True)
    name = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=2000)
    events = models.JSONField(default=list)
    secret = models.CharField(max_length=100)
    previous_secret = models.CharField(max_length=100, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    disabled_reason = models.CharField(max_length=20, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    last_delivered_at = models.DateTimeField(null=True, blank=True)
    last_sequence = models.BigIntegerField(default=0)
    after_intent = models.BigIntegerField(default=0)
    author = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="programme")

    def __str__(self) -> str:
        return self.name or self.public_id


class Delivery(models.Model):
    """One intent for one address; without an intent it is a test. ``message_id`` stays the same over all attempts.

    While it is waiting, ``next_at`` is when it is tried next; who takes it moves ``next_at`` on, as a lease.
    ``tries`` counts since it was made or replayed, ``attempts_made`` since ever.
    """

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    intent = models.ForeignKey(
        Intent, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    public_id = models.CharField(max_length=36, unique=True)
    message_id = models.CharField(max_length=64)
    event = models.CharField(max_length=50)
    sequence = models.BigIntegerField()
    state = models.CharField(
        max_length=10, choices=[(state, state) for state in ("waiting", "delivered", "failed")]
    )
    tries = models.IntegerField(default=0)
    attempts_made = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    last_status = models.IntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="endpoint__programme")

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["next_at"], name="delivery_waiting", condition=models.Q(state="waiting")),
            models.Index(fields=["endpoint", "sequence"], name="delivery_of_endpoint"),
            models.Index(fields=["endpoint"], name="delivery_failed", condition=models.Q(state="failed")),
        ]
        constraints = [models.UniqueConstraint(fields=["endpoint", "intent"], name="delivery_once")]

    def __str__(self) -> str:
        return self.message_id


class Attempt(models.Model):
    """One attempt to deliver. ``status`` is the answer's, empty when there was none; ``error`` says why it failed."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts", db_index=False)
    number = models.IntegerField()
    at = models.DateTimeField()
    status = models.IntegerField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    duration_ms = models.IntegerField(default=0)

    objects = ScopedManager(programme="delivery__endpoint__programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.error}"
