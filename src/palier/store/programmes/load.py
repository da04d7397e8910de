"""Published programmes as core values, cached in the process: a published version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django_scopes import scopes_disabled

from palier.core.account import Timeline, Version
from palier.core.programme.parse import parse
from palier.store.programmes.models import ProgrammeVersion
from palier.store.rows import select

_versions: dict[int, Version] = {}
_timelines: dict[int, tuple[int, Timeline]] = {}


def load_timeline(programme_id: int, current_version_id: int) -> Timeline:
    """All published versions of a programme, oldest first; one statement when it changed, none otherwise."""
    known = _timelines.get(programme_id)
    if known is not None and known[0] == current_version_id:
        return known[1]
    with scopes_disabled():
        rows = list(
            ProgrammeVersion.objects.filter(programme_id=programme_id, published_at__isnull=False)
            .order_by("published_at", "number")
            .values_list("id", "published_at", "document")
        )
    timeline = Timeline(tuple(_version(*row) for row in rows))
    _timelines[programme_id] = (current_version_id, timeline)
    return timeline


def _version(version_id: int, published_at: Any, document: Mapping[str, Any]) -> Version:
    known = _versions.get(version_id)
    if known is None or known.published_at != published_at:
        known = _versions[version_id] = Version(version_id, published_at, parse(document))
    return known


def current_version_id(programme_id: int) -> int:
    """The version in force. One statement."""
    rows = select("SELECT current_version_id FROM store_programme WHERE id = %s", [programme_id])
    return int(rows[0][0])
