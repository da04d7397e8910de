"""What is refused, where, and what was meant."""

# ruff: noqa: E501  (a table reads better with one case a line)

from __future__ import annotations

from typing import Any

import pytest

from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from tests.core.programme.documents import problems, read, with_sections

TIERS = "tiers: {ladder: [{id: bronze, from: 0}, {id: silver, from: 500}]}\n"

CASES = [
    # text below name and currency, path, a part of the reason, suggestion
    ("erning: []", "erning", "unknown key", "earning"),
    ("earning: [{id: a, award: {pints: 1}}]", "earning[0].award.pints", "unknown key", "points"),
    ("earning: [{id: a, award: {points: 1}, condition: {}}]", "earning[0].condition", "unknown key", "when"),
    ("earning: [{id: a, when: {total: {form: 20}}, award: {points: 1}}]", "earning[0].when.total.form", "", "from"),
    ("earning: [{id: a, when: {total: 20}, award: {points: 1}}]", "earning[0].when.total", "", "{from: 20, to: 20}"),
    ("earning: [{id: a, when: {total: {from: 9, to: 1}}, award: {points: 1}}]", "earning[0].when.total", "nothing", ""),
    ("earning: [{id: a, when: {total: {from: 1, over: 2}}, award: {points: 1}}]", "earning[0].when.total", "contra", ""),
    ("earning: [{id: a, when: {total: {over: 5, under: 5.01}}, award: {points: 1}}]", "earning[0].when.total", "", ""),
    ("earning: [{id: a, when: {total: {}}, award: {points: 1}}]", "earning[0].when.total", "no bound", "{from"),
    ("earning: [{id: a, when: {tier: [silvr]}, multiply: 2}]\n" + TIERS, "earning[0].when.tier[0]", "no tier", "silver"),
    ("earning: [{id: a, when: {segment: [x]}, multiply: 2}]", "earning[0].when.segment[0]", "no segment", ""),
    ("earning: [{id: a, when: {carrier: []}, multiply: 2}]", "earning[0].when.carrier", "must not be empty", ""),
    ("earning: [{id: a, when: {during: {}}, multiply: 2}]", "earning[0].when.during", "no time", "{from"),
    ("earning: [{id: a, when: {during: {from: 2026-12-07, to: 2026-12-05}}, multiply: 2}]", "earning[0].when.during", "", ""),
    ("earning: [{id: a, when: {during: {from: 2026-02-30}}, multiply: 2}]", "earning[0].when.during.from", "a day", ""),
    ("earning: [{id: a}]", "earning[0]", "exactly one of award, multiply and cap", ""),
    ("earning: [{id: a, award: {points: 1}, multiply: 2}]", "earning[0]", "found award and multiply", ""),
    ("earning: [{award: {points: 1}}]", "earning[0].id", "required", ""),
    ("earning: [{id: a b, award: {points: 1}}]", "earning[0].id", "no spaces", "a-b"),
    ("earning: [{id: 5, award: {points: 1}}]", "earning[0].id", "expected an id", '"5"'),
    ("earning: [{id: a, multiply: 2}, {id: a, multiply: 3}]", "earning[1].id", "already used at earning[0].id", ""),
    ("earning: [{id: a, award: {points: 1.5}}]", "earning[0].award.points", "whole number", ""),
    ("earning: [{id: a, award: {points: '5'}}]", "earning[0].award.points", "whole number", "5"),
    ("earning: [{id: a, award: {points: 0}}]", "earning[0].award.points", "from 1", ""),
    ("earning: [{id: a, award: {points: 1000000000001}}]", "earning[0].award.points", "10^12", ""),
    ("earning: [{id: a, award: {points: 1, per: 1, currency: CHF}}]", "earning[0].award.currency", "programme's", "EUR"),
    ("earning: [{id: a, award: {points: 1, per: 1, per_item: true}}]", "earning[0].award", "contradict", ""),
    ("earning: [{id: a, award: {points: 1, steps: whole}}]", "earning[0].award.steps", "no per", ""),
    ("earning: [{id: a, multiply: 0}]", "earning[0].multiply", "more than 0", ""),
    ("earning: [{id: a, multiply: -1}]", "earning[0].multiply", "more than 0", ""),
    ("earning: [{id: a, cap: {points: 5, every: day}}]", "earning[0].cap.every", "order, ever", "P1D"),
    ("earning: [{id: a, on: visit, when: {total: {from: 5}}, award: {points: 1}}]", "earning[0].when.total", "no order", ""),
    ("earning: [{id: a, on: visit, lines: {on_sale: true}, award: {points: 1}}]", "earning[0].lines", "no order", ""),
    ("earning: [{id: a, on: visit, award: {points: 1, per: 1}}]", "earning[0].award.per", "no order", "{points"),
    ("earning: [{id: a, on: visit, multiply: 2}]", "earning[0]", "gives an award", ""),
    ("earning: [{id: a, once: true, award: {points: 1}}]", "earning[0].once", "order_number", ""),
    ("earning: {id: a}", "earning", "expected a list", ""),
    ("points: {valid_for: 12 months}", "points.valid_for", "not an ISO 8601", "P12M"),
    ("points: {valid_for: 90}", "points.valid_for", "expected a duration", "P90D"),
    ("points: {valid_for: P200Y}", "points.valid_for", "hundred years", ""),
    ("points: {valid_for: P0D}", "points.valid_for", "longer than nothing", ""),
    ("points: {rounding: floor}", "points.rounding", "one of down, nearest, up", ""),
    ("points: {expiry: slidng}", "points.expiry", "one of", "sliding"),
    ("points: {earn_with: [promocode]}", "points.earn_with[0]", "one of", "promo_code"),
    ("points: {earn_with: coupon}", "points.earn_with", "expected a list", "[coupon]"),
    ("points: {earn_on_first_order: yes}", "points.earn_on_first_order", "true or false", "true"),
    ("points: {name: 5}", "points.name", "expected a text", '"5"'),
    ("points: {name: {}}", "points.name", "must not be empty", ""),
    ("points: {name: {FR: a}}", "points.name.FR", "language", "fr"),
    ("languages: [fr]\npoints: {name: {fr: a, de: b}}", "points.name.de", "not among", ""),
    ("redemption: {}", "redemption.brackets", "required", ""),
    ("redemption: {brackets: [{over: 10, discount: {amount: 5}}]}", "redemption.brackets[0]", "state its cost", "cost: 10"),
    ("redemption: {brackets: [{discount: {amount: 5}}]}", "redemption.brackets[0]", "lower bound", "from: 0"),
    ("redemption: {brackets: [{from: 5}, {over: 4, cost: 1}]}", "redemption.brackets[1]", "begins where", ""),
    ("redemption: {brackets: [{from: 5, discount: {percent: 101}}]}", "redemption.brackets[0].discount.percent", "100", ""),
    ("redemption: {brackets: [{from: 5, discount: {percent: 9.999}}]}", "redemption.brackets[0].discount.percent", "2 d", ""),
    ("redemption: {brackets: [{from: 5, discount: {amount: 0.001}}]}", "redemption.brackets[0].discount.amount", "2 d", ""),
    ("redemption: {brackets: [{from: 5, discount: {amount: '5,50'}}]}", "redemption.brackets[0].discount.amount", "", "5.50"),
    ("redemption: {brackets: [{from: 5, discount: {amount: 5 €}}]}", "redemption.brackets[0].discount.amount", "", "5"),
    ("redemption: {brackets: [{from: 5, discount: {amount: 5, percent: 5}}]}", "redemption.brackets[0].discount", "one of", ""),
    ("redemption: {brackets: [{from: 5, discount: 10}]}", "redemption.brackets[0].discount", "a map", "{percent: 10}"),
    ("redemption: {brackets: [{from: 5, discount: {points: 5, percent: 5}}]}", "redemption.brackets[0].discount", "buy", ""),
    ("redemption: {brackets: [{from: 5, free_shipping: true}]}", "redemption.brackets[0].free_shipping", "all", "all"),
    ("redemption: {brackets: [{from: 5, free_shipping: dhl}]}", "redemption.brackets[0].free_shipping", "list", "[dhl]"),
    ("redemption: {brackets: [], from_order: 0}", "redemption.from_order", "from 1", ""),
    ("redemption: {brackets: [], min_total: -1}", "redemption.min_total", "negative", ""),
    ("rewards: [{id: a, at: 5}]", "rewards[0]", "a coupon or a gift", "coupon"),
    ("rewards: [{id: a, at: 5, coupon: {}}]", "rewards[0].coupon", "gives something", ""),
    ("rewards: [{id: a, at: 0, coupon: {discount: {amount: 1}}}]", "rewards[0].at", "from 1", ""),
    ("rewards: [{id: a, at: 5, coupon: {discount: {percent: 5}, remainder: kept}}]", "rewards[0].coupon.remainder", "", "lost"),
    ("rewards: [{id: a, at: 5, coupon: {discount: {points: 1, amount: 1}}}]", "rewards[0].coupon.discount.points", "redem", ""),
    ("tiers: {}", "tiers.ladder", "required", ""),
    ("tiers: {ladder: [{id: a, from: 0}, {id: b, from: 0.00}]}", "tiers.ladder[1].from", "same threshold as a", ""),
    ("tiers: {ladder: [{id: a, threshold: 0, from: 0}]}", "tiers.ladder[0].threshold", "unknown", "from"),
    ("tiers: {metric: orders, ladder: [{id: a, from: 1.5}]}", "tiers.ladder[0].from", "whole number", ""),
    ("tiers: {window: rolling, ladder: []}", "tiers.window", "length", "{rolling: P12M}"),
    ("tiers: {ladder: [{id: a, from: 0}], schedule: [{from: 2026-01-01, thresholds: {b: 1}}]}",
     "tiers.schedule[0].thresholds.b", "no tier", ""),
    ("first_order: {brackets: [{from: 5, cost: 5}]}", "first_order.brackets[0].cost", "redemption", ""),
    ("segments: [{id: a}]", "segments[0].where", "required", ""),
    ("segments: [{id: a, where: {compny: true}}]", "segments[0].where.compny", "unknown fact", "company"),
    ("segments: [{id: a, where: {company: 1}}]", "segments[0].where.company", "true or false", "true"),
    ("segments: [{id: a, where: [{company: true}]}]", "segments[0].where", "a map", "{all: […]}"),
    ("segments: [{id: a, where: {any: []}}]", "segments[0].where.any", "must not be empty", ""),
    ("segments: [{id: a, where: {last_order: P30D}}]", "segments[0].where.last_order", "a map", "{within: P30D}"),
    ("segments: [{id: a, where: {delivery_country: Norway}}]", "segments[0].where.delivery_country", "two letters", ""),
    ("segments: [{id: a, where: {bought: {}}}]", "segments[0].where.bought", "at least one", ""),
    ("segments: [{id: a, where: {tier: [gold]}}]\n" + TIERS, "segments[0].where.tier[0]", "no tier", ""),
    ("combine: [points, promo_code]", "combine", "set", "[[points, promo_code]]"),
    ("combine: [[points, tier]]", "combine[0][1]", "a price", ""),
    ("combine: [['segment:x']]", "combine[0][0]", "no segment", ""),
    ("priority: [points, points]", "priority[1]", "already", ""),
    ("priority: [promo]", "priority[0]", "segment:<id>", "promo_code"),
    ("conflict: bst", "conflict", "one of", "best"),
    ("messages: {tierup: true}", "messages.tierup", "unknown event", "tier_up"),
    ("messages: {tier_up: 5}", "messages.tier_up", "true, false", ""),
    ("timezone: Europe/Pariss", "timezone", "IANA", "Europe/Paris"),
    ("timezone: ../../etc/passwd", "timezone", "IANA", ""),
    ("format: 2", "format", "format 1", "1"),
    ("enabled: true", "enabled", "unknown key", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "reason", "suggestion"), CASES)
