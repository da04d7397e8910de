"""Stored orders as core values, with their lines, refunds, and what is booked for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from json import loads
from typing import Any

from msgspec import Struct

from palier.core.account import Booking, Coupon, Frozen, Lot
from palier.core.order import Delivery, Line, Order, OrderDiscount, Refund, RefundLine, Shipping
from palier.core.values import replace
from palier.store.codec import (
    booking_from_json,
    fraction_from_text,
    frozen_from_json,
    piece_from_json,
    terms_from_json,
)
from palier.store.members.merge import PERSON
from palier.store.rows import Query, among, any_of, from_time, is_postgresql, listed, select, to_time, untyped


@dataclass(frozen=True, slots=True)
class LoadedShop:
    """The shop that speaks, and the programme it belongs to."""

    id: int
    programme_id: int
    currency: str
    current_version_id: int


class StoredOrder(Struct, frozen=True):
    """An order as it stands in the store. ``order.status`` is empty while only refunds of it are known."""

    id: int
    account_id: int | None
    order: Order
    digest: str
    version_id: int | None
    booking: Booking
    frozen: Frozen | None
    reached_at: tuple[tuple[str, datetime], ...]
    refunds: tuple[Refund, ...] = ()
    is_new: bool = False

    @property
    def is_known(self) -> bool:
        """Whether the order itself has been seen, and not only a refund of it."""
        return bool(self.order.status)


_ORDER = (
    "o.id, o.external_id, o.account_id, o.status, o.updated_at, o.placed_at, o.paid_at, o.currency, o.rate, o.prices,"
    " o.carrier, o.shipping_minor, o.shipping_other, o.discounts, o.payment_method, o.delivery_city,"
    " o.delivery_country, o.content_digest, o.version_id, o.booking, o.frozen, o.reached, o.email_folded"
)
_REFUNDS = 4 + _ORDER.count(",") + 1
"""Where ``orders_query`` has the refunds of an order of which nothing else is known."""


def load_orders(shop_id: int, external_ids: Collection[str]) -> tuple[LoadedShop, dict[str, StoredOrder]]:
    """The shop, and those of these orders that are stored; with ``with_contents`` they are whole. One statement."""
    return found_orders(select(*orders_query(shop_id, external_ids)))


def orders_query(shop_id: int, external_ids: Collection[str], also: Sequence[Query] = ()) -> Query:
    """The statement of ``load_orders``, for ``found_orders`` to read; ``also`` are columns more, at the end."""
    more = "".join(f", {column}" for column, _ in also)
    order, named = among("o.external_id", external_ids)
    statement = (
        f"SELECT s.id, s.programme_id, p.currency, p.current_version_id, {untyped(_ORDER)},"
        f" CASE WHEN o.status = '' THEN {_refunds_column()} END{more} FROM store_shop s"
        " JOIN store_programme p ON p.id = s.programme_id"
        f" LEFT JOIN store_order o ON o.shop_id = s.id AND {order} WHERE s.id = %s"
    )
    return statement, [*(value for _, values in also for value in values), named, shop_id]


def found_orders(rows: Sequence[tuple[Any, ...]]) -> tuple[LoadedShop, dict[str, StoredOrder]]:
    """The shop, and the stored orders by the shop's id. ``LookupError`` when there is no such shop.

    An order of which only refunds are known is whole: they come with it, and lines it has none.
    """
    if not rows:
        raise LookupError("there is no such shop")
    found = {row[5]: _order(row[4:]) for row in rows if row[4] is not None}
    for row in rows:
        if row[_REFUNDS] is not None:
            refunds = tuple(_refund(row[5], each) for each in _json(row[_REFUNDS]))
            found[row[5]] = replace(found[row[5]], refunds=refunds)
    return LoadedShop(*rows[0][:4]), found


def load_whole_orders(
    shop_id: int, external_ids: Collection[str]
) -> tuple[LoadedShop, dict[str, StoredOrder]]:
    """``load_orders`` and ``with_contents`` in one statement."""
    also: list[Query] = [(_lines_column(), ()), (_refunds_column(), ())]
    rows = select(*orders_query(shop_id, external_ids, also))
    shop, found = found_orders(rows)
    for row in rows:
        if row[5] in found:
            stored = found[row[5]]
            lines = tuple(_line(each) for each in _json(row[-2]) or ())
            refunds = tuple(_refund(row[5], each) for each in _json(row[-1]) or ())
            found[row[5]] = replace(stored, order=replace(stored.order, lines=lines), refunds=refunds)
    return shop, found


_LINE = "product, quantity, amount_minor, categories, other, weight_g, on_sale"


def _line(row: Sequence[Any]) -> Line:
    """The line of a row, or of its values in JSON."""
    other, is_on_sale = fraction_from_text(row[5]), bool(row[7])
    return Line(row[0], row[1], row[2], row[3], tuple(_json(row[4])), other, row[6], is_on_sale)


def _lines_column() -> str:
    """SQL for the lines of the order ``o``, in their order, as one JSON value."""
    columns = ", ".join(f"l.{name}" for name in ("line_id", *_LINE.split(", ")))
    if is_postgresql():
        gathered = f"json_agg(json_build_array({columns}) ORDER BY l.position)"
        return f"(SELECT {gathered} FROM store_orderline l WHERE l.order_id = o.id)"
    each = f"json_array({columns.replace('l.categories', 'json(l.categories)')}) AS line"
    rows = f"SELECT {each} FROM store_orderline l WHERE l.order_id = o.id ORDER BY l.position"
    return f"(SELECT json_group_array(json(line)) FROM ({rows}))"


def _refunds_column() -> str:
    """SQL for the refunds of the order ``o``, oldest first, as one JSON value; NULL or an empty list without any."""
    columns = "r.external_id, r.lines, r.amount_minor, r.is_full, r.is_with_shipping, r.at"
    if is_postgresql():
        gathered = f"json_agg(json_build_array({columns}) ORDER BY r.id)"
        return f"(SELECT {gathered} FROM store_refund r WHERE r.order_id = o.id)"
    each = f"json_array({columns.replace('r.lines', 'json(r.lines)')}) AS refund"
    rows = f"SELECT {each} FROM store_refund r WHERE r.order_id = o.id ORDER BY r.id"
    return f"(SELECT json_group_array(json(refund)) FROM ({rows}))"


def _refund(order_id: str, row: Sequence[Any]) -> Refund:
    """The refund of a row, or of its values in JSON."""
    pieces = tuple(RefundLine(q, line, product) for q, line, product in _json(row[1]))
    return Refund(order_id, row[0], pieces, row[2], bool(row[3]), bool(row[4]), _time(row[5]))


def load_of_accounts(account_ids: Iterable[int]) -> list[StoredOrder]:
    """Every order of these accounts, without lines and refunds. One statement."""
    rows = select(
        f"SELECT {untyped(_ORDER)} FROM store_order o WHERE {any_of('o.account_id')} ORDER BY o.id",
        [listed(account_ids)],
    )
    return [_order(row) for row in rows]


def lock_orders(order_ids: Iterable[int]) -> bool:
    """Lock orders that no account's lock guards: those of guests, and those of which only a refund is known.

    Whether they have to be read anew: SQLite's one writer had them locked when it read them.
    """
    ids = sorted(order_ids)
    if not ids or not is_postgresql():
        return False
    select(f"SELECT id FROM store_order WHERE {any_of('id')} ORDER BY id FOR UPDATE", [listed(ids)])
    return True


def load_shop(shop_id: int) -> LoadedShop:
    """The shop and its programme. One statement; ``LookupError`` when there is none."""
    rows = select(
        "SELECT s.id, s.programme_id, p.currency, p.current_version_id FROM store_shop s"
        " JOIN store_programme p ON p.id = s.programme_id WHERE s.id = %s",
        [shop_id],
    )
    if not rows:
        raise LookupError(f"there is no shop {shop_id}")
    return LoadedShop(*rows[0])


def find_currency(shop_id: int, external_id: str) -> str:
    """The currency of a shop's order; empty while the order is not known. One statement."""
    rows = select(
        "SELECT currency FROM store_order WHERE shop_id = %s AND external_id = %s", [shop_id, external_id]
    )
    return str(rows[0][0]) if rows else ""


