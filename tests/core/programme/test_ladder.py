"""The ladder is changed in every way, and stays a ladder; what was written beside it stays too."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.programme.canonical import to_document
from palier.core.programme.ladder import (
    NotThisLadder,
    measured_by,
    place,
    put,
    put_season,
    remove,
    rungs,
    who_asks_for,
)
from palier.core.programme.parse import parse, parse_text
from palier.core.programme.source import as_written, lines_of, with_section
from palier.core.programme.values import Tier

TEXT = """\
# Ours since 2019
name: Lune
currency: EUR
languages: [fr, de, en]

earning:  # one a euro
  - {id: spend, award: {points: 1, per: 1}}
  - {id: vip, when: {tier: [gold]}, multiply: 2}

# Who comes back
tiers:
  # five steps were too many
  ladder:
    - {id: bronze, from: 0, group: b}
    - {id: silver, from: 500, discount: {percent: 5}}
    - {id: gold, from: 1000, discount: {percent: 10}}
    - {id: old, from: 500, enabled: false}
  schedule:
    - {from: 2026-11-20, to: 2026-12-31, thresholds: {gold: 800, silver: 400}}
    - {from: 2027-01-01, to: 2027-01-31, thresholds: {gold: 900}}

# Firms
segments:
  - {id: firms, where: {all: [{company: true}, {not: {tier: [silver]}}]}, brackets: [{from: 0, free_shipping: all}]}
"""


def ours():
    """Read anew by each test, so that what reading does wrong is seen by each."""
    return parse_text(TEXT)


def our_tiers():
    return ours().tiers


def steps(tiers):
    return [(tier.id, tier.threshold // 100) for tier in rungs(tiers)]


def test_a_tier_is_placed_on_another_threshold_and_the_thresholds_stay():
    """R-TIER-10: reordering is defined."""
    placed = place(our_tiers(), ["bronze", "gold", "silver"])
    assert steps(placed) == [("bronze", 0), ("gold", 500), ("silver", 1000)]
    assert {tier.id: tier.discount and tier.discount.percent_bp for tier in rungs(placed)} == {
        "bronze": None, "gold": 1000, "silver": 500,
    }  # fmt: skip
    assert [dict(season.thresholds) for season in placed.schedule] == [
        {"silver": 80000, "gold": 40000},
        {"silver": 90000},
    ]


@given(st.permutations(["bronze", "silver", "gold"]))
def test_every_order_is_a_valid_programme_and_can_be_taken_back(order):
    placed = place(our_tiers(), order)
    changed = replace(ours(), tiers=placed)
    assert parse(to_document(changed)) == changed
    assert [tier.id for tier in rungs(placed)] == order
    assert place(placed, ["bronze", "silver", "gold"]) == our_tiers()


@pytest.mark.parametrize(
    "order", [[], ["bronze", "silver"], ["bronze", "silver", "gold", "old"], ["bronze"] * 3]
)
def test_an_order_of_another_ladder_is_refused(order):
    with pytest.raises(NotThisLadder):
        place(our_tiers(), order)


def test_a_tier_is_put_where_its_threshold_belongs():
    more = put(our_tiers(), Tier("platinum", 70000))
    assert steps(more) == [("bronze", 0), ("silver", 500), ("platinum", 700), ("gold", 1000)]
    assert steps(put(more, Tier("platinum", 200000)))[-1] == ("platinum", 2000)


def test_a_tier_that_is_removed_leaves_the_seasons_too():
    assert [dict(season.thresholds) for season in remove(our_tiers(), "gold").schedule] == [{"silver": 40000}]
    assert len(remove(our_tiers(), "silver").schedule) == 2


def test_seasons_are_added_replaced_and_taken_away():
    first, second = our_tiers().schedule
    assert put_season(our_tiers(), first, index=None).schedule == (first, second, first)
    assert put_season(our_tiers(), second, index=0).schedule == (second, second)
    assert put_season(our_tiers(), None, index=0).schedule == (second,)
    assert put_season(our_tiers(), first, index=1).schedule == (first, first)
    assert put_season(our_tiers(), None, index=1).schedule == (first,)


def test_another_metric_keeps_the_numbers_of_the_thresholds():
    by_orders = measured_by(our_tiers(), "orders", exponent=2)
    assert [tier.threshold for tier in rungs(by_orders)] == [0, 500, 1000]
    assert dict(by_orders.schedule[0].thresholds) == {"silver": 400, "gold": 800}
    assert measured_by(by_orders, "spend", exponent=2) == our_tiers()
    assert measured_by(by_orders, "points", exponent=2).ladder == by_orders.ladder


def test_who_asks_for_a_tier_is_found_wherever_it_stands():
    assert who_asks_for(ours(), "gold") == (("rule", "vip"),)
    assert who_asks_for(ours(), "silver") == (("segment", "firms"),)
    assert who_asks_for(ours(), "bronze") == ()
    named = "segments: [{id: s, where: {any: [{carrier: [gold]}, {tags: [gold]}]}, brackets: [{from: 0}]}]"
    assert who_asks_for(parse_text(f"name: A\ncurrency: EUR\n{named}"), "gold") == ()


def test_a_section_is_written_anew_and_every_other_line_stays():
    changed = replace(ours(), tiers=place(our_tiers(), ["bronze", "gold", "silver"]))
    text = with_section(TEXT, "tiers", changed)
    assert parse_text(text) == changed
    before, after = TEXT.split("tiers:\n  # five")[0], TEXT[TEXT.index("\n# Firms") :]
    assert text.startswith(before)
    assert text.endswith(after)


def test_a_section_comes_and_goes():
    without = replace(ours(), earning=ours().earning[:1], segments=(), tiers=None)
    text = "name: Lune\ncurrency: EUR\nlanguages: [fr, de, en]\nearning: [{id: spend, award: {points: 1, per: 1}}]"
    assert parse_text(text) == without
    more = replace(without, tiers=our_tiers())
    written = with_section(text, "tiers", more)
    assert parse_text(written) == more
    assert written.startswith(text + "\ntiers:\n")
    assert with_section(written, "tiers", without) == text + "\n"


@pytest.mark.parametrize("text", ["", "{name: Lune, currency: EUR}", '{"name": "Lune", "currency": "EUR"}'])
def test_a_text_that_cannot_be_kept_is_written_out_from_the_programme(text):
    programme = replace(parse_text("{name: Lune, currency: EUR}"), tiers=remove(our_tiers(), "gold"))
    programme = replace(programme, languages=("en",))
    assert with_section(text, "tiers", programme) == ""
    assert parse_text(as_written("", programme)) == programme
    assert as_written(TEXT, ours()) == TEXT


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("", 2),
        ("name", 2),
        ("earning[1].when.tier", 8),
        ("tiers.ladder[2].discount.percent", 16),
        ("tiers.ladder[2].nonsense.more", 16),
        ("tiers.schedule[0].thresholds.silver", 19),
        ("segments[0].where['all'][1]", 24),
        ("nothing", 2),
    ],
)
def test_a_path_leads_to_its_line(path, line):
    assert lines_of(TEXT, [path]) == (line,)


def test_a_text_that_cannot_be_read_has_no_lines():
    assert lines_of("a: [", ["a", "b"]) == (None, None)
    assert lines_of("", ["a"]) == (None,)
