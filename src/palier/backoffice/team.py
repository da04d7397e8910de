"""The team: who may sign in, with which role; inviting and dismissing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from palier.backoffice.access import look
from palier.backoffice.wording import ROLES
from palier.flows.staff.dismiss_staff import DismissStaff, LastOwner, dismiss_staff
from palier.flows.staff.invite_staff import InviteStaff, invite_staff


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(max_length=150)
    role = forms.ChoiceField(choices=[(role, role) for role in ROLES])


@never_cache
def team(request: HttpRequest) -> HttpResponse:
    """Everybody who ever had a role; owners invite and dismiss."""
    if not request.user.has_perm("auth.view_user"):  # type: ignore[union-attr]
        raise PermissionDenied
    result: dict[str, Any] = {}
    if request.method == "POST":
        result = _dismiss(request) if "dismiss" in request.POST else _invite(request)
    viewpoint = look(request)
    people = User.objects.order_by("-is_active", "username").prefetch_related("groups")
    context = {
        **admin.site.each_context(request),
        "title": _("Team"),
        "is_own_page": True,
        "viewpoint": viewpoint,
        "people": [_person(user) for user in people],
        "roles": ROLES.items(),
        **result,
    }
    return TemplateResponse(request, "palier/team.html", context)


def _invite(request: HttpRequest) -> dict[str, Any]:
    if not request.user.has_perm("auth.add_user"):  # type: ignore[union-attr]
        raise PermissionDenied
    form = InviteForm(request.POST)
    if not form.is_valid():
        return {"problem": _("This is not an e-mail address."), "email": request.POST.get("email", "")}
    command = InviteStaff(form.cleaned_data["email"], form.cleaned_data["role"])
    invited = invite_staff(command, now=timezone.now())
    path = reverse("set_password", args=[invited.uid, invited.token])
    return {"invited": command.email, "link": f"{settings.PALIER_PUBLIC_URL}{path}"}


def _dismiss(request: HttpRequest) -> dict[str, Any]:
    if not request.user.has_perm("auth.change_user"):  # type: ignore[union-attr]
        raise PermissionDenied
    try:
        dismiss_staff(DismissStaff(request.POST["dismiss"]))
    except LastOwner:
        return {"problem": _("The last owner cannot leave: invite another one first.")}
    except User.DoesNotExist:
        return {}
    return {"dismissed": request.POST["dismiss"]}


def _person(user: User) -> dict[str, Any]:
    role = next((group.name for group in user.groups.all()), "")
    return {
        "username": user.username,
        "name": user.get_full_name() or user.username,
        "role": ROLES.get(role, "") if not user.is_superuser else _("Everything"),
        "is_active": user.is_active,
        "is_invited": user.is_active and not user.has_usable_password() and user.last_login is None,
    }
