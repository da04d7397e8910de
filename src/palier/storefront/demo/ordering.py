"""Orders: what became of them, and what the merchant does with them: paid, sent, delivered, refunded, cancelled."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from palier.storefront.demo.page import Shop, demo_page
from palier.storefront.demo.palier_api import SaidNo
from palier.storefront.demo.shelves import CARRIERS, PAYMENTS, articles
from palier.storefront.demo.wallet import moved

NUMBER = re.compile(r"[A-Za-z0-9._-]{1,200}")
LINES_MAX = 12
"""Orders of the sample can have a hundred lines."""
STATUS_NAMES = {
    "placed": gettext_lazy("Placed, not paid yet"),
    "paid": gettext_lazy("Paid"),
    "shipped": gettext_lazy("On its way"),
    "delivered": gettext_lazy("Delivered"),
    "cancelled": gettext_lazy("Cancelled"),
}
STEPS = {
    "placed": ("paid", gettext_lazy("The order was paid")),
    "paid": ("shipped", gettext_lazy("The order is on its way")),
    "shipped": ("delivered", gettext_lazy("The order has arrived")),
}
"""What comes after a status, and what the shop then tells Palier."""


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of an order; ``left`` pieces were not returned."""

    id: str
    name: str
    motif: str
    tint: str
    quantity: int
    left: int
    amount: str


@require_safe
@demo_page("storefront/demo/orders.html")
def orders(request: HttpRequest, shop: Shop) -> dict[str, Any]:
    """The member's orders, the newest first."""
    member = shop.member()
    if member is None:
        return {"member": None, "orders": []}
    found = shop.line.ask(
        "/api/v1/orders",
        gettext_lazy("Which orders are known of this member?"),
        {"member": shop.visit.customer, "limit": "20"},
    )
    listed = [
        {
            "id": each["id"],
            "day": shop.day(each["at"]),
            "status": STATUS_NAMES.get(each["status"], each["status"]),
            "spend": shop.money(each["spend"]),
            "points": each["points"],
        }
        for each in found["items"]
    ]
    return {"member": member, "orders": listed}


@require_safe
@demo_page("storefront/demo/order.html")
def order(request: HttpRequest, shop: Shop, number: str) -> dict[str, Any]:
    """One order, what is booked for it, and why."""
    member = shop.member()
    found = _own(shop, number)
    lines = _lines(shop, found)
    goods = sum(_minor(line["amount"]) for line in found["lines"])
    saved = sum(_minor(each["amount"]) for each in found["discounts"] if not each["free_shipping"])
    step = STEPS.get(found["status"])
    return {
        "member": member,
        "order": found,
        "number": number,
        "status": STATUS_NAMES.get(found["status"], found["status"]),
        "lines": lines[:LINES_MAX],
        "lines_left_out": max(0, len(lines) - LINES_MAX),
        "placed": shop.day(found["placed_at"] or found["paid_at"] or found["updated"]),
        "goods": shop.money(goods),
        "saved": f"\N{MINUS SIGN}{shop.money(saved)}" if saved else "",
        "shipping": shop.money(_shipping(found)),
        "due": shop.money(goods - saved + _shipping(found)),
        "carrier": _label(CARRIERS, found["carrier"]),
        "payment": _label(PAYMENTS, found["payment_method"]),
        "next": step[0] if step else "",
        "can_refund": bool(
            found["status"] not in ("placed", "cancelled") and any(line.left for line in lines)
        ),
        "can_cancel": found["status"] in ("placed", "paid"),
        "movements": [
            {
                "day": shop.day(each["at"]),
                "title": each["title"],
                "points": shop.signed(moved(each["change"])),
                "sentences": each["sentences"],
            }
            for each in found["movements"]
        ],
        "worth": shop.money(found["booked"]["spend"]),
    }


