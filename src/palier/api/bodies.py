"""JSON bodies, read exactly: no number is ever rounded by a binary float."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from django.http import HttpRequest

from palier.api.problems import Problem, Refused

BODY_MAX = 2 * 1024 * 1024
"""A body of more bytes is refused before it is read: a batch of 500 orders has a quarter of it."""

encode = msgspec.json.Encoder().encode
"""A value as JSON, in UTF-8 and without blanks."""

_decode = msgspec.json.Decoder(float_hook=Decimal).decode


def comes_in_chunks(environ: Mapping[str, Any]) -> bool:
    """Whether a body without a length follows, of which the server says where it ends."""
    return "HTTP_TRANSFER_ENCODING" in environ and bool(environ.get("wsgi.input_terminated"))


def read_chunks(environ: Mapping[str, Any]) -> bytes:
    """The body that comes in chunks; ``Refused`` as soon as it is too large, or when it is empty."""
    body: bytes = environ["wsgi.input"].read(BODY_MAX + 1)
    if len(body) > BODY_MAX:
        raise Refused(Problem("too_large", f"A body has at most {BODY_MAX} bytes"))
    if not body:
        raise Refused(Problem("invalid_json", "There is no body", hint="send a JSON object"))
    return body


def read_body(request: HttpRequest) -> bytes:
    """The request's body. ``Refused`` when there is none, or when it says that it is too large: before it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length == "0" and comes_in_chunks(request.META):
        return read_chunks(request.META)
    if not length.isdecimal() or int(length) > BODY_MAX:
        raise Refused(Problem("too_large", f"A body has at most {BODY_MAX} bytes"))
    if not int(length):
        raise Refused(
            Problem("invalid_json", "There is no body", hint="send a JSON object with its Content-Length")
        )
    return request.body


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that is the body. ``Refused`` when it is too large, no JSON, or no object."""
    message = read_json(body)
    if not isinstance(message, dict):
        raise Refused(Problem("invalid_json", "The body has to be a JSON object"))
    return message


def read_json(body: bytes) -> Any:
    """The value that the body is. ``Refused`` when it is too large or no JSON."""
    if len(body) > BODY_MAX:
        raise Refused(Problem("too_large", f"A body has at most {BODY_MAX} bytes"))
    try:
        return _decode(body)
    except msgspec.DecodeError as error:
        raise Refused(Problem("invalid_json", f"The body is no JSON: {_place(error)}")) from None
    except UnicodeDecodeError:
        raise Refused(Problem("invalid_json", "The body is not UTF-8")) from None
    except RecursionError:
        raise Refused(Problem("invalid_json", "The body is nested too deeply")) from None


def refuse_twice(body: bytes) -> None:
    """``Refused`` when a map in the body, which is JSON, gives a key twice: which one is meant is anybody's guess."""
    try:
        json.loads(body, object_pairs_hook=_each_once)
    except RecursionError:
        raise Refused(Problem("invalid_json", "The body is nested too deeply")) from None


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(names) if key in names[:place])
        raise Refused(Problem("invalid_json", f"The key {twice[:80]!r} is given twice in one map"))
    return found


def _place(error: Exception) -> str:
    """What the decoder says, without the byte of the body that it may quote."""
    return str(error).removeprefix("JSON is malformed: ")


def addressed(message: Mapping[str, Any], **names: str) -> dict[str, Any]:
    """The message with what its address says; ``Refused`` when the body says something else there."""
    for key, named in names.items():
        said = message.get(key, named)
        if said != named and (isinstance(said, bool) or str(said) != named):
            raise Refused(
                Problem(
                    "invalid_request", f"{key} is not that of the address", path=key, hint=f"meant: {named}"
                )
            )
    return {**message, **names}
