"""Tables of what shops sell and of carts that members have left: for pickers, suggestions, mails and the demo."""

from __future__ import annotations

from django.db import models
from django_scopes import ScopedManager

from palier.store.programmes.models import Shop


class Product(models.Model):
    """A product as its shop describes it, or as order lines have shown it (``is_described`` is false then)."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="products")
    product_id = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    url = models.CharField(max_length=2000, blank=True)
    image_url = models.CharField(max_length=2000, blank=True)
    price_minor = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    categories = models.JSONField(default=list)
    search = models.CharField(max_length=500, blank=True, db_index=True)
    is_described = models.BooleanField(default=False)
    updated_at = models.DateTimeField()

    objects = ScopedManager(programme="shop__programme")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "product_id"], name="product_once")]

    def __str__(self) -> str:
        return self.product_id


class KeptCart(models.Model):
    """A member's cart as the shop last told it; kept for 30 days."""

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="kept_carts")
    customer_id = models.CharField(max_length=200)
    content = models.JSONField()
    updated_at = models.DateTimeField()

    objects = ScopedManager(programme="shop__programme")

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="cart_old")]
        constraints = [models.UniqueConstraint(fields=["shop", "customer_id"], name="cart_once")]

    def __str__(self) -> str:
        return self.customer_id
