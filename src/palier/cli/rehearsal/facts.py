"""What there is to compare expectations with: the facts of members, and the messages that a step caused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from palier.cli.rehearsal.expectations import End
from palier.core.account import Coupon
from palier.core.errors import UnknownMember
from palier.core.money import from_minor
from palier.core.period import last_day, zone
from palier.core.programme.values import Programme
from palier.flows.members.read_member import MemberView, read_member, read_nobody
from palier.store.ledger.models import CouponRow
from palier.store.members.models import Identity
from palier.store.orders.models import Happening, Order, Refund
from palier.store.outbox.models import Intent
from palier.store.programmes.models import ProgrammeVersion


def load_member_facts(programme_id: int, shop_id: int, customer: str, *, now: datetime) -> Mapping[str, Any]:
    """The facts of a member as scenarios name them; those of an empty account for a customer never seen."""
    try:
        view = read_member(shop_id, customer, now=now)
    except UnknownMember:
        view = read_nobody(programme_id, now=now)
    return _facts(view)


def load_last_code(programme_id: int) -> str:
    """The code of the coupon that was issued last, to whomever; a word that is no code when there is none."""
    coupons = CouponRow.objects.filter(programme_id=programme_id).order_by("-issued_at", "-id")
    return coupons.values_list("code", flat=True).first() or "no-coupon-yet"


def load_last_intent(programme_id: int) -> int:
    """The id of the newest intent, to tell those that come after it."""
    newest = (
        Intent.objects.filter(programme_id=programme_id).order_by("-id").values_list("id", flat=True).first()
    )
    return newest or 0


def load_messages(programme_id: int, *, after: int, due: int) -> list[Mapping[str, Any]]:
    """The intents to members written since: their facts, ``event``, and ``to``, the shop's customer id.

    First what was due when the clock moved, up to the intent ``due``, in the order of its instants: one who waits in
    real life gets it then, whichever account is worked off first. Then what the step itself caused.
    """
    written = Intent.objects.filter(programme_id=programme_id, id__gt=after, is_silent=False).order_by("id")
    moved = sorted(written.filter(id__lte=due), key=lambda intent: intent.effective_at)
    intents = [*moved, *written.filter(id__gt=due)]
    customers = dict(
        Identity.objects.filter(account_id__in={intent.account_id for intent in intents})
        .order_by("-id")
        .values_list("account_id", "customer_id")
    )
    return [
        {**intent.facts, "event": intent.event, "to": customers[intent.account_id]}
        for intent in intents
        if intent.account_id in customers
    ]


def load_fingerprint(programme_id: int) -> tuple[Any, ...]:
    """Something that differs whenever anything of the programme was changed."""
    from palier.store.members.models import Account

    mine = {"programme_id": programme_id}
    return (
        list(
            Account.objects.filter(**mine).order_by("id").values_list("id", "last_hash", "state", "erased_at")
        ),
        list(
            Order.objects.filter(**mine)
            .order_by("id")
            .values_list("id", "content_digest", "booking", "updated_at")
        ),
        list(Refund.objects.filter(order__programme_id=programme_id).order_by("id").values_list("id")),
        list(Happening.objects.filter(account__programme_id=programme_id).order_by("id").values_list("id")),
        list(ProgrammeVersion.objects.filter(**mine).order_by("id").values_list("id", "published_at")),
        load_last_intent(programme_id),
    )


def _facts(view: MemberView) -> Mapping[str, Any]:
    programme, totals, progress = view.programme, view.totals, view.progress
    return {
        "spend": from_minor(totals.spend_minor, programme.currency),
        "orders": totals.orders,
        "tier": view.tier,
        "group": view.group,
        "points": {
            "available": totals.available,
            "pending": totals.pending,
            "debt": totals.debt,
            "spent": totals.spent,
            "expired": totals.expired,
            "lifetime": totals.lifetime,
        },
        "progress": {
            "spent": _measured(programme, progress.spent),
            "next": progress.next,
            "missing": _measured(programme, progress.missing),
            "percent": progress.percent,
        },
        "coupons": [_coupon(coupon, programme) for coupon in view.coupons],
        "history": view.history,
        "segments": list(view.segments),
    }


def _measured(programme: Programme, value: int) -> int | Decimal:
    """A value of the ladder's metric: money for spend, a number for points and orders."""
    counts_money = programme.tiers is None or programme.tiers.metric == "spend"
    return from_minor(value, programme.currency) if counts_money else value


def _coupon(coupon: Coupon, programme: Programme) -> Mapping[str, Any]:
    terms, currency = coupon.terms, programme.currency
    discount = terms.discount
    amount_minor = coupon.remaining_minor
    if amount_minor is None and discount is not None:
        amount_minor = discount.amount_minor
    percent_bp = discount.percent_bp if discount else None
    return {
        "state": coupon.state,
        "percent": None if percent_bp is None else Decimal(percent_bp) / 100,
        "amount": None if amount_minor is None else from_minor(amount_minor, currency),
        "min_total": None if terms.min_total_minor is None else from_minor(terms.min_total_minor, currency),
        "expires": None
        if coupon.ends_at is None
        else End(coupon.ends_at, last_day(coupon.ends_at, zone(programme.timezone))),
        "code": coupon.code,
    }
