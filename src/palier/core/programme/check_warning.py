"""The warning that checks give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Warning:
    """Something allowed that is probably not meant.

    ``path`` points into ``to_document(programme)`` (tiers stand there by threshold). ``code`` is a stable word,
    ``facts`` its numbers as written in the document; ``suggestion`` may be empty.
    """

    path: str
    code: str
    reason: str
    suggestion: str = ""
    facts: Mapping[str, str | int] = field(default_factory=dict)
