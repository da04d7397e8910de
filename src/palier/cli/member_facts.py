"""What ``palier member`` knows of a member: read once, for words and for JSON alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.core.account import Coupon, Lot, Timeline
from palier.core.errors import Refusal
from palier.core.explain.movement import Movement, masked
from palier.core.explain.sentences import sentences, title
from palier.core.formats import Formats, formats_for, spoken
from palier.flows.members.read_member import MemberView, read_member
from palier.store.ledger.models import CouponRow
from palier.store.ledger.timeline import MOVEMENTS_MAX, load_movements, load_movements_of_order
from palier.store.members.models import Account, Profile
from palier.store.orders.models import Order, Refund
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class Sight:
    """A member as of ``view.at``, with the movements that were asked for, told in ``language``."""

    customer: str
    profile: Profile | None
    view: MemberView
    tier_since: datetime | None
    booked: frozenset[str]
    """Coupons that are written down; others are due and get their code when they are."""
    movements: tuple[Movement, ...]
    has_more: bool
    timeline: Timeline
    timezone: str
    language: str

    @property
    def formats(self) -> Formats:
        """How numbers, money and days are written."""
        return formats_for(self.language, self.view.programme.currency, self.timezone)

    @property
    def lots(self) -> tuple[Lot, ...]:
        """The soonest end first, pending ones last."""
        return tuple(sorted(self.view.lots, key=_by_end))

    def tier_name(self, tier_id: str) -> str:
        """In the language; a tier that is no more goes by its id."""
        for version in reversed(self.timeline.versions):
            rules = version.programme
            for tier in rules.tiers.ladder if rules.tiers else ():
                if tier.id == tier_id and tier.name:
                    return tier.name.read(self.language, fallback=rules.languages[0])
        return tier_id

    def code(self, coupon: Coupon, *, is_whole: bool) -> str:
        """Its code, all but the end hidden unless ``is_whole``; empty while it has none."""
        if coupon.id not in self.booked:
            return ""
        return coupon.code if is_whole else masked(coupon.code)

    def told(self, movement: Movement) -> tuple[str, tuple[str, ...]]:
        """The movement's title and its sentences."""
        words = (movement, self.timeline, self.language, self.formats)
        return title(*words), sentences(*words, for_staff=True)


def look_at(shop: Any, customer: str, *, language: str, order: str, limit: int, now: datetime) -> Sight:
    """The member as of ``now``; ``language`` empty: the member's own, else the programme's first."""
    view = read_member(shop.pk, customer, now=now)
    account = Account.objects.get(pk=view.account_id)
    profile = Profile.objects.filter(account=account).first()
    own = profile.language if profile else ""
    movements = _of_order(shop, view.account_id, order) if order else _newest(view.account_id, limit + 1)
    return Sight(
        customer=customer,
        profile=profile,
        view=view,
        tier_since=account.tier_since if account.tier == (view.tier or "") else None,
        booked=frozenset(CouponRow.objects.filter(account=account).values_list("public_id", flat=True)),
        movements=movements if order else movements[:limit],
        has_more=not order and len(movements) > limit,
        timeline=load_timeline(shop.programme_id, shop.programme.current_version_id),
        timezone=shop.programme.timezone,
        language=language or spoken(own or view.programme.languages[0]),
    )


def _newest(account_id: int, limit: int) -> tuple[Movement, ...]:
    found: list[Movement] = []
    while len(found) < limit:
        page = load_movements(
            account_id,
            before_sequence=found[-1].sequence if found else None,
            limit=min(limit - len(found), MOVEMENTS_MAX),
        )
        if not page:
            break
        found.extend(page)
    return tuple(found)


def _of_order(shop: Any, account_id: int, order: str) -> tuple[Movement, ...]:
    row = Order.objects.filter(shop=shop, external_id=order, account_id=account_id).first()
    if row is None:
        raise Refusal(f"the member has no order {order!r}", path="--order", hint="check the shop's order id")
    refunds = list(Refund.objects.filter(order=row).order_by("id").values_list("external_id", flat=True))
    return load_movements_of_order(account_id, row.pk, refunds, name=order)[::-1]


def as_json(sight: Sight, *, shows_codes: bool) -> dict[str, Any]:
    """The same for machines: amounts in minor units, times in ISO 8601."""
    view = sight.view
    progress = view.progress
    return {
        "customer": sight.customer,
        "name": sight.profile.name if sight.profile else "",
        "email": sight.profile.email if sight.profile else "",
        "at": view.at.isoformat(),
        "programme": view.programme.name,
        "currency": view.programme.currency,
        "tier": view.tier,
        "tier_since": _iso(sight.tier_since),
        "override": {"tier": view.override.tier, "until": _iso(view.override.until)} if view.override else None,
        "closed_at": _iso(view.closed_at),
        "group": view.group,
        "segments": list(view.segments),
        "totals": {name: getattr(view.totals, name) for name in view.totals.__struct_fields__},
        "progress": {name: getattr(progress, name) for name in progress.__slots__},
        "lots": [
            {
                "points": lot.remaining, "since": _iso(lot.starts_at), "ends_at": _iso(lot.ends_at),
                "is_pending": not lot.settled, "available_at": _iso(lot.available_at),
            }
            for lot in sight.lots
        ],
        "coupons": [
            {
                "code": sight.code(coupon, is_whole=shows_codes), "state": coupon.state, "origin": coupon.origin,
                "issued_at": _iso(coupon.issued_at), "ends_at": _iso(coupon.ends_at),
            }
            for coupon in view.coupons
        ],
        "language": sight.language,
        "movements": [_movement(sight, movement) for movement in sight.movements],
        "has_more": sight.has_more,
    }  # fmt: skip


def _movement(sight: Sight, movement: Movement) -> dict[str, Any]:
    name, lines = sight.told(movement)
    return {
        "cause": movement.cause.kind,
        "order": movement.order,
        "refund": movement.refund,
        "at": _iso(movement.when),
        "title": name,
        "change": movement.change.total,
        "balance": movement.balance.available,
        "sentences": list(lines),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _by_end(lot: Lot) -> tuple[bool, bool, float, int]:
    return (not lot.settled, lot.ends_at is None, lot.ends_at.timestamp() if lot.ends_at else 0, lot.number)
