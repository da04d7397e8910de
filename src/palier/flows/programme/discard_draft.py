"""The draft is thrown away; what is in force stays in force."""

from __future__ import annotations

from dataclasses import dataclass

from palier.core.errors import DraftChanged
from palier.flows.transaction import in_one_transaction
from palier.store.programmes.drafts import delete_draft, load_head
from palier.store.programmes.models import Programme


@dataclass(frozen=True, slots=True)
class DiscardDraft:
    """``draft_id`` is the draft that was looked at."""

    programme_id: int
    draft_id: int


def discard_draft(command: DiscardDraft) -> None:
    """Throw that draft away. Nothing happens where there is none any more; ``DraftChanged`` when it is another now."""

    def discard() -> None:
        programme = Programme.objects.select_for_update(no_key=True).get(pk=command.programme_id)
        head = load_head(programme)
        if head.published_at is not None:
            return
        if head.pk != command.draft_id:
            raise DraftChanged
        delete_draft(programme)

    in_one_transaction(discard)
