"""What differs between two programmes, in plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from palier.core.programme.say import Say, sayer
from palier.core.programme.values import (
    Award,
    Bracket,
    Conditions,
    Programme,
    Redemption,
    Season,
    Segment,
    Text,
    Tier,
    Tiers,
)

LABELS = {
    "min_total_minor": "min_total",
    "max_percent_bp": "max_percent",
    "rolling": "window",
}
"""Fields that go by another name in words."""


def diff(old: Programme, new: Programme, language: str) -> tuple[str, ...]:
    """One sentence for each difference, in the order of the document, in fr, de or en (else English).

    Equal programmes give nothing; different ones give at least one sentence.
    """
    both = _Both(sayer(old, language), sayer(new, language))
    say = both.new
    top = ("name", "currency", "timezone", "languages")
    found = [
        *both.fields(say.words["subject.programme"], old, new, only=top),
        *both.fields(say.words["subject.spend"], old.spend, new.spend),
        *both.fields(say.words["subject.points"], old.points, new.points),
        *both.items("rule", old.earning, new.earning),
        *both.order("earning", old.earning, new.earning),
        *both.redemption(old.redemption or Redemption(()), new.redemption or Redemption(())),
        *_presence(say, "redemption", old.redemption, new.redemption),
        *both.items("reward", old.rewards, new.rewards),
        *both.order("rewards", old.rewards, new.rewards),
        *both.tiers(old.tiers or Tiers(()), new.tiers or Tiers(())),
        *_presence(say, "tiers", old.tiers, new.tiers),
        *both.brackets("first_order", say.words["subject.first_order"], old.first_order, new.first_order),
        *both.items("segment", old.segments, new.segments),
        *both.order("segments", old.segments, new.segments),
        *both.fields(say.words["subject.programme"], old, new, only=("combine", "priority", "conflict")),
        *_messages(say, old, new),
    ]
    return tuple(found)


def _presence(say: Say, section: str, old: object, new: object) -> Iterator[str]:
    """An empty section that came or went says so; one with content says it by its parts."""
    empty: tuple[object, ...] = (Redemption(()), Tiers(()))
    subject = say.words[f"subject.{section}"]
    if old is None and new in empty:
        yield say.fill("added", subject=subject, summary=say.words["nothing"])
    if new is None and old in empty:
        yield say.fill("removed", subject=subject)


def _messages(say: Say, old: Programme, new: Programme) -> Iterator[str]:
    for event in sorted({*old.messages, *new.messages}):
        before, after = old.messages.get(event), new.messages.get(event)
        if before != after or type(before) is not type(after):
            yield say.fill("messages", event=event)


@dataclass(frozen=True, slots=True)
class _Both:
    """Says old values as the old programme means them, new ones as the new one does."""

    old: Say
    new: Say

    def fields(
        self, subject: str, old: Any, new: Any, *, only: tuple[str, ...] | None = None
    ) -> Iterator[str]:
        """A sentence for each field that differs."""
        for name in only if only is not None else tuple(each.name for each in fields(new)):
            before, after = getattr(old, name), getattr(new, name)
            if before == after and not self._means_another(name):
                continue
            if name == "enabled":
                yield self.new.fill("switched_on" if after else "switched_off", subject=subject)
            else:
                yield self.change(subject, name, before, after)

    def _means_another(self, name: str) -> bool:
        return name == "threshold" and self.old.thresholds_are_money != self.new.thresholds_are_money

    def change(self, subject: str, name: str, before: Any, after: Any) -> str:
        """One sentence for one field; what both values share is said once."""
        said = _without_shared(self.old.value(name, before), self.new.value(name, after))
        if said[0] == said[1]:
            said = (_in_full(before), _in_full(after))
        if (
            isinstance(before, Award)
            and isinstance(after, Award)
            and replace(before, points=after.points) == after
        ):
            said = (str(before.points), said[1])
        if name == "award" and before is not None and after is not None:
            return self.new.fill("change_value", subject=subject, old=said[0], new=said[1])
        label = self.new.words[f"label.{LABELS.get(name, name)}"]
        return self.new.fill("change", subject=subject, label=label, old=said[0], new=said[1])

    def items(self, kind: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
        """Sentences for a list whose items have ids."""
        before = {item.id: item for item in old}
        for item in new:
            subject = self.subject(kind, item)
            earlier = before.get(item.id)
            if earlier is None:
                yield self.new.fill("added", subject=subject, summary=self.summary(item))
                continue
            skipped = ("id", "brackets")
            names = tuple(each.name for each in fields(item) if each.name not in skipped)
            yield from self.fields(subject, earlier, item, only=names)
            if isinstance(item, Segment):
                yield from self.brackets("segment", subject, earlier.brackets, item.brackets)
        known = {item.id for item in new}
        for item in old:
            if item.id not in known:
                yield self.new.fill("removed", subject=self.subject(kind, item))

    def subject(self, kind: str, item: Any) -> str:
        """How an item is called: a tier by its name, others by their id."""
        id = self.called(item)
        return self.new.fill(f"subject.{kind}", id=id[:1].upper() + id[1:] if isinstance(item, Tier) else id)

    def called(self, item: Any) -> str:
        """A tier's name, any other's id."""
        if isinstance(item, Tier) and item.name:
            return item.name.read(self.new.language, fallback=self.new.fallback)
        return str(item.id)

    def order(self, section: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
        """One sentence where the items that are in both stand in another order."""
        kept = {item.id for item in old} & {item.id for item in new}
        before, after = ([item for item in items if item.id in kept] for items in (old, new))
        if [item.id for item in before] != [item.id for item in after]:
            said = [", ".join(self.called(item) for item in items) for items in (before, after)]
            subject = self.new.words[f"subject.{section}"]
            yield self.new.fill("order", subject=subject, old=said[0], new=said[1])

    def summary(self, item: Any) -> str:
        """What an item says beyond its id and the defaults."""
        parts: list[str] = []
        for each in fields(item):
            value = getattr(item, each.name)
            if (
                each.name in ("id", "enabled", "bounds", "strict")
                or value == each.default
                or value == Conditions()
            ):
                continue
            label = (
                self.new.words[f"label.{LABELS.get(each.name, each.name)}"] if each.name != "brackets" else ""
            )
            parts.append(f"{label} {self._said(each.name, value)}".strip())
        return "; ".join(parts) or self.new.words["nothing"]

    def _said(self, name: str, value: Any) -> str:
        if name != "brackets":
            return self.new.value(name, value)
        return "; ".join(f"{self.bounds('segment', each, self.new)}: {self.summary(each)}" for each in value)

    def bounds(self, section: str, bracket: Bracket, say: Say) -> str:
        """Where a bracket holds."""
        name = "cost" if section == "redemption" else "total"
        low, high = bracket.bounds.at_least or 0, bracket.bounds.at_most
        if bracket.strict and high is None:
            return say.fill("over", over=say.number(name, low - 1))
        return say.bounds(name, bracket.bounds)

    def brackets(
        self, section: str, subject: str, old: tuple[Bracket, ...], new: tuple[Bracket, ...]
    ) -> Iterator[str]:
        """Sentences for brackets, matched by where they begin."""
        earlier = _by_start(old)
        later = _by_start(new)
        for start, bracket in later.items():
            place = self.new.fill(
                "subject.bracket", section=subject, bounds=self.bounds(section, bracket, self.new)
            )
            before = earlier.get(start)
            if before is None:
                yield self.new.fill("added", subject=place, summary=self.summary(bracket))
            elif before != bracket:
                yield from self._bracket(section, place, before, bracket)
        for start, bracket in earlier.items():
            if start not in later:
                bounds = self.bounds(section, bracket, self.old)
                yield self.new.fill(
                    "removed", subject=self.new.fill("subject.bracket", section=subject, bounds=bounds)
                )
        kept = [start for start in earlier if start in later]
        if kept != [start for start in later if start in earlier]:
            said = (", ".join(self.bounds(section, each, self.new) for each in items) for items in (old, new))
            yield self.new.fill("order", subject=subject, old=next(said), new=next(said))

    def _bracket(self, section: str, place: str, before: Bracket, after: Bracket) -> Iterator[str]:
        if (before.bounds, before.strict) != (after.bounds, after.strict):
            said = (self.bounds(section, before, self.old), self.bounds(section, after, self.new))
            label = self.new.words["label.bounds"]
            yield self.new.fill("change", subject=place, label=label, old=said[0], new=said[1])
        names = ("cost", "discount", "free_shipping", "gift", "enabled")
        yield from self.fields(place, before, after, only=names)

    def redemption(self, old: Redemption, new: Redemption) -> Iterator[str]:
        """Sentences for the use of points."""
        subject = self.new.words["subject.redemption"]
        names = tuple(each.name for each in fields(Redemption) if each.name != "brackets")
        yield from self.fields(subject, old, new, only=names)
        yield from self.brackets("redemption", subject, old.brackets, new.brackets)

    def tiers(self, old: Tiers, new: Tiers) -> Iterator[str]:
        """Sentences for the ladder, its rules and its seasons."""
        subject = self.new.words["subject.tiers"]
        names = ("metric", "grace", "grace_refunds", "landing", "discount_by")
        yield from self.fields(subject, old, new, only=names)
        if (old.window, old.rolling) != (new.window, new.rolling):
            said = [
                say.value("window", tiers.window) + (f" {say.span(tiers.rolling)}" if tiers.rolling else "")
                for say, tiers in ((self.old, old), (self.new, new))
            ]
            label = self.new.words["label.window"]
            yield self.new.fill("change", subject=subject, label=label, old=said[0], new=said[1])
        yield from self.items("tier", old.ladder, new.ladder)
        yield from self.order("tiers", old.ladder, new.ladder)
        called = {tier.id: self.called(tier) for tier in (*old.ladder, *new.ladder)}
        yield from self.seasons(old.schedule, new.schedule, called)

    def seasons(
        self, old: tuple[Season, ...], new: tuple[Season, ...], called: dict[str, str]
    ) -> Iterator[str]:
        """Sentences for seasons: those that are not in both are removed and added whole."""
        for say, mine, others, key in ((self.old, old, new, "removed"), (self.new, new, old, "added")):
            for season in mine:
                if season in others and not self._means_another("threshold"):
                    continue
                subject = say.fill("subject.season", during=say.interval(season.during))
                ats = (f"{called.get(id, id)} {say.number('threshold', at)}" for id, at in season.thresholds)
                summary = ", ".join(ats)
                summary += "" if season.enabled else f" ({say.words['no']})"
                yield say.fill(key, subject=subject, summary=summary)
        if sorted(old, key=repr) == sorted(new, key=repr) and old != new:
            subject = self.new.words["subject.tiers"]
            said = [", ".join(self.new.interval(season.during) for season in each) for each in (old, new)]
            yield self.new.fill("order", subject=subject, old=said[0], new=said[1])


def _by_start(brackets: tuple[Bracket, ...]) -> dict[tuple[int | None, int], Bracket]:
    """Brackets by where they begin; switched-off ones may begin where others do, so they are counted."""
    found: dict[tuple[int | None, int], Bracket] = {}
    for each in brackets:
        count = 0
        while (each.bounds.at_least, count) in found:
            count += 1
        found[each.bounds.at_least, count] = each
    return found


def _without_shared(old: str, new: str) -> tuple[str, str]:
    """``500 €`` and ``400 €`` become ``500`` and ``400 €``: the words that both end with are said once."""
    before, after = old.split(" "), new.split(" ")
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
        if len(before) == 1 or len(after) == 1:
            break
    shared = " ".join(before)
    numeric = all(character.isdigit() or character in ".," for character in shared)
    return (shared, new) if numeric and shared else (old, new)


def _in_full(value: Any) -> str:
    """A value with all that it holds, for the rare difference that the member's language does not show."""
    if isinstance(value, Text):
        return ", ".join(f"{language} {text}".strip() for language, text in value.by_language)
    if isinstance(value, tuple) and all(isinstance(item, tuple) for item in value):
        return "; ".join(f"{language} {', '.join(texts)}".strip() for language, texts in value)
    return repr(value)
