"""Tables of import batches: how far they are, and what they could not read or attach."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Programme, Shop


class ImportBatch(models.Model):
    """One file being imported. ``done_rows`` is where it goes on after an interruption; undone as a whole by its id."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="batches")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(
        max_length=10, choices=[("orders", "orders"), ("members", "members"), ("balances", "balances")]
    )
    source_name = models.CharField(max_length=300)
    source_digest = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    total_rows = models.BigIntegerField(default=0)
    done_rows = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="programme")

    class Meta:
        verbose_name_plural = "import batches"
        indexes = [models.Index(fields=["shop", "kind", "source_digest"], name="batch_by_source")]

    def __str__(self) -> str:
        return self.source_name


class ImportProblem(models.Model):
    """A row that was left out or only partly understood, and why."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="problems")
    row = models.BigIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=50)
    reason = models.TextField()
    amount_minor = models.BigIntegerField(default=0)

    objects = ScopedManager(programme="batch__programme")

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"
