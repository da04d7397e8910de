"""I-5, I-7, I-15, I-21: rows beside the ledger (orders, happenings, coupons, holds, notes) say what its entries say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any

from palier.cli.verification.lives import BOOKS, earlier_lives, is_taken_back
from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Bought, Holdings, Row, instant_of, us_of
from palier.core.period import end_after, parse_duration, zone

HELD_FOR = timedelta(minutes=60)
"""A hold that no order takes over lapses after so long."""


def check_accepted(holdings: Holdings) -> Iterator[Problem]:
    """I-7: columns, frozen facts and booking of an order agree with each other and with its entries."""
    entries: dict[str, list[Row]] = {}
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        if entry.cause_kind in ("order", "refund"):
            entries.setdefault(entry.cause.partition(":")[0], []).append(entry)
    ended = earlier_lives(holdings)
    for bought in holdings.orders:
        order, frozen = bought.order, bought.order.frozen or {}
        mine = entries.get(str(order.id), [])
        until = ended.get(str(order.id))
        booked = [
            entry
            for entry in mine
            if entry.kind in BOOKS
            and not is_taken_back(order)
            and (until is None or entry.effective_at > until)
        ]
        order_at = instant_of(frozen.get("order_at"))
        pairs: list[tuple[str, Any, Any]] = [
            ("order_at", order_at, order.order_at),
            ("number", frozen.get("number"), order.number),
            ("counts in the booking", order.counts, order.booking.get("counts", False)),
            ("programme", holdings.ledgers[0].account.programme_id, order.programme_id),
        ]
        pairs += [("order_at", order_at, e.qualifies_at) for e in booked if e.qualifies_at is not None]
        pairs += [("version", entry.version_id, order.version_id) for entry in booked]
        if order.status and order.reached.get(order.status) is None:
            pairs.append(("reached", order.status, sorted(order.reached)))
        # Less when points came meanwhile and the order was told anew: what was owed is paid, and stays in its uses.
        owed = sum(piece[0] for piece in order.booking.get("uses", ()) if piece[2] is None)
        missing = order.booking.get("missing", 0)
        pairs.append(("missing in the booking", min(max(missing, 0), owed), missing))
        pairs.append(("is_flagged", missing > 0 or _lacks_coupon(order), order.is_flagged))
        # A request that waited for another has the earlier clock; what it books happens at the later instant.
        if mine and order.recorded_at > min(max(entry.recorded_at, entry.effective_at) for entry in mine):
            pairs.append(("recorded_at", mine[0].recorded_at, order.recorded_at))
        latest = max((datetime.fromisoformat(at) for at in order.reached.values()), default=None)
        if latest is not None and (order.updated_at is None or order.updated_at < latest):
            pairs.append(("updated_at", f"at least {latest}", order.updated_at))
        positions = [line.position for line in bought.lines]
        pairs.append(("positions of lines", list(range(len(positions))), positions))
        if order.status and holdings.versions.by_id(order.version_id) is None:
            pairs.append(("version", "a published one", order.version_id))
        if order.frozen and order.paid_at is None:
            pairs.append(("paid_at", order_at, None))
        for name, expected, found in pairs:
            if expected != found:
                what = f"order {order.external_id}: {name}"
                yield Problem("I-7", holdings.name, what, str(expected), str(found))


def _lacks_coupon(order: Row) -> bool:
    named = {d["code"] for d in order.discounts or () if d["source"] == "coupon" and d.get("code")}
    return order.counts and len(named) > len(order.booking.get("coupons", ()))


def check_contents(holdings: Holdings) -> Iterator[Problem]:
    """I-15: what an order holds is what its digest was made of; a quote's own discounts come after it."""
    if holdings.ledgers[0].account.erased_at is not None:
        return
    for bought in holdings.orders:
        order = bought.order
        if not order.status:
            continue
        wanted = {_digest(bought, order.discounts or [])}
        if order.booking.get("is_quoted"):
            told = [d for d in order.discounts or [] if d["source"] == "promo_code"]
            wanted |= {_digest(bought, told), _digest(bought, [])}
        if order.content_digest not in wanted:
            what = f"order {order.external_id}: content"
            yield Problem("I-15", holdings.name, what, order.content_digest[:12], min(wanted)[:12])