def find_guest_orders(shop_id: int, email_folded: str, *, since: datetime) -> list[str]:
    """External ids of a shop's guest orders with this address, oldest first, none placed before ``since``; locked."""
    if not email_folded:
        return []
    rows = select(
        "SELECT external_id FROM store_order WHERE shop_id = %s AND account_id IS NULL AND email_folded = %s"
        " AND status <> '' AND COALESCE(placed_at, paid_at, updated_at, recorded_at) >= %s"
        " ORDER BY COALESCE(paid_at, updated_at, recorded_at), id"
        + (" FOR UPDATE" if is_postgresql() else ""),
        [shop_id, email_folded, to_time(since)],
    )
    return [row[0] for row in rows]


def with_contents(orders: dict[str, StoredOrder]) -> dict[str, StoredOrder]:
    """The same orders with their lines and refunds. Two statements, none without known orders."""
    known = {key: stored for key, stored in orders.items() if stored.is_known}
    if not known:
        return orders
    ids = listed([stored.id for stored in known.values()])
    lines: dict[int, list[Line]] = defaultdict(list)
    for row in select(
        f"SELECT order_id, line_id, {_LINE} FROM store_orderline WHERE {any_of('order_id')}"
        " ORDER BY order_id, position",
        [ids],
    ):
        lines[row[0]].append(_line(row[1:]))
    refunds: dict[int, list[Refund]] = defaultdict(list)
    for row in select(
        "SELECT r.order_id, o.external_id, r.external_id, r.lines, r.amount_minor, r.is_full, r.is_with_shipping, r.at"
        f" FROM store_refund r JOIN store_order o ON o.id = r.order_id WHERE {any_of('r.order_id')} ORDER BY r.id",
        [ids],
    ):
        refunds[row[0]].append(_refund(row[1], row[2:]))
    return orders | {
        key: replace(
            stored,
            order=replace(stored.order, lines=tuple(lines[stored.id])),
            refunds=tuple(refunds[stored.id]),
        )
        for key, stored in known.items()
    }


