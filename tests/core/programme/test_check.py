"""What is allowed but probably not meant."""

# ruff: noqa: E501  (a table reads better with one case a line)

from __future__ import annotations

import pytest

from palier.core.programme.check import check
from palier.core.programme.check_members import certainty
from palier.core.programme.parse import parse
from tests.core.programme.documents import read, scenario_programmes, whole_document

EARN = "earning: [{id: spend, award: {points: 1, per: 1}}]\n"
BUY = "redemption: {brackets: [{from: 10, discount: {points: 10, amount: 1}}]}\n"
SOUND = EARN + BUY


def found(text: str) -> list[tuple[str, str]]:
    return [(warning.code, warning.path) for warning in check(parse(read(text)))]


def first_order(*brackets: str) -> str:
    return f"first_order: {{brackets: [{', '.join(brackets)}]}}"


def ladder(*tiers: str, more: str = "") -> str:
    return f"tiers: {{discount_by: cart, ladder: [{', '.join(tiers)}]{more}}}"


def season(thresholds: str) -> str:
    return f", schedule: [{{from: 2026-11-20, to: 2026-12-31, thresholds: {{{thresholds}}}}}]"


BRONZE, SILVER, GOLD = "{id: bronze, from: 0}", "{id: silver, from: 500}", "{id: gold, from: 1000}"
COMPANY = "where: {company: true}, brackets: [{from: 0, free_shipping: all}]"

