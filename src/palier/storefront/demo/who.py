"""Who is shopping: a customer of the sample, somebody new, or a guest; and the token that the widgets ask for."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from palier.storefront.demo.page import Shop, demo_page
from palier.storefront.demo.palier_api import SaidNo
from palier.storefront.demo.shelves import PERSONAS

NAME_MAX = 60
TOKEN_LIFE_S = 600


@dataclass(frozen=True, slots=True)
class Person:
    """A persona as Palier knows them now."""

    customer: str
    name: str
    about: Any
    tier: dict[str, Any] | None
    points: int
    pending: int
    coupons: int
    language: str
    is_here: bool


@require_safe
@demo_page("storefront/demo/who.html")
def who(request: HttpRequest, shop: Shop) -> dict[str, Any]:
    """Choose who to be."""
    begun = time.perf_counter_ns()
    people = [person for each in PERSONAS if (person := _person(shop, each.customer, each.about)) is not None]
    ms = (time.perf_counter_ns() - begun) // 1_000_000
    shop.line.note(
        "GET",
        "/api/v1/members/{customer}",
        gettext_lazy("Who are these, and what do they have?"),
        times=len(PERSONAS),
        ms=ms,
    )
    return {"people": people, "member": shop.member()}


def _person(shop: Shop, customer: str, about: Any) -> Person | None:
    try:
        said = shop.line.ask(f"/api/v1/members/{customer}", about, is_noted=False)
    except SaidNo:
        return None
    profile = said.get("profile") or {}
    return Person(
        customer=customer,
        name=profile.get("name") or customer,
        about=about,
        tier=said["tier"],
        points=said["points"]["available"],
        pending=said["points"]["pending"],
        coupons=len(said["coupons"]),
        language=profile.get("language", ""),
        is_here=customer == shop.visit.customer,
    )


@require_POST
@demo_page()
def be(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Be one of them, or nobody."""
    customer = request.POST.get("customer", "")
    if customer and customer not in {persona.customer for persona in PERSONAS}:
        customer = ""
    shop.visit.enter(customer)
    return redirect("demo_shop")


@require_POST
@demo_page()
def sign_up(request: HttpRequest, shop: Shop) -> HttpResponse:
    """Somebody new: the shop opens its account, tells Palier, and says that they signed up."""
    name = " ".join(request.POST.get("name", "").split())[:NAME_MAX]
    customer = f"NEW-{secrets.token_hex(3).upper()}"
    told = {
        "name": name,
        "language": shop.language,
        "signed_up": shop.today.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    shop.line.tell("PUT", f"/api/v1/members/{customer}", told, gettext_lazy("Somebody has opened an account"))
    event = {"member": customer, "name": "sign_up", "id": f"sign-up-{customer}"}
    booked = shop.line.tell(
        "POST",
        "/api/v1/events",
        event,
        gettext_lazy("They have signed up: is that worth something?"),
        key=f"sign-up-{customer}",
    )
    shop.visit.enter(customer)
    if booked["points"]:
        shop.visit.say(_("Welcome! %(points)s points to begin with.") % {"points": booked["points"]})
    return redirect("demo_shop")


@require_safe
@demo_page()
def token(request: HttpRequest, shop: Shop) -> HttpResponse:
    """What the widget asks the shop for: a token of whoever is signed in here, signed with the shop's secret."""
    if not shop.visit.customer:
        return HttpResponse(status=204)
    at = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": shop.public_id,
        "sub": shop.visit.customer,
        "aud": "palier-widget",
        "iat": at,
        "exp": at + TOKEN_LIFE_S,
    }
    return JsonResponse({"token": jwt.encode(claims, shop.secret, algorithm="HS256")})
