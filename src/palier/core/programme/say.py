"""The values of a programme in plain words, in one language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from palier.core.formats import formats_for
from palier.core.period import Duration, local_day, start_of_day, zone
from palier.core.programme.canonical import write_decimal, write_percent
from palier.core.programme.values import (
    Ago,
    Award,
    Bounds,
    Cap,
    Conditions,
    CouponTerms,
    Discount,
    Fact,
    Gift,
    Interval,
    LineFilter,
    PointsValue,
    Programme,
    Settle,
    Text,
    Where,
)
from palier.core.programme.words import words_of

_MONEY = frozenset({"amount_minor", "max_minor", "min_total_minor", "per_minor", "total", "spend"})
_PERCENT = frozenset({"percent_bp", "max_percent_bp"})
_COUNTED = frozenset({"orders", "points"})


@dataclass(frozen=True, slots=True)
class Say:
    """Says values of one programme in one language."""

    words: dict[str, str]
    language: str
    fallback: str
    currency: str
    tz: ZoneInfo
    thresholds_are_money: bool

    def fill(self, key: str, **gaps: str) -> str:
        """The phrase of that key with its gaps filled."""
        return self.words[key].format(**gaps)

    def amount(self, minor: int) -> str:
        """An amount with its currency; whole amounts without decimals."""
        return formats_for(self.language, self.currency, "UTC").price(minor)

    def decimal(self, written: str) -> str:
        """A decimal with the language's mark."""
        return written.replace(".", self.words["decimal_mark"])

    def count(self, number: int) -> str:
        """A whole number, its thousands set apart."""
        return formats_for(self.language, self.currency, "UTC").number(number)

    def points(self, points: int) -> str:
        """So many points."""
        return self.fill("points_one" if points == 1 else "points_many", points=self.count(points))

    def span(self, span: Duration) -> str:
        """A duration."""
        if span.is_zero:
            return self.words["at_once"]
        hours, seconds = divmod(span.seconds, 3600)
        parts = (("month", span.months), ("day", span.days), ("hour", hours), ("second", seconds))
        return " ".join(
            self.fill(f"{unit}_{'one' if n == 1 else 'many'}", n=str(n)) for unit, n in parts if n
        )

    def number(self, name: str, value: int) -> str:
        """A whole number in the unit of the field of that name."""
        if name in _MONEY or (name == "threshold" and self.thresholds_are_money):
            return self.amount(value)
        if name in _PERCENT:
            return self.fill("percent", percent=self.decimal(write_percent(value)))
        if name == "weight":
            return f"{self.count(value)} g"
        return self.points(value) if name in ("at", "cost") else self.count(value)

    def bounds(self, name: str, bounds: Bounds) -> str:
        """Bounds of the field of that name."""
        low, high = bounds.at_least, bounds.at_most
        if low is not None and high is not None:
            return self.fill("between", **{"from": self.number(name, low), "to": self.number(name, high)})
        if low is not None:
            return self.fill("from", **{"from": self.number(name, low)})
        return self.fill("to", to=self.number(name, high)) if high is not None else self.words["nothing"]

    def interval(self, interval: Interval) -> str:
        """A period by its first and last day, or by its instants."""
        start = self._moment(interval.start, last=False)
        end = self._moment(interval.end, last=True)
        if start and end:
            return self.fill("period", start=start, end=end)
        return self.fill("since", start=start) if start else self.fill("until", end=end)

    def _moment(self, instant: datetime | None, *, last: bool) -> str:
        if instant is None:
            return ""
        day = local_day(instant, self.tz)
        if start_of_day(day, self.tz) == instant:
            return _day(day - timedelta(days=1) if last else day, self.language)
        local = instant.astimezone(self.tz)
        return f"{_day(day, self.language)} {local:%H:%M}"

    def value(self, name: str, value: Any) -> str:
        """Any value of the field of that name."""
        if value is None or value == () or value == frozenset() or value == Conditions():
            return self.words["nothing"]
        if isinstance(value, bool):
            return self.words["yes" if value else "no"]
        if isinstance(value, int):
            return self.number(name, value)
        if isinstance(value, str):
            if name == "free_shipping":
                return self.words["all_carriers"]
            return value if name in ("name", "group", "on") else self.words.get(f"word.{value}", value)
        sayer = _SAYERS.get(type(value))
        if sayer is not None:
            return sayer(self, name, value)
        return self._several(name, value)

    def _several(self, name: str, value: Any) -> str:
        if name == "perks":
            return "; ".join(", ".join(texts) for _, texts in value)
        items = sorted(value) if isinstance(value, frozenset) else value
        mark = " > " if name == "priority" else ", "
        inner = "carrier" if name == "free_shipping" else name
        said = [
            " + ".join(self.value(inner, word) for word in sorted(item))
            if isinstance(item, frozenset)
            else self.value(inner, item)
            for item in items
        ]
        return mark.join(said)

    def goods(self, lines: LineFilter) -> str:
        """Which goods a filter means."""
        parts = [
            self.fill(key, names=", ".join(sorted(names)))
            for key, names in (("products", lines.products), ("categories", lines.categories))
            if names
        ]
        said = self.words["or"].join(parts)
        if lines.on_sale is not None:
            said = ", ".join(filter(None, (said, self.words["on_sale" if lines.on_sale else "not_on_sale"])))
        return said

    def discount(self, discount: Discount) -> str:
        """A discount with its ceiling and its goods."""
        if discount.percent_bp is not None:
            said = self.number("percent_bp", discount.percent_bp)
        else:
            said = self.amount(discount.amount_minor or 0)
        if discount.points is not None:
            said = self.fill("per", what=said, per=self.points(discount.points))
        parts = [said]
        if discount.max_minor is not None:
            parts.append(self.fill("at_most", amount=self.amount(discount.max_minor)))
        if discount.lines is not None:
            parts.append(self.fill("on_goods", goods=self.goods(discount.lines)))
        return ", ".join(parts)

    def award(self, award: Award) -> str:
        """What a rule gives."""
        said = self.points(award.points)
        if award.per_item:
            return self.fill("per_item", what=said)
        if award.per_minor is None:
            return said
        return self.fill(
            "per_whole" if award.whole_steps else "per", what=said, per=self.amount(award.per_minor)
        )

    def cap(self, cap: Cap) -> str:
        """The most points, and in which time."""
        if cap.every == "ever":
            return self.fill("ever", what=self.points(cap.points))
        every = self.words["word.order"] if isinstance(cap.every, str) else self.span(cap.every)
        return self.fill("each_time", what=self.points(cap.points), every=every)

    def settle(self, settle: Settle) -> str:
        """When points become available."""
        on = self.words[f"word.{settle.on}"]
        if settle.after.is_zero:
            return self.fill("settled", on=on)
        return self.fill("settled_after", on=on, after=self.span(settle.after))

    def gift(self, gift: Gift) -> str:
        """A product and how many of it."""
        return f"{gift.quantity} × {gift.product}"

    def coupon(self, coupon: CouponTerms) -> str:
        """What a coupon gives and asks for."""
        parts: list[str] = []
        if coupon.discount is not None:
            parts.append(self.discount(coupon.discount))
        if coupon.free_shipping is not None:
            carriers = self.value("free_shipping", coupon.free_shipping)
            parts.append(self.fill("with_free_shipping", carriers=carriers))
        if coupon.gift is not None:
            parts.append(self.fill("with_gift", gift=self.gift(coupon.gift)))
        if coupon.min_total_minor is not None:
            parts.append(self.fill("min_total", amount=self.amount(coupon.min_total_minor)))
        if coupon.valid_for is not None:
            parts.append(self.fill("valid", span=self.span(coupon.valid_for)))
        if coupon.remainder_kept:
            parts.append(self.words["remainder_kept"])
        return ", ".join(parts)

    def conditions(self, when: Conditions) -> str:
        """All that must hold."""
        parts: Iterable[tuple[str, Any]] = (
            (name, getattr(when, name)) for name in Conditions.__dataclass_fields__
        )
        said = [f"{self.words[f'label.{name}']} {self.value(name, value)}" for name, value in parts if value]
        return "; ".join(said)

    def where(self, part: Where | Fact) -> str:
        """Who belongs to a segment."""
        if isinstance(part, Fact) and isinstance(part.test, bool):
            return self.words["company" if part.test else "no_company"]
        if isinstance(part, Fact):
            if part.name in _COUNTED and isinstance(part.test, Bounds):
                return self._counted(part.name, part.test)
            said = self.value(part.name, part.test)
            # Cities were folded when they were read: a capital is all that can be given back.
            said = said.title() if part.name == "delivery_city" else said
            return f"{self.words[f'label.{part.name}']} {said}"
        if part.combine == "not":
            return self.fill("not", part=self.where(part.parts[0]))
        if not part.parts:
            return self.words["everybody"]
        word = self.words["and" if part.combine == "all" else "or"]
        return word.join(
            self.where(each) if isinstance(each, Fact) else f"({self.where(each)})" for each in part.parts
        )

    def _counted(self, name: str, bounds: Bounds) -> str:
        low, high = bounds.at_least, bounds.at_most
        if high is None and low is not None:
            how = self.fill("at_least", amount=self.count(low))
        elif low is None and high is not None:
            how = self.fill("at_most", amount=self.count(high))
        else:
            how = self.bounds(name, bounds)
        return self.fill("fact", what=self.words[f"label.{name}"], how=how)

    def ago(self, ago: Ago) -> str:
        """How long ago."""
        if ago.within is not None:
            return self.fill("within", span=self.span(ago.within))
        assert ago.before is not None
        return self.fill("before", span=self.span(ago.before))

    def worth(self, worth: PointsValue) -> str:
        """What points are worth."""
        return self.fill("per", what=self.amount(worth.amount_minor), per=self.points(worth.points))


