"""Words for what the shop and the ledger call by codes."""

from django.utils.translation import gettext_lazy as _

ORDER_STATUSES = {
    "": _("Not known yet"),
    "placed": _("Placed"),
    "paid": _("Paid"),
    "shipped": _("Shipped"),
    "delivered": _("Delivered"),
    "canceled": _("Cancelled"),
    "cancelled": _("Cancelled"),
    "refunded": _("Refunded"),
}

COUPON_STATES = {
    "issued": _("Issued"),
    "reserved": _("Reserved"),
    "used": _("Used"),
    "expired": _("Expired"),
    "cancelled": _("Cancelled"),
}

COUPON_ORIGINS = {"reward": _("Reward"), "tier": _("Tier"), "voucher": _("Voucher")}