def load_expired(account_id: int, lots: Iterable[tuple[int, int]]) -> dict[tuple[int, int], tuple[Lot, int]]:
    """How many points of these lots (account, number), or of lots that they became, expired unused. One statement.

    All of them are, or were before a merge, those of the person whose account it is. They ended when their expiry was
    booked (a renewal had moved it), unless they had ended before they were born.
    """
    keys = set(lots)
    accounts, numbers = listed({account for account, _ in keys}), listed({number for _, number in keys})
    rows = select(
        f"WITH RECURSIVE {PERSON} SELECT d.account_id, d.lot_number, -SUM(d.points), MIN(l.starts_at), MIN(l.born_at),"
        " MIN(l.available_at), MIN(l.own_end), MIN(l.origin_account), MIN(l.origin_number),"
        " MIN(CASE WHEN d.points < 0 THEN e.effective_at END) FROM store_draw d"
        " JOIN store_entry e ON e.account_id = d.account_id AND e.sequence = d.sequence AND e.kind = 'expire'"
        " JOIN store_lot l ON l.account_id = d.account_id AND l.number = d.lot_number"
        " WHERE d.account_id IN (SELECT id FROM person)"
        f" AND (({any_of('l.account_id')} AND {any_of('l.number')})"
        f" OR ({any_of('l.origin_account')} AND {any_of('l.origin_number')})) GROUP BY d.account_id, d.lot_number",
        [account_id, accounts, numbers, accounts, numbers],
    )
    found = {}
    for account, number, expired, starts, born, available, own_end, *origin, ended in rows:
        if expired > 0 and not keys.isdisjoint({(account, number), tuple(origin)}):
            starts_at, born_at, end, ends_at = (_time(value) for value in (starts, born, own_end, ended))
            assert starts_at is not None
            assert born_at is not None
            ends_at = end if end is not None and end <= born_at else ends_at
            root = (origin[0], origin[1]) if origin[0] else None
            lot = Lot(number, 0, starts_at, born_at, True, _time(available), end, ends_at, root)
            found[account, number] = (lot, int(expired))
    return found


