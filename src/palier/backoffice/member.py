"""A member's page: where they stand, what they have, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from palier.backoffice import formats
from palier.backoffice.access import Viewpoint, page
from palier.backoffice.home import measure
from palier.backoffice.standing import standing_of
from palier.backoffice.timeline import history_of
from palier.backoffice.wording import COUPON_ORIGINS, COUPON_STATES, ORDER_STATUSES
from palier.core.tiers import Progress
from palier.flows.members.read_member import MemberView, read_account
from palier.store.ledger.models import CouponRow
from palier.store.members.models import Account, Identity, Profile
from palier.store.orders.models import Order

ORDERS_PAGE = 10
LOTS_MAX = 50
COUPONS_PAGE = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """The progress bar: ``text`` is said to screen readers and shown to everybody."""

    percent: int
    percent_text: str
    spent: str
    text: str
    is_highest: bool


@page("store.view_account", "palier/member.html")
def member(request: HttpRequest, viewpoint: Viewpoint, public_id: str) -> dict[str, Any]:
    """Everything about one member; another programme's member does not exist here."""
    account = (
        Account.objects.filter(public_id=public_id.replace("\0", "")).select_related("merged_into").first()
    )
    if account is None:
        raise Http404
    view = read_account(account.pk, viewpoint.programme.pk, now=viewpoint.now)
    profile = Profile.objects.filter(account=account).first()
    identities = list(Identity.objects.filter(account=account).select_related("shop").order_by("id"))
    standing = standing_of(view, viewpoint)
    return {
        "title": _name(account, profile, [identity.customer_id for identity in identities]),
        "account": account,
        "profile": profile,
        "identities": identities,
        "view": view,
        "standing": standing,
        "tier_since": account.tier_since if (view.tier or "") == account.tier else None,
        "bar": _bar(viewpoint, view),
        "lots": standing.lots[:LOTS_MAX],
        "lots_left_out": max(0, len(standing.lots) - LOTS_MAX),
        "coupons": _coupons(account, view, request.GET.get("coupons")),
        "orders": _orders(account, request.GET.get("orders")),
        "history": history_of(account.pk, viewpoint, request.GET.get("before", "")),
    }


def _name(account: Account, profile: Profile | None, customers: list[str]) -> str:
    if account.erased_at is not None:
        return _("Erased member")
    if profile and (profile.name or profile.email):
        return profile.name or profile.email
    if customers:
        return _("Customer %(id)s") % {"id": customers[0]}
    return _("Member without a name")


def _bar(viewpoint: Viewpoint, view: MemberView) -> Bar | None:
    progress = view.progress
    if view.programme.tiers is None:
        return None
    spent = measure(viewpoint, progress.spent)
    if progress.next is None or progress.threshold is None:
        return Bar(100, "", spent, _("Highest tier reached"), is_highest=True)
    percent_text = formats.percent(progress.percent, 100, language=viewpoint.language)
    return Bar(
        progress.percent, percent_text, spent, _progress_text(viewpoint, progress, spent), is_highest=False
    )


def _progress_text(viewpoint: Viewpoint, progress: Progress, spent: str) -> str:
    assert progress.threshold is not None
    words = {
        "spent": spent,
        "threshold": measure(viewpoint, progress.threshold),
        "missing": measure(viewpoint, progress.missing),
        "tier": viewpoint.tier_name(progress.next),
    }
    tiers = viewpoint.rules.tiers
    assert tiers is not None
    if tiers.metric == "points":
        return _("%(spent)s of %(threshold)s points, %(missing)s more to %(tier)s") % words
    if tiers.metric == "orders":
        return _("%(spent)s of %(threshold)s orders, %(missing)s more to %(tier)s") % words
    return _("%(spent)s of %(threshold)s, %(missing)s more to %(tier)s") % words


def _orders(account: Account, number: str | None) -> Page[Any]:
    orders = Order.objects.filter(account=account).order_by(F("order_at").desc(nulls_last=True), "-id")
    page: Page[Any] = Paginator(orders, ORDERS_PAGE).get_page(number)
    page.object_list = [
        {
            "row": order,
            "at": order.order_at or order.paid_at or order.placed_at,
            "status": ORDER_STATUSES.get(order.status, order.status),
        }
        for order in page.object_list
    ]
    return page


def _coupons(account: Account, view: MemberView, number: str | None) -> Page[Any]:
    """Newest first. One that is due but not booked yet has no code: the booking draws it."""
    page: Page[Any] = Paginator(view.coupons[::-1], COUPONS_PAGE).get_page(number)
    ids = [coupon.id for coupon in page.object_list]
    booked = set(
        CouponRow.objects.filter(account=account, public_id__in=ids).values_list("public_id", flat=True)
    )
    page.object_list = [
        {
            "code": coupon.code if coupon.id in booked else "",
            "issued_at": coupon.issued_at,
            "ends_at": coupon.ends_at,
            "state": coupon.state,
            "state_text": COUPON_STATES.get(coupon.state, coupon.state),
            "origin_text": COUPON_ORIGINS.get(coupon.origin, coupon.origin),
        }
        for coupon in page.object_list
    ]
    return page
