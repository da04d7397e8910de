"""Parts of many answers: amounts, instants, pages, problems."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Schema
from pydantic import ConfigDict, Field

from palier.api.reference import ABOUT_AMOUNT

Amount = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", description=ABOUT_AMOUNT)]
Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Next = Annotated[str | None, Field(description="`cursor` of the next page; null on the last one")]


class Answer(Schema):
    """An answer has all the keys that are documented; a later release may add others."""


class WrongAnswer(Answer):
    """One thing that is wrong with a message."""

    path: str
    message: str
    hint: str = ""


class ProblemAnswer(Answer):
    """What went wrong (RFC 9457). `code` is a stable word for programs; `path` names the place in what was sent."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    path: str = ""
    hint: str = ""
    problems: list[WrongAnswer] = []


class KeyAnswer(Answer):
    """What the key opens."""

    shop: str
    programme: str
    currency: str
    timezone: str
    languages: list[str]
    scopes: list[str]
    now: Annotated[Instant, Field(description="The time in the programme: a demo's clock may be ahead")]


class ExportAnswer(Schema):
    """Everything that is known of a person."""

    model_config = ConfigDict(extra="allow")

    exported_at: Instant
    programme: str
    currency: str
    totals: dict[str, Any]
