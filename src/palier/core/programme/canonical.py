"""One plain form of a programme, the same for equal programmes, and its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from palier.core.money import from_minor
from palier.core.period import Duration, local_day, start_of_day, zone
from palier.core.programme.parse import first_worth
from palier.core.programme.values import (
    Ago,
    Award,
    Bounds,
    Bracket,
    Cap,
    Conditions,
    CouponTerms,
    Discount,
    EarningRule,
    Fact,
    Gift,
    Interval,
    LineFilter,
    Points,
    Programme,
    Redemption,
    Reward,
    Season,
    Segment,
    Spend,
    Text,
    Tier,
    Tiers,
    Where,
)

Plain = dict[str, Any]


def to_document(programme: Programme) -> Plain:
    """The document that ``parse`` reads back as an equal programme.

    Defaults are left out, keys are sorted, sets are sorted lists, amounts, percentages and multipliers are texts.
    """
    writer = _Writer(programme.currency, zone(programme.timezone))
    document = writer.programme(programme)
    ordered = _ordered(document)
    assert isinstance(ordered, dict)
    return ordered


def canonical_json(programme: Programme) -> str:
    """The document as JSON without spaces, keys sorted."""
    return json.dumps(to_document(programme), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(programme: Programme) -> str:
    """The sha256 of ``canonical_json`` in UTF-8, as 64 hexadecimal digits; equal programmes have equal ones."""
    return hashlib.sha256(canonical_json(programme).encode()).hexdigest()


def write_decimal(value: Decimal | Fraction) -> str:
    """An exact decimal without trailing zeros. The value must have at most 12 decimals."""
    scaled = Fraction(value) * 10**12
    assert scaled.denominator == 1
    whole, part = divmod(abs(scaled.numerator), 10**12)
    decimals = f"{part:012d}".rstrip("0")
    return ("-" if value < 0 else "") + str(whole) + (f".{decimals}" if decimals else "")


def write_percent(basis_points: int) -> str:
    """Basis points as a percentage without trailing zeros (1050 gives 10.5)."""
    return write_decimal(Fraction(basis_points, 100))


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value)}
    return [_ordered(item) for item in value] if isinstance(value, list) else value


def _given(**items: Any) -> Plain:
    """The items that are not None; ``from_`` and the like lose their underscore."""
    return {key.rstrip("_"): item for key, item in items.items() if item is not None}


def _unless(value: Any, default: Any) -> Any:
    return None if value == default else value


def _listed(names: frozenset[str] | None) -> list[str] | None:
    return None if names is None else sorted(names)


def _text(text: Text | None) -> str | Plain | None:
    if text is None:
        return None
    texts = dict(text.by_language)
    return texts[""] if "" in texts else dict(texts)


def _perks(perks: tuple[tuple[str, tuple[str, ...]], ...]) -> list[str] | Plain | None:
    if not perks:
        return None
    listed = {language: list(texts) for language, texts in perks}
    return listed[""] if "" in listed else dict(listed)


def _duration(span: Duration | None) -> str | None:
    return None if span is None else str(span)


def _filter(lines: LineFilter | None) -> Plain | None:
    if lines is None:
        return None
    return _given(
        products=_listed(lines.products) or None,
        categories=_listed(lines.categories) or None,
        on_sale=lines.on_sale,
    )


def _gift(gift: Gift | None) -> Plain | None:
    return None if gift is None else _given(product=gift.product, quantity=_unless(gift.quantity, 1))


def _shipping(carriers: Any) -> Any:
    return carriers if carriers is None or carriers == "all" else sorted(carriers)


def _whole_bounds(bounds: Bounds | None) -> Plain | None:
    return None if bounds is None else _given(from_=bounds.at_least, to=bounds.at_most)


def write_interval(interval: Interval | None, tz: ZoneInfo) -> Plain | None:
    """The keys ``from``, ``to`` and ``under``: days where the edges are local midnights, else UTC instants."""
    if interval is None:
        return None
    written: Plain = {}
    if interval.start is not None:
        day = _day_of(interval.start, tz)
        written["from"] = day.isoformat() if day else _instant(interval.start)
    if interval.end is not None:
        day = _day_of(interval.end, tz)
        last = interval.end - timedelta(microseconds=1)
        if day:
            written["to"] = (day - timedelta(days=1)).isoformat()
        elif last.microsecond == 0:
            written["to"] = _instant(last)
        else:
            written["under"] = _instant(interval.end)
    return written


def _day_of(instant: datetime, tz: ZoneInfo) -> date | None:
    day = local_day(instant, tz)
    return day if start_of_day(day, tz) == instant else None


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


class _Writer:
    """Writes the parts that depend on the currency and the time zone."""

    def __init__(self, currency: str, tz: ZoneInfo) -> None:
        self.currency = currency
        self.tz = tz

    def money(self, minor: int | None) -> str | None:
        return None if minor is None else str(from_minor(minor, self.currency))

    def money_bounds(self, bounds: Bounds | None) -> Plain | None:
        if bounds is None:
            return None
        return _given(from_=self.money(bounds.at_least), to=self.money(bounds.at_most))

    def programme(self, programme: Programme) -> Plain:
        p = programme
        return _given(
            format=1,
            name=p.name,
            currency=p.currency,
            timezone=_unless(p.timezone, "UTC"),
            languages=_unless(list(p.languages), ["en"]),
            spend=self.spend(p.spend) or None,
            points=self.points(p.points, p.redemption) or None,
            earning=[self.rule(rule) for rule in p.earning] or None,
            redemption=None if p.redemption is None else self.redemption(p.redemption),
            rewards=[self.reward(reward) for reward in p.rewards] or None,
            tiers=None if p.tiers is None else self.tiers(p.tiers),
            first_order=None if not p.first_order else {"brackets": self.brackets(p.first_order)},
            segments=[self.segment(segment) for segment in p.segments] or None,
            combine=[sorted(each) for each in p.combine] or None,
            priority=_unless(list(p.priority), list(Programme(name="", currency="").priority)),
            conflict=_unless(p.conflict, "priority"),
            messages=dict(p.messages) or None,
        )

    def spend(self, spend: Spend) -> Plain:
        return _given(
            tax=_unless(spend.tax, "included"),
            shipping=_unless(spend.shipping, "excluded"),
            exclude=_filter(spend.exclude),
        )

    def points(self, points: Points, redemption: Redemption | None) -> Plain:
        settle = _given(on=_unless(points.settle.on, "paid"), after=_unless(str(points.settle.after), "P0D"))
        worth = points.value
        if redemption is not None and worth == first_worth(redemption):
            worth = None
        value = None if worth is None else {"points": worth.points, "amount": self.money(worth.amount_minor)}
        return _given(
            name=None if points.name == Points().name else _text(points.name),
            rounding=_unless(points.rounding, "down"),
            valid_for=_duration(points.valid_for),
            expiry=_unless(points.expiry, "sliding"),
            remind=[str(span) for span in points.remind] or None,
            settle=settle or None,
            earn_with=_listed(points.earn_with) or None,
            earn_on_first_order=_unless(points.earn_on_first_order, True),
            value=value,
        )

    def rule(self, rule: EarningRule) -> Plain:
        return _given(
            id=rule.id,
            enabled=_unless(rule.enabled, True),
            on=rule.on,
            once=_unless(rule.once, False),
            lines=_filter(rule.lines),
            when=self.conditions(rule.when) or None,
            award=self.award(rule.award),
            multiply=None if rule.multiply is None else write_decimal(rule.multiply),
            cap=self.cap(rule.cap),
        )

    def conditions(self, when: Conditions) -> Plain:
        return _given(
            total=self.money_bounds(when.total),
            quantity=_whole_bounds(when.quantity),
            weight=_whole_bounds(when.weight),
            order_number=_whole_bounds(when.order_number),
            payment_method=_listed(when.payment_method),
            carrier=_listed(when.carrier),
            tier=_listed(when.tier),
            segment=_listed(when.segment),
            during=write_interval(when.during, self.tz),
        )

    def award(self, award: Award | None) -> Plain | None:
        if award is None:
            return None
        return _given(
            points=award.points,
            per=self.money(award.per_minor),
            steps="whole" if award.whole_steps else None,
            per_item=_unless(award.per_item, False),
        )

    def cap(self, cap: Cap | None) -> Plain | None:
        return None if cap is None else {"points": cap.points, "every": str(cap.every)}

    def discount(self, discount: Discount | None) -> Plain | None:
        if discount is None:
            return None
        return _given(
            percent=None if discount.percent_bp is None else write_percent(discount.percent_bp),
            amount=self.money(discount.amount_minor),
            points=discount.points,
            max=self.money(discount.max_minor),
            lines=_filter(discount.lines),
        )

    def brackets(self, brackets: tuple[Bracket, ...]) -> list[Plain]:
        return [self.bracket(each, self.money) for each in brackets]

    def bracket(self, bracket: Bracket, write: Any) -> Plain:
        at_least, at_most = bracket.bounds.at_least, bracket.bounds.at_most
        assert at_least is not None
        lower = {"over": write(at_least - 1)} if bracket.strict else {"from": write(at_least)}
        return lower | _given(
            to=None if at_most is None else write(at_most),
            cost=bracket.cost,
            discount=self.discount(bracket.discount),
            free_shipping=_shipping(bracket.free_shipping),
            gift=_gift(bracket.gift),
            enabled=_unless(bracket.enabled, True),
        )

    def redemption(self, redemption: Redemption) -> Plain:
        share = redemption.max_percent_bp
        return _given(
            brackets=[self.bracket(each, int) for each in redemption.brackets],
            consume=_unless(redemption.consume, "used"),
            from_order=_unless(redemption.from_order, 1),
            min_total=self.money(redemption.min_total_minor),
            max_percent=None if share is None else write_percent(share),
            apply=_unless(redemption.apply, "automatic"),
        )

    def coupon(self, coupon: CouponTerms | None) -> Plain | None:
        if coupon is None:
            return None
        return _given(
            discount=self.discount(coupon.discount),
            min_total=self.money(coupon.min_total_minor),
            valid_for=_duration(coupon.valid_for),
            remainder="kept" if coupon.remainder_kept else None,
            free_shipping=_shipping(coupon.free_shipping),
            gift=_gift(coupon.gift),
        )

    def reward(self, reward: Reward) -> Plain:
        return _given(
            id=reward.id,
            at=reward.at,
            coupon=self.coupon(reward.coupon),
            enabled=_unless(reward.enabled, True),
            name=_text(reward.name),
        )

    def tiers(self, tiers: Tiers) -> Plain:
        write: Any = self.money if tiers.metric == "spend" else int
        default = {each.name: each.default for each in fields(Tiers)}
        window = (
            {"rolling": str(tiers.rolling)}
            if tiers.window == "rolling"
            else _unless(tiers.window, "lifetime")
        )
        return _given(
            metric=_unless(tiers.metric, default["metric"]),
            window=window,
            grace=_unless(str(tiers.grace), "P0D"),
            grace_refunds=_unless(tiers.grace_refunds, False),
            landing=_unless(tiers.landing, default["landing"]),
            discount_by=_unless(tiers.discount_by, default["discount_by"]),
            ladder=[self.tier(tier, write) for tier in tiers.ladder],
            schedule=[self.season(season, write) for season in tiers.schedule] or None,
        )

    def tier(self, tier: Tier, write: Any) -> Plain:
        return _given(
            id=tier.id,
            from_=write(tier.threshold),
            name=_text(tier.name),
            group=tier.group,
            discount=self.discount(tier.discount),
            coupon=self.coupon(tier.coupon),
            free_shipping=_shipping(tier.free_shipping),
            multiply=None if tier.multiply is None else write_decimal(tier.multiply),
            perks=_perks(tier.perks),
            gift=_gift(tier.gift),
            enabled=_unless(tier.enabled, True),
        )

    def season(self, season: Season, write: Any) -> Plain:
        thresholds = {tier: write(threshold) for tier, threshold in season.thresholds}
        written = write_interval(season.during, self.tz) or {}
        return written | _given(thresholds=thresholds, enabled=_unless(season.enabled, True))

    def segment(self, segment: Segment) -> Plain:
        return _given(
            id=segment.id,
            name=_text(segment.name),
            where=self.where(segment.where),
            earn_points=_unless(segment.earn_points, True),
            brackets=self.brackets(segment.brackets) or None,
            enabled=_unless(segment.enabled, True),
        )

    def where(self, part: Where | Fact) -> Plain:
        if isinstance(part, Fact):
            return {part.name: self.fact(part)}
        if part.combine == "not":
            return {"not": self.where(part.parts[0])}
        return {part.combine: [self.where(each) for each in part.parts]}

    def fact(self, fact: Fact) -> Any:
        test = fact.test
        if isinstance(test, Bounds):
            return self.money_bounds(test) if fact.name == "spend" else _whole_bounds(test)
        if isinstance(test, Ago):
            return _given(within=_duration(test.within), before=_duration(test.before))
        if isinstance(test, LineFilter):
            return _filter(test)
        return test if isinstance(test, bool) else sorted(test)
