"""What every page of the demo's shop has in common: only here, only in the demo, strict, and never cached."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import wraps
from typing import Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django_scopes import scope, scopes_disabled

from palier.core.formats import Formats, formats_for
from palier.core.money import to_minor
from palier.core.this_machine import is_from_this_machine
from palier.store.members.models import Identity
from palier.store.programmes.models import Shop as ShopRow
from palier.storefront.demo.palier_api import Line, SaidNo
from palier.storefront.demo.shelves import CURRENCY
from palier.storefront.demo.visit import Visit, keep_visit, open_visit

ACCESS = "demo_shop.json"
LANGUAGES = (("en", "English"), ("fr", "Français"), ("de", "Deutsch"))
"""Each in its own words, for who does not speak the page's."""
_TABS = {
    "demo_shop": "shop",
    "demo_basket": "basket",
    "demo_checkout": "basket",
    "demo_orders": "orders",
    "demo_order": "orders",
    "demo_account": "account",
}
STRICT = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF],
    "font-src": [SELF],
    "connect-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


@dataclass(slots=True)
class Shop:
    """The shop as one visit sees it. ``today`` is the programme's present, which may be ahead of the world's."""

    visit: Visit
    line: Line
    language: str
    formats: Formats
    public_id: str
    secret: str
    row: ShopRow
    today: datetime

    def money(self, amount: str | int | None) -> str:
        """An amount of the API (a decimal text) or in minor units, as people write it."""
        if amount is None:
            return ""
        minor = to_minor(Decimal(amount), CURRENCY) if isinstance(amount, str) else amount
        return self.formats.money(minor)

    def price(self, amount: str) -> str:
        """An amount without its decimals where they are zero."""
        return self.formats.price(to_minor(Decimal(amount), CURRENCY))

    def signed(self, points: int) -> str:
        """``+12``, ``−12``; empty for nothing."""
        sign = "+" if points > 0 else "\N{MINUS SIGN}"
        return f"{sign}{self.formats.number(abs(points))}" if points else ""

    def day(self, instant: str | None) -> str:
        """The day of an instant of the API."""
        return self.formats.day(datetime.fromisoformat(instant)) if instant else ""

    def member(self) -> dict[str, Any] | None:
        """Who is here, as Palier knows them; None for a guest."""
        if not self.visit.customer:
            return None
        found: dict[str, Any] = self.line.ask(
            f"/api/v1/members/{self.visit.customer}", _("Who is here, and what do they have?")
        )
        return found


def back(request: HttpRequest, otherwise: str, *arguments: str) -> HttpResponse:
    """Where the form says, if that is here; else to the page of that name."""
    following = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(following, allowed_hosts=None):
        return redirect(following)
    return redirect(otherwise, *arguments)


View = Callable[..., "dict[str, Any] | HttpResponse"]


def demo_page(template: str = "") -> Callable[[View], Callable[..., HttpResponse]]:
    """A page is a function from the shop to its context, or to an answer of its own (an action leads elsewhere)."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @csp_replace(STRICT)
        @wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            shop = _shop_of(request)
            if shop is None:
                return render(request, "storefront/demo/closed.html", status=503)
            response = _answer(request, shop, view, template, arguments)
            shop.visit.log = shop.line.log
            keep_visit(shop.visit, response, is_https=request.is_secure())
            response["Cache-Control"] = "private, no-store"
            return response

        # The decorator of the policy says less than it returns.
        return cast("Callable[..., HttpResponse]", answer)

    return wrap


def _answer(
    request: HttpRequest, shop: Shop, view: View, template: str, arguments: dict[str, Any]
) -> HttpResponse:
    status = 200
    try:
        context = view(request, shop, **arguments)
    except SaidNo as no:
        if request.method != "GET":
            shop.visit.say(_in_words(no), "bad")
            return back(request, "demo_shop")
        if no.status == 404 and "/members/" in str(shop.line.log[:1]):
            shop.visit.enter("")
        template, status = "storefront/demo/refused.html", 502
        context = {"problem": no.problem}
    if isinstance(context, HttpResponse):
        return context
    return render(request, template, {**_frame(request, shop), **context}, status=status)


def _in_words(no: SaidNo) -> str:
    """A refusal as a shopper may read it; what only a programmer can mend stays in the API's English."""
    known = {
        "insufficient_points": _("There are not enough points for that."),
        "cannot_redeem": _("These points cannot be turned into anything yet."),
        "too_many_requests": _("Too many wrong codes: please wait a minute."),
    }
    said = known.get(str(no.problem.get("code")), no.problem.get("detail") or no.status)
    return str(said)


def _frame(request: HttpRequest, shop: Shop) -> dict[str, Any]:
    """What stands around every page."""
    return {
        "shop": shop,
        "visit": shop.visit,
        "language": shop.language,
        "today": shop.formats.day(shop.today),
        "is_later": shop.row.programme.clock_offset_s > 0,
        "said": shop.visit.heard(),
        "log": shop.line.log,
        "here": request.path,
        "tab": _TABS.get(request.resolver_match.url_name or "") if request.resolver_match else "",
        "languages": LANGUAGES,
        "merchants_page": _merchants_page(shop),
    }


def _merchants_page(shop: Shop) -> str:
    """Where the back-office shows the same member."""
    with scope(programme=shop.row.programme):
        found = Identity.objects.filter(shop=shop.row, customer_id=shop.visit.customer).select_related(
            "account"
        )
        identity = found.first() if shop.visit.customer else None
    return reverse("admin:member", args=[identity.account.public_id]) if identity else reverse("admin:index")


def _shop_of(request: HttpRequest) -> Shop | None:
    """The shop, to a browser on this machine in demo mode; None when ``palier demo`` has left no key for it."""
    if not settings.PALIER_DEMO:
        raise Http404
    if not is_from_this_machine(request.META, request.get_host()):
        raise PermissionDenied
    try:
        access = json.loads((settings.PALIER_VAR / ACCESS).read_text(encoding="utf-8"))
        public_id, key, secret = str(access["shop"]), str(access["key"]), str(access["secret"])
        with scopes_disabled():
            row = ShopRow.objects.select_related("programme").get(public_id=public_id)
    except (OSError, ValueError, KeyError, TypeError, ShopRow.DoesNotExist):
        return None
    visit = open_visit(request)
    language = (get_language() or "en").partition("-")[0]
    return Shop(
        visit=visit,
        line=Line(key, language, visit.log),
        language=language,
        formats=formats_for(language, CURRENCY, row.programme.timezone),
        public_id=public_id,
        secret=secret,
        row=row,
        today=datetime.now(UTC) + timedelta(seconds=row.programme.clock_offset_s),
    )
