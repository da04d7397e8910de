"""The programme, its versions and its segments as the API answers them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from palier.api.schemas.parts import Answer, Instant, Next, WrongAnswer


class VersionAnswer(Answer):
    number: int
    published_at: Instant
    author: str
    note: str
    digest: str
    is_current: bool


class VersionPage(Answer):
    items: list[VersionAnswer]
    next: Next


class ProgrammeAnswer(VersionAnswer):
    """A version with its document in canonical form."""

    document: dict[str, Any]


class ConcernAnswer(Answer):
    """Something allowed that is probably not meant."""

    path: str
    code: str
    message: str
    hint: str


class CheckAnswer(Answer):
    is_valid: bool
    problems: list[WrongAnswer]
    warnings: list[ConcernAnswer]
    changes: Annotated[list[str], Field(description="What would change, in the asked language")]
    digest: str | None


class PublishedAnswer(Answer):
    result: Literal["published", "unchanged"]
    number: int
    warnings: list[ConcernAnswer]


class SchemaAnswer(Schema):
    """JSON Schema (2020-12) of the programme document."""

    model_config = ConfigDict(extra="allow")


class SegmentAnswer(Answer):
    id: str
    name: str
    is_enabled: bool
    members: Annotated[int | None, Field(description="Who match now; null for one that is switched off")]
    first: Annotated[int | None, Field(description="Those of them for whom it is the first that matches")]


class SegmentsAnswer(Answer):
    items: list[SegmentAnswer]


class PreviewAnswer(Answer):
    members: Annotated[int, Field(description="Of the whole programme, as of the last work on each account")]
    examples: Annotated[list[str], Field(description="Customer ids of your shop")]


class SegmentMembersPage(Answer):
    items: Annotated[
        list[str], Field(description="Customer ids of your shop; a page may hold fewer than asked for")
    ]
    next: Next
