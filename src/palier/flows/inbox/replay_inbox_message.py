"""A message that could not be worked off is tried again, after somebody has looked at it; or it is put aside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_scopes import scope

from palier.core.inbox import UnknownMessage
from palier.flows.transaction import in_one_transaction
from palier.store.outbox.models import Inbox


@dataclass(frozen=True, slots=True)
class ReplayInboxMessage:
    """Which; ``puts_aside`` closes it without working it off."""

    programme_id: int
    message_id: int
    puts_aside: bool = False


def replay_inbox_message(command: ReplayInboxMessage, *, now: datetime) -> None:
    """Let it be worked off at once, with all its tries before it. ``UnknownMessage`` when it does not wait for anybody.

    ``now`` is the world's clock.
    """
    in_one_transaction(lambda: _replay(command, now))


def _replay(command: ReplayInboxMessage, now: datetime) -> None:
    with scope(programme=command.programme_id):
        found = Inbox.objects.filter(pk=command.message_id, done_at=None).exclude(failed_at=None)
        if command.puts_aside:
            count = found.update(done_at=now)
        else:
            count = found.update(failed_at=None, tries=0, next_at=now)
    if not count:
        raise UnknownMessage("there is no such message to look at", path="message")
