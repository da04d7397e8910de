"""A colleague leaves the back-office: no more signing in, no more rights. The account stays, for what it authored."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from palier.core.errors import Refusal


class LastOwner(Refusal):
    """The last owner cannot leave: nobody could let anyone in again."""

    code = "last_owner"


@dataclass(frozen=True, slots=True)
class DismissStaff:
    """The name with which they sign in."""

    username: str


def dismiss_staff(command: DismissStaff) -> None:
    """Take sign-in and role away; done twice it changes nothing. ``LastOwner`` when no other owner is left."""
    with transaction.atomic():
        # All owners are locked in one order, so that two who dismiss each other cannot both succeed.
        owners = User.objects.filter(groups__name="owner", is_active=True).order_by("id")
        names = {user.username for user in owners.select_for_update()}
        user = User.objects.select_for_update().get(username=command.username)
        if names == {user.username}:
            raise LastOwner("the last owner cannot leave", hint="invite another owner first")
        user.is_active = user.is_staff = False
        user.save(update_fields=["is_active", "is_staff"])
        user.groups.clear()
