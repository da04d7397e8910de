"""Two customer ids of a shop turn out to be one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.catch_up import catch_up
from palier.core.errors import UnknownMember
from palier.core.merge import merge
from palier.flows.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.members.load import lock_for_shop
from palier.store.members.merge import repoint
from palier.store.orders.load import load_shop
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class MergeMembers:
    """Everything of ``merged`` moves to ``kept``; both ids then name the kept account."""

    shop_id: int
    kept: str
    merged: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The account that stays. ``is_repeat``: the two were one already."""

    account_id: int
    is_repeat: bool


def merge_members(command: MergeMembers, *, now: datetime) -> Merged:
    """Merge two accounts atomically; done again it changes nothing. ``UnknownMember`` names an id never seen."""
    return in_one_transaction(lambda: _merge(command, now))


def _merge(command: MergeMembers, now: datetime) -> Merged:
    shop = load_shop(command.shop_id)
    accounts, by_customer = lock_for_shop(shop.id, sorted({command.kept, command.merged}), [])
    for customer in (command.kept, command.merged):
        if customer not in by_customer:
            raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")
    kept_id, merged_id = by_customer[command.kept], by_customer[command.merged]
    if kept_id == merged_id:
        return Merged(kept_id, True)
    bench = Bench(load_timeline(shop.programme_id, shop.current_version_id), accounts, shop.programme_id)
    kept, merged = bench.open(kept_id), bench.open(merged_id)
    instant = max(now, kept.now, merged.now)
    catch_up(kept, instant)
    catch_up(merged, instant)
    merge(kept, merged)
    bench.record(now=now, until=instant)
    repoint(merged_id, kept_id)
    return Merged(kept_id, False)
