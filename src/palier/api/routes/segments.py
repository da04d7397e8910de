"""Segments: how many members match, who, and what a condition would find."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from palier.api.endpoint import Call, endpoint
from palier.api.lookups import customers_of
from palier.api.parameters import Cursor, Language, Limit, SegmentId, number_of, paged
from palier.api.problems import Problem, Refused
from palier.api.reading import InvalidRequest, read_values
from palier.api.request_bodies import PREVIEW, PREVIEW_FIELDS
from palier.api.schemas.programme import PreviewAnswer, SegmentMembersPage, SegmentsAnswer
from palier.core.messages_kinds import read_message
from palier.core.period import zone
from palier.core.programme.parse_segments import read_where
from palier.core.programme.reader import Context
from palier.core.programme.values import Fact, Programme, Segment, Where
from palier.core.values import replace
from palier.store.members.segments import count_segment, count_segments, list_segment
from palier.store.programmes.load import current_version_id, load_timeline

router = Router()
SCOPES = ("reports:read",)
EXAMPLES = 10


@endpoint(
    router, "GET", "/segments", scopes=SCOPES, answer=SegmentsAnswer, summary="The programme's segments"
)
def list_segments(call: Call, language: Language = "") -> dict[str, Any]:
    """In order of priority, with how many members of the programme match now."""
    rules = _rules(call)
    spoken = call.language(language, rules.languages[0])
    counts = count_segments(call.caller.programme_id, rules, now=call.now)
    return {
        "items": [
            {
                "id": each.id,
                "name": each.name.read(spoken, fallback=rules.languages[0]) if each.name else each.id,
                "is_enabled": each.enabled,
                "members": counts[each.id].matching if each.id in counts else None,
                "first": counts[each.id].first if each.id in counts else None,
            }
            for each in rules.segments
        ]
    }


@endpoint(
    router,
    "POST",
    "/segments/preview",
    scopes=SCOPES,
    answer=PreviewAnswer,
    body=PREVIEW,
    summary="How many members a condition finds",
)
def preview_segment(call: Call) -> dict[str, Any]:
    """The condition of a segment as in the programme document, before it is published. Writes nothing."""
    rules = _rules(call)
    condition = read_values(call.body, PREVIEW_FIELDS)["where"]
    where = read_message(
        InvalidRequest, lambda context: _where(context, condition, rules), currency=rules.currency
    )
    tried = replace(rules, segments=(Segment("preview", where),))
    programme_id = call.caller.programme_id
    found = list_segment(programme_id, tried, "preview", now=call.now, limit=EXAMPLES)
    return {
        "members": count_segment(programme_id, tried, "preview", now=call.now),
        "examples": list(customers_of(call.caller, found).values()),
    }


def _where(context: Context, condition: object, rules: Programme) -> Where | Fact:
    context.tz = zone(rules.timezone)
    context.languages = rules.languages
    context.metric = rules.tiers.metric if rules.tiers else "spend"
    context.defined["tier"] = {tier.id: "tiers" for tier in rules.tiers.ladder} if rules.tiers else {}
    where = read_where(context, "where", condition)
    context.resolve()
    return where


@endpoint(
    router,
    "GET",
    "/segments/{segment_id}/members",
    scopes=("members:read", "reports:read"),
    answer=SegmentMembersPage,
    summary="The members of a segment",
)
def list_segment_members(
    call: Call,
    segment_id: SegmentId,
    first: Annotated[bool, Query(description="Only those for whom it is the first that matches")] = False,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """Customer ids of your shop. Nobody matches a segment that is switched off."""
    rules = _rules(call)
    if all(each.id != segment_id for each in rules.segments):
        raise Refused(Problem("unknown_segment", f"no segment {segment_id!r}", hint="see /segments"))
    found = list_segment(
        call.caller.programme_id,
        rules,
        segment_id,
        now=call.now,
        is_first=first,
        after=number_of(cursor),
        limit=limit + 1,
    )
    customers = customers_of(call.caller, found[:limit])
    items = [customers[each] for each in found[:limit] if each in customers]
    page = paged(found, limit=limit, place=found[limit - 1] if len(found) > limit else None)
    return {**page, "items": items}


def _rules(call: Call) -> Programme:
    programme_id = call.caller.programme_id
    return load_timeline(programme_id, current_version_id(programme_id)).versions[-1].programme
