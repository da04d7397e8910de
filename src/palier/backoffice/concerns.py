"""What needs a look: each matter with what happened, since when, and the way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from palier.backoffice.access import Viewpoint, page
from palier.backoffice.wording import PROBLEM_WORDS
from palier.core.inbox import UnknownMessage
from palier.flows.inbox.replay_inbox_message import ReplayInboxMessage, replay_inbox_message
from palier.flows.staff.see_concern import SEEN, SeeConcern, UnknownConcern, see_concern
from palier.store.concerns.load import KINDS, LIST_MAX, Concern, count_concerns, load_concerns
from palier.store.imports.models import ImportBatch, ImportProblem

PROBLEMS_PAGE = 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A kind of concern with its matters. ``is_cut``: there are more than are listed."""

    kind: str
    concerns: tuple[Concern, ...]

    @property
    def is_cut(self) -> bool:
        return len(self.concerns) == LIST_MAX

    @property
    def can_be_seen(self) -> bool:
        return self.kind in SEEN


@page("store.view_account", "palier/concerns.html")
def concerns(request: HttpRequest, viewpoint: Viewpoint) -> dict[str, Any] | HttpResponse:
    """All that needs a look, the most pressing kinds first; a POST puts one aside or tries one again."""
    if request.method == "POST":
        _act(request, viewpoint)
        return redirect("admin:concerns")
    found = load_concerns(viewpoint.programme.pk, now=viewpoint.now, world=timezone.now())
    return {
        "title": _("Needs a look"),
        "kinds": [Shown(kind, found[kind]) for kind in KINDS if kind in found],
        "listed": LIST_MAX,
    }


@page("store.view_account", "palier/import_problems.html")
def import_problems(request: HttpRequest, viewpoint: Viewpoint, batch_id: int) -> dict[str, Any]:
    """What an import left out or understood only in part, row by row."""
    batch = ImportBatch.objects.filter(pk=batch_id).select_related("shop").first()
    if batch is None:
        raise Http404
    problems = ImportProblem.objects.filter(batch=batch)
    counts = problems.values("code").annotate(rows=Count("id")).order_by("-rows", "code")
    code = request.GET.get("code", "").replace("\0", "")[:50]
    chosen = problems.filter(code=code) if code else problems
    shown = Paginator(chosen.order_by("row", "id"), PROBLEMS_PAGE).get_page(request.GET.get("page"))
    return {
        "title": _("Import problems"),
        "batch": batch,
        "codes": [(row["code"], _why(row["code"]), row["rows"]) for row in counts],
        "code": code,
        "problems": shown,
        "rows": [(problem, _why(problem.code)) for problem in shown],
    }


def _why(code: str) -> Any:
    """Why a row was left out; the import's own sentence, which names numbers and ids, is English."""
    return PROBLEM_WORDS.get(code, code)


def concerns_of(request: HttpRequest) -> int:
    """How many need a look in the programme that the page shows; counted once for each page."""
    viewpoint: Viewpoint | None = getattr(request, "viewpoint", None)
    if viewpoint is None:
        return 0
    known: int | None = getattr(request, "concerns", None)
    if known is None:
        known = count_concerns(viewpoint.programme.pk, now=viewpoint.now, world=timezone.now())
        request.concerns = known  # type: ignore[attr-defined]
    return known


def _act(request: HttpRequest, viewpoint: Viewpoint) -> None:
    if not request.user.has_perm("store.add_happening"):  # type: ignore[union-attr]
        raise PermissionDenied
    action = request.POST.get("do", "")
    subject = request.POST.get("subject", "").replace("\0", "")[:200]
    programme_id = viewpoint.programme.pk
    if action in ("retry", "aside") and subject.isdecimal() and len(subject) < 19:
        command = ReplayInboxMessage(programme_id, int(subject), puts_aside=action == "aside")
        try:
            replay_inbox_message(command, now=timezone.now())
        except UnknownMessage:
            messages.info(request, _("Somebody else has dealt with it meanwhile."))
        else:
            messages.success(
                request,
                _("The message was put aside.") if command.puts_aside else _("The message is tried again."),
            )
    elif action == "seen":
        kind = request.POST.get("kind", "").replace("\0", "")[:20]
        try:
            see_concern(
                SeeConcern(programme_id, kind, subject, request.user.get_username()), now=viewpoint.now
            )
        except UnknownConcern:
            raise Http404 from None
        messages.success(request, _("Put aside: it comes back if it changes."))
