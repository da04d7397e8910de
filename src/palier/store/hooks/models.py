"""Table of what a shop signs its pushes with, and what is counted of them."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Shop


class Hook(models.Model):
    """A shop's way in. The secret before the newest one is good until ``previous_until``.

    ``refused`` counts what came unsigned, wrongly signed or too late: nothing else is kept of it.
    """

    shop = models.OneToOneField(Shop, on_delete=models.PROTECT, related_name="hook")
    secret = models.CharField(max_length=100)
    previous_secret = models.CharField(max_length=100, blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()
    last_received_at = models.DateTimeField(null=True, blank=True)
    refused = models.BigIntegerField(default=0)
    last_refused_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="shop__programme")

    def __str__(self) -> str:
        return f"hook of {self.shop_id}"
