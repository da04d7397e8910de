"""A request with an idempotency key is about to be worked on: once, whoever sends it however often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from palier.core.errors import IdempotencyConflict, Refusal
from palier.flows.transaction import in_one_transaction
from palier.store.access.answers import StoredAnswer, find_answer, insert_claim, renew_claim

AT_WORK_FOR = timedelta(seconds=30)
"""A claim older than this is one whose process died: the next request takes it over."""


class InFlight(Refusal):
    """The same request is being worked on at this moment."""

    code = "idempotency_in_flight"


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """``key`` as the program gave it; ``digest`` identifies what it asks for."""

    shop_id: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Kept:
    """What the request was answered before."""

    status: int
    body: Any


def claim_answer(command: ClaimAnswer, *, now: datetime) -> Kept | None:
    """None: the key is ours, go to work. Else what the same request was answered. ``now`` is the world's time.

    ``IdempotencyConflict`` when the key came before with another content, ``InFlight`` while it is at work. A flow that
    is worked on again after a crash must be idempotent by a key of its own.
    """
    return in_one_transaction(lambda: _claim(command, now))


def _claim(command: ClaimAnswer, now: datetime) -> Kept | None:
    if insert_claim(command.shop_id, command.key, command.digest, now=now):
        return None
    known = find_answer(command.shop_id, command.key)
    if known is None:  # given up at this moment
        if insert_claim(command.shop_id, command.key, command.digest, now=now):
            return None
        raise _in_flight()
    return _known(command, known, now)


def _known(command: ClaimAnswer, known: StoredAnswer, now: datetime) -> Kept | None:
    if known.digest != command.digest:
        raise IdempotencyConflict(
            "this Idempotency-Key came before with another request",
            path="Idempotency-Key",
            hint="use a new key for each request",
        )
    if known.status is not None:
        return Kept(known.status, known.body)
    if renew_claim(command.shop_id, command.key, now=now, before=now - AT_WORK_FOR):
        return None
    raise _in_flight()


def _in_flight() -> InFlight:
    return InFlight(
        "a request with this Idempotency-Key is being worked on",
        path="Idempotency-Key",
        hint="send it again soon",
    )
