"""Two customer ids, of one shop or of two shops of a programme, turn out to be one person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.catch_up import catch_up
from palier.core.errors import UnknownMember
from palier.core.merge import merge
from palier.flows.bench.accounts import Bench
from palier.flows.transaction import in_one_transaction
from palier.store.members.load import LoadedAccount, lock_for_shop
from palier.store.members.merge import repoint
from palier.store.orders.load import LoadedShop, load_shop
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class MergeMembers:
    """Everything of ``merged`` moves to ``kept``; both ids then name the kept account.

    ``merged_shop_id`` is the shop that ``merged`` is an id of, if it is another one of the same programme.
    """

    shop_id: int
    kept: str
    merged: str
    merged_shop_id: int | None = None


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
    other = load_shop(command.merged_shop_id) if command.merged_shop_id is not None else shop
    accounts, kept_id, merged_id = _lock(shop, command.kept, other, command.merged)
    if other.programme_id != shop.programme_id:
        raise UnknownMember("the two shops belong to different programmes", path="merged_shop_id")
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


def _lock(
    shop: LoadedShop, kept: str, other: LoadedShop, merged: str
) -> tuple[dict[int, LoadedAccount], int, int]:
    """Both accounts, and which is which. Those of one shop are locked in the order of their ids, as everywhere.

    Two merges across shops, each the other way round, may meet: the database ends one, which is retried.
    """
    if other.id == shop.id:
        accounts, kept_ids = lock_for_shop(shop.id, [kept, merged], [])
        merged_ids = kept_ids
    else:
        accounts, kept_ids = lock_for_shop(shop.id, [kept], [])
        others, merged_ids = lock_for_shop(other.id, [merged], [])
        accounts |= others
    for customer, known in ((kept, kept_ids), (merged, merged_ids)):
        if customer not in known:
            raise UnknownMember(f"no member {customer!r}", path="member", hint="check the shop's customer id")
    return accounts, kept_ids[kept], merged_ids[merged]
