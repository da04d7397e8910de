"""Tables of the ledger. Entries, lots and draws are never updated or deleted; the database refuses it.

What is written with every order has no foreign keys on PostgreSQL: to check them took a third of its time for an
order. Instead the database refuses to delete what they name (migration 0010), and ``palier verify`` looks for it.
"""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.members.models import Account
from palier.store.programmes.models import Programme, ProgrammeVersion


class Entry(models.Model):
    """One movement of an account: append-only, gapless by ``sequence``, chained by ``hash``.

    ``amount = points + pending + held - debt``. ``cause`` names the one order, refund, event … that it comes from.
    """

    pk = models.CompositePrimaryKey("account_id", "sequence")
    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    sequence = models.IntegerField()
    kind = models.CharField(max_length=10)
    cause_kind = models.CharField(max_length=10)
    cause = models.CharField(max_length=255)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    amount = models.BigIntegerField()
    points = models.BigIntegerField()
    pending = models.BigIntegerField()
    held = models.BigIntegerField()
    debt = models.BigIntegerField()
    spend_minor = models.BigIntegerField()
    orders = models.IntegerField()
    qualifies_at = models.DateTimeField(null=True, blank=True)
    tier = models.CharField(max_length=100, null=True, blank=True)
    version_id = models.IntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict)
    note_digest = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = ScopedManager(programme="programme")

    class Meta:
        indexes = [models.Index(fields=["programme", "effective_at"], name="entry_by_time")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    amount=models.F("points") + models.F("pending") + models.F("held") - models.F("debt")
                ),
                name="entry_balances",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence} {self.kind}"


class EntryNote(models.Model):
    """What a person wrote about an entry (reason, author); erasable: the chain holds only its salted digest."""

    pk = models.CompositePrimaryKey("account_id", "sequence")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="notes", db_index=False, db_constraint=False
    )
    sequence = models.IntegerField()
    salt = models.CharField(max_length=32)
    reason = models.TextField(blank=True)
    author = models.CharField(max_length=200, blank=True)

    objects = ScopedManager(programme="account__programme")

    def __str__(self) -> str:
        return self.reason


class Lot(models.Model):
    """Points credited together, as they were born; what is left of them is ``amount`` plus their draws."""

    pk = models.CompositePrimaryKey("account_id", "number")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lots", db_index=False, db_constraint=False
    )
    number = models.IntegerField()
    sequence = models.IntegerField()
    amount = models.BigIntegerField()
    starts_at = models.DateTimeField()
    born_at = models.DateTimeField()
    available_at = models.DateTimeField(null=True, blank=True)
    own_end = models.DateTimeField(null=True, blank=True)
    origin_account = models.BigIntegerField(null=True, blank=True)
    origin_number = models.IntegerField(null=True, blank=True)

    objects = ScopedManager(programme="account__programme")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="lot_positive")]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.number}"


class Draw(models.Model):
    """How many points an entry took from a lot (negative) or gave back to it (positive)."""

    pk = models.CompositePrimaryKey("account_id", "sequence", "lot_number")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="draws", db_index=False, db_constraint=False
    )
    sequence = models.IntegerField()
    lot_number = models.IntegerField()
    points = models.BigIntegerField()

    objects = ScopedManager(programme="account__programme")

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(points=0), name="draw_moves")]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.sequence}/{self.lot_number}"


class Renewal(models.Model):
    """An accepted order moved the end of all points alive at ``at`` to ``until``, while ``undone_at`` is empty."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="renewals", db_constraint=False
    )
    order_id = models.BigIntegerField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    next_lot = models.IntegerField(null=True, blank=True)

    objects = ScopedManager(programme="account__programme")

    def __str__(self) -> str:
        return f"{self.account_id} until {self.until}"


class CouponRow(models.Model):
    """A personal coupon in its present state; ``facts`` hold its terms and the points that it cost."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="coupons")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="coupons")
    public_id = models.CharField(max_length=36, unique=True)
    code = models.CharField(max_length=32)
    origin = models.CharField(max_length=10)
    origin_id = models.CharField(max_length=100)
    version = models.ForeignKey(ProgrammeVersion, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    issued_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    points = models.BigIntegerField(default=0)
    remaining_minor = models.BigIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict)

    objects = ScopedManager(programme="programme")

    class Meta:
        db_table = "store_coupon"
        verbose_name = "coupon"
        constraints = [models.UniqueConstraint(fields=["programme", "code"], name="coupon_code_once")]

    def __str__(self) -> str:
        return self.public_id
