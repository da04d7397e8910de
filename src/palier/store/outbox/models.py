"""Tables of the outbox (intents, written with what they are about) and the inbox (raw events of shops)."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.members.models import Account
from palier.store.programmes.models import Programme, Shop


class Intent(models.Model):
    """Something that a member may be told; what becomes of it is decided when it is sent. Unique by its key."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="intents")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="intents")
    event = models.CharField(max_length=30)
    key = models.CharField(max_length=200)
    facts = models.JSONField(default=dict)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    is_silent = models.BooleanField(default=False)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="programme")

    class Meta:
        indexes = [models.Index(fields=["done_at", "id"], name="intent_open")]
        constraints = [models.UniqueConstraint(fields=["account", "key"], name="intent_once")]

    def __str__(self) -> str:
        return self.key


class Inbox(models.Model):
    """A message as a shop pushed it, stored before it is understood; unique by shop and event id.

    ``payload`` is the text of its data, empty once the person was erased. It is open until ``done_at`` or ``failed_at``
    is set; a failed one waits for somebody to look at it. ``next_at`` is when it is tried next; who takes it moves it
    on, as a lease.
    """

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="inbox")
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=50)
    customer = models.CharField(max_length=200, blank=True)
    payload = models.TextField()
    received_at = models.DateTimeField()
    next_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    tries = models.IntegerField(default=0)
    error = models.TextField(blank=True)

    objects = ScopedManager(programme="shop__programme")

    class Meta:
        verbose_name_plural = "inbox"
        indexes = [
            models.Index(
                fields=["next_at"], name="inbox_open", condition=models.Q(done_at=None, failed_at=None)
            ),
            models.Index(
                fields=["shop"],
                name="inbox_failed",
                condition=models.Q(done_at=None, failed_at__isnull=False),
            ),
            models.Index(fields=["shop", "received_at"], name="inbox_arrivals"),
            models.Index(fields=["shop", "customer"], name="inbox_customer"),
        ]
        constraints = [models.UniqueConstraint(fields=["shop", "event_id"], name="inbox_once")]

    def __str__(self) -> str:
        return self.event_id
