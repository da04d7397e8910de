"""Words for what the shop and the ledger call by codes."""

from django.utils.translation import gettext_lazy, pgettext_lazy

ORDER_STATUSES = {
    "": pgettext_lazy("order", "Not known yet"),
    "placed": pgettext_lazy("order", "Placed"),
    "paid": pgettext_lazy("order", "Paid"),
    "shipped": pgettext_lazy("order", "Shipped"),
    "delivered": pgettext_lazy("order", "Delivered"),
    "canceled": pgettext_lazy("order", "Cancelled"),
    "cancelled": pgettext_lazy("order", "Cancelled"),
    "refunded": pgettext_lazy("order", "Refunded"),
}

COUPON_STATES = {
    "issued": pgettext_lazy("coupon", "Issued"),
    "reserved": pgettext_lazy("coupon", "Reserved"),
    "used": pgettext_lazy("coupon", "Used"),
    "expired": pgettext_lazy("coupon", "Expired"),
    "cancelled": pgettext_lazy("coupon", "Cancelled"),
}

COUPON_ORIGINS = {
    "reward": pgettext_lazy("coupon", "Reward"),
    "tier": pgettext_lazy("coupon", "Tier"),
    "voucher": pgettext_lazy("coupon", "Voucher"),
}

ROLES = {
    "owner": gettext_lazy("Owner"),
    "manager": gettext_lazy("Manager"),
    "support": gettext_lazy("Support"),
    "read-only": gettext_lazy("Read-only"),
}
