"""The basket as the shop sends it to be priced, and the answer as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from palier.core.money import from_minor, ratio_half_up
from palier.storefront.demo.page import Shop
from palier.storefront.demo.shelves import CARRIERS, CURRENCY, PROMO_CODES, Article, Choice, articles
from palier.storefront.demo.visit import Visit


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the basket."""

    article: Article
    name: str
    quantity: int
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What Palier said of the basket. The sentences are Palier's own, in the shopper's language."""

    subtotal: str
    total: str
    due: str
    due_minor: int
    goods_minor: int
    shipping: str
    is_shipping_free: bool
    shipping_before: str
    earns: int
    applied: list[str]
    refused: list[str]
    hints: list[str]
    earns_words: str
    expected: str
    """The goods' total as the API wrote it: what a hold must still cost."""


SOMEBODY_NEW = "somebody-new"
"""An id that no customer has: asked with it, Palier says what somebody new would get, and writes nothing."""


def message_of(visit: Visit, customer: str | None = None) -> dict[str, Any]:
    """The cart as the API reads it: what lies in it, how it travels, what was entered; for that customer, if given."""
    member = visit.customer if customer is None else customer
    carrier = carrier_of(visit)
    message: dict[str, Any] = {
        "lines": [_line(articles()[product], quantity) for product, quantity in visit.basket.items()],
        "shipping": {"carrier": carrier.id, "amount": _amount(carrier.cost_minor)},
        "payment_method": visit.payment,
        "delivery": {"city": "London", "country": "GB"},
    }
    if member:
        message["member"] = member
        if visit.codes:
            message["coupons"] = list(visit.codes)
        if visit.use_points:
            message["use_points"] = visit.use_points
    if visit.promo in PROMO_CODES:
        goods = sum(
            articles()[product].price_minor * quantity
            for product, quantity in visit.basket.items()
            if articles()[product].category != "gift-cards"
        )
        saved = ratio_half_up(goods * PROMO_CODES[visit.promo], 100)
        message["promo_codes"] = [{"code": visit.promo, "amount": _amount(saved)}]
    return message


def carrier_of(visit: Visit) -> Choice:
    """How the basket will travel."""
    return next((each for each in CARRIERS if each.id == visit.carrier), CARRIERS[0])


def single(article: Article, customer: str) -> dict[str, Any]:
    """One piece alone, to know what it would cost and earn; a guest is told what a new member would get."""
    return {"member": customer or SOMEBODY_NEW, "lines": [_line(article, 1)]}


def _line(article: Article, quantity: int) -> dict[str, Any]:
    return {
        "id": article.id,
        "product": article.id,
        "quantity": quantity,
        "price": _amount(article.price_minor),
        "categories": [article.category],
    }


def _amount(minor: int) -> Decimal:
    return from_minor(minor, CURRENCY)


def rows_of(shop: Shop) -> list[Row]:
    """The basket's lines."""
    found = []
    for product, quantity in shop.visit.basket.items():
        article = articles()[product]
        found.append(
            Row(
                article,
                article.name(shop.language),
                quantity,
                shop.money(article.price_minor),
                shop.money(article.price_minor * quantity),
            )
        )
    return found


def price(shop: Shop, why: str | Promise, customer: str | None = None) -> Answer:
    """Ask what the basket costs, with every reason in words; for that customer instead of whoever is here, if given."""
    said = shop.line.tell("POST", "/api/v1/quotes/explain", message_of(shop.visit, customer), why)
    quote, words = said["quote"], said["words"]
    # A hint says already what is missing with this basket; without one, the basket reaches the tier.
    upcoming = "" if any(hint["kind"] == "tier" for hint in quote["hints"]) else words["next_tier"]
    carrier = carrier_of(shop.visit)
    total = _minor(quote["total"])
    shipping = _minor(quote["shipping"]["amount"])
    return Answer(
        subtotal=shop.money(quote["subtotal"]),
        total=shop.money(total),
        due=shop.money(total + shipping),
        due_minor=total + shipping,
        goods_minor=_minor(quote["subtotal"]),
        shipping=shop.money(shipping),
        is_shipping_free=shipping == 0 and carrier.cost_minor > 0,
        shipping_before=shop.money(carrier.cost_minor),
        earns=quote["earns"],
        applied=[each for each in (*words["applied"], *words["shipping"], *words["gifts"]) if each],
        refused=[each for each in words["refused"] if each],
        hints=[each for each in (*words["hints"], upcoming) if each],
        earns_words=words["earns"],
        expected=quote["total"],
    )


def _minor(amount: str) -> int:
    return int(Decimal(amount).scaleb(2))
