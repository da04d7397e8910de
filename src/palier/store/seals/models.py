"""The table of seals: what the ledger was at the end of each day, signed."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Programme


class Seal(models.Model):
    """The heads that moved on one day (UTC, by ``recorded_at``), as a digest that continues the seal before it.

    A chain of one account shows an entry that was changed; only the seal shows entries that were cut off its end.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="seals")
    day = models.DateField()
    entries = models.BigIntegerField()
    accounts = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    signature = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    objects = ScopedManager(programme="programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "day"], name="seal_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.digest[:12]}"
