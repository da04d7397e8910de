"""Why a member has this tier and these points, in words: read without a lock, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.catch_up import catch_up
from palier.core.errors import UnknownMember
from palier.core.explain.standing import explain_points, explain_tier
from palier.core.formats import formats_for
from palier.flows.bench.accounts import open_book
from palier.store.members.load import find_account_id, read_by_id
from palier.store.orders.load import load_shop
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class Standing:
    """Sentences, most important first; ``tier`` is empty when the programme has no tiers."""

    tier: tuple[str, ...]
    points: tuple[str, ...]


def explain_standing(shop_id: int, customer: str, *, language: str, now: datetime) -> Standing:
    """The member's tier and points as of ``now``, explained; ``UnknownMember`` when the shop's id was never seen."""
    shop = load_shop(shop_id)
    account_id = find_account_id(shop_id, customer)
    account = read_by_id(account_id) if account_id is not None else None
    if account is None:
        raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")
    book = open_book(account.state, load_timeline(shop.programme_id, shop.current_version_id))
    catch_up(book, now)
    rules = book.programme
    formats = formats_for(language, rules.currency, rules.timezone)
    return Standing(explain_tier(book, language, formats), explain_points(book, language, formats))
