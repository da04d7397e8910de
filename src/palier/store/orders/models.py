"""Tables of orders, their lines and refunds, and of events and gifts."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.members.models import Account
from palier.store.programmes.models import Programme, ProgrammeVersion, Shop


class Order(models.Model):
    """The newest known version of a shop's order, what it was accepted with, and what is booked for it.

    ``status`` is empty while only a refund of it is known. Amounts are minor units of ``currency`` in the basis of
    ``prices``; ``booked_*`` are the programme's. ``booking`` and ``frozen`` are the core values as JSON.
    """

    # None is a foreign key in the database: see the tables of the ledger.
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="orders", db_constraint=False
    )
    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="orders", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="orders_of",
        db_index=False,
        db_constraint=False,
    )
    external_id = models.CharField(max_length=200)
    email_folded = models.CharField(max_length=254, blank=True)
    status = models.CharField(max_length=10, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    placed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    reached = models.JSONField(default=dict)
    currency = models.CharField(max_length=3, blank=True)
    rate = models.CharField(max_length=64, blank=True)
    prices = models.CharField(max_length=5, default="gross")
    carrier = models.CharField(max_length=100, blank=True)
    shipping_minor = models.BigIntegerField(default=0)
    shipping_other = models.CharField(max_length=64, blank=True)
    discounts = models.JSONField(default=list)
    payment_method = models.CharField(max_length=100, blank=True)
    delivery_city = models.CharField(max_length=200, blank=True)
    delivery_country = models.CharField(max_length=2, blank=True)
    content_digest = models.CharField(max_length=64, blank=True)
    version = models.ForeignKey(
        ProgrammeVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
    )
    frozen = models.JSONField(null=True, blank=True)
    booking = models.JSONField(default=dict)
    order_at = models.DateTimeField(null=True, blank=True)
    number = models.IntegerField(null=True, blank=True)
    counts = models.BooleanField(default=False)
    booked_points = models.BigIntegerField(default=0)
    booked_spend_minor = models.BigIntegerField(default=0)
    is_flagged = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    batch = models.ForeignKey(
        "store.ImportBatch",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )

    objects = ScopedManager(programme="programme")

    class Meta:
        # No index that another one begins with: each is written to by every order.
        indexes = [
            models.Index(fields=["account", "order_at"], name="order_of_account"),
            models.Index(fields=["batch"], name="order_imported", condition=models.Q(batch__isnull=False)),
            models.Index(fields=["programme"], name="order_flagged", condition=models.Q(is_flagged=True)),
            # Of these only a refund is known. Their status is empty too, but that column changes with every update.
            models.Index(fields=["programme"], name="order_unknown", condition=models.Q(currency="")),
            # No account leads to these, and a shop may have a million of them.
            models.Index(
                fields=["shop", "email_folded"],
                name="order_of_guest",
                condition=models.Q(account__isnull=True),
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["shop", "external_id"], name="order_once")]

    def __str__(self) -> str:
        return self.external_id


class OrderLine(models.Model):
    """A line of the newest version: the whole line's amount before discounts."""

    pk = models.CompositePrimaryKey("order_id", "position")
    order = models.ForeignKey(
        Order, on_delete=models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    position = models.IntegerField()
    line_id = models.CharField(max_length=100)
    product = models.CharField(max_length=200)
    categories = models.JSONField(default=list)
    quantity = models.IntegerField()
    amount_minor = models.BigIntegerField()
    other = models.CharField(max_length=64, blank=True)
    weight_g = models.IntegerField(default=0)
    on_sale = models.BooleanField(default=False)

    objects = ScopedManager(programme="order__programme")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="line_quantity_positive")
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"


class Refund(models.Model):
    """One refund, kept also when it comes before its order."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    external_id = models.CharField(max_length=200)
    lines = models.JSONField(default=list)
    amount_minor = models.BigIntegerField(default=0)
    is_full = models.BooleanField(default=False)
    is_with_shipping = models.BooleanField(default=False)
    at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    batch = models.ForeignKey(
        "store.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ScopedManager(programme="order__programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "external_id"], name="refund_once")]

    def __str__(self) -> str:
        return self.external_id


class Happening(models.Model):
    """An event (``kind`` event), a gift, an opening balance, a voucher, a decision of staff: keys make them unique."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="happenings")
    kind = models.CharField(
        max_length=10,
        choices=[(kind, kind) for kind in ("event", "gift", "opening", "override", "waive", "voucher")],
    )
    name = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=200)
    at = models.DateTimeField()
    points = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField()
    batch = models.ForeignKey(
        "store.ImportBatch", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ScopedManager(programme="account__programme")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "name", "key"], name="happening_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
