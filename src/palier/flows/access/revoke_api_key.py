"""A key opens nothing any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django_scopes import scope

from palier.core.errors import Refusal
from palier.store.access.models import ApiKey


class UnknownApiKey(Refusal):
    """The programme has no key with that id."""

    code = "unknown_api_key"


@dataclass(frozen=True, slots=True)
class RevokeApiKey:
    """``key`` is the key's public id, never the key itself."""

    programme_id: int
    key: str


def revoke_api_key(command: RevokeApiKey, *, now: datetime) -> bool:
    """Whether it was good until now. Processes that know it forget it within a minute. Else ``UnknownApiKey``."""
    with scope(programme=command.programme_id):
        keys = ApiKey.objects.filter(public_id=command.key)
        if keys.filter(revoked_at=None).update(revoked_at=now):
            return True
        if not keys.exists():
            raise UnknownApiKey("there is no such key", path="key", hint="palier key list shows them")
    return False