def _day(day: date, language: str) -> str:
    pattern = {"fr": "%d/%m/%Y", "de": "%d.%m.%Y"}.get(language[:2], "%Y-%m-%d")
    return day.strftime(pattern)


_SAYERS: dict[type, Callable[[Say, str, Any], str]] = {
    Duration: lambda say, name, value: say.span(value),
    Bounds: lambda say, name, value: say.bounds(name, value),
    Interval: lambda say, name, value: say.interval(value),
    LineFilter: lambda say, name, value: say.goods(value),
    Discount: lambda say, name, value: say.discount(value),
    Award: lambda say, name, value: say.award(value),
    Cap: lambda say, name, value: say.cap(value),
    Settle: lambda say, name, value: say.settle(value),
    Gift: lambda say, name, value: say.gift(value),
    CouponTerms: lambda say, name, value: say.coupon(value),
    Conditions: lambda say, name, value: say.conditions(value),
    Where: lambda say, name, value: say.where(value),
    Fact: lambda say, name, value: say.where(value),
    Ago: lambda say, name, value: say.ago(value),
    PointsValue: lambda say, name, value: say.worth(value),
    Fraction: lambda say, name, value: "× " + say.decimal(write_decimal(value)),
    Text: lambda say, name, value: value.read(say.language, fallback=say.fallback),
}


def sayer(programme: Programme, language: str) -> Say:
    """Says the values of this programme; a language without words is said in English."""
    return Say(
        words=words_of(language),
        language=language,
        fallback=programme.languages[0],
        currency=programme.currency,
        tz=zone(programme.timezone),
        thresholds_are_money=programme.tiers is None or programme.tiers.metric == "spend",
    )
