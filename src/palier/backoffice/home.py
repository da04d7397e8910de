"""The home page: how many members stand where, what they have, and what came about in a period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils.translation import gettext as _

from palier.backoffice import formats
from palier.backoffice.access import Viewpoint, page
from palier.backoffice.concerns import concerns_of
from palier.backoffice.dashboard import coupons_of, lately_of, moves_of, points_of, sales_of
from palier.backoffice.periods import CHOICES, Period, chosen_period
from palier.core.money import allocate
from palier.core.tiers import thresholds_at
from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.members.models import Account


@dataclass(frozen=True, slots=True)
class Step:
    """A tier with its members; ``share`` in whole percent of all members."""

    id: str
    name: str
    threshold: str
    members: int
    share: int
    share_text: str


@page("store.view_account", "palier/home.html")
def home(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any]:
    """What is, what came about in the period, and what happened last; a fixed number of statements."""
    present = Q(merged_into__isnull=True, erased_at__isnull=True)
    by_tier = Account.objects.values("tier").annotate(
        members=Count("id", filter=present),
        available=Sum("available"),
        pending=Sum("pending"),
        held=Sum("held"),
        debt=Sum("debt"),
    )
    rows: dict[str, dict[str, Any]] = {row["tier"]: dict(row) for row in by_tier}
    names = ("members", "available", "pending", "held", "debt")
    totals = {name: sum(row[name] or 0 for row in rows.values()) for name in names}
    outstanding = totals["available"] + totals["pending"] + totals["held"] - totals["debt"]
    value = viewpoint.rules.points.value
    period = period_of(request, viewpoint)
    return {
        "title": _("Home"),
        "totals": totals,
        "outstanding": outstanding,
        "worth_minor": outstanding * value.amount_minor // value.points if value and outstanding > 0 else 0,
        "steps": _steps(viewpoint, {tier: row["members"] for tier, row in rows.items()}, totals["members"]),
        "period": period,
        "choices": CHOICES.items(),
        "today": viewpoint.now.astimezone(viewpoint.tz).date(),
        "points": points_of(period, viewpoint),
        "sales": sales_of(period, viewpoint),
        "moves": moves_of(period, viewpoint),
        "coupons": coupons_of(period, viewpoint),
        "lately": lately_of(viewpoint),
        "batch": _last_batch(),
        "concerns": concerns_of(request),
    }


def period_of(request: HttpRequest, viewpoint: Viewpoint) -> Period:
    """The period that the address asks for."""
    asked = (request.GET.get(name, "")[:20] for name in ("period", "from", "to"))
    return chosen_period(*asked, now=viewpoint.now, tz=viewpoint.tz, language=viewpoint.language)


def _steps(viewpoint: Viewpoint, members: dict[str, int], total: int) -> list[Step]:
    """Every tier of the ladder, highest first, then tiers that only members still have, then those without one."""
    tiers = viewpoint.rules.tiers
    thresholds = {tier.id: value for value, tier in thresholds_at(tiers, viewpoint.now)} if tiers else {}
    order = [*reversed(thresholds), *sorted(t for t in members if t and t not in thresholds)]
    if members.get(""):
        order.append("")
    steps = []
    # Shares of one whole add up to 100, like everything that is split.
    shares = allocate(100, [members.get(tier_id, 0) for tier_id in order]) if total else (0,) * len(order)
    for tier_id, share in zip(order, shares, strict=True):
        count = members.get(tier_id, 0)
        steps.append(
            Step(
                id=tier_id,
                name=viewpoint.tier_name(tier_id),
                threshold=_threshold(viewpoint, thresholds[tier_id]) if tier_id in thresholds else "",
                members=count,
                share=share,
                share_text=formats.percent(share, 100, language=viewpoint.language),
            )
        )
    return steps


def measure(viewpoint: Viewpoint, value: int) -> str:
    """A value of the ladder's metric in words."""
    tiers = viewpoint.rules.tiers
    assert tiers is not None
    if tiers.metric == "spend":
        return formats.money(value, currency=viewpoint.programme.currency, language=viewpoint.language)
    return formats.number(value, language=viewpoint.language)


def _threshold(viewpoint: Viewpoint, value: int) -> str:
    tiers = viewpoint.rules.tiers
    is_money = tiers is not None and tiers.metric == "spend"
    return viewpoint.formats.price(value) if is_money else measure(viewpoint, value)


def _last_batch() -> dict[str, Any] | None:
    batch = ImportBatch.objects.select_related("shop").order_by("-started_at", "-id").first()
    if batch is None:
        return None
    return {
        "row": batch,
        "problems": ImportProblem.objects.filter(batch=batch).count(),
        "percent": min(100, 100 * batch.done_rows // batch.total_rows) if batch.total_rows else None,
    }
