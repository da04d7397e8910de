"""Table of concerns that somebody has looked at and put aside."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Programme


class SeenConcern(models.Model):
    """A concern that needs no look any more. ``subject`` changes when the matter does: then it needs one again."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    subject = models.CharField(max_length=200)
    author = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField()

    objects = ScopedManager(programme="programme")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "kind", "subject"], name="concern_seen_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
