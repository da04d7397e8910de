"""Requests with an Idempotency-Key: worked on once, answered the same however often they are sent."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from palier.api.keys import Caller
from palier.api.problems import Problem, Refused
from palier.flows.access.claim_answer import AT_WORK_FOR, ClaimAnswer, InFlight, claim_answer
from palier.flows.access.keep_answer import KeepAnswer, keep_answer
from palier.flows.access.release_answer import release_answer

HEADER = "Idempotency-Key"
KEY_MAX = 150
"""Batches add the place of each message to the key, and keys of flows have at most 200 characters."""

_KEY = re.compile(rf"[\x21-\x7e]{{1,{KEY_MAX}}}")


def read_key(header: str | None) -> str:
    """The key that came with a request; refused when it is missing or has no good form."""
    if not header:
        raise Refused(
            Problem(
                "idempotency_key_missing",
                path=HEADER,
                hint="send a text of your own choice that is new for each request, such as a UUID",
            )
        )
    if not _KEY.fullmatch(header):
        raise Refused(
            Problem(
                "idempotency_key_missing",
                "The Idempotency-Key is not usable",
                path=HEADER,
                hint=f"1 to {KEY_MAX} printable ASCII characters without blanks",
            )
        )
    return header


def digest_of(method: str, address: str, body: bytes) -> str:
    """What identifies a request: the same digest, the same request."""
    return sha256(b"\n".join((method.encode(), address.encode(), body))).hexdigest()


def answered_once(
    caller: Caller, key: str, digest: str, work: Callable[[], dict[str, Any]], *, now: datetime
) -> tuple[dict[str, Any], bool]:
    """What ``work`` answers, or what it answered before; and whether it is a replay. ``now`` is the world's time.

    A refusal is not kept: nothing was changed, and the request may be mended and sent again with its key.
    """
    try:
        kept = claim_answer(ClaimAnswer(caller.shop_id, key, digest), now=now)
    except InFlight as busy:
        wait = str(int(AT_WORK_FOR.total_seconds()))
        problem = Problem(busy.code, busy.message, busy.path, busy.hint, headers={"Retry-After": wait})
        raise Refused(problem) from None
    if kept is not None:
        return kept.body, True
    try:
        answer = work()
    except BaseException:
        release_answer(caller.shop_id, key)
        raise
    keep_answer(KeepAnswer(caller.shop_id, key, 200, answer))
    return answer, False
