"""Between a form and the draft: what would be saved is shown back in full, then it is saved or changed again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint
from palier.backoffice.programme_head import (
    Head,
    base_in,
    head_of,
    new_warnings,
    save_section,
    someone_else,
)
from palier.core.errors import DraftChanged
from palier.core.programme.canonical import to_document
from palier.core.programme.diff import diff
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.tell import Told
from palier.core.programme.tell_problem import tell_reason
from palier.core.programme.values import Programme as Rules


@dataclass(frozen=True, slots=True)
class Review:
    """``meanwhile`` tells what somebody else did since the form was opened; ``problem`` why this cannot be saved."""

    changes: tuple[str, ...] = ()
    warnings: tuple[Told, ...] = ()
    meanwhile: str = ""
    problem: str = ""


def settle(
    request: HttpRequest, viewpoint: Viewpoint, head: Head, rules: Rules, *, section: str, address: str
) -> Review | HttpResponse:
    """Save when that is what was asked for and nobody came in between, else what is to be looked at first.

    ``address`` is where one goes from there.
    """
    problem = _problem(rules, viewpoint.language)
    if problem:
        return Review(problem=problem)
    if rules == head.rules:
        messages.info(request, _("Nothing was changed."))
        return redirect(address)
    based_on = base_in(request.POST)
    if request.POST.get("do") in ("save", "remove"):
        try:
            save_section(request, viewpoint, head, rules, section=section, based_on=based_on)
        except DraftChanged:
            head = head_of(viewpoint)
        else:
            messages.success(
                request, _("Saved in the draft. Nothing changes for members until it is published.")
            )
            return redirect(address)
    return Review(
        changes=diff(head.rules, rules, viewpoint.language),
        warnings=tuple(new_warnings(head.rules, rules, viewpoint.language)),
        meanwhile=someone_else(head, viewpoint) if based_on != head.row.pk else "",
    )


def _problem(rules: Rules, language: str) -> str:
    try:
        parse(to_document(rules))
    except InvalidProgramme as invalid:
        first = invalid.problems[0]
        return f"{first.path}: {tell_reason(first.reason, language)}"
    return ""
