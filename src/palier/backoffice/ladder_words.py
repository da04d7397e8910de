"""The ladder as the page shows it: thresholds, benefits, seasons and the rules of climbing in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from palier.backoffice import formats
from palier.backoffice.access import Viewpoint
from palier.backoffice.programme_head import read, tier_name
from palier.core.explain import phrases
from palier.core.explain.speech import Speech
from palier.core.formats import Formats, formats_for
from palier.core.period import last_day, local_day, start_of_day, zone
from palier.core.programme.ladder import ladder_of, rungs
from palier.core.programme.say import Say, sayer
from palier.core.programme.values import CouponTerms, Season, Tier
from palier.core.programme.values import Programme as Rules

METRICS = {
    "spend": gettext_lazy("What members spend"),
    "points": gettext_lazy("Points earned"),
    "orders": gettext_lazy("Number of orders"),
}
WINDOWS = {
    "lifetime": gettext_lazy("Everything since they joined"),
    "rolling": gettext_lazy("The time just past"),
    "calendar_year": gettext_lazy("The calendar year"),
}
LANDINGS = {
    "deserved": gettext_lazy("Straight to the tier that is deserved"),
    "one_step": gettext_lazy("One tier at a time"),
}
GIVERS = {
    "group": gettext_lazy("The shop, by its customer group"),
    "cart": gettext_lazy("The cart, by Palier’s quote"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A tier as the page shows it. ``seasons`` are thresholds that hold for a time, each with when."""

    id: str
    name: str
    other_names: tuple[str, ...]
    threshold: str
    group: str
    benefits: tuple[str, ...]
    perks: tuple[str, ...]
    seasons: tuple[str, ...]
    members: int = 0
    is_lowest: bool = False
    is_highest: bool = False


