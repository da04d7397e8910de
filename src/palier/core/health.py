"""Whether what waits is worked off in time: figures, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

WORKER_SILENT_AFTER = timedelta(seconds=60)
"""A worker that lives is heard of every five seconds."""

LATE_AFTER = timedelta(minutes=15)
"""Work that waits for longer is not just waiting for its turn."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of work: how much of it is due, and for how long the oldest has been."""

    count: int
    oldest_s: int

    @property
    def is_late(self) -> bool:
        """Whether the oldest has been due for more than a quarter of an hour."""
        return self.oldest_s > LATE_AFTER.total_seconds()


@dataclass(frozen=True, slots=True)
class Health:
    """How Palier fares. Ages are seconds; ``last_beat_s`` is None when no worker was ever heard of."""

    workers: int
    last_beat_s: int | None
    accounts: Waiting
    """Accounts whose time has come."""
    intents: Waiting
    """Intents that no delivery was made of yet."""
    deliveries: Waiting
    """Deliveries that are due; those that wait for their pause are not."""
    messages: Waiting
    """Messages of shops that are due."""
    failed_deliveries: int
    failed_messages: int
    disabled_webhooks: int
    failed_tasks: int
    last_message_s: int | None
    """Since a shop pushed something last."""

    def problems(self) -> tuple[str, ...]:
        """What is not well, as words that stay; empty when all is."""
        found = []
        if self.last_beat_s is None or self.last_beat_s > WORKER_SILENT_AFTER.total_seconds():
            found.append("no_worker")
        found += [
            f"late_{name}"
            for name in ("accounts", "intents", "deliveries", "messages")
            if getattr(self, name).is_late
        ]
        return tuple(found)

    def as_json(self) -> dict[str, object]:
        """All figures and the problems, for machines."""
        told: dict[str, object] = {
            "status": "late" if self.problems() else "well",
            "problems": list(self.problems()),
        }
        for name in self.__slots__:
            value = getattr(self, name)
            is_waiting = isinstance(value, Waiting)
            told[name] = {"count": value.count, "oldest_s": value.oldest_s} if is_waiting else value
        return told
