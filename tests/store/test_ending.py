"""The short way for points that end writes, to the last byte, what catching up writes; or it leaves the account."""

import os
from collections import Counter
from datetime import timedelta
from json import loads
from random import Random

import pytest

from palier.core.account import AccountState, Booked, Timeline, Version
from palier.core.catch_up import catch_up
from palier.core.ending import night_of
from palier.core.period import parse_duration
from palier.core.programme.values import Interval, Programme, Season, Settle
from palier.core.values import replace
from palier.flows.bench.accounts import open_book
from palier.store.ledger import ending, record
from palier.store.ledger.ending import Sheet
from palier.store.members.load import LoadedAccount
from palier.store.members.state import state_from_row, state_to_json
from palier.store.rows import to_json, to_time
from tests.core.kit import START, Story, coupon_discount, days, ladder, points, programme, reward

SEEDS = int(os.environ.get("PALIER_STORY_SEEDS", "500"))
"""Stories of each of the four parts."""

PUBLIC_ID = "01a2138f-dd43-7002-8b99-c4b1ed81fbd0"


def draw_programme(random: Random) -> Programme:
    slow = ladder(0, 15, metric="points", grace=parse_duration("P50D"), grace_refunds=True)
    metric = random.choice(["spend", "spend", "points", "orders"])
    second = random.choice([2, 50, 50, 1000])
    grace = parse_duration(random.choice(["P0D", "P50D"]))
    landing = random.choice(["deserved", "one_step"])
    rolling = parse_duration(random.choice(["P10D", "P1M", "P2M", "P1Y"]))
    windowed = {"metric": metric, "grace": grace, "landing": landing}
    season = Season(Interval(START + days(30), START + days(60)), (("t1", 1),))
    tiers = [
        slow, None, None, None, ladder(0, 50, 200), ladder(0, 50, 200), slow,
        *[ladder(0, second, 2000, window="rolling", rolling=rolling, **windowed)] * 5,
        *[ladder(0, second, 2000, window="calendar_year", **windowed)] * 5,
        *[ladder(0, 50, coupons=(1,), schedule=(season,))] * 3,
        ladder(0, second, window="rolling", rolling=rolling, schedule=(season,), **windowed),
        ladder(0, second, window="calendar_year", schedule=(season,), **windowed),
    ]  # fmt: skip
    remind = [(), (), (), (parse_duration("P1W"),), (parse_duration("P1D"), parse_duration("P20D"))]
    settle = [Settle(), Settle(), Settle("paid", parse_duration("P5D")), Settle("shipped")]
    section = points(
        random.choice(["P1M", "P1M", "P10D", "P1Y"]),
        expiry=random.choice(["fixed", "fixed", "sliding", "year_end"]),
        remind=random.choice(remind),
        settle=random.choice(settle),
    )
    rewards = random.choice([(), (), (), (reward(150, valid_for="P2W"),), (reward(40),)])
    zone = random.choice(["Europe/Paris", "Pacific/Auckland", "UTC"])
    return programme(points=section, tiers=random.choice(tiers), rewards=rewards, timezone=zone)


def draw_successor(random: Random, before: Programme) -> Programme:
    """Another programme with the same window (a new one would read contributions anew), its ladder new or not."""
    tiers = before.tiers
    if tiers is not None and tiers.window == "lifetime" and random.random() < 0.5:
        tiers = replace(tiers, ladder=ladder(0, random.choice([30, 70])).ladder, schedule=())
    return replace(draw_programme(random), tiers=tiers, timezone=before.timezone)


def draw_story(random: Random) -> Story:
    story = Story(draw_programme(random), start=START + days(random.choice([0, 0, 270])))
    for _ in range(random.randint(1, 10)):
        story.later(random.choice([0, 0, 0.5, 1, 3, 9]))
        do = random.choice(
            ["order", "order", "order", "gift", "refund", "ship", "publish", "override", "use"]
        )
        order = random.choice([*story.orders, None])
        if do == "order":
            story.order(f"o{len(story.orders)}", random.choice([5, 20, 60, 120]))
        elif do == "gift":
            story.gift(random.choice([1, 30]))
        elif do == "refund" and order:
            story.refund(order, full=True)
        elif do == "ship" and order:
            story.order(order, status="shipped")
        elif do == "use" and story.state.coupons:
            coupon = coupon_discount(story.state.coupons[0].code)
            story.order(f"o{len(story.orders)}", 20, status="placed", discounts=(coupon,))
        elif do == "publish" and random.random() < 0.4:
            story.publish(draw_successor(random, story.versions[-1].programme))
        elif do == "override" and random.random() < 0.2 and story.versions[-1].programme.tiers:
            story.override("t1", random.choice([None, story.now + days(15)]))
    return story


