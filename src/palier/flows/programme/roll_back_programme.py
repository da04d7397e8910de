"""An earlier version comes back into force, as a new version with the same document."""

from __future__ import annotations

from datetime import datetime

from django_scopes import scopes_disabled

from palier.core.errors import Refusal
from palier.flows.programme.publish_programme import Published, PublishProgramme, publish_programme
from palier.store.programmes.models import ProgrammeVersion


def roll_back_programme(
    programme_id: int,
    number: int,
    *,
    author: str,
    now: datetime,
    note: str = "",
    based_on: int | None = None,
    only_changes: bool = False,
) -> Published:
    """Publish the document of version ``number`` again; a version that was never published is refused.

    ``based_on`` and ``only_changes`` are as in ``PublishProgramme``; without a ``note`` the version says where it came
    from.
    """
    with scopes_disabled():
        version = ProgrammeVersion.objects.filter(
            programme_id=programme_id, number=number, published_at__isnull=False
        ).first()
    if version is None:
        raise Refusal(
            f"there is no published version {number}", path="version", hint="see palier programme show"
        )
    return publish_programme(
        PublishProgramme(
            programme_id,
            version.document,
            version.source,
            author=author,
            note=note or f"rolled back to version {number}",
            based_on=based_on,
            only_changes=only_changes,
            keeps_draft=True,
        ),
        now=now,
    )
