"""Published programmes as core values, cached in the process: a published version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django_scopes import scopes_disabled

from palier.core.account import Timeline, Version
from palier.core.programme.parse import parse
from palier.core.programme.values import Programme
from palier.store.programmes.models import ProgrammeVersion
from palier.store.rows import from_time, select

_versions: dict[str, Programme] = {}
_timelines: dict[int, tuple[int, Timeline]] = {}


def load_timeline(programme_id: int, current_version_id: int) -> Timeline:
    """The published versions of a programme, oldest first; two statements when it changed, none otherwise.

    Versions that were superseded before the programme had an account, and that no order refers to, never applied to
    anyone: what is imported from before their time belongs to the version that the merchant begins with.
    """
    known = _timelines.get(programme_id)
    if known is not None and known[0] == current_version_id:
        return known[1]
    with scopes_disabled():
        rows = list(
            ProgrammeVersion.objects.filter(programme_id=programme_id, published_at__isnull=False)
            .order_by("published_at", "number")
            .values_list("id", "published_at", "digest", "document")
        )
    versions = [_version(*row) for row in rows]
    began_at = _first_account_at(programme_id)
    while len(versions) > 1 and (began_at is None or versions[1].published_at < began_at):
        if began_at is not None and select(
            "SELECT 1 FROM store_order WHERE version_id = %s LIMIT 1", [versions[0].id]
        ):
            break
        del versions[0]
    timeline = Timeline(tuple(versions))
    _timelines[programme_id] = (current_version_id, timeline)
    return timeline


def _version(
    version_id: int, published_at: datetime | None, digest: str, document: Mapping[str, Any]
) -> Version:
    """One published version, parsed once for its digest: equal documents share their value."""
    if digest not in _versions:
        _versions[digest] = parse(document)
    assert published_at is not None
    return Version(version_id, published_at, _versions[digest])


def _first_account_at(programme_id: int) -> datetime | None:
    rows = select(
        "SELECT created_at FROM store_account WHERE programme_id = %s ORDER BY id LIMIT 1", [programme_id]
    )
    return from_time(rows[0][0]) if rows else None


def current_version_id(programme_id: int) -> int:
    """The version in force. One statement."""
    rows = select("SELECT current_version_id FROM store_programme WHERE id = %s", [programme_id])
    return int(rows[0][0])
