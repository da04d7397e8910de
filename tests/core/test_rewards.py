"""Threshold rewards (meaning 9)."""

import pytest

from palier.core.errors import TooManyCoupons
from palier.core.rewards import check_number
from palier.core.values import replace
from tests.core.kit import Story, points, points_discount, programme, reward


def test_vou_9_one_coupon_at_every_multiple_and_the_rest_stays():
    story = Story(programme(rewards=(reward(5000),))).gift(12_000)
    assert (story.states(), story.available) == (["issued", "issued"], 2000)
    assert story.state.totals.spent == 10_000
    assert [e.facts for e in story.entries if e.kind == "reward"] == [{"reward": "r5000", "at": 5000}] * 2


def test_the_document_says_which_reward_comes_first():
    story = Story(programme(rewards=(reward(300), reward(100)))).gift(550)
    assert [coupon.origin_id for coupon in story.coupons.values()] == ["r300", "r100", "r100"]
    assert story.available == 50


def test_a_disabled_reward_is_none():
    assert Story(programme(rewards=(replace(reward(100), enabled=False),))).gift(550).states() == []


def test_a_reward_spends_points_soonest_end_first():
    story = Story(programme(points=points("P1M", expiry="fixed"), rewards=(reward(100),))).gift(60)
    story.later(5).gift(60)
    assert list(story.ends().values()) == [20]
    assert min(story.ends()) > 31


def test_a_new_reward_is_issued_when_it_comes_into_force():
    story = Story(programme()).gift(100)
    assert story.publish(programme(rewards=(reward(100),))).states() == ["issued"]


def test_a_reward_that_is_far_too_cheap_goes_on_at_the_next_decision():
    story = Story(programme(rewards=(reward(1),))).gift(1500)
    assert (len(story.states()), story.available) == (1000, 500)
    assert story.later(0).available == 0


def test_a_gift_that_would_issue_thousands_of_coupons_is_refused():
    with pytest.raises(TooManyCoupons):
        check_number(programme(rewards=(reward(1),)), 1001)


def test_points_that_pay_a_debt_reach_no_reward():
    story = Story(programme(rewards=(reward(100),))).order("A", 40, discounts=(points_discount(50),))
    assert story.gift(120).states() == []
    assert story.gift(30).states() == ["issued"]


def test_a_reinstated_order_whose_old_coupon_has_ended_earns_a_new_one():
    story = Story(programme(rewards=(reward(100, valid_for="P1M"),))).order("A", 100)
    story.order("A", status="cancelled").later(60).order("A", status="paid")
    assert story.states() == ["cancelled", "issued"]


def test_points_of_a_withdrawn_coupon_whose_end_has_passed_live_thirty_days():
    """R-REF-10: the coupon outlived the points that it cost."""
    story = Story(programme(points=points("P1M", expiry="fixed"), rewards=(reward(100),)))
    story.order("A", 100).later(40)
    assert (story.ends(), story.states()) == ({}, ["issued"])
    assert story.refund("A", euros=30).ends() == {40 + 30: 70}


def test_a_coupon_tells_its_member_once():
    assert Story(programme(rewards=(reward(100),))).gift(200).told == ["coupon_issued", "coupon_issued"]
