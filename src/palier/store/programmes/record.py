"""Published versions and drafts as rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max
from django_scopes import scopes_disabled

from palier.core.programme import values
from palier.core.programme.canonical import digest, to_document
from palier.store.programmes.models import NAME_MAX, Programme, ProgrammeVersion


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be stored: what it means, the text it was written as, by whom and why."""

    parsed: values.Programme
    source: str = ""
    author: str = ""
    note: str = ""


def publish(
    programme: Programme, new: NewVersion, *, now: datetime, of_draft: int | None
) -> ProgrammeVersion:
    """Add an immutable version and put it in force.

    The draft that it is (by its id ``of_draft``, or by what it says) is gone with it. Another one stays, as a new row
    with a higher number: who looked at it is told that something else is in force since.
    """
    with scopes_disabled():
        drafts = ProgrammeVersion.objects.filter(programme=programme, published_at=None)
        draft = drafts.first()
        drafts.delete()
    version = _added(programme, new, now=now, published_at=now)
    programme.current_version = version
    programme.name, programme.timezone = new.parsed.name[:NAME_MAX], new.parsed.timezone
    programme.save(update_fields=["current_version", "name", "timezone"])
    if draft is not None and draft.id != of_draft and draft.digest != version.digest:
        draft.id, draft.number = None, version.number + 1
        draft.save(force_insert=True)
    return version


def save_draft(programme: Programme, new: NewVersion, *, now: datetime) -> ProgrammeVersion:
    """Replace the one draft."""
    with scopes_disabled():
        ProgrammeVersion.objects.filter(programme=programme, published_at=None).delete()
    return _added(programme, new, now=now, published_at=None)


def _added(
    programme: Programme, new: NewVersion, *, now: datetime, published_at: datetime | None
) -> ProgrammeVersion:
    with scopes_disabled():
        versions = ProgrammeVersion.objects.filter(programme=programme)
        newest = versions.aggregate(newest=Max("number"))["newest"] or 0
        version = ProgrammeVersion(
            programme=programme,
            number=newest + 1,
            document=to_document(new.parsed),
            source=new.source,
            digest=digest(new.parsed),
            author=new.author,
            note=new.note,
            created_at=now,
            published_at=published_at,
        )
        version.save(force_insert=True)
    return version


def lock_programme_of(shop_id: int) -> None:
    """Lock the shop's programme until the transaction ends; orders go on meanwhile. One statement."""
    with scopes_disabled():
        list(Programme.objects.select_for_update(no_key=True, of=("self",)).filter(shops=shop_id))
