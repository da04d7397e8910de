"""Tables of programmes, published versions and shops."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

NAME_MAX = 200
"""A document may say more; so much of it is shown."""


class Programme(models.Model):
    """The tenant: one document, one or more shops that share balances and spend."""

    public_id = models.CharField(max_length=36, unique=True)
    name = models.CharField(max_length=NAME_MAX)
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64, default="UTC")
    current_version = models.ForeignKey(
        "store.ProgrammeVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    clock_offset_s = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ProgrammeVersion(models.Model):
    """One version of the document. Published ones never change; at most one draft (``published_at`` empty) exists."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    document = models.JSONField()
    source = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    author = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="programme")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="version_number_once"),
            models.UniqueConstraint(
                fields=["programme"], condition=models.Q(published_at=None), name="version_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} v{self.number}"


class Shop(models.Model):
    """A shop of a programme; identities, orders and API keys belong to it."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="shops")
    public_id = models.CharField(max_length=36, unique=True)
    slug = models.SlugField(max_length=64)
    name = models.CharField(max_length=NAME_MAX)
    created_at = models.DateTimeField()

    objects = ScopedManager(programme="programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["programme", "slug"], name="shop_slug_once")]

    def __str__(self) -> str:
        return self.name
