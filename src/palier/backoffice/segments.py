"""The segments in order of priority: who belongs to each, what it gives, and how many members there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.core.explain import phrases
from palier.core.explain.speech import Speech
from palier.core.programme.say import Say, sayer
from palier.core.programme.values import Bracket, Fact, Segment, Where
from palier.store.members.segments import Count, count_segments


@dataclass(frozen=True, slots=True)
class Shown:
    """A segment as the page shows it; ``count`` is None for one that is switched off."""

    id: str
    name: str
    combine: str
    parts: tuple[str, ...]
    gives: tuple[str, ...]
    earns: bool
    count: Count | None


@page("store.view_account", "palier/segments.html")
def segments(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any]:
    """Every segment of the programme in force, with the members that match now."""
    rules = viewpoint.rules
    counts = count_segments(viewpoint.programme.pk, rules, now=viewpoint.now)
    say = sayer(rules, viewpoint.language)
    speech = Speech(viewpoint.language, rules, viewpoint.formats)
    return {
        "title": _("Segments"),
        "segments": [
            _shown(segment, counts.get(segment.id), say, speech, viewpoint) for segment in rules.segments
        ],
    }


def segment_name(segment: Segment, viewpoint: Viewpoint) -> str:
    """The segment's name in the viewer's language, else its id."""
    fallback = viewpoint.rules.languages[0]
    return segment.name.read(viewpoint.language, fallback=fallback) if segment.name else segment.id


def _shown(segment: Segment, count: Count | None, say: Say, speech: Speech, viewpoint: Viewpoint) -> Shown:
    where = segment.where
    is_list = isinstance(where, Where) and where.combine in ("all", "any") and len(where.parts) > 1
    return Shown(
        id=segment.id,
        name=segment_name(segment, viewpoint),
        combine=where.combine if is_list and isinstance(where, Where) else "",
        parts=tuple(
            _sentence(say, part)
            for part in (where.parts if is_list and isinstance(where, Where) else (where,))
        ),
        gives=tuple(_gives(say, speech, bracket) for bracket in segment.brackets if bracket.enabled),
        earns=segment.earn_points,
        count=count,
    )


def _sentence(say: Say, part: Where | Fact) -> str:
    said = say.where(part)
    return said[:1].upper() + said[1:]


def _gives(say: Say, speech: Speech, bracket: Bracket) -> str:
    """What a bracket gives, and from which total on if not from the first cent."""
    given = phrases.bracket(speech, bracket)
    low, high = bracket.bounds.at_least or 0, bracket.bounds.at_most
    if low <= 0 and high is None:
        return phrases.capital(given)
    if bracket.strict and high is None:
        total = say.fill("over", over=say.number("total", low - 1))
    else:
        total = say.bounds("total", bracket.bounds)
    return phrases.capital(_("%(total)s: %(given)s") % {"total": total, "given": given})
