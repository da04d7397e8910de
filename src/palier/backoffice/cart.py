"""A cart to try: composed for a member or a guest, quoted with every why; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.cart_form import LINES_MAX, CartForm, blank_form, typed_form
from palier.backoffice.members import matching
from palier.backoffice.quoting import Answer, answer_of
from palier.core.errors import Refusal
from palier.store.members.models import Account, Identity, Profile
from palier.store.programmes.models import Shop

FOUND_MAX = 8


@dataclass(frozen=True, slots=True)
class Person:
    """A member who may be chosen. ``customer`` is None when no shop knows them any more."""

    public_id: str
    name: str
    email: str
    tier: str
    available: int
    shop_id: int | None
    customer: str | None


@page("store.add_happening", "palier/cart.html")
def cart(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any]:
    """The form as it was typed, with what its button asked for."""
    form, action = _typed(request, viewpoint)
    member_id = request.POST.get("member", "") if request.method == "POST" else request.GET.get("member", "")
    query = request.POST.get("q", "").replace("\0", "").strip()[:200]
    verb, _colon, which = action.partition(":")
    if verb == "choose":
        member_id, query = which, ""
    elif verb == "guest":
        member_id, query = "", ""
    elif verb == "remove" and which.isdecimal():
        form.remove_line(int(which[:3]))
    elif verb == "add":
        form.add_line()
    member_id = member_id.replace("\0", "")[:36]
    member = _people(Account.objects.filter(public_id=member_id))[:1] if member_id else []
    answer = _quoted(form, member[0] if member else None, viewpoint) if verb == "quote" else None
    return {
        "title": _("Try a cart"),
        "form": form,
        "member": member[0] if member else None,
        "is_lost": bool(member_id) and not member,
        "query": query,
        "found": _found(query) if verb == "find" and query else None,
        "answer": answer,
        "is_full": len(form.lines) >= LINES_MAX,
    }


def _typed(request: HttpRequest, viewpoint: Viewpoint) -> tuple[CartForm, str]:
    currency = viewpoint.programme.currency
    if request.method != "POST":
        return blank_form(language=viewpoint.language, currency=currency), ""
    form = typed_form(request.POST, language=viewpoint.language, currency=currency)
    return form, request.POST.get("do", "quote")[:100]


def _quoted(form: CartForm, member: Person | None, viewpoint: Viewpoint) -> Answer | None:
    if not form.read():
        return None
    shop_id = member.shop_id if member else Shop.objects.order_by("id").values_list("id", flat=True).first()
    if shop_id is None:
        form.problem = _("No shop knows this member any more.")
        return None
    try:
        return answer_of(form.message, shop_id, member.customer if member else None, viewpoint)
    except Refusal as refusal:
        form.problem = _("This cart cannot be quoted: %(reason)s") % {"reason": refusal}
        return None


def _found(query: str) -> list[Person]:
    """The first members who match; one more than fits tells that there are others."""
    present = Account.objects.filter(merged_into__isnull=True, erased_at__isnull=True)
    return _people(present.filter(matching(query)).order_by("-spend_minor", "-id")[: FOUND_MAX + 1])


def _people(accounts: Iterable[Account]) -> list[Person]:
    """Three queries, however many they are."""
    rows = list(accounts)
    ids = [account.pk for account in rows]
    profiles = {profile.account_id: profile for profile in Profile.objects.filter(account_id__in=ids)}
    open_ones = Identity.objects.filter(account_id__in=ids, closed_at__isnull=True).order_by("-id")
    identities = {identity.account_id: identity for identity in open_ones}  # the oldest one stays
    return [_person(account, profiles.get(account.pk), identities.get(account.pk)) for account in rows]


def _person(account: Account, profile: Profile | None, identity: Identity | None) -> Person:
    customer = identity.customer_id if identity else None
    name, email = (profile.name, profile.email) if profile else ("", "")
    return Person(
        public_id=account.public_id,
        name=name or email or (customer or _("Member without a name")),
        email=email if name else "",
        tier=account.tier,
        available=account.available,
        shop_id=identity.shop_id if identity else None,
        customer=customer,
    )
