"""A new programme with its first shop and its first published document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from palier.core.programme.parse import parse
from palier.store.ids import new_public_id
from palier.store.programmes.models import NAME_MAX, Programme, Shop
from palier.store.programmes.record import NewVersion, publish


@dataclass(frozen=True, slots=True)
class InitProgramme:
    """Without a ``document`` an empty one is published: nothing is awarded before the merchant says so."""

    name: str
    currency: str
    timezone: str = "UTC"
    language: str = "en"
    document: Mapping[str, Any] | None = None
    source: str = ""
    shop_slug: str = "default"


@dataclass(frozen=True, slots=True)
class Initiated:
    """The new programme and its shop."""

    programme_id: int
    shop_id: int


def init_programme(command: InitProgramme, *, now: datetime) -> Initiated:
    """Make programme, shop and version 1 in one transaction. ``InvalidProgramme`` names every problem at once."""
    document = command.document
    if document is None:
        document = {
            "format": 1,
            "name": command.name,
            "currency": command.currency,
            "timezone": command.timezone,
            "languages": [command.language],
        }
    parsed = parse(document)
    with transaction.atomic():
        programme = Programme.objects.create(
            public_id=new_public_id(),
            name=parsed.name[:NAME_MAX],
            currency=parsed.currency,
            timezone=parsed.timezone,
            created_at=now,
        )
        shop = Shop(
            programme=programme,
            public_id=new_public_id(),
            slug=command.shop_slug,
            name=parsed.name[:NAME_MAX],
            created_at=now,
        )
        shop.save(force_insert=True)
        publish(programme, NewVersion(parsed, source=command.source), now=now, of_draft=None)
    return Initiated(programme.pk, shop.pk)