def _digest(bought: Bought, discounts: list[dict[str, Any]]) -> str:
    """The digest of what an order says, as text: the form in which it was first written, once more."""
    order = bought.order
    lines = [
        (line.line_id, line.product, line.quantity, line.amount_minor, tuple(line.categories),
         str(Fraction(line.other or 1)), line.weight_g, line.on_sale)
        for line in bought.lines
    ]  # fmt: skip
    shipping = (
        f"Shipping(carrier={order.carrier!r}, amount_minor={order.shipping_minor!r},"
        f" other_per_amount={Fraction(order.shipping_other or 1)!r})"
    )
    delivery = f"Delivery(city={order.delivery_city!r}, country={order.delivery_country!r})"
    granted = [_discount(d) for d in discounts]
    tail = "," if len(granted) == 1 else ""
    rate = str(Fraction(order.rate)) if order.rate else "None"
    before = ", ".join(map(repr, (order.status, order.currency, rate, order.prices, lines)))
    after = f"{order.payment_method!r}, {delivery}, {us_of(order.paid_at)!r}"
    return sha256(f"({before}, {shipping}, ({', '.join(granted)}{tail}), {after})".encode()).hexdigest()


def _discount(discount: dict[str, Any]) -> str:
    by_line = discount.get("lines")
    shown = {
        "source": discount["source"], "amount_minor": discount.get("amount_minor", 0), "code": discount.get("code", ""),
        "id": discount.get("id", ""), "points": discount.get("points", 0),
        "lines_minor": None if by_line is None else tuple(by_line),
        "free_shipping": discount.get("free_shipping", False),
    }  # fmt: skip
    return f"OrderDiscount({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def check_happenings(holdings: Holdings) -> Iterator[Problem]:
    """I-5: events, gifts, decisions and vouchers say the points, the instant and the name that their entries say."""
    caused: dict[tuple[str, str], Row] = {}
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        caused.setdefault((entry.cause_kind, entry.cause), entry)
    vouchers = {
        coupon.origin_id: coupon
        for ledger in holdings.ledgers
        for coupon in ledger.coupons
        if coupon.origin == "voucher"
    }
    for ledger in holdings.ledgers:
        for happening in ledger.happenings:
            where = f"{happening.kind} {happening.id}"
            if happening.kind == "voucher":
                coupon = vouchers.pop(str(happening.id), None)
                pairs: list[tuple[str, Any, Any]] = [("voucher", "there", "there" if coupon else "missing")]
                if coupon is not None:
                    # Its points are those that were asked for; the voucher may have cost others.
                    entry = caused.get(("coupon", coupon.public_id))
                    pairs += [("at", coupon.issued_at, happening.at), ("name", "", happening.name)]
                    pairs.append(("recorded_at", entry.recorded_at if entry else None, happening.recorded_at))
            else:
                kind = "import" if happening.kind == "opening" else happening.kind
                pairs = list(_told(happening, caused.get((kind, str(happening.id)))))
            for name, expected, found in pairs:
                if expected != found:
                    yield Problem("I-5", ledger.name, f"{where}: {name}", str(expected), str(found))
    for coupon in vouchers.values():
        what = f"coupon {coupon.public_id}: voucher {coupon.origin_id}"
        yield Problem("I-5", holdings.name, what, "there", "missing")


def _told(happening: Row, entry: Row | None) -> Iterator[tuple[str, Any, Any]]:
    if happening.kind not in ("event", "gift", "opening", "override", "waive"):
        yield "kind", "a known one", happening.kind
    if entry is None:
        # A rule may have given nothing: only then an event leaves no entry.
        yield "entry", "none for nothing" if happening.points == 0 else "there", "none for nothing"
        return
    points = 0 if happening.kind == "override" else entry.facts.get("points", entry.amount)
    yield "points", points, happening.points
    if happening.kind != "opening" or happening.at != entry.recorded_at:
        yield "at", entry.effective_at, happening.at
    yield "recorded_at", entry.recorded_at, happening.recorded_at
    names = {"event": entry.facts.get("event"), "gift": "", "waive": ""}
    if happening.kind == "override":
        names["override"] = entry.tier if entry.facts.get("override") else ""
    if happening.kind in names:
        yield "name", names[happening.kind], happening.name