CASES = [
    (EARN, [("earn_without_use", "earning")]),
    (BUY, [("use_without_earning", "redemption")]),
    (EARN + "tiers: {metric: points, ladder: [{id: a, from: 0}, {id: b, from: 9}]}", []),
    (EARN + "redemption: {brackets: []}", [("earn_without_use", "earning"), ("no_brackets", "redemption.brackets")]),
    (first_order("{from: 0, to: 10, free_shipping: all}", "{from: 20, free_shipping: all}"),
     [("brackets_hole", "first_order.brackets[0].to")]),
    (first_order("{from: 0, to: 20, free_shipping: all}", "{over: 20, free_shipping: all}"), []),
    (first_order("{from: 0, under: 20, free_shipping: all}", "{from: 20, free_shipping: all}"), []),
    (first_order("{from: 0, to: 20, free_shipping: all}", "{from: 20, free_shipping: all}"),
     [("brackets_overlap", "first_order.brackets[0].to")]),
    (first_order("{from: 0, to: 20, free_shipping: all}"), [("brackets_end", "first_order.brackets[0].to")]),
    (first_order("{from: 0}"), [("bracket_gives_nothing", "first_order.brackets[0]")]),
    (first_order("{from: 149, discount: {amount: 20}}", "{from: 150, discount: {percent: 10}}"),
     [("discount_drops", "first_order.brackets[1]")]),
    (first_order("{from: 149, discount: {amount: 15}}", "{from: 150, discount: {percent: 10}}"), []),
    (first_order("{from: 10, discount: {percent: 10}}", "{from: 500, discount: {amount: 30}}"),
     [("discount_drops", "first_order.brackets[1]")]),
    (first_order("{from: 50, free_shipping: all}", "{from: 150, free_shipping: [relay]}"),
     [("free_shipping_drops", "first_order.brackets[1]")]),
    (first_order("{from: 50, free_shipping: [relay]}", "{from: 150, discount: {percent: 5}}"),
     [("free_shipping_drops", "first_order.brackets[1]")]),
    (first_order("{from: 150, enabled: false}", "{from: 50, free_shipping: all}"), []),
    (EARN + "redemption: {brackets: [{from: 10, discount: {amount: 5}}, {from: 50, discount: {points: 50, amount: 4}}]}",
     [("discount_drops", "redemption.brackets[1]")]),
    (EARN + "redemption: {brackets: [{from: 10, discount: {percent: 9}}, {from: 50, discount: {percent: 8}}]}",
     [("discount_drops", "redemption.brackets[1]")]),
    (EARN + "rewards: [{id: a, at: 100, coupon: {free_shipping: all}}, {id: b, at: 500, coupon: {free_shipping: all}}]",
     [("reward_out_of_reach", "rewards[1]")]),
    (SOUND + "rewards: [{id: a, at: 10, coupon: {free_shipping: all}}]",
     [("bracket_above_rewards", "redemption.brackets[0]")]),
    (SOUND + "rewards: [{id: a, at: 11, coupon: {free_shipping: all}}]", []),
    (ladder(BRONZE, SILVER), []),
    (ladder(SILVER), [("ladder_without_zero", "tiers.ladder")]),
    (ladder("{id: x, from: 0, enabled: false}", SILVER), [("ladder_without_zero", "tiers.ladder")]),
    (ladder("{id: x, from: 0, discount: {percent: 9}}", SILVER), [("tier_discount_drops", "tiers.ladder[1].discount")]),
    (ladder("{id: x, from: 0, free_shipping: all}", SILVER),
     [("tier_free_shipping_drops", "tiers.ladder[1].free_shipping")]),
    (SOUND + ladder("{id: x, from: 0, multiply: 2}", SILVER),
     [("tier_multiplier_drops", "tiers.ladder[1].multiply")]),
    (ladder(BRONZE, "{id: x, from: 5, multiply: 2}"), [("multiplies_nothing", "tiers.ladder[1].multiply")]),
    (ladder(BRONZE, SILVER, GOLD, more=season("silver: 400, gold: 800")), []),
    (ladder(BRONZE, SILVER, GOLD, more=season("gold: 500")),
     [("season_equal_thresholds", "tiers.schedule[0].thresholds")]),
    (ladder(BRONZE, SILVER, GOLD, more=season("gold: 400")),
     [("season_turns_ladder", "tiers.schedule[0].thresholds")]),
    (ladder(BRONZE, SILVER, "{id: off, from: 9, enabled: false}", more=season("off: 5")),
     [("disabled_reference", "tiers.schedule[0].thresholds.off")]),
    (ladder(BRONZE, more=", grace: P30D"), [("grace_without_cause", "tiers.grace")]),
    (ladder(BRONZE, more=", grace: P30D, window: calendar_year"), []),
    ("tiers: {metric: points, ladder: [{id: a, from: 0}, {id: b, from: 9}]}",
     [("tier_out_of_reach", "tiers.ladder[1].from")]),
    ("tiers: {ladder: [{id: a, from: 0, discount: {percent: 5}}]}", [("discount_without_group", "tiers.ladder[0].group")]),
    ("tiers: {ladder: [{id: a, from: 0, group: a, discount: {amount: 5}}]}",
     [("group_gives_percent_only", "tiers.ladder[0].discount")]),
    ("earning: [{id: a, multiply: 2}]", [("multiplies_nothing", "earning[0].multiply")]),
    (BUY + "earning: [{id: a, when: {tier: [x]}, award: {points: 1}}]\n" + ladder(BRONZE, "{id: x, from: 5, enabled: false}"),
     [("disabled_reference", "earning[0].when.tier")]),
    (SOUND + "points: {remind: [P1M]}", [("remind_without_expiry", "points.remind")]),
    (SOUND + "points: {valid_for: P36M, remind: [P1M, P3Y]}", [("reminder_longer_than_valid_for", "points.remind[1]")]),
    (SOUND + "points: {valid_for: P1M, settle: {after: P2M}}",
     [("settle_longer_than_valid_for", "points.settle.after")]),
    (SOUND + "points: {valid_for: P20M}\nlanguages: [fr, de]", [("expiry_under_36_months", "points.valid_for")]),
    (SOUND + "points: {valid_for: P36M}\nlanguages: [de]", []),
    (SOUND + "points: {valid_for: P20M}\nlanguages: [fr]", []),
    (f"segments: [{{id: a, where: {{}}, earn_points: false}}, {{id: b, {COMPANY}}}]",
     [("segment_out_of_reach", "segments[1]")]),
    (f"segments: [{{id: a, {COMPANY}}}, {{id: b, {COMPANY}}}]", [("segment_out_of_reach", "segments[1]")]),
    ("segments: [{id: a, where: {all: [{company: true}, {company: false}]}, earn_points: false}]",
     [("segment_never_matches", "segments[0].where")]),
    ("segments: [{id: a, where: {all: [{orders: {to: 1}}, {orders: {from: 2}}]}, earn_points: false}]",
     [("segment_never_matches", "segments[0].where")]),
    ("segments: [{id: a, where: {all: [{last_order: {within: P1M}}, {last_order: {before: P2M}}]}, earn_points: false}]",
     [("segment_never_matches", "segments[0].where")]),
    ("segments: [{id: a, where: {all: [{group: [x]}, {group: [y]}]}, earn_points: false}]", []),
    ("segments: [{id: a, where: {not: {}}, earn_points: false}]", [("segment_never_matches", "segments[0].where")]),
    ("segments: [{id: a, where: {company: true}}]", [("segment_gives_nothing", "segments[0]")]),
    ("combine: [[segment, coupon]]\n"
     + ladder("{id: a, from: 0, discount: {percent: 20}, coupon: {discount: {percent: 20}}}")
     + "\nsegments: [{id: s, where: {company: true}, brackets: [{from: 0, discount: {percent: 30}}]}]",
     [("discounts_over_half", "combine")]),
    ("segments: [{id: s, where: {company: true}, brackets: [{from: 0, discount: {percent: 100}}]}]\n"
     + ladder("{id: a, from: 0, discount: {percent: 5}}"), [("discounts_reach_everything", "tiers")]),
    ("segments: [{id: s, where: {company: true}, brackets: [{from: 0, discount: {percent: 40}}]}]\n"
     + first_order("{from: 0, discount: {percent: 40}}"), []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "warnings"), CASES)