def _own(shop: Shop, number: str) -> dict[str, Any]:
    """The order, if it is of whoever is here."""
    if not NUMBER.fullmatch(number):
        raise Http404  # others could lead elsewhere in the API
    try:
        found: dict[str, Any] = shop.line.ask(
            f"/api/v1/orders/{number}", gettext_lazy("What is booked for this order, and why?")
        )
    except SaidNo as no:
        if no.status == 404:
            raise Http404 from None
        raise
    if (found["member"] or "") != shop.visit.customer:
        raise Http404
    return found


def _lines(shop: Shop, found: dict[str, Any]) -> list[Bought]:
    returned: dict[str, int] = {}
    is_all = found["status"] == "cancelled"
    for refund in found["refunds"]:
        is_all = is_all or refund["full"]
        for line in refund["lines"]:
            returned[line["line"]] = returned.get(line["line"], 0) + line["quantity"]
    lines = []
    for place, line in enumerate(found["lines"]):
        article = articles().get(line["product"])
        name = article.name(shop.language) if article else _name(shop, line["product"], place)
        left = 0 if is_all else max(0, line["quantity"] - returned.get(line["id"], 0))
        lines.append(
            Bought(
                id=line["id"],
                name=name,
                motif=article.motif if article else "",
                tint=article.tint if article else "sand",
                quantity=line["quantity"],
                left=left,
                amount=shop.money(line["amount"]),
            )
        )
    return lines


def _name(shop: Shop, product: str, place: int) -> str:
    """What an article is called that is not on the shelves any more."""
    if place >= LINES_MAX:
        return product
    try:
        names = shop.line.ask(f"/api/v1/products/{product}", "", is_noted=False)["name"]
    except SaidNo:
        return product
    return str(names.get(shop.language) or names.get("en") or product)


def _shipping(found: dict[str, Any]) -> int:
    """What is paid for the delivery: nothing, when a benefit frees it."""
    is_free = any(each["free_shipping"] for each in found["discounts"])
    return 0 if is_free else _minor(found["shipping"])


def _label(choices: Any, id: str) -> Any:
    return next((each.label for each in choices if each.id == id), id)


def _minor(amount: str) -> int:
    return int(Decimal(amount).scaleb(2))


@require_POST
@demo_page()
def step(request: HttpRequest, shop: Shop, number: str) -> HttpResponse:
    """The order goes on: paid, sent, delivered. The update says the status alone."""
    found = _own(shop, number)
    following = STEPS.get(found["status"])
    if following is not None:
        status, why = following
        told = shop.line.tell("PUT", f"/api/v1/orders/{number}", {"status": status}, why)
        _tell_points(shop, told["points"])
    return redirect("demo_order", number)


@require_POST
@demo_page()
def cancel(request: HttpRequest, shop: Shop, number: str) -> HttpResponse:
    """The whole order is called off."""
    if _own(shop, number)["status"] != "cancelled":
        told = shop.line.tell(
            "PUT",
            f"/api/v1/orders/{number}",
            {"status": "cancelled"},
            gettext_lazy("The order was cancelled"),
        )
        _tell_points(shop, told["points"])
    return redirect("demo_order", number)


@require_POST
@demo_page()
def refund(request: HttpRequest, shop: Shop, number: str) -> HttpResponse:
    """One piece of a line comes back."""
    found = _own(shop, number)
    line = request.POST.get("line", "")
    if any(each.id == line and each.left for each in _lines(shop, found)):
        told = shop.line.tell(
            "PUT",
            f"/api/v1/orders/{number}/refunds/R-{secrets.token_hex(4).upper()}",
            {"lines": [{"line": line, "quantity": 1}]},
            gettext_lazy("One piece came back and was refunded"),
        )
        _tell_points(shop, told["points"])
    return redirect("demo_order", number)


def _tell_points(shop: Shop, points: int) -> None:
    if points > 0:
        shop.visit.say(ngettext("+%(n)d point", "+%(n)d points", points) % {"n": points})
    elif points < 0:
        told = ngettext("−%(n)d point", "−%(n)d points", -points)
        shop.visit.say(told % {"n": -points}, "bad")
    else:
        shop.visit.say(_("Palier knows. The points stay as they are."))
