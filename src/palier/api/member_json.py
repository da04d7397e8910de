"""A member as JSON, the same for shops and for widgets: points, tier, progress, coupons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from palier.api.amounts import amount, instant
from palier.core.account import Coupon, Lot
from palier.core.explain import phrases
from palier.core.explain.speech import Speech
from palier.core.formats import formats_for
from palier.core.period import last_day, zone
from palier.core.programme.values import CouponTerms, Programme, Tier, Tiers
from palier.flows.members.read_member import MemberView

EXPIRING_MAX = 50
"""So many of the next ends are listed; points of one day are one of them."""


def member_json(view: MemberView, *, customer: str, language: str, shows_codes: bool) -> dict[str, Any]:
    """The member of a shop, its customer id being ``customer``. Amounts are decimal texts of the programme's currency.

    Names and terms are told in ``language``; codes of coupons only if ``shows_codes``.
    """
    return {
        "id": customer,
        "at": instant(view.at),
        "currency": view.programme.currency,
        "points": points_json(view, language=language),
        "tier": tier_json(view, language=language),
        "progress": progress_json(view, language=language),
        "group": view.group,
        "segments": list(view.segments),
        "orders": view.totals.orders,
        "spend": amount(view.totals.spend_minor, view.programme.currency),
        "coupons": [
            coupon_json(each, view.programme, language=language, shows_code=shows_codes)
            for each in view.coupons
            if each.state in ("issued", "reserved")
        ],
        "is_closed": view.closed_at is not None,
    }


def points_json(view: MemberView, *, language: str) -> dict[str, Any]:
    """The balance: what can be used, what waits, what checkouts reserve, what is owed, and what ends when."""
    totals, programme = view.totals, view.programme
    return {
        "name": programme.points.name.read(language, fallback=programme.languages[0]),
        "available": totals.available,
        "pending": totals.pending,
        "held": totals.held,
        "debt": totals.debt,
        "lifetime": totals.lifetime,
        "spent": totals.spent,
        "expired": totals.expired,
        "worth": _worth(view),
        "expiring": _expiring(view),
    }


def _worth(view: MemberView) -> str | None:
    """What the available points are worth, rounded down; None when the programme does not say."""
    value = view.programme.points.value
    if value is None:
        return None
    return amount(view.totals.available * value.amount_minor // value.points, view.programme.currency)


def _expiring(view: MemberView) -> list[dict[str, Any]]:
    """Available points by the day through which they live, soonest first."""
    tz = zone(view.programme.timezone)
    days: dict[Any, tuple[int, datetime]] = {}
    for lot in sorted(view.lots, key=_by_end):
        if lot.settled and lot.ends_at is not None:
            day = last_day(lot.ends_at, tz)
            points, _ = days.get(day, (0, lot.ends_at))
            days[day] = (points + lot.remaining, lot.ends_at)
    return [
        {"points": points, "last_day": day.isoformat(), "at": instant(ends_at)}
        for day, (points, ends_at) in list(days.items())[:EXPIRING_MAX]
    ]


def _by_end(lot: Lot) -> tuple[bool, float]:
    return (lot.ends_at is None, lot.ends_at.timestamp() if lot.ends_at else 0)


def tier_json(view: MemberView, *, language: str) -> dict[str, Any] | None:
    """The tier held; None without one."""
    if view.tier is None:
        return None
    return {
        "id": view.tier,
        "name": tier_name(view.programme, view.tier, language),
        "since": instant(view.tier_since),
        "is_given": view.override is not None,
        "given_until": instant(view.override.until) if view.override is not None else None,
    }


def tier_name(programme: Programme, tier_id: str, language: str) -> str:
    """The tier's name in the language; one without a name, or that is no more, goes by its id."""
    tier = _find(programme.tiers, tier_id)
    if tier is None or tier.name is None:
        return tier_id
    return tier.name.read(language, fallback=programme.languages[0])


def _find(tiers: Tiers | None, tier_id: str) -> Tier | None:
    return next((tier for tier in tiers.ladder if tier.id == tier_id), None) if tiers else None


def progress_json(view: MemberView, *, language: str) -> dict[str, Any] | None:
    """How far it is to the next tier; None when the programme has no tiers. ``next`` is None on the highest.

    ``value``, ``missing`` and ``threshold`` count in ``metric``: decimal texts for ``spend``, else whole numbers.
    ``percent`` is rounded down: 100 is reached only with the threshold.
    """
    tiers, progress = view.programme.tiers, view.progress
    if tiers is None:
        return None

    def measured(value: int) -> str | int:
        return amount(value, view.programme.currency) if tiers.metric == "spend" else value

    upcoming = None
    if progress.next is not None and progress.threshold is not None:
        name = tier_name(view.programme, progress.next, language)
        upcoming = {"id": progress.next, "name": name, "threshold": measured(progress.threshold)}
    return {
        "metric": tiers.metric,
        "value": measured(progress.spent),
        "next": upcoming,
        "missing": measured(progress.missing),
        "percent": progress.percent,
    }


def coupon_json(coupon: Coupon, programme: Programme, *, language: str, shows_code: bool) -> dict[str, Any]:
    """A personal coupon; one that is due and not written down yet has no code. ``last_day`` still counts."""
    ends = coupon.ends_at
    remaining = coupon.remaining_minor
    least = coupon.terms.min_total_minor
    return {
        "id": coupon.id,
        "code": coupon.code if shows_code and coupon.code else None,
        "state": coupon.state,
        "origin": coupon.origin,
        "gives": coupon_words(coupon.terms, programme, language),
        "min_total": amount(least, programme.currency) if least is not None else None,
        "remaining": amount(remaining, programme.currency) if remaining is not None else None,
        "points": coupon.points,
        "issued_at": instant(coupon.issued_at),
        "last_day": last_day(ends, zone(programme.timezone)).isoformat() if ends else None,
        "ends_at": instant(ends),
    }


def coupon_words(terms: CouponTerms, programme: Programme, language: str) -> str:
    """What the coupon gives, in words: "10% off", "5 € de réduction"."""
    speech = Speech(language, programme, formats_for(language, programme.currency, programme.timezone))
    parts = []
    if terms.discount is not None:
        parts.append(phrases.off(speech, terms.discount))
    if terms.free_shipping:
        parts.append(phrases.delivery(speech, terms.free_shipping))
    if terms.gift is not None:
        parts.append(phrases.present(speech, terms.gift.product, terms.gift.quantity))
    return phrases.capital(phrases.listed(speech, parts))
