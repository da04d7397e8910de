"""I-5, I-26: published versions are what they were: their digests, their order, and the one in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from json import dumps
from typing import Any

from django.db.models import Min

from palier.cli.verification.problem import Problem
from palier.store.models import Entry, Programme, ProgrammeVersion

NAME_SHOWN = 200
"""So many characters of a programme's name are kept beside its document."""


def check_versions(programme_id: int) -> Iterator[Problem]:
    """I-26: numbers follow each other, each came into force when it was made, and no entry came before its version."""
    programme: Any = Programme.objects.get(pk=programme_id)
    versions = list(ProgrammeVersion.objects.filter(programme_id=programme_id).order_by("number"))
    first_entries: dict[int, datetime] = dict(
        Entry.objects.filter(programme_id=programme_id, version_id__in=[version.pk for version in versions])
        .values_list("version_id")
        .annotate(Min("recorded_at"))
        .order_by()
    )
    # What happened before the first version belongs to it.
    began = next((version for version in versions if version.published_at is not None), None)
    previous: Any = None
    for version in versions:
        where = f"version {version.number}"
        text = dumps(version.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        pairs = [("digest", sha256(text.encode()).hexdigest(), version.digest)]
        first = first_entries.get(version.pk)
        if version.published_at is not None:
            pairs.append(("published", str(version.created_at), str(version.published_at)))
        if (
            first is not None
            and version is not began
            and (version.published_at is None or first < version.published_at)
        ):
            pairs.append(
                (
                    "published",
                    f"at most {first}, when its first entry was recorded",
                    str(version.published_at),
                )
            )
        if (
            version.published_at is not None
            and previous is not None
            and version.published_at < previous.published_at
        ):
            pairs.append(("published", f"at least {previous.published_at}", str(version.published_at)))
        for name, expected, found in pairs:
            if expected != found:
                yield Problem("I-26", "-", f"{where}: {name}", expected, found)
        previous = version if version.published_at is not None else previous
    if previous is None:
        if programme.current_version_id is not None:
            yield Problem("I-26", "-", "version in force", str(programme.current_version_id), "missing")
        return
    in_force = {
        "current version": (previous.pk, programme.current_version_id),
        "currency": (previous.document["currency"], programme.currency),
        "time zone": (previous.document.get("timezone", "UTC"), programme.timezone),
        "name": (previous.document["name"][:NAME_SHOWN], programme.name),
    }
    for name, (expected, found) in in_force.items():
        if expected != found:
            yield Problem("I-26", "-", f"programme: {name}", str(expected), str(found))
