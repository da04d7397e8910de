"""My account: the widget, the wallet's history explained, coupons, tiers, and points turned into a voucher."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from palier.storefront.demo.page import Shop, demo_page

MOVEMENTS = "12"


@require_safe
@demo_page("storefront/demo/account.html")
def account(request: HttpRequest, shop: Shop) -> dict[str, Any]:
    """Everything that a member has, and how it came about."""
    member = shop.member()
    if member is None:
        return {"member": None}
    customer = f"/api/v1/members/{shop.visit.customer}"
    page = {"limit": MOVEMENTS, "cursor": request.GET.get("cursor", "")}
    history = shop.line.ask(f"{customer}/movements", gettext_lazy("What has happened in this wallet?"), page)
    ladder = shop.line.ask(f"{customer}/tiers", gettext_lazy("Which tiers are there, and what do they give?"))
    why = shop.line.ask(f"{customer}/explanation", gettext_lazy("Why this tier, and why these points?"))
    return {
        "member": member,
        "why_tier": why["tier"],
        "why_points": why["points"],
        "older": history["next"],
        "is_newest": "cursor" not in request.GET,
        "movements": [
            {
                "day": shop.day(each["at"]),
                "title": each["title"],
                "points": shop.signed(moved(each["change"])),
                "balance": each["balance"]["available"],
                "sentences": each["sentences"],
            }
            for each in history["items"]
        ],
        "coupons": [_coupon(shop, each) for each in member["coupons"]],
        "tiers": [
            {
                "name": each["name"],
                "threshold": _threshold(shop, ladder["metric"], each["threshold"]),
                "is_held": each["is_held"],
                "is_reached": each["is_reached"],
                "gives": [*each["gives"], *_welcome_coupon(each), *each["perks"]],
            }
            for each in ladder["tiers"]
        ],
    }


def moved(change: dict[str, int]) -> int:
    """What a movement comes to, over all buckets."""
    return change["available"] + change["pending"] + change["held"] - change["debt"]


def _welcome_coupon(tier: dict[str, Any]) -> list[str]:
    coupon = tier.get("coupon")
    return [_("On reaching it, a coupon: %(gives)s") % {"gives": coupon}] if coupon else []


def _threshold(shop: Shop, metric: str, value: str | int) -> str:
    return shop.price(str(value)) if metric == "spend" else shop.formats.number(int(value))


def _coupon(shop: Shop, coupon: dict[str, Any]) -> dict[str, Any]:
    return {
        **coupon,
        "until": shop.day(f"{coupon['last_day']}T12:00:00Z") if coupon["last_day"] else "",
        "from": shop.money(coupon["min_total"]) if coupon["min_total"] else "",
    }


@require_POST
@demo_page()
def make_voucher(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Points become a voucher with a code."""
    asked = request.POST.get("points", "")
    if shop.visit.customer and asked.isdecimal() and len(asked) < 8:
        made = shop.line.tell(
            "POST",
            f"/api/v1/members/{shop.visit.customer}/vouchers",
            {"points": int(asked)},
            gettext_lazy("Turn points into a voucher"),
            key=f"voucher-{secrets.token_hex(8)}",
        )
        shop.visit.say(
            _("%(points)s points became a voucher: %(code)s")
            % {"points": made["points"], "code": made["coupon"]["code"]}
        )
    return redirect("demo_account")


@require_POST
@demo_page()
def subscribe(request: HttpRequest, shop: Shop) -> HttpResponse:
    """The member subscribes to the newsletter, which may be worth points, once."""
    if shop.visit.customer:
        booked = shop.line.tell(
            "POST",
            "/api/v1/events",
            {
                "member": shop.visit.customer,
                "name": "newsletter",
                "id": f"newsletter-{shop.visit.customer}",
            },
            gettext_lazy("The member has subscribed to the newsletter"),
            key=f"newsletter-{shop.visit.customer}-{secrets.token_hex(4)}",
        )
        if booked["result"] == "new" and booked["points"]:
            shop.visit.say(_("Thank you! +%(points)s points.") % {"points": booked["points"]})
        else:
            shop.visit.say(_("You are subscribed already: the points come once."))
    return redirect("demo_account")
