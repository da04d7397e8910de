"""A warning of the check in plain words: where it is, what is doubtful, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from palier.core.formats import spoken
from palier.core.money import exponent
from palier.core.period import parse_duration
from palier.core.programme import warnings_de, warnings_en, warnings_fr
from palier.core.programme.check_warning import Warning
from palier.core.programme.say import Say, sayer
from palier.core.programme.values import Bracket, Programme

WARNINGS = {"fr": warnings_fr.WARNINGS, "de": warnings_de.WARNINGS, "en": warnings_en.WARNINGS}

_SPANS = frozenset({"after", "valid_for", "remind"})
_AMOUNTS = frozenset({"at", "from", "to", "first_at", "threshold", "points"})
_OF_CARTS = frozenset({"cart", "costs", "gave", "gives"})
_PLACE = re.compile(r"([a-z_]+)(?:\[([0-9]+)\])?")


@dataclass(frozen=True, slots=True)
class Told:
    """``place`` names the part of the programme; ``advice`` may be empty."""

    place: str
    sentence: str
    advice: str = ""


def tell(warning: Warning, programme: Programme, language: str) -> Told:
    """The warning in fr, de or en (else English). A code without words is told as the check says it, in English."""
    say = sayer(programme, language)
    teller = _Teller(say, WARNINGS[spoken(language)], programme)
    place = teller.place(warning.path)
    if warning.code not in teller.words:
        return Told(place, warning.reason, warning.suggestion)
    sentence, advice = teller.words[warning.code]
    facts = {name: teller.fact(name, value, warning.path) for name, value in warning.facts.items()}
    facts["named"] = teller.named(warning)
    return Told(place, _typeset(sentence.format_map(facts), language), _typeset(advice, language))


@dataclass(frozen=True, slots=True)
class _Teller:
    say: Say
    words: dict[str, tuple[str, str]]
    programme: Programme

    def place(self, path: str) -> str:
        """``tiers.ladder[1].discount`` as "Silver", ``earning[2]`` as "Rule vip"."""
        steps = [(name, int(index) if index else None) for name, index in _PLACE.findall(path)]
        section = steps[0][0] if steps else ""
        index = next((index for _, index in steps if index is not None), None)
        said = self._part(section, steps, index)
        if said:
            return said
        words = self.say.words
        for key in (f"subject.{section}", f"label.{section}", "subject.programme"):
            if key in words:
                return words[key][:1].upper() + words[key][1:]
        return path

    def _part(self, section: str, steps: Sequence[tuple[str, int | None]], index: int | None) -> str:
        if index is None:
            return ""
        p, fill = self.programme, self.say.fill
        tiers = p.tiers
        if section == "earning" and index < len(p.earning):
            return fill("subject.rule", id=p.earning[index].id)
        if section == "rewards" and index < len(p.rewards):
            return fill("subject.reward", id=p.rewards[index].id)
        if section == "segments" and index < len(p.segments):
            segment = p.segments[index]
            name = fill("subject.segment", id=self.segment(segment.id))
            return self._bracket(name, "segment", segment.brackets, steps[1:])
        if section == "redemption" and p.redemption is not None:
            return self._bracket(self.say.words["subject.redemption"], section, p.redemption.brackets, steps)
        if section == "first_order":
            return self._bracket(self.say.words["subject.first_order"], section, p.first_order, steps)
        if tiers is not None and ("ladder", index) in steps and index < len(tiers.ladder):
            return fill("subject.tier", id=self.tier(tiers.ladder[index].id))
        if tiers is not None and ("schedule", index) in steps and index < len(tiers.schedule):
            return fill("subject.season", during=self.say.interval(tiers.schedule[index].during))
        return ""

    def _bracket(
        self, name: str, section: str, brackets: tuple[Bracket, ...], steps: Sequence[tuple[str, int | None]]
    ) -> str:
        index = next((index for step, index in steps if step == "brackets" and index is not None), None)
        if index is None or index >= len(brackets):
            return name
        bounds = self.say.bounds("cost" if section == "redemption" else "total", brackets[index].bounds)
        return self.say.fill("subject.bracket", section=name, bounds=bounds)

    def fact(self, name: str, value: Any, path: str) -> str:
        """A fact as people read it: spans, amounts, points and names in words."""
        section = path.partition(".")[0].partition("[")[0]
        if name in _SPANS:
            return self.say.span(parse_duration(str(value)))
        if name in _OF_CARTS:
            return self._amount(str(value), "")
        if name == "case":
            return f" ({self.words[f'case_{value}'][0]})" if value else ""
        if name in _AMOUNTS:
            return self._amount(str(value), section)
        if name in ("id", "below", "above") and section == "tiers":
            return self.tier(str(value))
        if name in ("id", "first") and section == "segments":
            return self.segment(str(value))
        if name in ("sources", "lost", "kept"):
            return self.sources([each for each in str(value).split(", ") if each])
        return self.say.decimal(str(value)) if name == "percent" else str(value)

    def _amount(self, written: str, section: str) -> str:
        if section in ("redemption", "rewards"):
            return self.say.points(int(written))
        if section == "tiers" and not self.say.thresholds_are_money:
            return written
        return self.say.amount(int(Decimal(written) * 10 ** exponent(self.say.currency)))

    def sources(self, names: Sequence[str]) -> str:
        """Who gives discounts, as a list: "the tier and points"."""
        words, said = self.say.words, [self._source(name) for name in names]
        return f"{', '.join(said[:-1])}{words['and']}{said[-1]}" if len(said) > 1 else "".join(said)

    def _source(self, name: str) -> str:
        """``tier``, ``segment:firms`` or ``coupon:big`` in words."""
        words = self.say.words
        kind, _colon, id = name.partition(":")
        said = words.get(f"word.{kind}") or words.get(f"label.{kind}") or kind
        called = {"tier": self.tier, "segment": self.segment}.get(kind, str)(id) if id else ""
        return f"{said} {called}".strip()

    def named(self, warning: Warning) -> str:
        """The tier or the segment that a condition asks for."""
        id = str(warning.facts.get("id", ""))
        if warning.path.endswith(".when.segment"):
            return self.words["a_segment"][0].format(name=self.segment(id))
        return self.words["a_tier"][0].format(name=self.tier(id))

    def tier(self, id: str) -> str:
        """A tier's name, its id where it has none."""
        ladder = self.programme.tiers.ladder if self.programme.tiers else ()
        return self._name(id, {tier.id: tier.name for tier in ladder})

    def segment(self, id: str) -> str:
        """A segment's name, its id where it has none."""
        return self._name(id, {segment.id: segment.name for segment in self.programme.segments})

    def _name(self, id: str, names: dict[str, Any]) -> str:
        name = names.get(id)
        return name.read(self.say.language, fallback=self.say.fallback) if name else id


def _typeset(text: str, language: str) -> str:
    """With the spaces of French and German that may not be broken."""
    if spoken(language) == "fr":
        for mark in (" :", " ;", " ?", " !"):
            text = text.replace(mark, f"\N{NO-BREAK SPACE}{mark[1]}")
    return text.replace(" %", "\N{NO-BREAK SPACE}%")
