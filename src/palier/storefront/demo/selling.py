"""The shelves, the basket and the checkout."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from palier.storefront.demo.carts import SOMEBODY_NEW, message_of, price, rows_of, single
from palier.storefront.demo.page import Shop, back, demo_page
from palier.storefront.demo.palier_api import SaidNo
from palier.storefront.demo.shelves import (
    CARRIERS,
    PAYMENTS,
    PROMO_CODES,
    QUANTITY_MAX,
    Article,
    articles,
    shelf_of,
)

CODE_MAX = 40


@dataclass(frozen=True, slots=True)
class Tile:
    """An article on its shelf. ``own_price`` is the member's, where it differs; ``earns`` what a piece would bring."""

    article: Article
    name: str
    shelf: str
    price: str
    own_price: str
    earns: int
    in_basket: int


@require_safe
@demo_page("storefront/demo/shelves.html")
def shelf_page(request: HttpRequest, shop: Shop) -> dict[str, Any]:
    """All goods, each with what it would earn."""
    member = shop.member()
    begun = time.perf_counter_ns()
    tiles = [_tile(shop, article) for article in articles().values()]
    shop.line.note(
        "POST",
        "/api/v1/quotes",
        gettext_lazy("What would each of these cost, and earn?"),
        times=len(tiles),
        ms=(time.perf_counter_ns() - begun) // 1_000_000,
    )
    return {"member": member, "tiles": tiles}


def _tile(shop: Shop, article: Article) -> Tile:
    earns, own = 0, ""
    try:
        quote = shop.line.tell(
            "POST", "/api/v1/quotes", single(article, shop.visit.customer), "", is_noted=False
        )
        earns = quote["earns"]
        if quote["total"] != quote["subtotal"]:
            own = shop.money(quote["total"])
    except SaidNo:
        pass  # a shop shows its goods whether or not Palier answers
    return Tile(
        article=article,
        name=article.name(shop.language),
        shelf=shelf_of(article).name(shop.language),
        price=shop.money(article.price_minor),
        own_price=own,
        earns=earns,
        in_basket=shop.visit.basket.get(article.id, 0),
    )


@require_POST
@demo_page()
def put(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Put one more into the basket, or say how many there shall be."""
    product = request.POST.get("product", "")
    if product in articles():
        asked = request.POST.get("quantity", "")
        now = shop.visit.basket.get(product, 0)
        quantity = int(asked) if asked.isdecimal() and len(asked) < 5 else now + 1
        if quantity > 0:
            shop.visit.basket[product] = min(quantity, QUANTITY_MAX)
        else:
            shop.visit.basket.pop(product, None)
    return back(request, "demo_basket")


@require_safe
@demo_page("storefront/demo/basket.html")
def basket(request: HttpRequest, shop: Shop) -> dict[str, Any]:
    """The basket with every benefit that applies or does not, and why."""
    member = shop.member()
    if not shop.visit.basket:
        return {"member": member, "rows": []}
    as_member = None
    if member is None:
        as_member = price(shop, gettext_lazy("And what would a new member get for it?"), SOMEBODY_NEW)
    return {
        "member": member,
        "rows": rows_of(shop),
        "as_member": as_member,
        "answer": price(shop, gettext_lazy("What does this basket cost, and why?")),
        "coupons": _coupons(shop, member),
        "promo_codes": [code for code in PROMO_CODES if code != shop.visit.promo],
        "quantities": range(QUANTITY_MAX + 1),
    }


def _coupons(shop: Shop, member: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Coupons that the member could enter, those that end first before the others."""
    usable = [
        each
        for each in (member or {}).get("coupons", ())
        if each["state"] == "issued" and each["code"] and each["code"] not in shop.visit.codes
    ]
    usable.sort(key=lambda each: each["ends_at"] or "9999")
    return [{"code": each["code"], "gives": each["gives"]} for each in usable[:3]]


@require_POST
@demo_page()
def enter_code(request: HttpRequest, shop: Shop) -> HttpResponse:
    """A code was typed: the shop's own, or a coupon that Palier will judge."""
    typed = request.POST.get("code", "").strip().upper()[:CODE_MAX]
    code = "".join(each for each in typed if each.isprintable())  # what is pasted may hold a tab
    if code in PROMO_CODES:
        shop.visit.promo = code
    elif code and code not in shop.visit.codes:
        shop.visit.codes = [code, *shop.visit.codes][:3]
    return back(request, "demo_basket")


@require_POST
@demo_page()
def drop_code(request: HttpRequest, shop: Shop) -> HttpResponse:
    """A code is taken out again."""
    code = request.POST.get("code", "")
    if code == shop.visit.promo:
        shop.visit.promo = ""
    shop.visit.codes = [each for each in shop.visit.codes if each != code]
    return back(request, "demo_basket")


@require_POST
@demo_page()
def choose_points(request: HttpRequest, shop: Shop) -> HttpResponse:
    """How many points the member wants to use."""
    asked = request.POST.get("points", "")
    shop.visit.use_points = int(asked) if asked.isdecimal() and len(asked) < 8 else 0
    return back(request, "demo_basket")


@require_safe
@demo_page("storefront/demo/checkout.html")
def checkout(request: HttpRequest, shop: Shop) -> dict[str, Any] | HttpResponse:
    """Carrier and way to pay; each choice is priced anew."""
    if not shop.visit.basket:
        return redirect("demo_basket")
    carriers = [
        {
            "choice": each,
            "cost": shop.money(each.cost_minor),
            "is_chosen": each.id == shop.visit.carrier,
        }
        for each in CARRIERS
    ]
    payments = [{"choice": each, "is_chosen": each.id == shop.visit.payment} for each in PAYMENTS]
    return {
        "member": shop.member(),
        "rows": rows_of(shop),
        "answer": price(shop, gettext_lazy("What does it cost with this carrier and this way to pay?")),
        "carriers": carriers,
        "payments": payments,
    }


@require_POST
@demo_page()
def choose(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Another carrier or way to pay."""
    if request.POST.get("carrier") in {each.id for each in CARRIERS}:
        shop.visit.carrier = request.POST["carrier"]
    if request.POST.get("payment") in {each.id for each in PAYMENTS}:
        shop.visit.payment = request.POST["payment"]
    return redirect("demo_checkout")


@require_POST
@demo_page()
def place(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Place the order: what it uses is set aside first, then the order takes that over."""
    if not shop.visit.basket:
        return redirect("demo_basket")
    number = f"ML-{secrets.token_hex(3).upper()}"
    cart = message_of(shop.visit)
    order: dict[str, Any] = {
        name: cart[name]
        for name in ("member", "lines", "shipping", "payment_method", "delivery")
        if name in cart
    }
    order["status"] = "placed"
    if shop.visit.customer:
        try:
            hold = shop.line.tell(
                "POST",
                "/api/v1/holds",
                {**cart, "expected_total": request.POST.get("expected", "")},
                gettext_lazy("Set aside what this basket uses, at the price shown"),
                key=f"hold-{number}",
            )
        except SaidNo as no:
            if no.problem.get("code") != "quote_changed":
                raise
            shop.visit.say(_("Something has changed meanwhile: please look at the new price."), "bad")
            return redirect("demo_checkout")
        order["hold"] = hold["id"]
    elif cart.get("promo_codes"):
        order["discounts"] = [
            {"source": "promo_code", "code": each["code"], "amount": each["amount"]}
            for each in cart["promo_codes"]
        ]
    shop.line.tell("PUT", f"/api/v1/orders/{number}", order, gettext_lazy("An order was placed"))
    shop.visit.leave_basket()
    return redirect("demo_order", number)
