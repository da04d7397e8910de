"""The list of members: searched without accents or case, filtered by tier and segment, sorted, in pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Max, OrderBy, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL
from django.http import HttpRequest
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.segments import segment_name
from palier.core.member import folded
from palier.store.members.models import Account, Identity, Profile
from palier.store.members.segments import segment_query
from palier.store.orders.models import Order
from palier.store.programmes.models import Shop

PAGE_SIZE = 50
WORDS_MAX = 6
NO_TIER = "-"
SORTS = ("spend", "points", "last_order")


@dataclass(frozen=True, slots=True)
class Row:
    """A member as the list shows one."""

    public_id: str
    name: str
    email: str
    customers: tuple[str, ...]
    tier: str
    spend_minor: int
    available: int
    last_order: datetime | None


@page("store.view_account", "palier/members.html")
def members(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any]:
    """One page of the members that were asked for."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    tier = request.GET.get("tier", "").replace("\0", "")[:100]
    segment = request.GET.get("segment", "")[:100]
    is_first = bool(segment) and request.GET.get("place") == "first"
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else SORTS[0]
    is_rising = request.GET.get("order") == "rising"
    found = Account.objects.filter(merged_into__isnull=True, erased_at__isnull=True)
    if tier:
        found = found.filter(tier="" if tier == NO_TIER else tier)
    if segment:
        found = found.filter(id__in=_of_segment(viewpoint, segment, is_first=is_first))
    if query:
        found = found.filter(matching(query))
    shown = Paginator(sorted_by(found, sort, is_rising=is_rising), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    return {
        "title": _("Members"),
        "query": query,
        "tier": tier,
        "tiers": _tiers(viewpoint),
        "segment": segment,
        "is_first": is_first,
        "segments": [
            (each.id, segment_name(each, viewpoint)) for each in viewpoint.rules.segments if each.enabled
        ],
        "sort": sort,
        "is_rising": is_rising,
        "columns": _columns(sort, is_rising=is_rising),
        "shown": shown,
        "rows": rows_of(shown),
        "is_narrowed": bool(query or tier or segment),
    }


def matching(query: str) -> Q:
    """Every word somewhere in name or e-mail; or the start of a customer id."""
    words = folded(query).split()[:WORDS_MAX]
    profiles = Profile.objects.all()
    for word in words:
        profiles = profiles.filter(Q(search__contains=word) | Q(email_folded__startswith=word))
    # Named shops let the database go by its index of (shop, customer id).
    identities = Identity.objects.filter(
        shop__in=list(Shop.objects.values_list("id", flat=True)), customer_id__startswith=query
    )
    found = Q(id__in=identities.values("account_id"))
    return found | Q(id__in=profiles.values("account_id")) if words else found


def sorted_by(found: QuerySet[Account], sort: str, *, is_rising: bool) -> QuerySet[Account]:
    """In the order that was asked for; of equals the newest first, so that pages never overlap."""
    if sort == "last_order":
        newest = Order.objects.filter(account=OuterRef("pk"), counts=True).order_by("-order_at")
        found = found.annotate(last_order=Subquery(newest.values("order_at")[:1]))
    key = F({"spend": "spend_minor", "points": "available", "last_order": "last_order"}[sort])
    # Neither column is ever empty but the last order's.
    nulls_last = True if sort == "last_order" else None
    return found.order_by(OrderBy(key, descending=not is_rising, nulls_last=nulls_last), "-id")


def rows_of(shown: Page[Account]) -> list[Row]:
    """The page's rows, with a fixed number of queries however many they are."""
    fields = ("id", "public_id", "tier", "spend_minor", "available", "profile__name", "profile__email")
    accounts = list(shown.object_list.values(*fields))  # type: ignore[attr-defined]
    ids = [account["id"] for account in accounts]
    customers: dict[int, list[str]] = {}
    identities = Identity.objects.filter(account_id__in=ids).order_by("id")
    for account_id, customer in identities.values_list("account_id", "customer_id"):
        customers.setdefault(account_id, []).append(customer)
    counted = Order.objects.filter(account_id__in=ids, counts=True)
    orders = counted.values("account_id").annotate(last=Max("order_at"))
    last_orders = {row["account_id"]: row["last"] for row in orders}
    return [
        Row(
            public_id=account["public_id"],
            name=account["profile__name"] or "",
            email=account["profile__email"] or "",
            customers=tuple(customers.get(account["id"], ())),
            tier=account["tier"],
            spend_minor=account["spend_minor"],
            available=account["available"],
            last_order=last_orders.get(account["id"]),
        )
        for account in accounts
    ]


def _of_segment(viewpoint: Viewpoint, segment: str, *, is_first: bool) -> RawSQL:
    sql, parameters = segment_query(
        viewpoint.programme.pk, viewpoint.rules, segment, now=viewpoint.now, is_first=is_first
    )
    return RawSQL(sql, tuple(parameters))


def _columns(sort: str, *, is_rising: bool) -> list[dict[str, Any]]:
    titles = {"spend": _("Spend"), "points": _("Points"), "last_order": _("Last order")}
    return [
        {
            "key": key,
            "title": title,
            "is_sorted": key == sort,
            "order": "rising" if key == sort and not is_rising else "",
        }
        for key, title in titles.items()
    ]


def _tiers(viewpoint: Viewpoint) -> list[tuple[str, str]]:
    tiers = viewpoint.rules.tiers
    ladder = [tier.id for tier in tiers.ladder] if tiers else []
    return [*((tier_id, viewpoint.tier_name(tier_id)) for tier_id in ladder), (NO_TIER, _("No tier"))]
