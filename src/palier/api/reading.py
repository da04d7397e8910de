"""Bodies that are not messages of the core, read by the same strict reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from palier.api.problems import Problem, Refused, problem_of
from palier.api.request_bodies import BATCH_MAX
from palier.core.errors import Refusal
from palier.core.messages_kinds import read_message
from palier.core.programme.reader import Field, read_fields

T = TypeVar("T")


class InvalidRequest(Refusal):
    """The body is malformed."""

    code = "invalid_request"


def read_values(
    message: Mapping[str, Any],
    fields: Mapping[str, Field],
    *,
    currency: str = "EUR",
    refusal: type[Refusal] = InvalidRequest,
) -> dict[str, Any]:
    """The values of these keys; all that is wrong as one ``refusal``."""
    return read_message(refusal, lambda context: read_fields(context, "", message, fields), currency=currency)


def at_most(messages: tuple[T, ...], key: str) -> tuple[T, ...]:
    """The messages of a batch; refused when there are too many."""
    if len(messages) > BATCH_MAX:
        raise Refused(
            Problem(
                "invalid_request",
                f"A batch has at most {BATCH_MAX} messages; found {len(messages)}",
                path=key,
                hint="send several batches",
            )
        )
    return messages


def attempt(read: Callable[[], T]) -> T | Problem:
    """What ``read`` returns, or the problem that it was refused with: one message of a batch spoils no other."""
    try:
        return read()
    except Refusal as refusal:
        return problem_of(refusal)
    except Refused as refused:
        return refused.problem
