"""What a valid document means."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from palier.core.period import Duration
from palier.core.programme import values as v
from palier.core.programme.kinds import fold_city
from palier.core.programme.parse import parse
from tests.core.programme.documents import read, whole_document, with_sections


def test_a_document_with_only_name_and_currency_switches_everything_off() -> None:
    assert parse({"name": "a", "currency": "EUR"}) == v.Programme(name="a", currency="EUR")


def test_the_whole_example_is_read() -> None:
    programme = parse(whole_document())
    assert len(programme.earning) == 15
    assert programme.tiers is not None
    assert [tier.id for tier in programme.tiers.ladder] == ["bronze", "silver", "gold"]
    assert programme.points.value == v.PointsValue(10, 100)
    assert programme.combine == (frozenset({"points", "promo_code"}), frozenset({"segment", "promo_code"}))


def test_over_and_under_become_the_next_unit() -> None:
    [rule] = parse(
        read(
            "earning: [{id: a, when: {total: {over: 20, under: 30}, quantity: {over: 2}}, award: {points: 1}}]"
        )
    ).earning
    assert rule.when.total == v.Bounds(2001, 2999)
    assert rule.when.quantity == v.Bounds(3, None)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"), [("JPY", "500", 500), ("EUR", "5.5", 550), ("KWD", "1.234", 1234)]
)
def test_amounts_have_the_decimals_of_their_currency(currency: str, amount: str, minor: int) -> None:
    document = {
        "name": "a",
        "currency": currency,
        "redemption": {"brackets": [], "min_total": Decimal(amount)},
    }
    redemption = parse(document).redemption
    assert redemption is not None
    assert redemption.min_total_minor == minor


def test_a_bracket_after_over_is_marked_and_begins_one_unit_later() -> None:
    programme = parse(read("first_order: {brackets: [{over: 150, discount: {percent: 10.5}}]}"))
    assert programme.first_order == (
        v.Bracket(v.Bounds(15001), strict=True, discount=v.Discount(percent_bp=1050)),
    )


def test_a_day_in_to_counts_whole_in_the_programmes_time_zone() -> None:
    text = "timezone: Europe/Paris\nearning: [{id: a, multiply: 2, when: {during: {from: 2026-12-05, to: 2026-12-07}}}]"
    [rule] = parse(read(text)).earning
    start, end = datetime(2026, 12, 4, 23, tzinfo=UTC), datetime(2026, 12, 7, 23, tzinfo=UTC)
    assert rule.when.during == v.Interval(start, end)


def test_an_instant_in_to_still_counts_and_one_in_under_does_not() -> None:
    noon = datetime(2026, 12, 5, 12, tzinfo=UTC)
    for bound, counts in (("to", True), ("under", False)):
        rule = {"id": "a", "multiply": 2, "when": {"during": {bound: "2026-12-05T13:00:00+01:00"}}}
        during = parse(with_sections(earning=[rule])).earning[0].when.during
        assert during is not None
        assert during.holds(noon) is counts


def test_a_date_value_and_its_text_are_the_same() -> None:
    def document(day: Any) -> Any:
        return with_sections(earning=[{"id": "a", "multiply": 2, "when": {"during": {"from": day}}}])

    assert parse(document(date(2026, 12, 5))) == parse(document("2026-12-05"))


def test_the_ladder_is_sorted_by_threshold() -> None:
    programme = parse(read("tiers: {metric: orders, ladder: [{id: b, from: 3}, {id: a, from: 0}]}"))
    assert programme.tiers is not None
    assert [(tier.id, tier.threshold) for tier in programme.tiers.ladder] == [("a", 0), ("b", 3)]


def test_equal_thresholds_are_allowed_when_one_is_switched_off() -> None:
    assert (
        parse(read("tiers: {ladder: [{id: a, from: 0}, {id: b, from: 0, enabled: false}]}")).tiers is not None
    )


def test_several_facts_in_one_map_must_all_hold() -> None:
    text = (
        "segments: [{id: a, where: {company: true, not: {orders: 5}}}, {id: b, where: {delivery_city: Évry}}]"
    )
    one, other = parse(read(text)).segments
    five = v.Fact("orders", v.Bounds(5, 5))
    assert one.where == v.Where("all", (v.Fact("company", True), v.Where("not", (five,))))
    assert other.where == v.Fact("delivery_city", frozenset({"evry"}))


def test_an_empty_condition_is_everybody() -> None:
    assert parse(read("segments: [{id: a, where: {}}]")).segments[0].where == v.Where("all", ())


def test_numbers_stand_for_the_names_of_products() -> None:
    [rule] = parse(read("earning: [{id: a, lines: {products: [12, '007']}, award: {points: 1}}]")).earning
    assert rule.lines == v.LineFilter(products=frozenset({"12", "007"}))


def test_a_gift_of_a_reward_comes_with_its_coupon() -> None:
    [reward] = parse(read("rewards: [{id: a, at: 5, gift: {product: mug}}]")).rewards
    assert reward.coupon == v.CouponTerms(gift=v.Gift("mug"))


def test_sources_not_named_in_priority_follow_in_the_default_order() -> None:
    programme = parse(read("priority: [points, promo_code]"))
    assert programme.priority == ("points", "promo_code", "coupon", "segment", "first_order")


def test_languages_are_those_of_the_texts_unless_they_are_listed() -> None:
    assert parse(read("points: {name: {de: Punkte, fr: points}}")).languages == ("de", "fr")
    assert parse(read("languages: [fr, de]\npoints: {name: {de: Punkte, fr: points}}")).languages == (
        "fr",
        "de",
    )
    assert parse(read("points: {name: points}")).languages == ("en",)


def test_a_stated_value_of_points_wins_over_that_of_redemption() -> None:
    text = "redemption: {brackets: [{from: 10, discount: {points: 10, amount: 1}}]}\n"
    assert parse(read(text)).points.value == v.PointsValue(10, 100)
    assert parse(read(text + "points: {value: {points: 100, amount: 5}}")).points.value == v.PointsValue(
        100, 500
    )


def test_multipliers_and_caps_are_exact() -> None:
    times, cap = parse(
        read("earning: [{id: a, multiply: 1.1}, {id: b, cap: {points: 5, every: P1D}}]")
    ).earning
    assert times.multiply == Fraction(11, 10)
    assert cap.cap == v.Cap(5, Duration(days=1))


def test_the_currency_of_the_programme_may_stand_beside_an_amount() -> None:
    text = "earning: [{id: a, when: {total: {from: 5, currency: EUR}}, award: {points: 1, per: 1, currency: EUR}}]"
    assert parse(read(text)).earning[0].award == v.Award(1, per_minor=100)


def test_city_names_compare_without_case_or_accents() -> None:
    assert fold_city("  SAINT-ÉTIENNE ") == fold_city("Saint Etienne")
    assert fold_city("Paris") != fold_city("Parys")
