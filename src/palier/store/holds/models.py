"""The table of holds. What they set aside is in the account's state; here is what the shopper was quoted."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.members.models import Account
from palier.store.programmes.models import Programme, Shop

STATES = ("held", "captured", "released", "lapsed")


class Hold(models.Model):
    """A cart whose points and coupons were reserved. ``captured``: an order has taken it over."""

    public_id = models.CharField(max_length=36, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="holds", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    key = models.CharField(max_length=200)
    content_digest = models.CharField(max_length=64)
    quote = models.JSONField()
    held_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=[(state, state) for state in STATES])

    objects = ScopedManager(programme="programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="hold_once")]

    def __str__(self) -> str:
        return self.public_id