def check_coupon_rows(holdings: Holdings) -> Iterator[Problem]:
    """I-21, I-19: a coupon was issued by its entry, for its points, from its reward or tier, and ends when it says."""
    entries = [entry for ledger in holdings.ledgers for entry in ledger.entries]
    spent = {entry.cause: entry for entry in entries if entry.kind == "reward"}
    reached = {(entry.tier, entry.effective_at) for entry in entries if entry.kind == "tier"}
    for ledger in holdings.ledgers:
        for coupon in ledger.coupons:
            where = f"coupon {coupon.public_id}"
            entry = spent.get(coupon.public_id)
            pairs: list[tuple[str, Any, Any]] = [
                ("programme", ledger.account.programme_id, coupon.programme_id),
                ("version", True, holdings.versions.by_id(coupon.version_id) is not None),
            ]
            if coupon.origin == "tier":
                found = (coupon.origin_id, coupon.issued_at)
                pairs += [("issued", True, found in reached), ("points", 0, coupon.points)]
            elif entry is None:
                pairs.append(("entry", "there", "missing"))
            else:
                origin = "reward" if "reward" in entry.facts else "voucher"
                pairs += [
                    ("issued", entry.effective_at, coupon.issued_at),
                    ("origin", origin, coupon.origin),
                    ("points", entry.facts["at"], coupon.points),
                ]
                if origin == "reward":
                    pairs.append(("reward", entry.facts["reward"], coupon.origin_id))
            terms = coupon.facts["terms"]
            tz = zone(holdings.versions.at(coupon.issued_at).programme.timezone)
            valid_for = terms.get("valid_for")
            ends_at = end_after(coupon.issued_at, parse_duration(valid_for), tz) if valid_for else None
            pairs.append(("end", ends_at, coupon.ends_at))
            pairs.append(("terms", *_terms(holdings, coupon, entry)))
            for name, expected, found in pairs:
                if expected != found:
                    yield Problem("I-21", ledger.name, f"{where}: {name}", str(expected), str(found))


def _terms(holdings: Holdings, coupon: Row, entry: Row | None) -> tuple[Any, Any]:
    """What the programme says that it gives, and what the coupon says; a voucher is worth what its bracket made it."""
    told = coupon.facts["terms"]
    names = ("percent_bp", "amount_minor", "max_minor", "min_total_minor", "valid_for")
    found = tuple(told.get(name) for name in names)
    given: Any = None
    if coupon.origin == "reward" and entry is not None:
        version = holdings.versions.by_id(entry.version_id)
        rewards = version.programme.rewards if version else ()
        given = next((reward.coupon for reward in rewards if reward.id == coupon.origin_id), None)
    elif coupon.origin == "tier":
        tiers = holdings.versions.at(coupon.issued_at).programme.tiers
        ladder = tiers.ladder if tiers else ()
        given = next((tier.coupon for tier in ladder if tier.id == coupon.origin_id), None)
    if given is None:
        return found, found
    discount = given.discount
    worth = tuple(getattr(discount, name) for name in names[:3]) if discount else (None, None, None)
    expected = (*worth, given.min_total_minor, str(given.valid_for) if given.valid_for else None)
    return expected, found


def check_hold_rows(holdings: Holdings) -> Iterator[Problem]:
    """I-11: a hold stands for an hour from when it was taken, with the points of its entry and the quote's."""
    taken: dict[str, Row] = {}
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        if entry.cause_kind == "hold" and entry.kind == "hold":
            taken.setdefault(entry.cause, entry)
    for ledger in holdings.ledgers:
        for hold in ledger.holds:
            entry = taken.get(hold.public_id)
            points = sum(discount.get("points", 0) for discount in hold.quote.get("discounts", ()))
            pairs: list[tuple[str, Any, Any]] = [
                ("points", entry.held if entry else 0, points),
                ("programme", ledger.account.programme_id, hold.programme_id),
            ]
            if entry is not None:
                pairs.append(("held_at", entry.recorded_at, hold.held_at))
                pairs.append(("lapses_at", entry.effective_at + HELD_FOR, hold.lapses_at))
            elif hold.lapses_at < hold.held_at + HELD_FOR:
                pairs.append(("lapses_at", hold.held_at + HELD_FOR, hold.lapses_at))
            for name, expected, found in pairs:
                if expected != found:
                    yield Problem(
                        "I-11", ledger.name, f"hold {hold.public_id}: {name}", str(expected), str(found)
                    )


def check_notes(holdings: Holdings) -> Iterator[Problem]:
    """I-5: a note is the one that its entry has the digest of, and every digest has one until the person is erased."""
    is_erased = holdings.ledgers[0].account.erased_at is not None
    for ledger in holdings.ledgers:
        digests = {entry.sequence: entry.note_digest for entry in ledger.entries if entry.note_digest}
        for note in ledger.notes:
            found = sha256(f"{note.salt}\n{note.author}\n{note.reason}".encode()).hexdigest()
            wanted = digests.pop(note.sequence, "none")
            if found != wanted:
                what = f"note of entry {note.sequence}"
                yield Problem("I-5", ledger.name, what, wanted[:12], found[:12])
        for sequence in () if is_erased else digests:
            yield Problem("I-5", ledger.name, f"note of entry {sequence}", "there", "missing")
