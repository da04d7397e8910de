"""Parameters that many operations share: ids in addresses, cursors, page sizes, languages."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from ninja import Path, Query
from pydantic import AfterValidator

from palier.api.problems import Problem, Refused

PAGE_MAX = 200
PAGE_SIZE = 50

_ID = r"^[^/\x00-\x1f\x7f-\x9f]+$"
_CURSOR = r"^[A-Za-z0-9_-]+$"


def _bare(text: str) -> str:
    """Without outer blanks, as ids in messages are read; nothing but blanks is no id."""
    bare = text.strip()
    if not bare:
        raise ValueError("an id must not be empty")
    return bare


CustomerId = Annotated[
    str, AfterValidator(_bare), Path(max_length=200, pattern=_ID, description="The shop's id of the customer")
]
OrderId = Annotated[
    str, AfterValidator(_bare), Path(max_length=200, pattern=_ID, description="The shop's id of the order")
]
RefundId = Annotated[
    str, AfterValidator(_bare), Path(max_length=200, pattern=_ID, description="The shop's id of the refund")
]
ProductId = Annotated[
    str, AfterValidator(_bare), Path(max_length=200, pattern=_ID, description="The shop's id of the product")
]
HoldId = Annotated[str, Path(max_length=36, pattern=_ID, description="The id that `POST /holds` answered")]
SegmentId = Annotated[str, Path(max_length=64, pattern=_ID, description="The segment's id in the document")]
VersionNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of a published version")]
MovementNumber = Annotated[int, Path(ge=1, le=2**31 - 1, description="The movement's number")]

Cursor = Annotated[str, Query(max_length=200, pattern=_CURSOR, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX, description="So many items at most")]
Language = Annotated[
    Literal["", "fr", "de", "en"],
    Query(description="Of names and sentences; default: `Accept-Language`, else the member's"),
]


def cursor_of(place: str | int) -> str:
    """The opaque text that leads on from this place."""
    return urlsafe_b64encode(str(place).encode()).decode().rstrip("=")


def place_of(cursor: str | None, *, path: str = "query.cursor") -> str:
    """The place that a cursor stands for; empty without one. Refused when it is none of ours."""
    if not cursor:
        return ""
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, ValueError):
        raise _strange(path) from None


def number_of(cursor: str | None, *, path: str = "query.cursor") -> int:
    """The number that a cursor stands for; 0 without one. ``path`` says where it stood."""
    place = place_of(cursor, path=path)
    if not place:
        return 0
    if not (place.isascii() and place.isdecimal() and len(place) <= 18):
        raise _strange(path)
    return int(place)


def _strange(path: str) -> Refused:
    return Refused(
        Problem("invalid_request", "The cursor is not one of ours", path=path, hint="begin without one")
    )


def paged(items: Sequence[Any], *, limit: int, place: str | int | None) -> dict[str, Any]:
    """A page from up to ``limit + 1`` items; ``place`` is that of the last one which is shown."""
    has_more = len(items) > limit and place is not None
    return {
        "items": list(items[:limit]),
        "next": cursor_of(place) if has_more and place is not None else None,
    }