def forgotten_reward(timeline: Timeline) -> Timeline:
    """As if a reward had been reached long ago and not been given yet."""
    *before, last = timeline.versions
    given = replace(last.programme, rewards=(reward(1),))
    return Timeline((*before, Version(last.id, last.published_at, given)))


def stored(state: AccountState) -> AccountState:
    """The state as the database would give it back."""
    return state_from_row(
        account_id=state.id, caught_up_at=state.caught_up_at, totals=state.totals, tier=state.tier or "",
        tier_since=state.tier_since, last_sequence=state.last_sequence, last_hash="h", is_stale=state.is_stale,
        next_due_at=state.next_due_at, data=loads(to_json(state_to_json(state))),
    )  # fmt: skip


def named(table, rows):
    return [dict(zip(table.columns, row, strict=True)) | table.fixed for row in rows]


def compare(state: AccountState, timeline: Timeline, until) -> str:
    """Work the account off both ways and compare every row; says which way it goes, and why."""
    state = stored(state)
    night = night_of(timeline, until)
    assert night is not None
    sheet = Sheet(7, night, now=until)
    totals = state.totals
    row = (
        state.id, PUBLIC_ID, state.last_sequence, state.last_hash, totals.available, totals.pending, totals.expired,
        state.is_stale, state.tier or "", to_time(state.caught_up_at), to_time(state.next_due_at),
        to_json(state_to_json(state)),
    )  # fmt: skip
    if not sheet.takes(row):
        assert [sheet.accounts, sheet.entries, sheet.draws] == [[], [], []]
        return "left"
    book = open_book(state, timeline)
    due = catch_up(book, until)
    outcome = record.Outcome(LoadedAccount(state, PUBLIC_ID, 7), book.close(next_due_at=due))
    booked = outcome.booked
    assert booked == Booked(booked.state, booked.entries)
    head, entries = record._chained(outcome, until)
    for mine, rule in zip(named(ending._EXPIRY, sheet.entries), named(record._ENTRY, entries), strict=True):
        assert {**rule, **mine} == rule
        assert {name for name, value in rule.items() if value is not None} <= set(mine)
    assert sheet.draws == list(record._draw_rows(outcome))
    (mine,), (rule,) = (
        named(ending._ACCOUNT, sheet.accounts), named(record._STATE, [record._state_row(outcome, head)]),
    )  # fmt: skip
    (before,) = named(
        record._STATE, [record._state_row(record.Outcome(outcome.account, booked.__class__(state)), "h")]
    )
    assert loads(mine.pop("state")) == loads(rule.pop("state"))
    del before["state"]
    assert {**before, **mine} == rule
    return "several ends" if len(entries) > 1 else "one end" if entries else "looked at"


@pytest.mark.parametrize("part", range(4))
def test_the_short_way_and_the_rule_write_the_same(part):
    ways: Counter[str] = Counter()
    kinds: Counter[tuple[str, str]] = Counter()
    for seed in range(part * SEEDS, (part + 1) * SEEDS):
        random = Random(seed)
        story = draw_story(random)
        timeline, state = Timeline(tuple(story.versions)), story.state
        for _ in range(3):
            if state.next_due_at is None:
                break
            until = state.next_due_at + random.choice(
                [timedelta(), timedelta(), timedelta(microseconds=1), days(1), days(12), days(40), days(500)]
            )
            if random.random() < 0.05 and state.totals.available:
                assert compare(state, forgotten_reward(timeline), until) == "left"
            way = compare(state, timeline, until)
            ways[way] += 1
            tiers = timeline.versions[-1].programme.tiers
            kinds[tiers.window if tiers else "none", way] += 1
            kinds["seasons" if tiers and tiers.schedule else "none", way] += 1
            kinds["reserved" if any(c.state == "reserved" for c in state.coupons) else "none", way] += 1
            book = open_book(state, timeline)
            due = catch_up(book, until)
            state = book.close(next_due_at=due).state
    assert min(ways["one end"], 5 * ways["several ends"], ways["left"]) > 100, ways
    for window in ("rolling", "calendar_year"):
        assert min(kinds[window, way] for way in ("one end", "looked at", "left")) > 5, kinds
        assert kinds[window, "several ends"], kinds
    assert min(kinds[kind, "one end"] for kind in ("seasons", "reserved")) > 5, kinds
