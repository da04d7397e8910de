"""Tables of accounts (what is owned), identities and profiles (who owns it)."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Programme, Shop


class Account(models.Model):
    """The row that is locked: summary, open lots and open coupons (``state``), and the head of the chain.

    Everything here except the lock is a cache of the ledger that ``palier verify`` proves.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="accounts", db_index=False
    )
    public_id = models.CharField(max_length=36)
    created_at = models.DateTimeField()
    caught_up_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, blank=True)
    last_sequence = models.IntegerField(default=0)
    last_hash = models.CharField(max_length=64, default="", blank=True)
    available = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    debt = models.BigIntegerField(default=0)
    lifetime = models.BigIntegerField(default=0)
    spent = models.BigIntegerField(default=0)
    expired = models.BigIntegerField(default=0)
    activity = models.BigIntegerField(default=0)
    spend_minor = models.BigIntegerField(default=0)
    orders = models.IntegerField(default=0)
    tier = models.CharField(max_length=100, default="", blank=True)
    tier_since = models.DateTimeField(null=True, blank=True)
    is_stale = models.BooleanField(default=False)
    state = models.JSONField(default=dict)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    erased_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="programme")

    class Meta:
        indexes = [
            models.Index(fields=["programme", "next_due_at"], name="account_due"),
            models.Index(fields=["programme", "tier"], name="account_tier"),
            models.Index(fields=["programme"], name="account_in_debt", condition=models.Q(debt__gt=0)),
            models.Index(
                fields=["merged_into"], name="account_merged", condition=models.Q(merged_into__isnull=False)
            ),
        ]
        constraints = [
            # A unique field would bring PostgreSQL a second index, for LIKE: every order writes to each.
            models.UniqueConstraint(fields=["public_id"], name="account_public_id"),
            models.CheckConstraint(
                condition=models.Q(available__gte=0, pending__gte=0, held__gte=0, debt__gte=0),
                name="account_no_minus",
            ),
            models.CheckConstraint(
                condition=models.Q(debt=0) | models.Q(available=0), name="account_debt_pays_first"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class Identity(models.Model):
    """A shop's own customer id for an account; closed when the shop deleted the customer."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="identities", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="identities")
    customer_id = models.CharField(max_length=200)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ScopedManager(programme="shop__programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "customer_id"], name="identity_once")]

    def __str__(self) -> str:
        return self.customer_id


class Profile(models.Model):
    """The person: erasable. ``search`` and ``email_folded`` hold no case and no accents."""

    account = models.OneToOneField(
        Account, primary_key=True, on_delete=models.CASCADE, related_name="profile"
    )
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    email_folded = models.CharField(max_length=254, blank=True, db_index=True)
    language = models.CharField(max_length=16, blank=True)
    is_company = models.BooleanField(default=False)
    prices = models.CharField(max_length=5, default="gross", choices=[("gross", "gross"), ("net", "net")])
    groups = models.JSONField(default=list)
    tags = models.JSONField(default=list)
    born = models.DateField(null=True, blank=True)
    signed_up_at = models.DateTimeField(null=True, blank=True)
    search = models.CharField(max_length=500, blank=True, db_index=True)

    objects = ScopedManager(programme="account__programme")

    def __str__(self) -> str:
        return self.name or self.email
