"""A program gets a key of its own to a shop."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from palier.core.access import KEY_PREFIX, SCOPES, SHOWN, key_digest
from palier.core.errors import Refusal
from palier.store.access.models import ApiKey
from palier.store.ids import new_public_id

NAME_MAX = 200


class InvalidApiKey(Refusal):
    """A key needs a name and at least one scope, and only scopes that there are."""

    code = "invalid_api_key"


@dataclass(frozen=True, slots=True)
class IssueApiKey:
    """``name`` says which program it is for; ``author`` who made it."""

    shop_id: int
    name: str
    scopes: Collection[str]
    author: str = ""


@dataclass(frozen=True, slots=True)
class IssuedApiKey:
    """``key`` is known now and never again; ``id`` names it when it is revoked."""

    id: str
    key: str
    prefix: str


def issue_api_key(command: IssueApiKey, *, now: datetime) -> IssuedApiKey:
    """Make a key that nobody can guess; only its digest is stored. ``InvalidApiKey`` names what is wrong."""
    name = command.name.strip()
    if not 0 < len(name) <= NAME_MAX:
        raise InvalidApiKey(
            "a key needs a name",
            path="name",
            hint=f"say in at most {NAME_MAX} characters which program it is for",
        )
    unknown = sorted(set(command.scopes) - set(SCOPES))
    if unknown:
        raise InvalidApiKey(
            f"there is no scope {unknown[0][:50]!r}", path="scopes", hint=f"scopes are {', '.join(SCOPES)}"
        )
    if not command.scopes:
        raise InvalidApiKey(
            "a key without scopes opens nothing", path="scopes", hint=f"scopes are {', '.join(SCOPES)}"
        )
    key = KEY_PREFIX + secrets.token_urlsafe(32)
    row = ApiKey(
        shop_id=command.shop_id,
        public_id=new_public_id(),
        name=name,
        prefix=key[:SHOWN],
        digest=key_digest(key),
        scopes=[scope for scope in SCOPES if scope in command.scopes],
        author=command.author,
        created_at=now,
    )
    row.save(force_insert=True)
    return IssuedApiKey(row.public_id, key, row.prefix)
