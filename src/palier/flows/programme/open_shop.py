"""Another shop joins a programme: its members share balances and spend with the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_scopes import scopes_disabled

from palier.core.errors import Refusal
from palier.store.ids import new_public_id
from palier.store.programmes.models import Shop


@dataclass(frozen=True, slots=True)
class OpenShop:
    """``slug`` names the shop within its programme (commands and screens use it)."""

    programme_id: int
    slug: str
    name: str


def open_shop(command: OpenShop, *, now: datetime) -> int:
    """Make the shop and return its id; a slug that the programme has already is refused."""
    with scopes_disabled():
        shop, is_new = Shop.objects.get_or_create(
            programme_id=command.programme_id,
            slug=command.slug,
            defaults={"public_id": new_public_id(), "name": command.name, "created_at": now},
        )
    if not is_new:
        raise Refusal(
            f"the programme has a shop {command.slug!r} already", path="slug", hint="choose another slug"
        )
    return shop.pk
