"""Core values as JSON and back: what account states, bookings and frozen facts are stored as.

Instants are integer microseconds since 1970 (exact, and quick to read); rows of numbers are lists in a fixed order.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Any

from palier.core.account import Booking, Coupon, Frozen, Hold, Lot, Piece
from palier.core.period import parse_duration
from palier.core.programme.values import CouponTerms, Discount, Gift, LineFilter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_us(instant: datetime | None) -> int | None:
    """Microseconds since 1970."""
    return None if instant is None else us_of(instant)


@lru_cache(maxsize=1 << 10)
def us_of(instant: datetime) -> int:
    """Microseconds since 1970 of an instant that is there; remembered, as what is read is soon written again."""
    return (instant - _EPOCH) // _MICROSECOND


def from_us(us: int | None) -> datetime | None:
    """The instant, aware in UTC."""
    return None if us is None else instant(us)


@lru_cache(maxsize=1 << 10)
def instant(us: int) -> datetime:
    """The instant of a number that is there; remembered, as lots share their days."""
    return _EPOCH + timedelta(microseconds=us)


def lot_to_json(lot: Lot) -> list[Any]:
    """number, remaining, starts_at, born_at, settled, available_at, own_end, ends_at, origin."""
    available_at, own_end, ends_at = lot.available_at, lot.own_end, lot.ends_at
    return [
        lot.number, lot.remaining, us_of(lot.starts_at), us_of(lot.born_at), lot.settled,
        us_of(available_at) if available_at else None, us_of(own_end) if own_end else None,
        us_of(ends_at) if ends_at else None, list(lot.origin) if lot.origin else None,
    ]  # fmt: skip


def lot_from_json(row: list[Any]) -> Lot:
    """The inverse of ``lot_to_json``."""
    number, remaining, starts, born, settled, available, own_end, ends, origin = row
    return Lot(
        number, remaining, instant(starts), instant(born), settled, from_us(available), from_us(own_end),
        from_us(ends), (origin[0], origin[1]) if origin else None,
    )  # fmt: skip


def piece_to_json(piece: Piece) -> list[Any]:
    """points, account, lot (or None for debt), and 1 for points that had ended."""
    row = [piece.points, piece.account, lot_to_json(piece.lot) if piece.lot else None]
    return [*row, 1] if piece.ended else row


def piece_from_json(row: list[Any]) -> Piece:
    """The inverse of ``piece_to_json``."""
    return Piece(row[0], row[1], lot_from_json(row[2]) if row[2] else None, len(row) > 3)


def coupon_to_json(coupon: Coupon) -> dict[str, Any]:
    """A coupon that can still change."""
    return {
        "id": coupon.id, "code": coupon.code, "origin": coupon.origin, "origin_id": coupon.origin_id,
        "state": coupon.state, "terms": terms_to_json(coupon.terms), "issued_at": to_us(coupon.issued_at),
        "ends_at": to_us(coupon.ends_at), "points": coupon.points,
        "pieces": [piece_to_json(piece) for piece in coupon.pieces], "remaining_minor": coupon.remaining_minor,
    }  # fmt: skip


def coupon_from_json(data: Mapping[str, Any]) -> Coupon:
    """The inverse of ``coupon_to_json``."""
    return Coupon(
        id=data["id"], code=data["code"], origin=data["origin"], origin_id=data["origin_id"], state=data["state"],
        terms=terms_from_json(data["terms"]), issued_at=instant(data["issued_at"]), ends_at=from_us(data["ends_at"]),
        points=data["points"], pieces=tuple(piece_from_json(row) for row in data["pieces"]),
        remaining_minor=data["remaining_minor"],
    )  # fmt: skip


def hold_to_json(hold: Hold) -> list[Any]:
    """id, lapses_at, pieces, coupons."""
    return [hold.id, to_us(hold.lapses_at), [piece_to_json(p) for p in hold.pieces], list(hold.coupons)]


def hold_from_json(row: list[Any]) -> Hold:
    """The inverse of ``hold_to_json``."""
    return Hold(row[0], instant(row[1]), tuple(piece_from_json(p) for p in row[2]), tuple(row[3]))


def terms_to_json(terms: CouponTerms) -> dict[str, Any]:
    """What a coupon gives and asks for; what it does not say is left out."""
    discount = terms.discount
    data: dict[str, Any] = {
        "min_total_minor": terms.min_total_minor,
        "valid_for": str(terms.valid_for) if terms.valid_for else None,
        "remainder_kept": terms.remainder_kept or None,
        "free_shipping": sorted(terms.free_shipping)
        if isinstance(terms.free_shipping, frozenset)
        else terms.free_shipping,
        "gift": [terms.gift.product, terms.gift.quantity] if terms.gift else None,
    }
    if discount is not None:
        data |= {
            "percent_bp": discount.percent_bp,
            "amount_minor": discount.amount_minor,
            "points": discount.points,
        }
        data["max_minor"] = discount.max_minor
        if discount.lines is not None:
            lines = discount.lines
            data["lines"] = [sorted(lines.products), sorted(lines.categories), lines.on_sale]
    return {key: value for key, value in data.items() if value is not None}


def terms_from_json(data: Mapping[str, Any]) -> CouponTerms:
    """The inverse of ``terms_to_json``."""
    discount = None
    if data.keys() & {"percent_bp", "amount_minor"}:
        lines = data.get("lines")
        discount = Discount(
            percent_bp=data.get("percent_bp"), amount_minor=data.get("amount_minor"), points=data.get("points"),
            max_minor=data.get("max_minor"),
            lines=LineFilter(frozenset(lines[0]), frozenset(lines[1]), lines[2]) if lines else None,
        )  # fmt: skip
    shipping = data.get("free_shipping")
    return CouponTerms(
        discount=discount, min_total_minor=data.get("min_total_minor"),
        valid_for=parse_duration(data["valid_for"]) if "valid_for" in data else None,
        remainder_kept=bool(data.get("remainder_kept")),
        free_shipping=frozenset(shipping) if isinstance(shipping, list) else shipping,
        gift=Gift(*data["gift"]) if "gift" in data else None,
    )  # fmt: skip


def booking_to_json(booking: Booking) -> dict[str, Any]:
    """What is booked for an order; what is empty is left out."""
    data: dict[str, Any] = {
        "points": booking.points, "spend_minor": booking.spend_minor, "counts": booking.counts,
        "lots": [list(lot) for lot in booking.lots], "taken": [piece_to_json(p) for p in booking.taken],
        "withdrawn": list(booking.withdrawn), "uses": [piece_to_json(p) for p in booking.uses],
        "is_held": booking.is_held, "coupons": list(booking.coupons), "renews": booking.renews,
        "missing": booking.missing, "hold": booking.hold, "named_hold": booking.named_hold,
        "is_quoted": booking.is_quoted, "claims_first": booking.claims_first,
        "coupon_amounts": [list(pair) for pair in booking.coupon_amounts],
    }  # fmt: skip
    return {key: value for key, value in data.items() if value}


def booking_from_json(data: Mapping[str, Any]) -> Booking:
    """The inverse of ``booking_to_json``."""
    return Booking(
        points=data.get("points", 0), spend_minor=data.get("spend_minor", 0), counts=data.get("counts", False),
        lots=tuple((lot[0], lot[1]) for lot in data.get("lots", ())),
        taken=tuple(piece_from_json(row) for row in data.get("taken", ())),
        withdrawn=tuple(data.get("withdrawn", ())), uses=tuple(piece_from_json(row) for row in data.get("uses", ())),
        is_held=data.get("is_held", False), coupons=tuple(data.get("coupons", ())), renews=data.get("renews", False),
        missing=data.get("missing", 0),
        coupon_amounts=tuple((row[0], row[1]) for row in data.get("coupon_amounts", ())),
        hold=data.get("hold", ""), named_hold=data.get("named_hold", ""), is_quoted=data.get("is_quoted", False),
        claims_first=data.get("claims_first", False),
    )  # fmt: skip


def frozen_to_json(frozen: Frozen | None) -> dict[str, Any] | None:
    """What an order was accepted with."""
    if frozen is None:
        return None
    return {
        "order_at": to_us(frozen.order_at), "number": frozen.number, "tier": frozen.tier,
        "segments": list(frozen.segments), "room": frozen.room, "is_net": frozen.is_net,
    }  # fmt: skip


def frozen_from_json(data: Mapping[str, Any] | None) -> Frozen | None:
    """The inverse of ``frozen_to_json``."""
    if not data:
        return None
    return Frozen(
        instant(data["order_at"]),
        data["number"],
        data["tier"],
        tuple(data["segments"]),
        data["room"],
        data["is_net"],
    )


def fraction_to_text(value: Fraction | None) -> str:
    """``numerator/denominator``; empty for None and for one."""
    return "" if value is None or value == 1 else f"{value.numerator}/{value.denominator}"


def fraction_from_text(text: str) -> Fraction:
    """The inverse of ``fraction_to_text``; empty is one."""
    if not text:
        return Fraction(1)
    numerator, denominator = text.split("/")
    return Fraction(int(numerator), int(denominator))
