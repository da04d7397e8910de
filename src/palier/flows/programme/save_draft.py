"""The draft is saved, unless somebody else changed it since it was read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.core.errors import DraftChanged
from palier.core.programme import values
from palier.core.programme.canonical import digest
from palier.core.programme.parse import parse
from palier.flows.programme.programme_currency import check_currency
from palier.flows.transaction import in_one_transaction
from palier.store.programmes.drafts import load_head
from palier.store.programmes.models import Programme
from palier.store.programmes.record import NewVersion
from palier.store.programmes.record import save_draft as record_draft


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """The whole document, its text if somebody wrote it, and the id of the version that was edited.

    ``based_on`` is the draft's, or that of the version in force where the draft begins. A draft is a new row each time
    it is saved, so that the id tells whether it is still the one that was read.
    """

    programme_id: int
    document: Mapping[str, Any]
    based_on: int
    source: str = ""
    author: str = ""


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """``is_new`` is False where the draft, or the version in force, said the same already: nothing was written."""

    version_id: int
    is_new: bool


def save_draft(command: SaveDraft, *, now: datetime) -> SavedDraft:
    """Keep the document as the one draft; nothing changes for any member.

    Saving the same twice is saving it once. ``DraftChanged`` when somebody else saved, discarded or published
    meanwhile; ``InvalidProgramme`` names every problem at once.
    """
    parsed = parse(command.document)
    return in_one_transaction(lambda: _save(command, parsed, now))


def _save(command: SaveDraft, parsed: values.Programme, now: datetime) -> SavedDraft:
    programme = Programme.objects.select_for_update(no_key=True).get(pk=command.programme_id)
    head = load_head(programme)
    if head.digest == digest(parsed) and head.source == command.source:
        return SavedDraft(head.pk, is_new=False)
    if head.pk != command.based_on:
        raise DraftChanged
    check_currency(programme, parsed)
    new = NewVersion(parsed, source=command.source, author=command.author)
    return SavedDraft(record_draft(programme, new, now=now).pk, is_new=True)
