"""I-18, I-19, I-21: coupons stand where their orders, their points and their ends put them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from palier.cli.verification.holds import open_holds
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger, Row
from palier.cli.verification.worth import VALID

STATES = {"issued", "reserved", "used", "expired", "cancelled"}


def check_states(holdings: Holdings) -> Iterator[Problem]:
    """I-18, I-19: a coupon is used or reserved by exactly one order (or hold) whose state says so, else by none."""
    is_erased = holdings.ledgers[0].account.erased_at is not None
    users = defaultdict(list)
    for bought in holdings.orders:
        for coupon_id in bought.order.booking.get("coupons", ()):
            users[coupon_id].append(bought.order)
    carts = {
        id: hold for ledger in holdings.ledgers for hold, row in open_holds(ledger).items() for id in row[2]
    }
    for ledger in holdings.ledgers:
        for coupon in ledger.coupons:
            orders, hold = users.pop(coupon.public_id, []), carts.pop(coupon.public_id, None)
            if coupon.state not in STATES:
                where = f"coupon {coupon.public_id}: state"
                yield Problem("I-19", ledger.name, where, ", ".join(sorted(STATES)), coupon.state)
            elif coupon.state == "cancelled" and is_erased:
                continue
            elif coupon.remaining_minor is not None:
                yield from _check_kept(ledger, coupon, orders, hold)
            else:
                yield from _check_single(ledger, coupon, orders, hold)
    for coupon_id, hold in carts.items():
        what = f"coupon {coupon_id} of hold {hold}"
        yield Problem("I-19", holdings.name, what, "the member's own", "none such")
    for coupon_id, orders in users.items():
        what = f"coupon {coupon_id} of order {orders[0].external_id}"
        yield Problem("I-19", holdings.name, what, "the member's own", "none such")


def _check_single(ledger: Ledger, coupon: Row, orders: list[Row], hold: str | None) -> Iterator[Problem]:
    """A coupon for one use: one order, or one hold, has it."""
    where = f"coupon {coupon.public_id}"
    if len(orders) > 1:
        names = ", ".join(order.external_id for order in orders)
        yield Problem("I-18", ledger.name, where, "one order at most", names)
    if hold is not None:
        yield from _check_hold(ledger, coupon, orders, hold)
        return
    wanted = coupon.state in ("used", "reserved")
    if wanted != bool(orders):
        expected = "an order that uses it" if wanted else "no order that uses it"
        yield Problem("I-18", ledger.name, f"{where} ({coupon.state})", expected, str(len(orders)))
    for order in orders:
        state = "used" if order.status in VALID else "reserved"
        if coupon.state != state:
            what = f"{where} of order {order.external_id} ({order.status})"
            yield Problem("I-18", ledger.name, what, state, coupon.state)


def _check_kept(ledger: Ledger, coupon: Row, orders: list[Row], hold: str | None) -> Iterator[Problem]:
    """A coupon whose remainder is kept: what its orders took is gone from it, and at most one more reserves it."""
    where = f"coupon {coupon.public_id}"
    taken = [dict(order.booking.get("coupon_amounts", ())).get(coupon.public_id) for order in orders]
    waiting = [order for order, amount in zip(orders, taken, strict=True) if amount is None]
    left = coupon.facts["terms"]["amount_minor"] - sum(amount or 0 for amount in taken)
    if coupon.remaining_minor != left:
        yield Problem("I-18", ledger.name, f"{where}: what is left", str(left), str(coupon.remaining_minor))
    if hold is not None:
        yield from _check_hold(ledger, coupon, waiting, hold)
    elif (coupon.state == "reserved") != (len(waiting) == 1) or len(waiting) > 1:
        names = ", ".join(order.external_id for order in waiting) or "none"
        expected = "one order" if coupon.state == "reserved" else "no order"
        yield Problem("I-18", ledger.name, f"{where} ({coupon.state}), reserved by", expected, names)
    if (coupon.state == "used") != (left == 0) and coupon.state in ("issued", "used"):
        yield Problem(
            "I-18", ledger.name, f"{where} with {left} left", "used" if left == 0 else "issued", coupon.state
        )


def _check_hold(ledger: Ledger, coupon: Row, orders: list[Row], hold: str) -> Iterator[Problem]:
    if coupon.state != "reserved" or orders:
        expected, found = f"reserved by hold {hold} alone", f"{coupon.state}, {len(orders)} orders"
        yield Problem("I-18", ledger.name, f"coupon {coupon.public_id}", expected, found)


def check_open_coupons(ledger: Ledger) -> Iterator[Problem]:
    """I-1, I-19: the cached state lists the coupons that can still change, and none of them has ended."""
    cached = {row["id"]: row["state"] for row in ledger.state.get("coupons", ())}
    stored = {c.public_id: c.state for c in ledger.coupons if c.state in ("issued", "reserved")}
    for coupon_id in sorted(cached.keys() | stored.keys()):
        if cached.get(coupon_id) != stored.get(coupon_id):
            what = f"coupon {coupon_id} in the state"
            yield Problem("I-1", ledger.name, what, str(stored.get(coupon_id)), str(cached.get(coupon_id)))
    for coupon in ledger.coupons:
        if coupon.state == "issued" and coupon.ends_at and coupon.ends_at <= ledger.account.caught_up_at:
            what = f"coupon {coupon.public_id} ended {coupon.ends_at}"
            yield Problem("I-19", ledger.name, what, "expired", "issued")


def check_rewards(holdings: Holdings) -> Iterator[Problem]:
    """I-21: each reward coupon and voucher stands for one consumption of its points, a withdrawn one for none."""
    is_erased = holdings.ledgers[0].account.erased_at is not None
    consumed: dict[str, int] = defaultdict(int)
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        if entry.kind in ("reward", "withdraw", "reissue"):
            consumed[entry.cause] -= entry.amount
    for ledger in holdings.ledgers:
        for coupon in ledger.coupons:
            expected = 0 if coupon.state == "cancelled" or coupon.origin == "tier" else coupon.points
            found = consumed.get(coupon.public_id, 0)
            is_lost = coupon.state == "cancelled" and is_erased and found == coupon.points
            if found != expected and not is_lost:
                what = f"points spent on coupon {coupon.public_id} ({coupon.state})"
                yield Problem("I-21", ledger.name, what, str(expected), str(found))


def check_tier_coupons(holdings: Holdings) -> Iterator[Problem]:
    """I-19: nobody got the coupon of one tier twice (accounts that were merged may have got one each before)."""
    coupons = [coupon for ledger in holdings.ledgers for coupon in ledger.coupons if coupon.origin == "tier"]
    most = len(holdings.ledgers)
    for tier, count in Counter(coupon.origin_id for coupon in coupons).items():
        if count > most:
            yield Problem("I-19", holdings.name, f"coupons of tier {tier}", f"at most {most}", str(count))
