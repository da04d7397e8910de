"""A colleague joins the back-office: an account without password, and a token with which to choose one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import Group, User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from palier.flows.staff.prepare_roles import ROLES, prepare_roles


@dataclass(frozen=True, slots=True)
class InviteStaff:
    """Who, and what they may do. The e-mail is also the name with which they sign in."""

    email: str
    role: str


@dataclass(frozen=True, slots=True)
class Invited:
    """The two parts of the link; the token works once, and not after a password was chosen."""

    uid: str
    token: str
    is_new: bool


def invite_staff(command: InviteStaff, *, now: datetime) -> Invited:
    """Make the account, or give the one there is the role; nobody's password is known or changed."""
    if command.role not in ROLES:
        raise ValueError(f"{command.role!r} is no role; roles are {', '.join(ROLES)}")
    email = command.email.strip().lower()
    prepare_roles()
    with transaction.atomic():
        user = User.objects.select_for_update().filter(username=email).first()
        is_new = user is None
        if user is None:
            user = User(username=email, email=email, date_joined=now)
            user.set_unusable_password()
        user.is_staff = user.is_active = True
        user.save()
        user.groups.set(Group.objects.filter(name=command.role))
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return Invited(uid, default_token_generator.make_token(user), is_new)
