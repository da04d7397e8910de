"""The whole document as text: edited in the browser, with every problem at its line, and saved as the draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.programme_head import (
    EDIT,
    Head,
    author_of,
    base_in,
    head_of,
    new_warnings,
    someone_else,
)
from palier.backoffice.programme_review import Review
from palier.core.errors import DraftChanged
from palier.core.programme.canonical import to_document
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse_text
from palier.core.programme.problems import InvalidProgramme, Problem
from palier.core.programme.source import as_written, lines_of
from palier.core.programme.tell_problem import tell_reason
from palier.core.programme.values import Programme as Rules
from palier.flows.programme.save_draft import SaveDraft, save_draft

_TOLD = re.compile(r"line ([0-9]+), column [0-9]+: (.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Placed:
    """A problem with its line (None where it has none) and what stands there."""

    line: int | None
    excerpt: str
    path: str
    reason: str
    suggestion: str


@page(EDIT, "palier/programme_text.html")
def text(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """The document of the draft, or of the version in force; saved only after its changes were looked at."""
    head = head_of(viewpoint)
    context: dict[str, Any] = {"title": _("Programme as text"), "head": head}
    if request.method != "POST":
        return {**context, "text": as_written(head.row.source, head.rules)}
    written = request.POST.get("text", "").replace("\r\n", "\n").replace("\r", "\n")
    context["text"] = written
    if request.POST.get("do") == "edit":
        return context
    try:
        rules = parse_text(written)
        answer = _settle(request, viewpoint, head, rules, written)
    except InvalidProgramme as invalid:
        return {**context, "problems": _placed(invalid.problems, written, viewpoint.language)}
    if isinstance(answer, HttpResponse):
        return answer
    return {**context, "head": head_of(viewpoint) if answer.meanwhile else head, "review": answer}


def _settle(
    request: HttpRequest, viewpoint: Viewpoint, head: Head, rules: Rules, written: str
) -> Review | HttpResponse:
    based_on = base_in(request.POST)
    if rules == head.rules and written == as_written(head.row.source, head.rules):
        messages.info(request, _("Nothing was changed."))
        return redirect("admin:programme_page")
    if request.POST.get("do") == "save":
        document = to_document(rules)
        command = SaveDraft(viewpoint.programme.pk, document, based_on, written, author_of(request))
        try:
            save_draft(command, now=viewpoint.now)
        except DraftChanged:
            head = head_of(viewpoint)
        else:
            messages.success(
                request, _("Saved in the draft. Nothing changes for members until it is published.")
            )
            return redirect("admin:programme_page")
    return Review(
        changes=diff(head.rules, rules, viewpoint.language),
        warnings=tuple(new_warnings(head.rules, rules, viewpoint.language)),
        meanwhile=someone_else(head, viewpoint) if based_on != head.row.pk else "",
    )


def _placed(problems: Sequence[Problem], written: str, language: str) -> list[Placed]:
    """Each problem with its line: of its path, or as the reader of the text says it."""
    lines = written.splitlines()
    paths = [problem.path for problem in problems]
    places = lines_of(written, paths) if any(paths) else (None,) * len(problems)
    found = []
    for problem, place in zip(problems, places, strict=True):
        line, reason = place, problem.reason
        told = _TOLD.fullmatch(reason)
        if told is not None:
            line, reason = int(told[1]), told[2]
        excerpt = lines[line - 1].strip()[:120] if line is not None and line <= len(lines) else ""
        found.append(Placed(line, excerpt, problem.path, tell_reason(reason, language), problem.suggestion))
    return found
