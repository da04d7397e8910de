"""I-7, I-11, and the coupons of orders: what is booked for an order is what it deserves, and what its entries say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Bought, Holdings, Ledger, Row
from palier.cli.verification.worth import VALID, deserved_by, kept_of


def refund_cause(bought: Bought, refund: Row) -> str:
    """How entries name a refund."""
    return f"{bought.order.id}:{refund.external_id}"


def check_booked(holdings: Holdings) -> Iterator[Problem]:
    """I-7: what an order is said to have brought is the sum of its own entries and of its refunds'."""
    points: dict[int, int] = defaultdict(int)
    spend: dict[int, int] = defaultdict(int)
    counted: dict[int, int] = defaultdict(int)
    owner = {("order", str(b.order.id)): b.order.id for b in holdings.orders}
    owner |= {
        ("refund", refund_cause(b, refund)): b.order.id for b in holdings.orders for refund in b.refunds
    }
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        order_id = owner.get((entry.cause_kind, entry.cause))
        if order_id is not None:
            points[order_id] += entry.amount if entry.kind in ("earn", "take_back") else 0
            spend[order_id] += entry.spend_minor
            counted[order_id] += entry.orders
    for bought in holdings.orders:
        order = bought.order
        sums = (
            ("booked_points", order.booked_points, points[order.id]),
            ("booked_spend_minor", order.booked_spend_minor, spend[order.id]),
            ("counts", int(order.counts), counted[order.id]),
            ("points in the booking", order.booking.get("points", 0), points[order.id]),
            ("spend in the booking", order.booking.get("spend_minor", 0), spend[order.id]),
        )
        for name, stored, summed in sums:
            if stored != summed:
                what = f"order {order.external_id}: {name}"
                yield Problem("I-7", holdings.name, what, f"{summed} by its entries", str(stored))


def check_deserved(holdings: Holdings) -> Iterator[Problem]:
    """I-7: an order has brought what its rules give for what is left of it; the rules are written a second time."""
    for bought in holdings.orders:
        order = bought.order
        version = holdings.versions.by_id(order.version_id)
        if version is None or not order.status:
            continue
        deserved = deserved_by(bought, version.programme)
        where = f"order {order.external_id}"
        if deserved.is_exact and order.booked_points != deserved.points:
            yield Problem(
                "I-7", holdings.name, f"{where}: points", str(deserved.points), str(order.booked_points)
            )
        if order.booked_spend_minor != deserved.spend_minor:
            found = str(order.booked_spend_minor)
            yield Problem("I-7", holdings.name, f"{where}: spend", str(deserved.spend_minor), found)
        counts = order.status in VALID and not kept_of(bought).is_gone and bool(order.frozen)
        if order.counts != counts:
            yield Problem("I-7", holdings.name, f"{where}: counts", str(counts), str(order.counts))


def check_used(holdings: Holdings) -> Iterator[Problem]:
    """I-11: points that an order uses are taken once: what it holds and has spent is what its goods still ask for."""
    for bought in holdings.orders:
        order = bought.order
        if not order.status:
            continue
        asked = sum(d.get("points", 0) for d in order.discounts or [] if d["source"] == "points")
        sale = kept_of(bought)
        whole = sum(line.amount_minor for line in bought.lines)
        if (
            sale.is_gone
            or order.status not in (*VALID, "placed")
            or (order.status in VALID and not order.frozen)
        ):
            asked = 0
        elif whole:
            asked = -(-asked * sum(sale.listed) // whole)
        used = sum(piece[0] for piece in order.booking.get("uses", ()))
        is_held = bool(order.booking.get("is_held"))
        where = f"order {order.external_id}: points used"
        if (order.status in VALID and used != asked) or used > asked:
            yield Problem("I-11", holdings.name, where, str(asked), str(used))
        if is_held and order.status != "placed":
            yield Problem("I-11", holdings.name, f"{where} are held", "only while it is placed", order.status)


def check_awards(ledger: Ledger) -> Iterator[Problem]:
    """I-6: an order's or event's entry names each rule once, and an event or a gift is booked by one entry."""
    booked: dict[tuple[str, str, str], int] = {}
    for entry in ledger.entries:
        rules = [award["rule"] for award in entry.facts.get("awards", ())]
        for rule in sorted({rule for rule in rules if rules.count(rule) > 1}):
            where = f"entry {entry.sequence} ({entry.kind}): awards of rule {rule}"
            yield Problem("I-6", ledger.name, where, "1", str(rules.count(rule)))
        key = (entry.kind, entry.cause_kind, entry.cause)
        if entry.kind in ("event", "gift", "opening") and key in booked:
            where = f"{entry.cause_kind} {entry.cause}"
            yield Problem(
                "I-6", ledger.name, where, f"entry {booked[key]} only", f"entry {entry.sequence} too"
            )
        booked[key] = entry.sequence
