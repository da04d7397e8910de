"""Who may see a page, and which programme it shows: every page passes through here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_scopes import scope

from palier.core.account import Timeline
from palier.core.formats import Formats, formats_for
from palier.core.period import zone
from palier.core.programme.values import Programme as Rules
from palier.store.programmes.load import load_timeline
from palier.store.programmes.models import Programme, ProgrammeVersion

CHOSEN = "programme"


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From where a page looks: the programme with its rules, the language, and the present instant.

    ``now`` is the programme's clock: in the demo it may be ahead of the world's.
    """

    programme: Programme
    programmes: tuple[Programme, ...]
    timeline: Timeline
    numbers: dict[int, int]
    """Version id → the number that people know it by."""
    language: str
    now: datetime

    @property
    def rules(self) -> Rules:
        return self.timeline.at(self.now).programme

    @property
    def tz(self) -> ZoneInfo:
        return zone(self.programme.timezone)

    @property
    def formats(self) -> Formats:
        return formats_for(self.language, self.programme.currency, self.programme.timezone)

    def tier_name(self, tier_id: str | None) -> str:
        """The tier's name in the viewer's language; a tier that is no more goes by its id."""
        if not tier_id:
            return _("No tier")
        for version in (self.timeline.at(self.now), *reversed(self.timeline.versions)):
            rules = version.programme
            for tier in rules.tiers.ladder if rules.tiers else ():
                if tier.id == tier_id:
                    return (
                        tier.name.read(self.language, fallback=rules.languages[0]) if tier.name else tier_id
                    )
        return tier_id


View = Callable[..., dict[str, Any] | HttpResponse]


def page(permission: str, template: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """A page is a function from viewpoint to context; rights, programme and scope are settled before it runs.

    What was done is answered with a redirect instead of a context.
    """

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @wraps(view)
        def answer(request: HttpRequest, **arguments: Any) -> HttpResponse:
            if not request.user.has_perm(permission):  # type: ignore[union-attr]
                raise PermissionDenied
            viewpoint = look(request)
            if viewpoint is None:
                site = admin.site.each_context(request)
                return TemplateResponse(request, "palier/no_programme.html", {**site, "title": _("Home")})
            with scope(programme=viewpoint.programme):
                found = view(request, viewpoint, **arguments)
                if isinstance(found, HttpResponse):
                    return found
                context = {**admin.site.each_context(request), "viewpoint": viewpoint, **found}
                return TemplateResponse(request, template, context).render()

        return answer

    return wrap


def look(request: HttpRequest) -> Viewpoint | None:
    """The viewpoint of the programme that was chosen, else of the first; None while there is none to look at.

    The request remembers it: the sidebar counts what needs a look there.
    """
    programmes = tuple(Programme.objects.filter(current_version__isnull=False).order_by("id"))
    if not programmes:
        return None
    chosen = request.session.get(CHOSEN)
    programme = next((p for p in programmes if p.public_id == chosen), programmes[0])
    assert programme.current_version_id is not None
    with scope(programme=programme):
        numbers = dict(ProgrammeVersion.objects.values_list("id", "number"))
    viewpoint = Viewpoint(
        programme=programme,
        programmes=programmes,
        timeline=load_timeline(programme.pk, programme.current_version_id),
        numbers=numbers,
        language=(get_language() or "en").partition("-")[0],
        now=timezone.now() + timedelta(seconds=programme.clock_offset_s),
    )
    request.viewpoint = viewpoint  # type: ignore[attr-defined]
    return viewpoint


@require_POST
def choose_programme(request: HttpRequest) -> HttpResponse:
    """Look at another programme from now on."""
    if not Programme.objects.filter(public_id=request.POST.get("programme", "")).exists():
        raise Http404
    request.session[CHOSEN] = request.POST["programme"]
    following = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        following = reverse("admin:index")
    return redirect(following)
