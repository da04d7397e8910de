"""How members climb and fall: what counts, over which time, and with which grace."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.boxes import Box, Numbers, cut
from palier.backoffice.ladder_words import GIVERS, LANDINGS, METRICS, WINDOWS, Ladder
from palier.backoffice.programme_head import EDIT, Head, head_of
from palier.backoffice.programme_review import settle
from palier.core.money import exponent
from palier.core.period import Duration
from palier.core.programme.ladder import ladder_of, measured_by
from palier.core.programme.values import Tiers

DAYS_MAX = {"months": 1200, "days": 36525}


@page(EDIT, "palier/ladder_climbing.html")
def climbing(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The form of what counts and how one falls."""
    head = head_of(viewpoint)
    tiers = ladder_of(head.rules)
    boxes = _climbing_boxes(tiers, request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {
        "title": _("Climbing and falling"),
        "head": head,
        "boxes": boxes,
        "metrics": METRICS.items(),
        "windows": WINDOWS.items(),
        "landings": LANDINGS.items(),
        "givers": GIVERS.items(),
        "units": _units(boxes),
        "back": reverse("admin:ladder"),
    }
    if request.method != "POST":
        return context
    after = _read_climbing(boxes, tiers, Numbers(viewpoint.language, head.rules.currency), head)
    context["errors"] = [box for box in boxes.values() if box.error]
    if context["errors"] or request.POST.get("do") == "edit":
        return context
    rules = replace(head.rules, tiers=after)
    review = settle(request, viewpoint, head, rules, section="tiers", address=reverse("admin:ladder"))
    if isinstance(review, HttpResponse):
        return review
    if review.problem:
        return {**context, "problem": review.problem}
    lines = Ladder(rules, viewpoint)
    steps = (
        [f"{shown.name}: {shown.threshold}" for shown in lines.on({})] if after.metric != tiers.metric else []
    )
    now = head_of(viewpoint) if review.meanwhile else head
    return {**context, "head": now, "review": review, "lines": lines.climbing(), "steps": steps}


def _units(boxes: dict[str, Box]) -> list[tuple[str, str]]:
    units = [("months", _("months")), ("days", _("days"))]
    return [*units, ("kept", _("as it is"))] if any(box.value == "kept" for box in boxes.values()) else units


def _climbing_boxes(tiers: Tiers, post: QueryDict | None) -> dict[str, Box]:
    rolling, grace = _span_of(tiers.rolling or Duration(months=12)), _span_of(tiers.grace)
    filled = {
        "metric": (_("What counts"), tiers.metric),
        "window": (_("Over which time"), tiers.window),
        "rolling": (_("How long back"), rolling[0]),
        "rolling_unit": (_("Unit"), rolling[1]),
        "grace": (_("Grace before falling as time passes"), grace[0]),
        "grace_unit": (_("Unit"), grace[1]),
        "grace_refunds": (_("After refunds too"), "on" if tiers.grace_refunds else ""),
        "landing": (_("Who falls, falls"), tiers.landing),
        "discount_by": (_("Who gives the percentage"), tiers.discount_by),
    }
    return {
        name: Box(name, label, cut(post.get(name, "")) if post is not None else value)
        for name, (label, value) in filled.items()
    }


def _span_of(span: Duration) -> tuple[str, str]:
    if span.is_zero:
        return "", "days"
    if span.months and not span.days and not span.seconds:
        return str(span.months), "months"
    return (str(span.days), "days") if span.days and not span.months and not span.seconds else ("", "kept")


def _read_climbing(boxes: dict[str, Box], tiers: Tiers, numbers: Numbers, head: Head) -> Tiers:
    chosen: dict[str, Any] = {}
    for name, known in (
        ("metric", METRICS),
        ("window", WINDOWS),
        ("landing", LANDINGS),
        ("discount_by", GIVERS),
    ):
        chosen[name] = boxes[name].value if boxes[name].value in known else getattr(tiers, name)
    rolling = None
    if chosen["window"] == "rolling":
        rolling = _span(boxes["rolling"], boxes["rolling_unit"], tiers.rolling, numbers)
        if rolling is None or rolling.is_zero:
            boxes["rolling"].error = boxes["rolling"].error or _("How long?")
            rolling = Duration(months=12)
    after = replace(
        measured_by(tiers, chosen["metric"], exponent=exponent(head.rules.currency)),
        window=chosen["window"],
        rolling=rolling,
        grace=_span(boxes["grace"], boxes["grace_unit"], tiers.grace, numbers) or Duration(),
        grace_refunds=boxes["grace_refunds"].is_on,
        landing=chosen["landing"],
        discount_by=chosen["discount_by"],
    )
    steps = [tier.threshold for tier in after.ladder if tier.enabled]
    if len(set(steps)) < len(steps):
        boxes["metric"].error = _(
            "Two tiers would begin at the same threshold. Set them further apart first."
        )
    return after


def _span(count: Box, unit: Box, base: Duration | None, numbers: Numbers) -> Duration | None:
    if unit.value == "kept":
        return base
    number = numbers.whole(count, most=DAYS_MAX.get(unit.value, DAYS_MAX["days"]))
    if number is None:
        return None
    return Duration(months=number) if unit.value == "months" else Duration(days=number)