def test_a_programme_is_warned_of_exactly_this(text: str, warnings: list[tuple[str, str]]) -> None:
    assert found(text) == warnings


def test_a_hole_says_from_where_to_where_nothing_is_given() -> None:
    text = first_order("{from: 0, to: 10, free_shipping: all}", "{over: 20, free_shipping: all}")
    [warning] = check(parse(read(text)))
    assert dict(warning.facts) == {"from": "10.01", "to": "20.00"}
    assert warning.suggestion == "to: 20.00"


def test_discounts_that_stack_are_added_up_one_on_what_the_other_left() -> None:
    text = "combine: [[segment, coupon]]\n" + ladder("{id: a, from: 0, discount: {percent: 50}}")
    text += "\nsegments: [{id: s, where: {company: true}, brackets: [{from: 0, discount: {percent: 50}}]}]"
    [warning] = check(parse(read(text)))
    assert warning.facts["percent"] == "75"


def test_the_whole_example_is_warned_only_of_what_it_shows() -> None:
    codes = [warning.code for warning in check(parse(whole_document()))]
    assert codes == ["expiry_under_36_months", "discounts_over_half"]


def test_every_scenario_programme_can_be_checked() -> None:
    documents = scenario_programmes()
    if not documents:
        pytest.skip("the shared scenarios are not here")
    for _, document in documents:
        check(parse(document))


def test_only_tiers_that_a_segment_asks_for_are_looked_up_among_the_disabled_ones():
    tiers = ladder(BRONZE, *(f"{{id: {id}, from: {n}00, enabled: false}}" for n, id in enumerate("zyxwv", 2)))
    where = "where: {any: [{tier: [z, y, x, w, v, bronze]}, {carrier: [z]}]}"
    segment = f"segments: [{{id: s, {where}, brackets: [{{from: 0, free_shipping: all}}]}}]"
    told = [
        warning
        for warning in check(parse(read(f"{tiers}\n{segment}")))
        if warning.code == "disabled_reference"
    ]
    assert [warning.facts["id"] for warning in told] == ["v", "w", "x", "y", "z"]
    carrier = "segments: [{id: s, where: {carrier: [z]}, brackets: [{from: 0, free_shipping: all}]}]"
    assert "disabled_reference" not in [code for code, _ in found(f"{tiers}\n{carrier}")]


def codes(text):
    return {code for code, _ in found(text)}


