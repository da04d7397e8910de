"""Published versions and drafts as rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max
from django_scopes import scopes_disabled

from palier.core.programme import values
from palier.core.programme.canonical import digest
from palier.store.programmes.models import Programme, ProgrammeVersion


def publish(
    programme: Programme,
    parsed: values.Programme,
    document: Mapping[str, Any],
    *,
    source: str,
    author: str,
    note: str,
    now: datetime,
) -> ProgrammeVersion:
    """Add an immutable version and put it in force; a draft that was open is gone with it."""
    with scopes_disabled():
        ProgrammeVersion.objects.filter(programme=programme, published_at=None).delete()
        version = _add(programme, parsed, document, source=source, author=author, note=note, now=now)
        version.published_at = now
        version.save(force_insert=True)
    programme.current_version = version
    programme.name, programme.timezone = parsed.name, parsed.timezone
    programme.save(update_fields=["current_version", "name", "timezone"])
    return version


def save_draft(
    programme: Programme,
    parsed: values.Programme,
    document: Mapping[str, Any],
    *,
    source: str,
    author: str,
    note: str,
    now: datetime,
) -> ProgrammeVersion:
    """Replace the one draft."""
    with scopes_disabled():
        ProgrammeVersion.objects.filter(programme=programme, published_at=None).delete()
        version = _add(programme, parsed, document, source=source, author=author, note=note, now=now)
        version.save(force_insert=True)
    return version


def _add(
    programme: Programme,
    parsed: values.Programme,
    document: Mapping[str, Any],
    *,
    source: str,
    author: str,
    note: str,
    now: datetime,
) -> ProgrammeVersion:
    newest = ProgrammeVersion.objects.filter(programme=programme).aggregate(newest=Max("number"))["newest"]
    return ProgrammeVersion(
        programme=programme,
        number=(newest or 0) + 1,
        document=document,
        source=source,
        digest=digest(parsed),
        author=author,
        note=note,
        created_at=now,
    )
