"""What a lone order may need beside itself, read in the statement that reads the order: hold, coupons, purchases, and
the programme's versions if this process does not know them yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from json import loads
from typing import Any

from palier.core.account import Coupon
from palier.store.holds.load import StoredHold, hold_column, hold_of
from palier.store.orders.load import COUPON, coupon_of
from palier.store.orders.purchases import Purchases, purchases_column, purchases_of
from palier.store.programmes.load import timeline_column
from palier.store.rows import Query, any_of, is_postgresql, listed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look up: the hold that the order names, the coupon codes that it names, what its member has bought.

    ``known_version`` is the one whose rules this process knows (0: none). If another one is in force, the versions and
    what was bought are read all the same; None: they are not.
    """

    customer: str | None = None
    hold: str = ""
    codes: tuple[str, ...] = ()
    with_purchases: bool = False
    known_version: int | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What was found. ``codes`` are those that were looked for; ``purchases`` and ``timeline`` None: not asked for."""

    hold: StoredHold | None = None
    coupons: tuple[Coupon, ...] = ()
    codes: frozenset[str] = frozenset()
    purchases: Purchases | None = None
    timeline: Any = None


def columns_of(wanted: Wanted) -> list[Query]:
    """Columns for ``orders_query``, for ``found_beside`` to read; none when nothing is wanted.

    Only an order that was not accepted yet asks what was bought: telling it again reads nothing of that.
    """
    found: list[Query] = []
    if wanted.hold:
        found.append((hold_column("s.id"), [wanted.hold]))
    if wanted.codes:
        codes = listed(wanted.codes)
        found.append((_coupons_column(), [wanted.customer, codes, codes]))
    if wanted.with_purchases:
        bought = f"CASE WHEN o.frozen IS NULL THEN {purchases_column(_ACCOUNT)} END"
        found.append((bought, [wanted.customer]))
    if wanted.known_version is not None:
        known = wanted.known_version
        if not wanted.with_purchases:
            bought = f"CASE WHEN o.frozen IS NULL AND {_IS_OTHER} THEN {purchases_column(_ACCOUNT)} END"
            found.append((bought, [known, wanted.customer]))
        found.append((f"CASE WHEN {_IS_OTHER} THEN {timeline_column('p.id')} END", [known]))
    return found


def found_beside(wanted: Wanted, rows: Sequence[tuple[Any, ...]]) -> Beside:
    """What the columns of the (one) row hold, those at its end."""
    values = list(rows[0][len(rows[0]) - len(columns_of(wanted)) :]) if rows else []
    hold = values.pop(0) if wanted.hold and values else None
    coupons = values.pop(0) if wanted.codes and values else None
    purchases = values.pop(0) if values else None
    return Beside(
        hold_of(_list(hold)) if hold is not None else None,
        tuple(coupon_of(tuple(row)) for row in _list(coupons)) if coupons is not None else (),
        frozenset(wanted.codes),
        purchases_of(purchases) if wanted.with_purchases or purchases is not None else None,
        values.pop(0) if values else None,
    )


_IS_OTHER = "p.current_version_id <> %s"
_ACCOUNT = (
    "COALESCE(o.account_id,"
    " (SELECT i.account_id FROM store_identity i WHERE i.shop_id = s.id AND i.customer_id = %s))"
)


def _coupons_column() -> str:
    """SQL for the member's coupons with one of these codes or ids, as one JSON value."""
    each = ", ".join(f"c.{name}" for name in COUPON.split(", "))
    gathered = f"json_agg(json_build_array({each}))"
    if not is_postgresql():
        gathered = f"json_group_array(json_array({each.replace('c.facts', 'json(c.facts)')}))"
    return (
        f"(SELECT {gathered} FROM store_coupon c WHERE c.account_id = {_ACCOUNT}"
        f" AND ({any_of('c.code')} OR {any_of('c.public_id')}))"
    )


def _list(value: Any) -> Any:
    return loads(value) if isinstance(value, str) else value
