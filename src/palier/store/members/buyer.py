"""What a quote needs of a member and of the shop, in one statement."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from palier.core.account import Coupon
from palier.store.members.load import COLUMNS, LoadedAccount, account_of
from palier.store.orders.load import COUPON, coupon_of
from palier.store.orders.purchases import Purchases, purchases_column, purchases_of
from palier.store.prepared import Prepared
from palier.store.rows import any_of, listed, select


@dataclass(frozen=True, slots=True)
class ReadBuyer:
    """The shop's programme and its version in force; the account, if the shop knows the customer.

    ``coupons`` are those of the account that the codes name, in whatever state; ``purchases`` None: not asked for.
    """

    programme_id: int
    version_id: int
    account: LoadedAccount | None = None
    coupons: tuple[Coupon, ...] = ()
    purchases: Purchases | None = None


def read_buyer(
    shop_id: int, customer: str | None, *, codes: Sequence[str] = (), with_purchases: bool = False
) -> ReadBuyer:
    """One statement, without a lock. ``LookupError`` when there is no such shop."""
    if not codes and not with_purchases:
        return _read(_USUAL.rows([customer, shop_id]), shop_id)
    bought = purchases_column("a.id") if with_purchases else "NULL"
    coupon, joined, named = "NULL", "", []
    if codes:
        coupon = ", ".join(f"c.{name}" for name in COUPON.split(", "))
        joined = (
            " LEFT JOIN store_coupon c ON c.account_id = a.id"
            f" AND ({any_of('c.code')} OR {any_of('c.public_id')})"
        )
        named = [listed(codes), listed(codes)]
    rows = select(_statement(bought, coupon, joined), [customer, *named, shop_id])
    return _read(rows, shop_id, has_codes=bool(codes), with_purchases=with_purchases)


def read_buyers(shop_id: int, customers: Collection[str]) -> dict[str | None, ReadBuyer]:
    """What usual quotes (no code, nothing asked of purchases) of several customers need, in one statement.

    Those whom the shop does not know are missing; None is who is nobody's member. ``LookupError`` as above.
    """
    rows = _of_several().rows([listed(customers), shop_id])
    if not rows:
        raise LookupError(f"there is no shop {shop_id}")
    programme_id, version_id = rows[0][_WIDTH : _WIDTH + 2]
    found = {
        row[_WIDTH + 2]: ReadBuyer(programme_id, version_id, account_of(row))
        for row in rows
        if row[0] is not None
    }
    return {None: ReadBuyer(programme_id, version_id), **found}


def _statement(bought: str, coupon: str, joined: str, customer: str = "i.customer_id = %s") -> str:
    return (
        f"SELECT {COLUMNS}, s.programme_id, v.current_version_id, {bought}, {coupon} FROM store_shop s"
        " JOIN store_programme v ON v.id = s.programme_id"
        f" LEFT JOIN store_identity i ON i.shop_id = s.id AND {customer}"
        " LEFT JOIN store_account a ON a.id = i.account_id LEFT JOIN store_profile p ON p.account_id = a.id"
        f"{joined} WHERE s.id = %s"
    )


_USUAL = Prepared("buyer", _statement("NULL", "NULL", ""))
"""Of nearly every quote: no code, no segment that asks what was bought."""


@cache
def _of_several() -> Prepared:
    return Prepared("buyers", _statement("i.customer_id", "NULL", "", any_of("i.customer_id")))


def _read(
    rows: Sequence[tuple[Any, ...]], shop_id: int, *, has_codes: bool = False, with_purchases: bool = False
) -> ReadBuyer:
    if not rows:
        raise LookupError(f"there is no shop {shop_id}")
    first = rows[0]
    programme_id, version_id, purchases = first[_WIDTH : _WIDTH + 3]
    if first[0] is None:
        return ReadBuyer(programme_id, version_id)
    coupons = tuple(coupon_of(row[_WIDTH + 3 :]) for row in rows if has_codes and row[_WIDTH + 3] is not None)
    return ReadBuyer(
        programme_id,
        version_id,
        account_of(first),
        coupons,
        purchases_of(purchases) if with_purchases else None,
    )


_WIDTH = COLUMNS.count(",") + 1
