"""What the pretend merchant keeps himself: goods, carriers, ways to pay, his own codes, and who is who."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from palier.core.money import to_minor
from palier.core.programme.load import load_yaml

CURRENCY = "GBP"
QUANTITY_MAX = 99


@dataclass(frozen=True, slots=True)
class Article:
    """Something on the shelves. ``motif`` names a drawing, ``tint`` its ground."""

    id: str
    names: dict[str, str]
    price_minor: int
    category: str
    motif: str
    tint: str

    def name(self, language: str) -> str:
        """Its name in that language, else in English."""
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category."""

    id: str
    names: dict[str, str]

    def name(self, language: str) -> str:
        """Its name in that language, else in English."""
        return self.names.get(language, self.names["en"])


@dataclass(frozen=True, slots=True)
class Choice:
    """A carrier, or a way to pay, and what it costs."""

    id: str
    label: str | Promise
    about: str | Promise
    cost_minor: int = 0


@dataclass(frozen=True, slots=True)
class Persona:
    """A customer of the sample whom one may be; ``about`` says why that is interesting."""

    customer: str
    about: str | Promise


CARRIERS = (
    Choice("post", _("By post"), _("three to five days"), 450),
    Choice("express", _("Express"), _("tomorrow before noon"), 890),
    Choice("pick-up", _("Pick-up point"), _("in two days, near you"), 290),
)
PAYMENTS = (
    Choice("card", _("Card"), _("paid at once")),
    Choice("transfer", _("Bank transfer"), _("saves us the fee")),
    Choice("invoice", pgettext_lazy("way to pay", "Invoice"), _("within 30 days")),
)
PROMO_CODES = {"MOON10": 10}
"""The merchant's own codes, and how many percent of the goods they take off: Palier hears of them with each cart."""

PERSONAS = (
    Persona("15312", _("One small order away from Gold")),
    Persona("16600", _("Has points to spend and coupons in hand")),
    Persona("13546", _("A few points short of a coupon")),
    Persona("15498", _("A regular at the top: free delivery, a pile of coupons")),
    Persona("16327", _("A business: an extra discount on large baskets")),
    Persona("16034", _("Close to Silver, with points on the way")),
)


@cache
def _said() -> Any:
    text = (resources.files("palier") / "data" / "demo_products.yaml").read_text(encoding="utf-8")
    return load_yaml(text)


@cache
def articles() -> dict[str, Article]:
    """All goods by their numbers, in the order in which they stand."""
    goods = [
        Article(
            id=str(each["id"]),
            names=dict(each["name"]),
            price_minor=to_minor(Decimal(str(each["price"])), CURRENCY),
            category=str(each["category"]),
            motif=str(each["motif"]),
            tint=str(each["tint"]),
        )
        for each in _said()["products"]
    ]
    return {article.id: article for article in goods}


def shelf_of(article: Article) -> Shelf:
    """The category that an article is of."""
    return _shelves()[article.category]


@cache
def _shelves() -> dict[str, Shelf]:
    return {str(each["id"]): Shelf(str(each["id"]), dict(each["name"])) for each in _said()["categories"]}