class Ladder:
    """Says one version of the programme's ladder in the viewer's language."""

    def __init__(self, rules: Rules, viewpoint: Viewpoint) -> None:
        self.rules = rules
        self.tiers = ladder_of(rules)
        self.language = viewpoint.language
        self.formats: Formats = formats_for(viewpoint.language, rules.currency, rules.timezone)
        self.say: Say = sayer(rules, viewpoint.language)
        self.speech = Speech(viewpoint.language, rules, self.formats)

    def measure(self, value: int) -> str:
        """A threshold with all its decimals: "€500.00", "500 points", "5 orders"."""
        if self.tiers.metric == "spend":
            return self.formats.money(value)
        number = formats.number(value, language=self.language)
        if self.tiers.metric == "points":
            return ngettext("%(number)s point", "%(number)s points", value) % {"number": number}
        return ngettext("%(number)s order", "%(number)s orders", value) % {"number": number}

    def on(self, members: Mapping[str, int]) -> list[Shown]:
        """The tiers that are switched on, highest first, as a ladder stands."""
        steps = rungs(self.tiers)
        return [
            self.shown(
                tier,
                members=members.get(tier.id, 0),
                is_lowest=tier is steps[0],
                is_highest=tier is steps[-1],
            )
            for tier in reversed(steps)
        ]

    def off(self, members: Mapping[str, int]) -> list[Shown]:
        """The tiers that are switched off, highest first."""
        off = [tier for tier in reversed(self.tiers.ladder) if not tier.enabled]
        return [self.shown(tier, members=members.get(tier.id, 0)) for tier in off]

    def shown(self, tier: Tier, **more: Any) -> Shown:
        """One tier in words."""
        name = tier_name(tier, self.rules, self.language)
        return Shown(
            id=tier.id,
            name=name,
            other_names=self._other_names(tier, name),
            threshold=self.measure(tier.threshold),
            group=tier.group or "",
            benefits=tuple(self._benefits(tier)),
            perks=self._perks(tier),
            seasons=tuple(self._seasons_of(tier)),
            **more,
        )

    def _other_names(self, tier: Tier, name: str) -> tuple[str, ...]:
        spoken: dict[str, list[str]] = {}
        for language, text in tier.name.by_language if tier.name else ():
            if language and text != name:
                spoken.setdefault(text, []).append(language)
        return tuple(f"{text} ({', '.join(languages)})" for text, languages in spoken.items())

    def _perks(self, tier: Tier) -> tuple[str, ...]:
        texts = dict(tier.perks)
        for language in (self.language, "", self.rules.languages[0]):
            if language in texts:
                return texts[language]
        return tier.perks[0][1] if tier.perks else ()

    def _benefits(self, tier: Tier) -> list[str]:
        said = []
        if tier.discount is not None:
            said.append(phrases.off(self.speech, tier.discount))
        if tier.free_shipping:
            said.append(phrases.delivery(self.speech, tier.free_shipping))
        if tier.multiply is not None:
            said.append(_("points × %(factor)s") % {"factor": self.speech.times(tier.multiply)})
        if tier.coupon is not None:
            said.append(_("on reaching it a coupon: %(coupon)s") % {"coupon": self.coupon(tier.coupon)})
        if tier.gift is not None:
            said.append(phrases.present(self.speech, tier.gift.product, tier.gift.quantity))
        return [phrases.capital(each) for each in said]

    def coupon(self, terms: CouponTerms) -> str:
        """What a coupon gives and asks for: "£10 off, from a purchase of £40, valid for 2 months"."""
        said = [phrases.off(self.speech, terms.discount)] if terms.discount is not None else []
        if terms.free_shipping:
            said.append(phrases.delivery(self.speech, terms.free_shipping))
        if terms.gift is not None:
            said.append(phrases.present(self.speech, terms.gift.product, terms.gift.quantity))
        if terms.min_total_minor is not None:
            said.append(
                _("from a purchase of %(amount)s") % {"amount": self.formats.price(terms.min_total_minor)}
            )
        if terms.valid_for is not None:
            said.append(_("valid for %(span)s") % {"span": self.say.span(terms.valid_for)})
        if terms.remainder_kept:
            said.append(_("what is left stays on it"))
        return ", ".join(said)

    def _seasons_of(self, tier: Tier) -> list[str]:
        return [
            _("%(threshold)s in the season %(time)s")
            % {"threshold": self.measure(dict(season.thresholds)[tier.id]), "time": self.time(season)}
            for season in self.tiers.schedule
            if season.enabled and tier.id in dict(season.thresholds)
        ]

    def time(self, season: Season) -> str:
        """When a season holds: "20 Nov 2026 to 31 Dec 2026"; hours are said where its edges are no midnights."""
        tz, during = zone(self.rules.timezone), season.during
        edges = [
            (edge, local_day(edge, tz) if place == 0 else last_day(edge, tz))
            for place, edge in enumerate((during.start, during.end))
            if edge is not None
        ]
        if any(start_of_day(local_day(edge, tz), tz) != edge for edge, _day in edges):
            return self.say.interval(during)
        days = [formats.day(day, tz=tz, language=self.language) for _edge, day in edges]
        if during.start is None:
            return _("until %(last)s") % {"last": days[0]}
        if during.end is None:
            return _("from %(first)s on") % {"first": days[0]}
        return _("%(first)s to %(last)s") % {"first": days[0], "last": days[1]}

    def season(self, season: Season) -> list[str]:
        """The thresholds of a season, highest tier first."""
        changed = dict(season.thresholds)
        return [
            _("%(tier)s from %(threshold)s")
            % {
                "tier": tier_name(tier, self.rules, self.language),
                "threshold": self.measure(changed[tier.id]),
            }
            for tier in reversed(self.tiers.ladder)
            if tier.id in changed
        ]

    def climbing(self) -> list[tuple[Any, Any]]:
        """The rules of climbing and falling, as (what, how)."""
        tiers = self.tiers
        window: Any = WINDOWS[tiers.window]
        if tiers.rolling is not None:
            window = _("The last %(span)s") % {"span": self.say.span(tiers.rolling)}
        falls: Any = LANDINGS[tiers.landing]
        grace = pgettext("grace", "None") if tiers.grace.is_zero else self.say.span(tiers.grace)
        if tiers.grace_refunds:
            grace = _("%(span)s, after refunds too") % {"span": grace}
        return [
            (_("What counts"), METRICS[tiers.metric]),
            (_("Over which time"), window),
            (_("Grace before falling as time passes"), grace),
            (_("Who falls, falls"), falls),
            (_("Who gives the percentage"), GIVERS[tiers.discount_by]),
        ]


def language_name(code: str, viewer: str) -> str:
    """A language as the viewer calls it, with a capital as a label has it: "French", "Allemand"."""
    try:
        name = Locale.parse(code, sep="-").get_display_name(viewer)
    except ValueError:
        name = None
    return phrases.capital(str(name or code))


def names_by_language(tier: Tier, rules: Rules) -> dict[str, str]:
    """The tier's name in each language of the programme, as its members read it."""
    return {language: read(tier.name, rules, language) for language in rules.languages}
