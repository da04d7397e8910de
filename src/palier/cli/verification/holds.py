"""I-11, I-18, I-22: a hold sets aside what its entries say, once: in the state, or with the order that took it over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger, instant_of
from palier.cli.verification.worth import kept_of


def open_holds(ledger: Ledger) -> dict[str, Any]:
    """The holds in the cached state by id: lapses_at, pieces, coupons."""
    return {row[0]: row[1:] for row in ledger.state.get("holds", ())}


def held_points(row: Any) -> int:
    """The points that a hold of the state sets aside."""
    return sum(piece[0] for piece in row[1])


def check_held(holdings: Holdings) -> Iterator[Problem]:
    """I-11: what accounts hold is what open holds of carts and of orders took."""
    stored = sum(ledger.account.held for ledger in holdings.ledgers)
    of_carts = sum(held_points(row) for ledger in holdings.ledgers for row in open_holds(ledger).values())
    of_orders = sum(
        piece[0]
        for bought in holdings.orders
        if bought.order.booking.get("is_held")
        for piece in bought.order.booking.get("uses", ())
    )
    if stored != of_carts + of_orders:
        expected = f"{of_carts} in open holds of carts and {of_orders} in those of orders"
        yield Problem("I-11", holdings.name, "held points", expected, str(stored))


def check_holds(holdings: Holdings) -> Iterator[Problem]:
    """I-11: an open hold is in the state and its entries come to its points; one that ended gave them back, once.

    What a captured one set aside moves by the entries of its order.
    """
    moved: dict[str, int] = defaultdict(int)
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        if entry.cause_kind == "hold":
            moved[entry.cause] += entry.held
    rows = {row.public_id: row for ledger in holdings.ledgers for row in ledger.holds}
    for ledger in holdings.ledgers:
        cached = open_holds(ledger)
        stored = {row.public_id for row in ledger.holds if row.state == "held"}
        for hold_id in sorted(cached.keys() ^ stored):
            where = f"hold {hold_id} in the state"
            found = "there" if hold_id in cached else "missing"
            yield Problem("I-11", ledger.name, where, "there" if hold_id in stored else "none", found)
        for hold_id, row in cached.items():
            points = held_points(row)
            if points != moved[hold_id]:
                where = f"points of hold {hold_id}"
                yield Problem("I-11", ledger.name, where, f"{moved[hold_id]} by its entries", str(points))
            lapses_at = instant_of(row[0])
            if lapses_at is not None and lapses_at <= ledger.account.caught_up_at:
                yield Problem("I-11", ledger.name, f"hold {hold_id}", f"lapsed at {lapses_at}", "held")
    for hold_id, row in rows.items():
        if row.state in ("released", "lapsed") and moved[hold_id]:
            where = f"points of hold {hold_id} ({row.state})"
            yield Problem("I-11", holdings.name, where, "0 by its entries", str(moved[hold_id]))


def check_captured(holdings: Holdings) -> Iterator[Problem]:
    """I-18: the hold that an order took over is the member's, is captured, and is no other order's."""
    rows = {row.public_id: row for ledger in holdings.ledgers for row in ledger.holds}
    owners: dict[str, str] = {}
    for bought in holdings.orders:
        hold_id, name = bought.order.booking.get("hold", ""), bought.order.external_id
        if not hold_id:
            continue
        where = f"hold {hold_id} of order {name}"
        state = rows[hold_id].state if hold_id in rows else "none such"
        if state != "captured":
            yield Problem("I-18", holdings.name, where, "captured", state)
        if hold_id in owners:
            yield Problem("I-18", holdings.name, where, f"order {owners[hold_id]}'s only", "another's too")
        owners[hold_id] = name


def check_first_claims(holdings: Holdings) -> Iterator[Problem]:
    """I-22: the benefit of the first order is taken by the open holds and placed orders that have it, by no others."""
    claims = {
        f"hold:{row.public_id}"
        for ledger in holdings.ledgers
        for row in ledger.holds
        if row.state == "held" and _gives_first_order(row.quote)
    }
    for bought in holdings.orders:
        order = bought.order
        if not order.booking.get("claims_first"):
            continue
        claims.add(f"order:{order.id}")
        has_it = any(discount["source"] == "first_order" for discount in order.discounts or ())
        if order.status != "placed" or not has_it or kept_of(bought).is_gone:
            where = f"order {order.external_id} has the benefit of the first order"
            yield Problem("I-22", holdings.name, where, "only while it waits with it", order.status)
    cached = {claim for ledger in holdings.ledgers for claim in ledger.state.get("first_claims", ())}
    if cached != claims:
        told = [", ".join(sorted(each)) or "nobody" for each in (claims, cached)]
        yield Problem("I-22", holdings.name, "benefit of the first order", *told)


def _gives_first_order(quote: Any) -> bool:
    """Whether a stored quote gives something for a first order; carriers that were not chosen are nothing."""
    given = [*quote.get("discounts", ()), *quote.get("gifts", ())]
    given += [grant for grant in quote.get("shipping_by", ()) if not grant["is_idle"]]
    return any(each["source"] == "first_order" for each in given)
