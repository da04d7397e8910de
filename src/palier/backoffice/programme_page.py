"""The programme's page: its draft with what it changes, its versions, and each version as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import slugify
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.programme_head import EDIT, LOOK, base_in, head_of, names_of, someone_else, told
from palier.core.errors import DraftChanged
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse
from palier.core.programme.source import as_written
from palier.flows.programme.discard_draft import DiscardDraft, discard_draft
from palier.store.programmes.models import ProgrammeVersion

VERSIONS_PAGE = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A version in the list."""

    number: int
    at: datetime
    author: str
    note: str
    is_in_force: bool


@page(LOOK, "palier/programme.html")
def programme(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any]:
    """The draft, what the check says of it, and the versions, newest first."""
    head = head_of(viewpoint)
    return {
        "title": _("Drafts and versions"),
        "head": head,
        "warnings": told(head.rules, viewpoint.language),
        "versions": _versions(viewpoint, request.GET.get("versions")),
    }


def _versions(viewpoint: Viewpoint, number: str | None) -> Page[Any]:
    rows = ProgrammeVersion.objects.filter(published_at__isnull=False).order_by("-number")
    found: Page[Any] = Paginator(rows.defer("document", "source"), VERSIONS_PAGE).get_page(number)
    listed = list(found.object_list)
    name = names_of([row.author for row in listed])
    current = viewpoint.programme.current_version_id
    found.object_list = [
        Listed(row.number, row.published_at, name(row.author), _note(row), row.pk == current)
        for row in listed
    ]
    return found


_ROLLED_BACK = re.compile(r"[Rr]olled back to version ([0-9]+)")


def _note(row: ProgrammeVersion) -> str:
    """What stands beside the version; that of the command and the API comes from us, and is ours to translate."""
    rolled_back = _ROLLED_BACK.fullmatch(row.note)
    return _("Rolled back to version %(number)s") % {"number": rolled_back[1]} if rolled_back else row.note


@page(LOOK, "palier/version.html")
def version(request: HttpRequest, viewpoint: Viewpoint, number: int) -> dict[str, Any]:
    """One published version: what it changed, and its whole document."""
    row = find_version(number)
    rules = parse(row.document)
    earlier = (
        ProgrammeVersion.objects.filter(published_at__isnull=False, number__lt=number)
        .order_by("-number")
        .first()
    )
    return {
        "title": _("Version %(number)s") % {"number": number},
        "row": row,
        "note": _note(row),
        "author": names_of([row.author])(row.author),
        "is_in_force": row.pk == viewpoint.programme.current_version_id,
        "earlier": earlier,
        "changes": diff(parse(earlier.document), rules, viewpoint.language) if earlier else (),
        "text": as_written(row.source, rules),
    }


def find_version(number: int) -> ProgrammeVersion:
    """The published version of that number; 404 when there is none."""
    row = ProgrammeVersion.objects.filter(number=number, published_at__isnull=False).first()
    if row is None:
        raise Http404
    return row


@page(LOOK, "palier/programme.html")
def download(request: HttpRequest, viewpoint: Viewpoint, number: int | None = None) -> HttpResponse:
    """A version as a YAML file, the draft without a number."""
    if number is None:
        head = head_of(viewpoint)
        if not head.is_draft:
            raise Http404
        row, rules = head.row, head.rules
    else:
        row = find_version(number)
        rules = parse(row.document)
    name = f"{slugify(rules.name) or 'programme'}-{f'v{number}' if number else 'draft'}.yaml"
    return HttpResponse(
        as_written(row.source, rules),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@page(EDIT, "palier/discard.html")
def discard(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """Asks before the draft is thrown away."""
    head = head_of(viewpoint)
    if not head.is_draft:
        return redirect("admin:programme_page")
    meanwhile = ""
    if request.method == "POST":
        try:
            discard_draft(DiscardDraft(viewpoint.programme.pk, base_in(request.POST)))
        except DraftChanged:
            head = head_of(viewpoint)
            meanwhile = someone_else(head, viewpoint)
        else:
            return redirect("admin:programme_page")
    return {"title": _("Discard the draft"), "head": head, "meanwhile": meanwhile}
