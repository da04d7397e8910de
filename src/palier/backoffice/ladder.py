"""The ladder: its tiers with their thresholds, benefits and members; placed anew by dragging or step by step."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.ladder_words import Ladder
from palier.backoffice.programme_head import (
    EDIT,
    LOOK,
    Head,
    base_in,
    head_of,
    require,
    save_section,
    someone_else,
    tier_name,
    told_at_once,
)
from palier.core.errors import DraftChanged
from palier.core.programme.ladder import NotThisLadder, ladder_of, place, put, rungs
from palier.core.programme.values import Tiers
from palier.store.members.models import Account


@page(LOOK, "palier/ladder.html")
def ladder(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The ladder of the draft, or of the version in force while there is none."""
    head = head_of(viewpoint)
    if request.method == "POST":
        require(request, EDIT)
        return _changed(request, viewpoint, head)
    said = Ladder(head.rules, viewpoint)
    members = members_by_tier()
    return {
        "title": _("Tier ladder"),
        "head": head,
        "rungs": said.on(members),
        "off": said.off(members),
        "climbing": said.climbing() if head.rules.tiers else (),
        "seasons": [
            {
                "index": index,
                "time": said.time(season),
                "lines": said.season(season),
                "is_on": season.enabled,
            }
            for index, season in enumerate(said.tiers.schedule)
        ],
        "warnings": told_at_once(head.rules, viewpoint.language, section="tiers"),
        "gone": _gone(viewpoint, head, members),
        "moved": request.GET.get("moved", ""),
        "may_edit": request.user.has_perm(EDIT),  # type: ignore[union-attr]
    }


def members_by_tier() -> dict[str, int]:
    """How many members stand in each tier now; empty is no tier. One statement."""
    rows = (
        Account.objects.filter(merged_into__isnull=True, erased_at__isnull=True)
        .values("tier")
        .annotate(members=Count("id"))
    )
    return {row["tier"]: row["members"] for row in rows}


def _gone(viewpoint: Viewpoint, head: Head, members: dict[str, int]) -> list[tuple[str, int]]:
    """Tiers that members still stand in and that this ladder has no more."""
    known = {tier.id for tier in ladder_of(head.rules).ladder}
    return [
        (viewpoint.tier_name(id), count) for id, count in sorted(members.items()) if id and id not in known
    ]


def _changed(request: HttpRequest, viewpoint: Viewpoint, head: Head) -> HttpResponse:
    """What a button or a drop asked for, saved in the draft; the page is shown anew in any case."""
    tiers = ladder_of(head.rules)
    verb, _colon, id = request.POST.get("do", "").partition(":")
    try:
        after = _asked(verb, id, tiers, request.POST.get("order", ""))
    except NotThisLadder:
        messages.error(request, _("The ladder has other tiers by now. Look at it again."))
        return redirect("admin:ladder")
    moved = id or request.POST.get("moved", "")
    twin = _twin(after)
    if twin is not None:
        words = {"tier": tier_name(twin, head.rules, viewpoint.language)}
        messages.error(
            request,
            _("%(tier)s begins at the same threshold. Give one of the two another, then switch it on.")
            % words,
        )
        return redirect("admin:ladder")
    rules = replace(head.rules, tiers=after) if after != tiers else head.rules
    try:
        saved = save_section(request, viewpoint, head, rules, section="tiers", based_on=base_in(request.POST))
    except DraftChanged:
        lost = _("This is the ladder as it is now; your last step was not saved.")
        messages.error(request, f"{someone_else(head, viewpoint)} {lost}")
        return redirect("admin:ladder")
    if saved.is_new:
        messages.success(request, _("Saved in the draft. Nothing changes for members until it is published."))
    return redirect(f"{reverse('admin:ladder')}?{urlencode({'moved': moved})}#{_focus(verb, moved, after)}")


def _focus(verb: str, moved: str, tiers: Tiers) -> str:
    """The button under the finger, so that the next press goes on; the other one where there is no further."""
    ids = [tier.id for tier in rungs(tiers)]
    if verb == "up" and ids[-1:] == [moved]:
        verb = "down"
    elif verb == "down" and ids[:1] == [moved]:
        verb = "up"
    return f"{verb if verb in ('up', 'down') else 'edit'}-{quote(moved)}"


def _asked(verb: str, id: str, tiers: Tiers, order: str) -> Tiers:
    if verb == "place":
        return place(tiers, [each for each in order.split(",") if each])
    if verb == "on":
        found = next((tier for tier in tiers.ladder if tier.id == id), None)
        return tiers if found is None else put(tiers, replace(found, enabled=True))
    ids = [tier.id for tier in rungs(tiers)]
    if verb not in ("up", "down") or id not in ids:
        raise NotThisLadder("there is no such tier", path="do")
    at = ids.index(id)
    to = min(max(at + (1 if verb == "up" else -1), 0), len(ids) - 1)
    ids.insert(to, ids.pop(at))
    return place(tiers, ids)


def _twin(tiers: Tiers) -> Any:
    """A tier that is on and begins where the one before it begins; a ladder has none."""
    steps = rungs(tiers)
    return next((upper for lower, upper in pairwise(steps) if lower.threshold == upper.threshold), None)
