"""A tier's own page: its form, shown back in full before it is saved in the draft; and its removal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.ladder import members_by_tier
from palier.backoffice.ladder_form import TierForm, form_of, read_tier, typed_form
from palier.backoffice.ladder_words import Ladder
from palier.backoffice.programme_head import EDIT, Head, head_of, tier_name
from palier.backoffice.programme_review import settle
from palier.core.programme.ladder import ladder_of, put, remove, who_asks_for
from palier.core.programme.values import Tier


@page(EDIT, "palier/ladder_tier.html")
def new_tier(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The form of a tier that is not there yet."""
    return _edited(request, viewpoint, head_of(viewpoint), None)


@page(EDIT, "palier/ladder_tier.html")
def tier(request: HttpRequest, viewpoint: Viewpoint, tier_id: str) -> dict[str, Any] | HttpResponse:
    """The form of one tier of the draft."""
    head = head_of(viewpoint)
    original = _find(head, tier_id)
    if original is None and request.method == "POST":
        original = Tier(tier_id, 0)  # removed meanwhile: what was typed is not lost for it
    if original is None:
        raise Http404
    return _edited(request, viewpoint, head, original)


def _find(head: Head, tier_id: str) -> Tier | None:
    return next((tier for tier in ladder_of(head.rules).ladder if tier.id == tier_id), None)


def _edited(
    request: HttpRequest, viewpoint: Viewpoint, head: Head, original: Tier | None
) -> dict[str, Any] | HttpResponse:
    language = viewpoint.language
    if request.method != "POST":
        return _context(viewpoint, head, form_of(head.rules, original, language=language))
    form = typed_form(head.rules, original, request.POST, language=language)
    made = read_tier(form)
    if made is None or request.POST.get("do") == "edit":
        return _context(viewpoint, head, form)
    rules = replace(head.rules, tiers=put(ladder_of(head.rules), made))
    address = f"{reverse('admin:ladder')}?moved={quote(made.id)}#edit-{quote(made.id)}"
    review = settle(request, viewpoint, head, rules, section="tiers", address=address)
    if isinstance(review, HttpResponse):
        return review
    if review.problem:
        return _context(viewpoint, head, form, problem=review.problem)
    now = head_of(viewpoint) if review.meanwhile else head
    shown = Ladder(rules, viewpoint).shown(made)
    return _context(viewpoint, now, form, review=review, rung=shown, made=made)


def _context(viewpoint: Viewpoint, head: Head, form: TierForm, **more: Any) -> dict[str, Any]:
    name = tier_name(form.original, head.rules, viewpoint.language) if form.original else ""
    kinds = [("none", _("None")), ("percent", _("A percentage")), ("amount", _("An amount"))]
    units = [("months", _("months")), ("days", _("days"))]
    is_other = form.boxes["coupon_kind"].value == "other"
    return {
        "title": name or _("New tier"),
        "head": head,
        "form": form,
        "metric": ladder_of(head.rules).metric,
        "currency": head.rules.currency,
        "is_new": form.original is None,
        "kinds": kinds,
        "coupon_kinds": [*kinds, ("other", _("No discount, only its other terms"))] if is_other else kinds,
        "shippings": [
            ("none", _("No")),
            ("all", _("With every carrier")),
            ("some", _("With these carriers:")),
        ],
        "coupon_units": [*units, ("kept", _("as it is"))] if "span" in form.kept else units,
        **more,
    }


@page(EDIT, "palier/ladder_remove.html")
def remove_tier(request: HttpRequest, viewpoint: Viewpoint, tier_id: str) -> dict[str, Any] | HttpResponse:
    """Asks before a tier is removed from the draft; what asks for it has to go first."""
    head = head_of(viewpoint)
    gone = _find(head, tier_id)
    if gone is None and request.method == "POST":
        return redirect("admin:ladder")  # a double click: it is gone already
    if gone is None:
        raise Http404
    name = tier_name(gone, head.rules, viewpoint.language)
    asking = who_asks_for(head.rules, tier_id)
    meanwhile = ""
    if request.method == "POST" and not asking:
        rules = replace(head.rules, tiers=remove(ladder_of(head.rules), tier_id))
        review = settle(request, viewpoint, head, rules, section="tiers", address=reverse("admin:ladder"))
        if isinstance(review, HttpResponse):
            return review
        if review.problem:
            messages.error(request, review.problem)
            return redirect("admin:ladder")
        meanwhile, head = review.meanwhile, head_of(viewpoint)
    return {
        "title": _("Remove %(tier)s") % {"tier": name},
        "head": head,
        "name": name,
        "tier_id": tier_id,
        "asking": asking,
        "members": members_by_tier().get(tier_id, 0),
        "meanwhile": meanwhile,
    }
