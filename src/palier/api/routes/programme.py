"""The programme: read, checked, published, rolled back."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from ninja import Router

from palier.api.amounts import instant
from palier.api.endpoint import Call, endpoint
from palier.api.lookups import author_of
from palier.api.parameters import Cursor, Language, Limit, VersionNumber, number_of, paged
from palier.api.problems import Problem, Refused, problem_of
from palier.api.reading import read_values
from palier.api.request_bodies import CHECK, CHECK_FIELDS, PUBLISH, PUBLISH_FIELDS, document_schema
from palier.api.schemas.programme import (
    CheckAnswer,
    ProgrammeAnswer,
    PublishedAnswer,
    SchemaAnswer,
    VersionPage,
)
from palier.core.check import check
from palier.core.programme.canonical import digest
from palier.core.programme.check_warning import Warning as Concern
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from palier.flows.programme.publish_programme import Published, PublishProgramme, publish_programme
from palier.flows.programme.roll_back_programme import roll_back_programme
from palier.store.programmes.load import current_version_id, load_timeline
from palier.store.programmes.models import ProgrammeVersion

router = Router()
READS = ("programme:read", "programme:write")
WRITES = ("programme:write",)


@endpoint(router, "GET", "/programme", scopes=READS, answer=ProgrammeAnswer, summary="The programme in force")
def get_programme(call: Call) -> dict[str, Any]:
    """Its document in canonical form: defaults left out, keys sorted, amounts as texts."""
    current = current_version_id(call.caller.programme_id)
    return _version(_versions(call).get(pk=current), current, with_document=True)


@endpoint(
    router,
    "GET",
    "/programme/schema",
    scopes=READS,
    answer=SchemaAnswer,
    summary="JSON Schema of programme documents",
)
def get_schema(call: Call) -> dict[str, Any]:
    """For editors. What it refuses is refused; references and contradictions are found by `POST /programme/check`."""
    return document_schema()


@endpoint(
    router,
    "POST",
    "/programme/check",
    scopes=READS,
    answer=CheckAnswer,
    body=CHECK,
    summary="Check a document without publishing it",
)
def check_programme(call: Call, language: Language = "") -> dict[str, Any]:
    """Every problem at once, warnings of what is probably not meant, and what would change. Writes nothing."""
    document = read_values(call.body, CHECK_FIELDS)["document"]
    try:
        parsed = parse(document)
    except InvalidProgramme as refusal:
        told = problem_of(refusal).problems
        return {"is_valid": False, "problems": list(told), "warnings": [], "changes": [], "digest": None}
    programme_id = call.caller.programme_id
    in_force = load_timeline(programme_id, current_version_id(programme_id)).versions[-1].programme
    spoken = call.language(language, in_force.languages[0])
    return {
        "is_valid": True,
        "problems": [],
        "warnings": [_concern(each) for each in check(parsed)],
        "changes": list(diff(in_force, parsed, spoken)),
        "digest": digest(parsed),
    }


@endpoint(
    router,
    "POST",
    "/programme/publish",
    scopes=WRITES,
    answer=PublishedAnswer,
    body=PUBLISH,
    once=True,
    summary="Put a document in force",
)
def publish(call: Call) -> dict[str, Any]:
    """From now on, for new orders; the past is not rewritten. The document in force again is `unchanged`.

    With `based_on` it is refused (409) when another version is in force than the one that you changed.
    """
    values = read_values(call.body, PUBLISH_FIELDS)
    command = PublishProgramme(
        call.caller.programme_id,
        values["document"],
        author=author_of(call.caller),
        note=values.get("note", ""),
        in_force=values.get("based_on"),
        only_changes=True,
    )
    return _published(publish_programme(command, now=call.now))


@endpoint(
    router,
    "GET",
    "/programme/versions",
    scopes=READS,
    answer=VersionPage,
    summary="Published versions, newest first",
)
def list_versions(call: Call, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """Who published what and why. Drafts are not listed."""
    before = number_of(cursor)
    rows = _versions(call)
    if before:
        rows = rows.filter(number__lt=before)
    found = list(rows.order_by("-number").defer("document", "source")[: limit + 1])
    current = current_version_id(call.caller.programme_id)
    items = [_version(row, current) for row in found]
    return paged(items, limit=limit, place=found[limit - 1].number if len(found) > limit else None)


@endpoint(
    router,
    "GET",
    "/programme/versions/{number}",
    scopes=READS,
    answer=ProgrammeAnswer,
    summary="A published version",
)
def get_version(call: Call, number: VersionNumber) -> dict[str, Any]:
    """With its document in canonical form."""
    row = _versions(call).filter(number=number).first()
    if row is None:
        raise Refused(_unknown(number))
    return _version(row, current_version_id(call.caller.programme_id), with_document=True)


@endpoint(
    router,
    "POST",
    "/programme/versions/{number}/publish",
    scopes=WRITES,
    answer=PublishedAnswer,
    once=True,
    summary="Roll back: put an earlier version in force again",
)
def roll_back(call: Call, number: VersionNumber) -> dict[str, Any]:
    """Its document is published anew, as the next version; members requalify."""
    row = _versions(call).filter(number=number).first()
    if row is None:
        raise Refused(_unknown(number))
    done = roll_back_programme(
        call.caller.programme_id, number, author=author_of(call.caller), only_changes=True, now=call.now
    )
    return _published(done)


def _versions(call: Call) -> QuerySet[ProgrammeVersion]:
    found: QuerySet[ProgrammeVersion] = ProgrammeVersion.objects.filter(
        programme_id=call.caller.programme_id, published_at__isnull=False
    )
    return found


def _unknown(number: int) -> Problem:
    return Problem("unknown_version", f"no published version {number}", hint="see /programme/versions")


def _version(row: ProgrammeVersion, current: int, *, with_document: bool = False) -> dict[str, Any]:
    told: dict[str, Any] = {
        "number": row.number,
        "published_at": instant(row.published_at),
        "author": row.author,
        "note": row.note,
        "digest": row.digest,
        "is_current": row.pk == current,
    }
    return {**told, "document": row.document} if with_document else told


def _published(done: Published) -> dict[str, Any]:
    warnings = [_concern(each) for each in done.concerns]
    result = "unchanged" if done.is_unchanged else "published"
    return {"result": result, "number": done.number, "warnings": warnings}


def _concern(concern: Concern) -> dict[str, str]:
    return {
        "path": concern.path,
        "code": concern.code,
        "message": concern.reason,
        "hint": concern.suggestion,
    }
