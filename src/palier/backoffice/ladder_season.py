"""A season of the ladder: other thresholds from one day to another."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.boxes import Box, Numbers, cut
from palier.backoffice.ladder_words import Ladder
from palier.backoffice.programme_head import EDIT, Head, head_of, tier_name
from palier.backoffice.programme_review import settle
from palier.core.period import last_day, local_day, start_of_day, zone
from palier.core.programme.ladder import ladder_of, put_season
from palier.core.programme.values import Interval, Season, Tiers


@page(EDIT, "palier/ladder_season.html")
def new_season(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The form of a season that is not there yet."""
    return _season(request, viewpoint, None)


@page(EDIT, "palier/ladder_season.html")
def season(request: HttpRequest, viewpoint: Viewpoint, index: int) -> dict[str, Any] | HttpResponse:
    """The form of the season at that place of the list."""
    return _season(request, viewpoint, index)


def _season(request: HttpRequest, viewpoint: Viewpoint, index: int | None) -> dict[str, Any] | HttpResponse:
    head = head_of(viewpoint)
    tiers = ladder_of(head.rules)
    if index is not None and index >= len(tiers.schedule):
        if request.method != "POST":
            raise Http404
        index = None
    original = tiers.schedule[index] if index is not None else None
    numbers = Numbers(viewpoint.language, head.rules.currency)
    post = request.POST if request.method == "POST" else None
    boxes = _season_boxes(head, original, numbers, viewpoint, post)
    said = Ladder(head.rules, viewpoint)
    context: dict[str, Any] = {
        "title": said.time(original) if original else _("New season"),
        "head": head,
        "boxes": boxes,
        "days": [boxes["first"], boxes["last"]],
        "thresholds": [
            (boxes[f"at_{tier.id}"], said.measure(tier.threshold)) for tier in reversed(tiers.ladder)
        ],
        "metric": tiers.metric,
        "currency": head.rules.currency,
        "is_new": original is None,
        "back": f"{reverse('admin:ladder')}#seasons",
    }
    if post is None:
        return context
    verb = post.get("do")
    removes = verb in ("ask-remove", "remove")
    tz = zone(head.rules.timezone)
    made = None if removes else _read_season(boxes, tiers, original, numbers, tz)
    context["errors"] = [] if removes else [box for box in boxes.values() if box.error]
    context["removes"] = removes  # looked at like any other change, and saved only then
    if context["errors"] or verb == "edit":
        return context
    rules = replace(head.rules, tiers=put_season(tiers, made, index=index))
    review = settle(request, viewpoint, head, rules, section="tiers", address=str(context["back"]))
    if isinstance(review, HttpResponse):
        return review
    if review.problem:
        return {**context, "problem": review.problem}
    now = head_of(viewpoint) if review.meanwhile else head
    lines = [(said.time(made), " · ".join(Ladder(rules, viewpoint).season(made)))] if made else []
    return {**context, "head": now, "review": review, "lines": lines}


def _season_boxes(
    head: Head, original: Season | None, numbers: Numbers, viewpoint: Viewpoint, post: QueryDict | None
) -> dict[str, Box]:
    tiers = ladder_of(head.rules)
    write = numbers.write_minor if tiers.metric == "spend" else numbers.write
    changed = dict(original.thresholds) if original else {}
    first, last = _days(original.during, head) if original else ("", "")
    filled: dict[str, tuple[str, str]] = {
        "first": (_("First day"), first),
        "last": (_("Last day"), last),
        **{
            f"at_{tier.id}": (
                tier_name(tier, head.rules, viewpoint.language),
                write(changed[tier.id]) if tier.id in changed else "",
            )
            for tier in tiers.ladder
        },
        "enabled": (_("Switched on"), "on" if original is None or original.enabled else ""),
    }
    return {
        name: Box(name, label, cut(post.get(name, "")) if post is not None else value)
        for name, (label, value) in filled.items()
    }


def _days(during: Interval, head: Head) -> tuple[str, str]:
    tz = zone(head.rules.timezone)
    first = local_day(during.start, tz).isoformat() if during.start else ""
    return first, last_day(during.end, tz).isoformat() if during.end else ""


def _read_season(
    boxes: dict[str, Box], tiers: Tiers, original: Season | None, numbers: Numbers, tz: ZoneInfo
) -> Season | None:
    during = _read_days(boxes, tz)
    read = numbers.minor if tiers.metric == "spend" else numbers.whole
    thresholds = []
    for tier in tiers.ladder:
        at = read(boxes[f"at_{tier.id}"])
        if at is not None:
            thresholds.append((tier.id, at))
    if not thresholds and tiers.ladder and not any(box.error for box in boxes.values()):
        boxes[f"at_{tiers.ladder[-1].id}"].error = _("Give at least one tier another threshold.")
    if original is not None and _same_days(original.during, during, tz):
        during = original.during  # its hours have no field
    return Season(during, tuple(sorted(thresholds)), boxes["enabled"].is_on)


def _same_days(one: Interval, other: Interval, tz: ZoneInfo) -> bool:
    def day(instant: datetime | None, *, back: bool) -> Any:
        return instant and (last_day if back else local_day)(instant, tz)

    return day(one.start, back=False) == day(other.start, back=False) and day(one.end, back=True) == day(
        other.end, back=True
    )


def _read_days(boxes: dict[str, Box], tz: ZoneInfo) -> Interval:
    days = {}
    for name in ("first", "last"):
        text = boxes[name].value
        try:
            days[name] = datetime.fromisoformat(text).date() if text else None
        except ValueError:
            days[name] = None
            boxes[name].error = _("A day, please.")
        found = days[name]
        if found is not None and not 1900 <= found.year <= 2200:
            boxes[name].error = _("A day, please.")
            days[name] = None
    first, last = days["first"], days["last"]
    if first is None and last is None and not boxes["first"].error and not boxes["last"].error:
        boxes["first"].error = _("From which day on?")
    if first and last and first > last:
        boxes["last"].error = _("This season would end before it begins.")
    start = start_of_day(first, tz) if first else None
    end = start_of_day(last + timedelta(days=1), tz) if last else None
    return Interval(start, end)