@pytest.mark.parametrize(
    ("more", "warned"),
    [("grace_refunds: true", True), ("grace_refunds: true, grace: P1M", False), ("grace: P0D", False)],
)
def test_a_grace_for_refunds_of_no_length_is_warned_of(more, warned):
    text = ladder(BRONZE, SILVER, more=f", window: {{rolling: P12M}}, {more}")
    assert ("grace_of_nothing" in codes(text)) is warned


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("from: 2026-03-01, to: 2026-03-31", "from: 2026-04-01, to: 2026-04-30", False),
        ("from: 2026-03-01, to: 2026-03-31", "from: 2026-03-31, to: 2026-04-30", True),
        ("from: 2026-05-01, to: 2026-05-31", "from: 2026-04-01, to: 2026-04-30", False),
        ("from: 2026-04-30, to: 2026-05-31", "from: 2026-04-01, to: 2026-04-30", True),
        ("to: 2026-03-31", "from: 2026-04-01", False),
        ("from: 2026-04-01", "to: 2026-03-31", False),
        ("to: 2026-03-31", "to: 2026-01-31", True),
        ("from: 2026-03-01", "from: 2026-09-01", True),
    ],
)
def test_seasons_overlap_when_a_day_lies_in_both(first, second, overlap):
    seasons = ", ".join(f"{{{days}, thresholds: {{silver: 400}}}}" for days in (first, second))
    assert ("seasons_overlap" in codes(ladder(BRONZE, SILVER, more=f", schedule: [{seasons}]"))) is overlap


WITHIN, BEFORE = "{last_order: {within: %s}}", "{last_order: {before: %s}}"


@pytest.mark.parametrize(
    ("where", "sure"),
    [
        ("{orders: {from: 0}}", "always"),
        ("{orders: {from: 1}}", "sometimes"),
        ("{not: {orders: {from: 0}}}", "never"),
        ("{not: {not: {orders: {from: 0}}}}", "always"),
        ("{not: {company: true}}", "sometimes"),
        ("{any: [{orders: {from: 0}}, {company: true}]}", "always"),
        ("{any: [{not: {orders: {from: 0}}}, {company: true}]}", "sometimes"),
        ("{any: [{not: {orders: {from: 0}}}]}", "never"),
        ("{all: [{orders: {from: 0}}, {spend: {from: 0}}]}", "always"),
        ("{all: [{company: true}, {company: false}]}", "never"),
        ("{all: [{company: true}, {all: [{company: true}]}]}", "sometimes"),
        ("{all: [{orders: {to: 3}}, {all: [{orders: {to: 5}}]}]}", "sometimes"),
        ("{all: [{orders: {from: 3}}, {all: [{orders: {from: 5}}]}]}", "sometimes"),
        ("{all: [{company: true}, {all: [{company: false}]}]}", "never"),
        ("{all: [{company: true}, {any: [{company: false}, {orders: {from: 3}}]}]}", "sometimes"),
        ("{all: [{orders: {from: 3}}, {orders: {to: 2}}]}", "never"),
        ("{all: [{orders: {from: 3}}, {orders: {to: 3}}]}", "sometimes"),
        ("{all: [{orders: {from: 3}}, {spend: {to: 2}}]}", "sometimes"),
        ("{all: [{carrier: [a]}, {carrier: [b]}]}", "never"),
        ("{all: [{carrier: [a, b]}, {carrier: [b]}]}", "sometimes"),
        ("{all: [{tags: [a]}, {tags: [b]}]}", "sometimes"),
        (f"{{all: [{WITHIN % 'P30D'}, {BEFORE % 'P30D'}]}}", "never"),
        (f"{{all: [{BEFORE % 'P31D'}, {WITHIN % 'P30D'}]}}", "never"),
        (f"{{all: [{WITHIN % 'P30D'}, {BEFORE % 'P29D'}]}}", "sometimes"),
        (f"{{all: [{WITHIN % 'P1M'}, {BEFORE % 'P40D'}]}}", "sometimes"),
        (f"{{all: [{WITHIN % 'P30D'}, {WITHIN % 'P5D'}]}}", "sometimes"),
    ],
)
def test_what_a_segment_asks_is_sure_sometimes_true_or_never(where, sure):
    programme = parse(
        read(f"segments: [{{id: s, where: {where}, brackets: [{{from: 0, free_shipping: all}}]}}]")
    )
    assert certainty(programme.segments[0].where) == sure