def load_undone(account_id: int, roots: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Of points that ended before their account was merged into another: how many came back there, to be taken.

    By the lots (account, number) that they first were, of the person whose account it is. One statement.
    """
    keys = set(roots)
    rows = select(
        f"WITH RECURSIVE {PERSON} SELECT l.origin_account, l.origin_number, SUM(l.amount) FROM store_lot l"
        " JOIN store_entry e ON e.account_id = l.account_id AND e.sequence = l.sequence AND e.kind = 'expire'"
        " WHERE l.account_id IN (SELECT id FROM person)"
        f" AND {any_of('l.origin_account')} AND {any_of('l.origin_number')}"
        " GROUP BY l.origin_account, l.origin_number",
        [account_id, listed({account for account, _ in keys}), listed({number for _, number in keys})],
    )
    return {(account, number): int(points) for account, number, points in rows if (account, number) in keys}


COUPON = "account_id, public_id, code, origin, origin_id, state, issued_at, ends_at, points, remaining_minor, facts"


def load_coupons(account_ids: Iterable[int], codes: Iterable[str]) -> dict[int, tuple[Coupon, ...]]:
    """The coupons of these accounts that have one of these codes or public ids, in whatever state. One statement."""
    wanted = listed(codes)
    found: dict[int, list[Coupon]] = defaultdict(list)
    for row in select(
        f"SELECT {COUPON} FROM store_coupon WHERE {any_of('account_id')}"
        f" AND ({any_of('code')} OR {any_of('public_id')})",
        [listed(account_ids), wanted, wanted],
    ):
        found[row[0]].append(coupon_of(row))
    return {account_id: tuple(coupons) for account_id, coupons in found.items()}


def load_all_coupons(account_id: int) -> tuple[Coupon, ...]:
    """Every coupon of one account, oldest first. One statement."""
    rows = select(
        f"SELECT {COUPON} FROM store_coupon WHERE account_id = %s ORDER BY issued_at, id", [account_id]
    )
    return tuple(coupon_of(row) for row in rows)


def coupon_of(row: tuple[Any, ...]) -> Coupon:
    """The coupon of a row that begins with ``COUPON``."""
    facts = _json(row[10])
    issued_at = _time(row[6])
    assert issued_at is not None
    return Coupon(
        id=row[1],
        code=row[2],
        origin=row[3],
        origin_id=row[4],
        state=row[5],
        terms=terms_from_json(facts["terms"]),
        issued_at=issued_at,
        ends_at=_time(row[7]),
        points=row[8],
        pieces=tuple(piece_from_json(piece) for piece in facts["pieces"]),
        remaining_minor=row[9],
    )


def _order(row: tuple[Any, ...]) -> StoredOrder:
    discounts = tuple(
        OrderDiscount(
            source=d["source"],
            amount_minor=d.get("amount_minor", 0),
            code=d.get("code", ""),
            id=d.get("id", ""),
            points=d.get("points", 0),
            lines_minor=tuple(d["lines"]) if d.get("lines") is not None else None,
            free_shipping=d.get("free_shipping", False),
        )
        for d in _json(row[13])
    )
    reached = {status: datetime.fromisoformat(at) for status, at in _json(row[21]).items()}
    order = Order(
        id=row[1],
        status=row[3],
        email=row[22],
        currency=row[7], updated=from_time(row[4]), placed_at=from_time(row[5]),
        paid_at=from_time(row[6]), rate=_rate(row[8]), prices=row[9], lines=None,
        shipping=Shipping(row[10], row[11], fraction_from_text(row[12])), discounts=discounts,
        payment_method=row[14], delivery=Delivery(row[15], row[16]),
    )  # fmt: skip
    return StoredOrder(
        id=row[0], account_id=row[2], order=order, digest=row[17], version_id=row[18],
        booking=booking_from_json(_json(row[19])), frozen=frozen_from_json(_json(row[20])),
        reached_at=tuple(reached.items()),
    )  # fmt: skip


def _rate(text: str) -> Fraction | None:
    return fraction_from_text(text) if text else None


def _json(value: Any) -> Any:
    return loads(value) if isinstance(value, str) else value


def _time(value: Any) -> datetime | None:
    """A time that went through an aggregate or through JSON: it may be its text then."""
    return from_time(datetime.fromisoformat(value) if isinstance(value, str) else value)
