"""The demo's first page: one click signs in as any role. Only in demo mode, and only from this machine."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from palier.backoffice.wording import ROLES
from palier.core.this_machine import is_from_this_machine
from palier.flows.staff.make_demo_staff import DEMO_STAFF

# Role, what it is called, and what it may do.
ROLE_NAMES = (
    ("owner", ROLES["owner"], _("Everything, and the team")),
    ("manager", ROLES["manager"], _("Programme, imports and members")),
    ("support", ROLES["support"], _("Members and gifts")),
    ("read-only", ROLES["read-only"], _("Looks at everything, changes nothing")),
)


@require_safe
@never_cache
def front(request: HttpRequest) -> HttpResponse:
    """The root: the back-office, or the demo's choice of roles."""
    if not settings.PALIER_DEMO:
        return redirect("admin:index")
    is_here = is_from_this_machine(request.META, request.get_host())
    context = {"roles": ROLE_NAMES, "is_here": is_here, "motifs": ("teapot", "heart", "umbrella", "owl")}
    return render(request, "palier/demo.html", context, status=200 if is_here else 403)


@require_POST
@never_cache
def sign_in(request: HttpRequest, role: str) -> HttpResponse:
    """Sign in as the demo's user of that role, and go where the form says (within this installation).

    They exist in databases that ``palier demo`` made, and nowhere else.
    """
    if not settings.PALIER_DEMO or role not in DEMO_STAFF:
        raise Http404
    if not is_from_this_machine(request.META, request.get_host()):
        raise PermissionDenied
    user = get_user_model().objects.filter(username=DEMO_STAFF[role], is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    following = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(following, allowed_hosts={request.get_host()}):
        return redirect(following)
    return redirect("admin:index")