def test_a_mistake_is_named_with_its_path_and_what_was_meant(
    text: str, path: str, reason: str, suggestion: str
) -> None:
    found = problems(read(text))
    assert [problem.path for problem in found] == [path], found
    assert reason in found[0].reason
    assert found[0].suggestion.startswith(suggestion) if suggestion else True


@pytest.mark.parametrize(
    ("document", "path", "suggestion"),
    [
        ({"currency": "EUR"}, "name", ""),
        ({"name": "a"}, "currency", ""),
        ({"name": "a", "currency": "eur"}, "currency", "EUR"),
        ({"name": "a", "currency": "€"}, "currency", "EUR"),
        ({"name": "", "currency": "EUR"}, "name", ""),
        (with_sections(earning=None), "earning", ""),
        (with_sections(earning=[{"id": "a", True: "visit", "award": {"points": 1}}]), "earning[0][true]", "on"),
        (with_sections(redemption={"brackets": [], "min_total": 80.5}), "redemption.min_total", ""),
        ({"name": "a", "currency": "JPY", "redemption": {"brackets": [], "min_total": "5.5"}}, "redemption.min_total", ""),
    ],
)  # fmt: skip
def test_a_mistake_in_plain_values_is_named_too(document: Any, path: str, suggestion: str) -> None:
    found = problems(document)
    assert [(problem.path, problem.suggestion) for problem in found] == [(path, suggestion)]


def test_all_mistakes_are_named_at_once_in_the_order_of_the_document() -> None:
    text = (
        "points: {rounding: floor, valid_for: 12}\n"
        "earning: [{id: a, award: {points: x}}, {award: {points: 1}, when: {tier: [gold]}}]\n"
        "tiers: {ladder: [{id: a, from: 0}, {id: b, from: 5, multiply: 0}]}\n"
        "nonsense: 1\n"
    )
    assert [problem.path for problem in problems(read(text))] == [
        "points.rounding",
        "points.valid_for",
        "earning[0].award.points",
        "earning[1].id",
        "tiers.ladder[1].multiply",
        "nonsense",
        "earning[1].when.tier[0]",
    ]


def test_the_error_is_a_refusal_that_says_the_first_problem() -> None:
    with pytest.raises(InvalidProgramme) as caught:
        parse(read("conflict: bst\npriority: 5"))
    assert caught.value.code == "invalid_programme"
    assert caught.value.path == "conflict"
    assert caught.value.hint == "best"
    assert "and 1 more" in str(caught.value)
