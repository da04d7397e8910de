"""Tables of keys that programs come in with, and of the answers that they were given."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Shop


class ApiKey(models.Model):
    """A shop's key to the API. Only its digest is kept; ``prefix`` is what people recognise it by."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="api_keys")
    public_id = models.CharField(max_length=36, unique=True)
    name = models.CharField(max_length=200)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    author = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="shop__programme")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class WidgetSecret(models.Model):
    """What a shop signs its widget tokens with. The newest two are good, so that it can be changed without a gap."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="widget_secrets")
    secret = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    objects = ScopedManager(programme="shop__programme")

    def __str__(self) -> str:
        return f"{self.shop_id} {self.created_at:%Y-%m-%d}"


class Answer(models.Model):
    """What a request with an idempotency key was answered. ``status`` is empty while it is being worked on."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=200)
    content_digest = models.CharField(max_length=64)
    status = models.IntegerField(null=True, blank=True)
    body = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = ScopedManager(programme="shop__programme")

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="answer_old")]
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="answer_once")]

    def __str__(self) -> str:
        return self.key
