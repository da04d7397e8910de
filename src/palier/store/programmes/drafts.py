"""The head of a programme: its draft, or the version in force while there is none."""

from __future__ import annotations

from django_scopes import scopes_disabled

from palier.store.programmes.models import Programme, ProgrammeVersion


def load_head(programme: Programme) -> ProgrammeVersion:
    """What an editor sees and builds upon. One statement with a draft, else two."""
    with scopes_disabled():
        draft = ProgrammeVersion.objects.filter(programme=programme, published_at=None).first()
    if draft is not None:
        return draft
    assert programme.current_version is not None
    return programme.current_version


def delete_draft(programme: Programme) -> None:
    """The programme has no draft after it."""
    with scopes_disabled():
        ProgrammeVersion.objects.filter(programme=programme, published_at=None).delete()
