"""The account of a member who was merged, derived once more from the rows of both."""

from datetime import timedelta
from itertools import count
from random import Random

import pytest

from palier.core.account import Timeline
from palier.core.catch_up import catch_up
from palier.core.merge import merge
from palier.core.period import Duration
from palier.core.programme.values import Settle
from palier.core.rebuild import Rebuilt
from palier.core.values import replace
from tests.core.kit import Story, ladder, points, programme, reward, spend_rule
from tests.core.rows import plain, rows_of

RULES = programme(
    points=points("P3M", settle=Settle("paid", Duration(days=2))),
    earning=(spend_rule(),),
    rewards=(reward(100, valid_for="P2M"),),
    tiers=ladder(0, 50, 90, window="rolling", rolling=Duration(2), grace=Duration(days=40), coupons=(1, 2)),
)


@pytest.fixture(autouse=True)
def _no_proof(monkeypatch):
    """The proof of a story knows one account."""
    monkeypatch.setattr("tests.core.kit.prove", lambda story: None)


def merged(one, other):
    """Both stories after the second one's account, number 2, was merged into the first one's."""
    until = max(one.now, other.now) + timedelta(seconds=1)
    kept, gone = one.at(until)._open(), other.at(until)._open()
    catch_up(kept, until)
    catch_up(gone, until)
    merge(kept, gone)
    one._absorb(kept)
    other._absorb(gone)
    return one, other


def derived(one, other, stored=None):
    mine, theirs = rows_of(one), rows_of(other)
    theirs.merged_into, theirs.caught_up_at = one.state.id, other.state.caught_up_at
    mine.orders += theirs.orders
    mine.events |= theirs.events
    mine.coupons, theirs.coupons = list((other.coupons | one.coupons).values()), []
    return plain(
        Rebuilt(stored or one.state, mine, Timeline(tuple(one.versions)), {1: mine, 2: theirs}).state()
    )


OTHERS = 100
"""From this number on a story is of account 2."""


def happened(number):
    """A member's orders, gifts and waiting, drawn by number."""
    draw, story = Random(number), Story(RULES)
    if number >= OTHERS:
        story.state, story.codes = replace(story.state, id=2), count(1000)
    for step in range(6):
        deed = draw.choice(("order", "order", "gift", "later"))
        if deed == "order":
            story.order(f"{number}-{step}", draw.choice((10, 45, 70)))
        elif deed == "gift":
            story.gift(draw.choice((5, 40)))
        else:
            story.later(draw.choice((1, 20, 50)))
    return story


@pytest.mark.parametrize("number", range(24))
def test_the_rows_of_both_tell_the_account_that_is_kept(number):
    one, other = merged(happened(number), happened(OTHERS + number))
    assert derived(one, other) == plain(one.state)


def test_lots_that_came_end_by_the_renewals_that_reached_them():
    """Renewed on their own account before the merge, on the other one after it, and never by both."""
    one = Story(RULES).order("A", 30).later(10)
    other = happened(OTHERS).order("B", 20).later(5).order("C", 10)
    merged(one, other)
    one.later(20).order("D", 15).later(1)
    wrong = replace(one.state, lots=tuple(replace(lot, ends_at=one.now) for lot in one.state.lots))
    assert derived(one, other, wrong).lots == plain(one.state).lots
