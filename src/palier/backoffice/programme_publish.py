"""Publishing and rolling back: what would change, for how many members, with which doubts; then it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.programme_head import (
    PUBLISH,
    Head,
    author_of,
    base_in,
    head_of,
    someone_else,
    tier_name,
    told,
)
from palier.backoffice.programme_page import find_version
from palier.core.errors import DraftChanged
from palier.core.programme.canonical import digest
from palier.core.programme.diff import diff
from palier.core.programme.ladder import ladder_of
from palier.core.programme.parse import parse
from palier.core.programme.values import Programme as Rules
from palier.core.tiers import thresholds_at
from palier.flows.programme.publish_programme import PublishProgramme, publish_programme
from palier.flows.programme.roll_back_programme import roll_back_programme
from palier.store.members.ladder_moves import Moves, count_ladder_moves

NOTE_MAX = 500


@dataclass(frozen=True, slots=True)
class Heads:
    """How many members would move. ``moves`` are (from, to, members) in words; ``steps`` (tier, now, then)."""

    up: int
    down: int
    moves: tuple[tuple[str, str, int], ...]
    steps: tuple[tuple[str, int, int], ...]
    total: int


@page(PUBLISH, "palier/publish.html")
def publish(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The draft, looked at once more."""
    head = head_of(viewpoint)
    if request.method == "POST" and _is_done(request, head):
        return redirect("admin:programme_page")  # a double click: it is in force already
    if not head.is_draft:
        messages.info(request, _("There is no draft to publish."))
        return redirect("admin:programme_page")
    context = _context(request, viewpoint, head, head.rules)
    context["title"] = _("Publish the draft")
    if request.method != "POST" or context["missing"] or context["meanwhile"]:
        return context
    command = PublishProgramme(
        viewpoint.programme.pk,
        head.row.document,
        head.row.source,
        author=author_of(request),
        note=context["note"],
        based_on=base_in(request.POST),
    )
    return _done(request, viewpoint, context, lambda: publish_programme(command, now=viewpoint.now).number)


@page(PUBLISH, "palier/publish.html")
def roll_back(request: HttpRequest, viewpoint: Viewpoint, number: int) -> dict[str, Any] | HttpResponse:
    """An earlier version, looked at before it comes back."""
    head = head_of(viewpoint)
    row = find_version(number)
    if row.digest == head.in_force.digest:
        messages.info(request, _("This version says what is in force already."))
        return redirect("admin:programme_page")
    context = _context(request, viewpoint, head, parse(row.document))
    context |= {
        "title": _("Roll back to version %(number)s") % {"number": number},
        "number": number,
        "keeps_draft": head.is_draft,
    }
    if request.method != "POST" or context["missing"] or context["meanwhile"]:
        return context
    note = context["note"] or _("Rolled back to version %(number)s") % {"number": number}
    return _done(
        request,
        viewpoint,
        context,
        lambda: (
            roll_back_programme(
                viewpoint.programme.pk,
                number,
                author=author_of(request),
                now=viewpoint.now,
                note=note,
                based_on=base_in(request.POST),
            ).number
        ),
    )


def _is_done(request: HttpRequest, head: Head) -> bool:
    return not head.is_draft and request.POST.get("digest") == head.in_force.digest


def _context(request: HttpRequest, viewpoint: Viewpoint, head: Head, rules: Rules) -> dict[str, Any]:
    """What the page tells, and what is missing before it may be done."""
    heads = _heads(viewpoint, head.in_force_rules, rules)
    warnings = told(rules, viewpoint.language)
    before = told(head.in_force_rules, viewpoint.language) if warnings else []
    asked = [("read", bool(warnings)), ("moves", heads is not None and heads.down > 0)]
    is_sent = request.method == "POST"
    base = base_in(request.POST)
    return {
        "head": head,
        "changes": diff(head.in_force_rules, rules, viewpoint.language),
        "warnings": [each for each in warnings if each not in before],
        "known": [each for each in warnings if each in before],
        "heads": heads,
        "digest": digest(rules),
        "note": request.POST.get("note", "").replace("\0", "").strip()[:NOTE_MAX] if is_sent else "",
        "note_max": NOTE_MAX,
        "ticked": [name for name, _is_asked in asked if name in request.POST],
        "missing": [name for name, is_asked in asked if is_asked and is_sent and name not in request.POST],
        "meanwhile": someone_else(head, viewpoint) if is_sent and base != head.row.pk else "",
    }


def _done(request: HttpRequest, viewpoint: Viewpoint, context: dict[str, Any], flow: Any) -> Any:
    try:
        number = flow()
    except DraftChanged:
        head = head_of(viewpoint)
        return {**context, "head": head, "meanwhile": someone_else(head, viewpoint)}
    messages.success(request, _("Version %(number)s is in force.") % {"number": number})
    return redirect("admin:programme_page")


def _heads(viewpoint: Viewpoint, before: Rules, after: Rules) -> Heads | None:
    """The head-counts, None where the ladder stays as it is and so nobody moves."""
    if before.tiers == after.tiers:
        return None
    moves = count_ladder_moves(viewpoint.programme.pk, after, now=viewpoint.now)
    ranks = [_ranks(rules, viewpoint) for rules in (before, after)]
    order = {**dict.fromkeys(ranks[0], 0), **dict.fromkeys(ranks[1], 0)}

    def name(id: str) -> str:
        known = {tier.id: tier for rules in (before, after) for tier in ladder_of(rules).ladder}
        if id in known:
            return tier_name(known[id], after, viewpoint.language)
        return viewpoint.tier_name(id)

    tiers = sorted(
        {id for each in moves for id in (each.before, each.after)} | set(order),
        key=lambda id: (ranks[1].get(id, ranks[0].get(id, -1)), id),
        reverse=True,
    )
    real = [each for each in moves if each.before != each.after]
    return Heads(
        up=sum(each.members for each in real if _is_up(each, ranks)),
        down=sum(each.members for each in real if not _is_up(each, ranks)),
        moves=tuple(
            (name(each.before), name(each.after), each.members)
            for each in sorted(real, key=lambda each: -each.members)
        ),
        steps=tuple(
            (
                name(id),
                sum(each.members for each in moves if each.before == id),
                sum(each.members for each in moves if each.after == id),
            )
            for id in tiers
            if id or any("" in (each.before, each.after) for each in moves)
        ),
        total=sum(each.members for each in moves),
    )


def _ranks(rules: Rules, viewpoint: Viewpoint) -> dict[str, int]:
    """Tier → its step on the ladder, 0 the lowest."""
    steps = thresholds_at(ladder_of(rules), viewpoint.now)
    return {tier.id: rank for rank, (_threshold, tier) in enumerate(steps)}


def _is_up(each: Moves, ranks: list[dict[str, int]]) -> bool:
    """Up on the new ladder; who leaves a tier that it has no more is compared by the steps of each ladder."""
    held = ranks[1].get(each.before, ranks[0].get(each.before, -1))
    return ranks[1].get(each.after, -1) > held
