"""Profiles as core values."""

from __future__ import annotations

from collections.abc import Sequence
from json import loads
from typing import Any

from palier.core.member import MemberFacts
from palier.store.rows import any_of, from_time, listed, select


def load_profiles(account_ids: Sequence[int]) -> dict[int, MemberFacts]:
    """The profiles of these accounts (``customer`` empty: an account may have several). One statement, or none."""
    if not account_ids:
        return {}
    rows = select(
        "SELECT account_id, name, email, language, is_company, groups, tags, born, signed_up_at, prices"
        f" FROM store_profile WHERE {any_of('account_id')}",
        [listed(account_ids)],
    )
    return {
        row[0]: MemberFacts(
            customer="",
            name=row[1],
            email=row[2],
            language=row[3],
            company=bool(row[4]),
            groups=tuple(_json(row[5])),
            tags=tuple(_json(row[6])),
            born=row[7],
            signed_up=from_time(row[8]),
            prices=row[9],
        )
        for row in rows
    }


def _json(value: Any) -> Any:
    return loads(value) if isinstance(value, str) else value
