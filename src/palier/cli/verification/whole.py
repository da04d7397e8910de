"""A whole programme: its accounts in chunks, and what only shows across accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django_scopes import scopes_disabled

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import load_account_ids, load_holdings, load_versions
from palier.cli.verification.seals import check_seals
from palier.cli.verification.table import problems_of
from palier.cli.verification.versions import check_versions
from palier.store.models import Account, Programme
from palier.store.moment import one_moment

CHUNK = 500
"""Accounts read together, in one transaction that sees one moment."""


def load_programme_ids(public_id: str = "") -> list[int]:
    """The programmes to be checked: all, or the one with that public id (or that number)."""
    rows = Programme.objects.order_by("id")
    if public_id:
        rows = rows.filter(id=int(public_id)) if public_id.isdecimal() else rows.filter(public_id=public_id)
    return list(rows.values_list("id", flat=True))


def load_account_count(programme_ids: list[int]) -> int:
    """How many accounts there are to check."""
    with scopes_disabled():
        return Account.objects.filter(programme_id__in=programme_ids).count()


def load_problems(
    programme_id: int, *, is_quick: bool = False, on_progress: Callable[[int], object] = lambda accounts: None
) -> Iterator[Problem]:
    """Every problem of a programme, as they are found. It only reads; others may write meanwhile."""
    with scopes_disabled(), one_moment():
        versions = load_versions(programme_id)
        found = list(_across_accounts(programme_id)) if versions.versions else []
        found += check_versions(programme_id)
        if not is_quick:
            found += check_seals(programme_id)
    yield from found
    after = 0
    while versions.versions:
        with scopes_disabled(), one_moment():
            # A version may have been published since the last chunk was read.
            versions = load_versions(programme_id, versions)
            account_ids = load_account_ids(programme_id, after=after, limit=CHUNK)
            members = load_holdings(account_ids, versions) if account_ids else []
        if not account_ids:
            return
        for holdings in members:
            yield from problems_of(holdings, is_quick=is_quick)
        on_progress(sum(len(holdings.ledgers) for holdings in members))
        after = account_ids[-1]
        if len(account_ids) < CHUNK:
            return


def _across_accounts(programme_id: int) -> Iterator[Problem]:
    """I-15, I-17, I-19, I-23: orders, codes of coupons and intents are there once, and belong to the programme."""
    for _, external_id, count in _found(
        _TWICE.format("o.shop_id, o.external_id", "store_order o"), programme_id
    ):
        yield Problem("I-15", "-", f"order {external_id}", "1", str(count))
    for code, count in _found(_TWICE.format("o.code", "store_coupon o"), programme_id):
        # Whoever reads this may not be one who should know the code.
        yield Problem("I-19", "-", f"coupons with the code {code[:2]}…", "1", str(count))
    intents = "store_intent o JOIN store_account a ON a.id = o.account_id"
    for account, key, count in _found(_TWICE.format("a.public_id, o.key", intents), programme_id):
        yield Problem("I-23", str(account), f"intent {key}", "1", str(count))
    for name in ("order", "hold", "identity"):
        for (account,) in _found(_STRANGERS.format(name), programme_id, programme_id):
            yield Problem("I-17", account, f"shop of its {name}", "the programme's", "another's")
    yield from _circles(programme_id)


_TWICE = "SELECT {0}, COUNT(*) FROM {1} WHERE o.programme_id = %s GROUP BY {0} HAVING COUNT(*) > 1"
"""Values of these columns that more than one row has, and how many have them."""
_STRANGERS = (
    "SELECT a.public_id FROM store_{0} o JOIN store_account a ON a.id = o.account_id"
    " JOIN store_shop s ON s.id = o.shop_id WHERE a.programme_id = %s AND s.programme_id <> %s"
)
"""Accounts of the programme with a row of another programme's shop."""


def _found(statement: str, *parameters: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def _circles(programme_id: int) -> Iterator[Problem]:
    """I-13: whoever was merged leads to an account that is there."""
    merged = Account.objects.filter(programme_id=programme_id).exclude(merged_into=None)
    into = {row[0]: row[1:] for row in merged.values_list("id", "merged_into_id", "public_id")}
    for account_id, (kept_id, name) in into.items():
        seen = {account_id}
        while kept_id in into and kept_id not in seen:
            seen.add(kept_id)
            kept_id = into[kept_id][0]
        if kept_id in seen:
            yield Problem("I-13", name, "merged into", "an account that is there", "itself, in a circle")
