"""What ``<palier-progress>`` shows, in words: amounts are written here, so that no browser counts money."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from palier.api.member_json import tier_name
from palier.core.explain.speech import Speech
from palier.core.formats import formats_for
from palier.flows.members.read_member import MemberView

SOON = timedelta(days=62)
"""Points that end within this time are told of."""
DATES_MAX = 2
"""So many dates are told, of what is to come and of what ends: the wallet's page has them all."""


def display_of(view: MemberView, language: str) -> dict[str, Any]:
    """The parts of the widget, each complete in itself; ``bar`` is None for a programme without tiers."""
    programme = view.programme
    speech = Speech(language, programme, formats_for(language, programme.currency, programme.timezone))
    with override(language):
        return {
            "language": language,
            "title": programme.name,
            "tier": tier_name(programme, view.tier, language) if view.tier else "",
            "bar": _bar(view, speech),
            "points": speech.points(view.totals.available),
            "worth": _worth(view, speech),
            "lines": [*_to_come(view, speech), *_ending(view, speech), *_apart(view, speech)],
        }


def _bar(view: MemberView, speech: Speech) -> dict[str, Any] | None:
    """The native progress bar: ``text`` is read out and shown alike; full on the highest tier, never more than full."""
    tiers, progress = view.programme.tiers, view.progress
    if tiers is None:
        return None
    if progress.next is None or progress.threshold is None:
        return {
            "label": _("Your progress"),
            "text": _("Highest tier reached"),
            "value": 1,
            "max": 1,
            "percent": speech.say("percent", number=speech.formats.number(100)),
        }
    money = tiers.metric == "spend"
    write = speech.formats.money if money else speech.formats.number
    words = {
        "spent": write(progress.spent),
        "threshold": speech.formats.price(progress.threshold) if money else write(progress.threshold),
        "missing": write(progress.missing),
        "tier": speech.tier(progress.next),
    }
    said = {
        "spend": _("%(spent)s of %(threshold)s, %(missing)s more to %(tier)s"),
        "points": _("%(spent)s of %(threshold)s points, %(missing)s more to %(tier)s"),
        "orders": _("%(spent)s of %(threshold)s orders, %(missing)s more to %(tier)s"),
    }[tiers.metric]
    whole = max(1, progress.threshold)
    return {
        "label": _("Your progress to %(tier)s") % words,
        "text": said % words,
        "value": min(whole, max(0, progress.spent)),
        "max": whole,
        "percent": speech.say("percent", number=speech.formats.number(progress.percent)),
    }


def _worth(view: MemberView, speech: Speech) -> str:
    """ "= 12,00 €"; empty when the programme gives points no worth, or there are none."""
    value = view.programme.points.value
    if value is None or view.totals.available <= 0:
        return ""
    return f"= {speech.formats.money(view.totals.available * value.amount_minor // value.points)}"


def _to_come(view: MemberView, speech: Speech) -> list[str]:
    waiting: dict[datetime | None, int] = {}
    for lot in view.lots:
        if not lot.settled:
            waiting[lot.available_at] = waiting.get(lot.available_at, 0) + lot.remaining
    dated = sorted((at, points) for at, points in waiting.items() if at is not None)
    told = [
        speech.say("has.pending.from", points, points=speech.points(points), date=speech.formats.day(at))
        for at, points in dated[:DATES_MAX]
    ]
    rest = waiting.get(None, 0) + sum(points for _at, points in dated[DATES_MAX:])
    return [*told, speech.say("has.pending", rest, points=speech.points(rest))] if rest else told


def _ending(view: MemberView, speech: Speech) -> list[str]:
    ends: dict[datetime, int] = {}
    for lot in view.lots:
        if lot.settled and lot.ends_at is not None and lot.ends_at <= view.at + SOON:
            ends[lot.ends_at] = ends.get(lot.ends_at, 0) + lot.remaining
    return [
        speech.say("has.until", points, points=speech.points(points), date=speech.last_day(at))
        for at, points in sorted(ends.items())[:DATES_MAX]
    ]


def _apart(view: MemberView, speech: Speech) -> list[str]:
    """What checkouts reserve and what is owed."""
    parts = (("has.held", view.totals.held), ("has.debt", view.totals.debt))
    return [speech.say(key, points, points=speech.points(points)) for key, points in parts if points]
