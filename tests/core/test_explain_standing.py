"""Why a member is in their tier and what their points are, in three languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import Override
from palier.core.catch_up import catch_up
from palier.core.explain.standing import explain_points, explain_tier
from palier.core.formats import LANGUAGES, formats_for
from palier.core.period import parse_duration
from palier.core.programme.values import Interval, PointsValue, Season, Settle
from tests.core.kit import Story, few, ladder, points, programme, when

FIXED = "\u00a0"


def told(explain, story, language="en"):
    book = story._open()
    catch_up(book, story.now)
    return explain(book, language, formats_for(language, "EUR", "UTC"))


def tier(story, language="en"):
    return told(explain_tier, story, language)


def owned(story, language="en"):
    return told(explain_points, story, language)


def rolling(**more):
    tiers = ladder(0, 100, 500, window="rolling", rolling=parse_duration("P12M"), **more)
    return Story(programme(tiers=tiers))


def test_spend_of_all_time():
    story = Story(programme(tiers=ladder(0, 100, 500))).order("A", 120)
    assert tier(story) == (
        "You are in t1 since 10 January 2026.",
        "What counts: €120.00 in all.",
        "t1 begins at €100.00.",
        "So far, t2 is €380.00 away.",
    )
    assert tier(story, "fr") == (
        "Vous êtes au palier t1 depuis le 10 janvier 2026.",
        f"Ce qui compte{FIXED}: 120,00{FIXED}€ au total.",
        f"Le palier t1 commence à 100,00{FIXED}€.",
        f"À ce jour, il vous manque 380,00{FIXED}€ pour atteindre le palier t2.",
    )
    assert tier(story, "de") == (
        "Sie sind seit dem 10. Januar 2026 in der Stufe t1.",
        f"Was zählt: 120,00{FIXED}€ insgesamt.",
        f"t1 beginnt bei 100,00{FIXED}€.",
        f"Bis t2 fehlen Ihnen bisher 380,00{FIXED}€.",
    )


def test_a_rolling_window_says_what_leaves_it_next():
    story = rolling().order("A", 60).at("2026-03-01").order("B", 70)
    assert tier(story)[1:4] == (
        "What counts: €130.00 in the last 12 months.",
        "t1 begins at €100.00.",
        "From 10 January 2027 on, €60.00 of it no longer counts.",
    )


def test_under_grace_it_says_what_is_missing_and_until_when():
    story = rolling(grace=parse_duration("P30D")).order("A", 60).at("2026-03-01").order("B", 70)
    story.at("2027-01-11")
    assert tier(story)[:4] == (
        "You are in t1 since 1 March 2026.",
        "What counts: €70.00 in the last 12 months.",
        "t1 begins at €100.00.",
        "That is €30.00 short; you stay in t1 until 9 February 2027.",
    )


def test_a_calendar_year_starts_again():
    story = Story(programme(tiers=ladder(0, 2, metric="orders", window="calendar_year"))).order("A", 5)
    assert tier(story) == (
        "You are in t0 since 10 January 2026.",
        "What counts: 1 order since 1 January 2026.",
        "From 1 January 2027 on, it starts again.",
        "So far, t1 is 199 orders away.",
    )


def test_a_season_and_the_top():
    during = Interval(when("2026-01-01"), when("2026-02-01"))
    story = Story(programme(tiers=ladder(0, 100, schedule=(Season(during, (("t1", 8000),)),)))).order("A", 80)
    assert tier(story)[2:] == ("t1 begins at €80.00 this season.", "There is no higher tier.")


def test_a_tier_that_staff_gave():
    story = Story(programme(tiers=ladder(0, 100, 500))).override("t1", "2026-03-01")
    assert tier(story) == (
        "We placed you in t1; the last day is 28 February 2026.",
        "What counts: €0.00 in all.",
        "So far, t2 is €500.00 away.",
    )


def test_without_tiers_there_is_nothing_to_explain():
    assert tier(Story(programme())) == ()


def test_below_the_lowest_tier():
    assert tier(Story(programme(tiers=ladder(50))))[0] == "You are in no tier yet."


def test_points_usable_to_come_set_aside_and_owed():
    settled = points("P12M", settle=Settle(after=parse_duration("P14D")), value=PointsValue(10, 100))
    story = Story(programme(points=settled)).gift(25)
    story.order("A", 40)
    assert owned(story) == (
        "You can use 25 points.",
        "That is worth €2.50.",
        "25 points of it: the last day is 10 January 2027.",
        "40 points to come on 24 January 2026.",
    )


def test_points_to_come_and_points_that_end_are_told_soonest_first():
    settled = points("P12M", settle=Settle(after=parse_duration("P14D")))
    story = Story(programme(points=settled)).order("A", 40).order("B", 10, paid_at=when("2026-01-05"))
    assert owned(story)[1:] == (
        "10 points to come on 19 January 2026.",
        "40 points to come on 24 January 2026.",
    )
    assert owned(story.later(20))[1:] == (
        "10 points of it: the last day is 5 January 2027.",
        "40 points of it: the last day is 10 January 2027.",
    )


def test_points_without_end_and_none():
    assert owned(Story(programme()).gift(1)) == ("You can use 1 point.",)
    assert owned(Story(programme()), "fr") == (f"Vous pouvez utiliser 0{FIXED}point.",)


@pytest.mark.parametrize("language", LANGUAGES)
@few(25)
@given(
    euros=st.lists(st.integers(0, 300), max_size=4),
    window=st.sampled_from(["lifetime", "rolling", "calendar_year"]),
    metric=st.sampled_from(["spend", "points", "orders"]),
    span=st.sampled_from(["P30D", "P1M", "P2Y", "P1M3D", "PT1H"]),
    days=st.integers(0, 500),
    is_given=st.booleans(),
)
def test_every_standing_has_words(language, euros, window, metric, span, days, is_given):
    more = {"rolling": parse_duration(span)} if window == "rolling" else {}
    tiers = ladder(0, 1, 2, 400, metric=metric, window=window, grace=parse_duration("P10D"), **more)
    story = Story(programme(tiers=tiers, points=points("P6M")))
    for number, amount in enumerate(euros):
        story.order(f"A{number}", amount).later(20)
    if is_given:
        story.override("t3")
    story.later(days)
    assert all(tier(story, language))
    assert all(owned(story, language))
    assert is_given == (story.state.override == Override("t3", None))
