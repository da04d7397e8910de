"""The demo's people: one for each role, without a password. They exist in demo databases only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from django.contrib.auth.models import Group, User

from palier.flows.staff.prepare_roles import prepare_roles

DEMO_STAFF: Mapping[str, str] = MappingProxyType(
    {
        "owner": "demo-owner",
        "manager": "demo-manager",
        "support": "demo-support",
        "read-only": "demo-read-only",
    }
)
"""Role → the name of its demo user."""

_NAMES = {
    "owner": ("Olivia", "Owner"),
    "manager": ("Max", "Manager"),
    "support": ("Sam", "Support"),
    "read-only": ("Robin", "Reader"),
}


def make_demo_staff(*, now: datetime) -> None:
    """Make those that are missing. Nobody can sign in as them with a password, for they have none."""
    prepare_roles()
    for role, username in DEMO_STAFF.items():
        first, last = _NAMES[role]
        user, is_new = User.objects.get_or_create(
            username=username,
            defaults={"first_name": first, "last_name": last, "is_staff": True, "date_joined": now},
        )
        if is_new:
            user.set_unusable_password()
        # Whoever tried out dismissing somebody finds them back at the next start.
        user.is_active = user.is_staff = True
        user.save()
        user.groups.set(Group.objects.filter(name=role))
