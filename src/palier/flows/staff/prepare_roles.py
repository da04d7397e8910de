"""Roles of the back-office: groups with fixed rights, made anew whenever they are missing or out of date."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

_READ = (
    "store.view_account",
    "store.view_programmeversion",
    "store.view_importbatch",
)
_SUPPORT = (*_READ, "store.add_happening", "store.change_profile")
_MANAGER = (
    *_SUPPORT,
    "store.add_programmeversion",
    "store.change_programmeversion",
    "store.add_importbatch",
    "store.view_apikey",
    "store.view_webhookendpoint",
    "store.change_delivery",
)
_OWNER = (
    *_MANAGER,
    "store.add_apikey",
    "store.change_apikey",
    "store.add_widgetsecret",
    "store.add_webhookendpoint",
    "store.change_webhookendpoint",
    "auth.view_user",
    "auth.add_user",
    "auth.change_user",
    "auth.view_group",
)

ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"owner": _OWNER, "manager": _MANAGER, "support": _SUPPORT, "read-only": _READ}
)
"""Role → rights. Each role may do all that the next one may."""


def prepare_roles() -> None:
    """Give every role's group exactly its rights; the people in it stay."""
    with transaction.atomic():
        for role, rights in ROLES.items():
            group, _is_new = Group.objects.get_or_create(name=role)
            wanted = Q(pk__in=[])
            for right in rights:
                label, _dot, codename = right.partition(".")
                wanted |= Q(content_type__app_label=label, codename=codename)
            permissions = list(Permission.objects.filter(wanted))
            assert len(permissions) == len(rights), "a right is named that no table has"
            group.permissions.set(permissions)
