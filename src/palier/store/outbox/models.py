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
    """A raw event as a shop sent it, stored before it is understood; unique by shop and event id."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="inbox")
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=50)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    tries = models.IntegerField(default=0)
    error = models.TextField(blank=True)

    objects = ScopedManager(programme="shop__programme")

    class Meta:
        verbose_name_plural = "inbox"
        constraints = [models.UniqueConstraint(fields=["shop", "event_id"], name="inbox_once")]

    def __str__(self) -> str:
        return self.event_id
