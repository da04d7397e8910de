"""How the explanations speak: a language's table, the programme's name for its points, numbers and plurals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from palier.core.explain import english, french, german
from palier.core.formats import Formats, spoken
from palier.core.period import Duration, last_day, zone
from palier.core.programme.values import Programme, Text

Table = Mapping[str, str | tuple[str, str]]

_THIN, _FIXED = "\u202f", "\u00a0"


def _typeset(table: Table) -> dict[str, tuple[str, str]]:
    """Both forms of each sentence, with the spaces that may not be broken."""
    return {
        key: (_spaced(forms), _spaced(forms))
        if isinstance(forms, str)
        else (_spaced(forms[0]), _spaced(forms[1]))
        for key, forms in table.items()
    }


def _spaced(text: str) -> str:
    text = text.replace(" ;", f"{_THIN};").replace(" :", f"{_FIXED}:")
    text = text.replace(" %", f"{_FIXED}%").replace("n° ", f"n°{_FIXED}")
    return text.replace("« ", f"«{_FIXED}").replace(" »", f"{_FIXED}»").replace("× ", f"×{_FIXED}")


TABLES: dict[str, dict[str, tuple[str, str]]] = {
    "en": _typeset(english.SENTENCES),
    "fr": _typeset(french.SENTENCES),
    "de": _typeset(german.SENTENCES),
}


@dataclass(frozen=True, slots=True)
class Speech:
    """One language speaking about one version of a programme."""

    language: str
    programme: Programme
    formats: Formats

    def say(self, key: str, n: int = 2, **values: str) -> str:
        """The sentence ``key`` in the form for ``n``. Values are put in as they are: escaping is the template's job."""
        one, other = TABLES[spoken(self.language)][key]
        return (one if self._is_singular(n) else other).format_map(values)

    def knows(self, key: str) -> bool:
        """Whether there is a sentence of that name."""
        return key in TABLES["en"]

    def points(self, n: int) -> str:
        """So many points, under the programme's own name for them: "1 point", "1,200 stars"."""
        name = self.read(self.programme.points.name)
        if self._is_singular(n):
            name = singular(name, spoken(self.language))
        gap = _FIXED if spoken(self.language) == "fr" else " "
        return f"{self.formats.number(n)}{gap}{name}"

    def read(self, text: Text) -> str:
        """A text of the programme in this language, else in the programme's first."""
        return text.read(spoken(self.language), fallback=self.programme.languages[0])

    def tier(self, tier: str) -> str:
        """The name of a tier; its id when the programme has no such tier, or no name for it."""
        ladder = self.programme.tiers.ladder if self.programme.tiers else ()
        found = next((step for step in ladder if step.id == tier), None)
        return self.read(found.name) if found is not None and found.name is not None else tier

    def event(self, name: str) -> str:
        """An event in words, or under the shop's own name for it."""
        return self.say(f"event.{name}") if self.knows(f"event.{name}") else name

    def times(self, multiplier: Fraction) -> str:
        """A multiplier as a number with at most three decimals."""
        thousandths = multiplier * 1000
        whole, part = divmod(thousandths.numerator // thousandths.denominator, 1000)
        decimals = f"{part:03}".rstrip("0")
        point = "." if spoken(self.language) == "en" else ","
        return self.formats.number(whole) + (point + decimals if decimals else "")

    def last_day(self, ends_at: datetime) -> str:
        """The last day on which something that ends at ``ends_at`` is good."""
        return self.formats.day(last_day(ends_at, zone(self.programme.timezone)))

    def every(self, every: Duration | str) -> str:
        """The time of a cap: "per order", "every 30 days"; empty when it has no simple name."""
        if isinstance(every, str):
            return self.say(f"every.{every}") if self.knows(f"every.{every}") else ""
        n, unit = 0, ""
        if every.months and not every.days and not every.seconds:
            n, unit = (every.months // 12, "years") if every.months % 12 == 0 else (every.months, "months")
        elif every.days and not every.months and not every.seconds:
            n, unit = every.days, "days"
        elif every.seconds and every.seconds % 3600 == 0 and not every.months and not every.days:
            n, unit = every.seconds // 3600, "hours"
        return self.say(f"every.{unit}", n, count=self.formats.number(n)) if unit else ""

    def _is_singular(self, n: int) -> bool:
        return abs(n) == 1 or (n == 0 and spoken(self.language) == "fr")


_POINTS = re.compile(r"(point)s\b|(punkt)e\b", re.IGNORECASE)
_KEEPS_ITS_S = ("ss", "us", "is", "os", "as", "ies")


def singular(name: str, language: str) -> str:
    """The name of one point. Only regular plurals are known ("points", "Treuepunkte", "stars"); others stay."""
    shorter, found = _POINTS.subn(lambda match: match.group(1) or match.group(2), name)
    if found or language == "de":
        return shorter
    first, gap, rest = name.partition(" ")
    head = first if language == "fr" else name
    if not head.endswith("s") or head.endswith(_KEEPS_ITS_S):
        return name
    return head[:-1] + (gap + rest if language == "fr" else "")


_FRACTION = re.compile(r"\d{1,9}(/[1-9]\d{0,8})?")


def whole(facts: Mapping[str, Any], key: str) -> int | None:
    """A whole number among the facts of an entry; None when it is missing or something else."""
    value = facts.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def word(facts: Mapping[str, Any], key: str) -> str:
    """A word among the facts of an entry; empty when it is missing or something else."""
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def multiplier_of(facts: Mapping[str, Any]) -> Fraction | None:
    """The multiplier among the facts of an entry, if there is one."""
    written = word(facts, "multiplier")
    return Fraction(written) if _FRACTION.fullmatch(written) else None
