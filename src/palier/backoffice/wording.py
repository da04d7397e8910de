"""Words for what the shop and the ledger call by codes."""

from django.utils.translation import gettext as _
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

SCOPE_WORDS = {
    "orders:write": gettext_lazy("Send orders, refunds and events"),
    "members:read": gettext_lazy("Read members: balances, tiers, movements, coupons"),
    "members:write": gettext_lazy("Register, merge and erase members, give them points"),
    "carts": gettext_lazy("Price and hold carts, make vouchers, keep carts and products"),
    "programme:read": gettext_lazy("Read the programme and its versions, check documents"),
    "programme:write": gettext_lazy("Publish the programme"),
    "reports:read": gettext_lazy("Read figures and who is in a segment"),
    "webhooks": gettext_lazy("Manage webhooks, read and repeat deliveries"),
}

EVENT_WORDS = {
    "member.welcome": gettext_lazy("Somebody became a member"),
    "member.points_earned": gettext_lazy("Points were earned"),
    "member.points_available": gettext_lazy("Pending points became available"),
    "member.tier_up": gettext_lazy("A member climbed to a tier"),
    "member.tier_down": gettext_lazy("A member fell to a tier"),
    "member.coupon_issued": gettext_lazy("A coupon was issued"),
    "member.coupon_expiring": gettext_lazy("A coupon is about to expire"),
    "member.points_expiring": gettext_lazy("Points are about to expire"),
    "member.win_back": gettext_lazy("A member has not come for long"),
    "webhook.test": gettext_lazy("Test"),
}

DELIVERY_STATES = {
    "waiting": pgettext_lazy("delivery", "Waiting"),
    "delivered": pgettext_lazy("delivery", "Delivered"),
    "failed": pgettext_lazy("delivery", "Failed"),
}

FAILURE_WORDS = (
    ("answered ", gettext_lazy("It was not accepted there")),
    ("no answer in time", gettext_lazy("No answer in time")),
    ("not allowed: ", gettext_lazy("This address may not be called")),
    ("gaierror", gettext_lazy("This address does not exist")),
    ("ConnectionRefusedError", gettext_lazy("Nobody answers at this address")),
    ("SSL", gettext_lazy("The connection is not secure")),
)
"""How a failure of an attempt begins, and what it means."""

PROBLEM_WORDS = {
    "left_out": gettext_lazy("Left out as the mapping says"),
    "no_goods": gettext_lazy("Orders without goods"),
    "credit_unattached": gettext_lazy("Credit notes without a purchase to take them from"),
    "credit_partly_attached": gettext_lazy("Credit notes attached in part"),
    "credit_price_differs": gettext_lazy("Credit notes with another price than the purchase"),
    "discount_unattached": gettext_lazy("Discounts without an order"),
    "shipping_unattached": gettext_lazy("Carriage without an order"),
    "unreadable_row": gettext_lazy("Rows that cannot be read"),
    "order_incomplete": gettext_lazy("Orders left out whole, because a row of theirs cannot be read"),
    "unreadable_number": gettext_lazy("Numbers that cannot be read"),
    "unreadable_date": gettext_lazy("Dates that cannot be read"),
    "unreadable_word": gettext_lazy("Answers that are neither yes nor no"),
    "not_whole": gettext_lazy("Numbers that have to be whole"),
    "too_large": gettext_lazy("Amounts or quantities that are too large"),
    "no_quantity": gettext_lazy("Rows with a quantity of 0"),
    "negative_quantity": gettext_lazy("Stock written off, which is no sale"),
    "wrong_way": gettext_lazy("Quantities or prices with the wrong sign"),
    "unknown_currency": gettext_lazy("Unknown currencies"),
    "unknown_status": gettext_lazy("Unknown states of orders"),
    "currency_mismatch": gettext_lazy("Orders in another currency, without its rate"),
    "credit_of_guest": gettext_lazy("Credit notes without a customer"),
    "no_points": gettext_lazy("Rows with neither points nor spend"),
    "expired": gettext_lazy("Points that have expired already"),
    "invalid_order": gettext_lazy("Orders that are not valid"),
    "invalid_refund": gettext_lazy("Refunds that are not valid"),
    "invalid_member": gettext_lazy("Members that are not valid"),
    "invalid_balance": gettext_lazy("Balances that are not valid"),
}


def failure_words(error: str) -> str:
    """What went wrong with an attempt; empty when nothing did."""
    if not error:
        return ""
    found = next((words for begins, words in FAILURE_WORDS if error.startswith(begins)), None)
    return str(found or _("The connection failed"))
