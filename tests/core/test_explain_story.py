"""What the core books is what the explanations understand: a story, booked for real, read in words."""

from palier.core.account import Timeline
from palier.core.explain.movement import Credit, movements_of
from palier.core.explain.sentences import sentences
from palier.core.explain.speech import singular
from palier.core.formats import LANGUAGES, formats_for
from palier.core.period import parse_duration
from palier.core.programme.values import Award, EarningRule, Redemption, Settle
from tests.core.kit import Story, ladder, points, points_discount, programme, reward


def movements(story):
    credits = {}
    for new in story.lots.values():
        lot = new.lot
        late = lot.origin is not None
        credits.setdefault(new.sequence, []).append(
            Credit(lot.number, new.amount, lot.available_at, lot.own_end, is_return=late)
        )
    return movements_of(story.entries, credits)


def told(story, language="en"):
    formats, timeline = formats_for(language, "EUR", "UTC"), Timeline(tuple(story.versions))
    return [list(sentences(each, timeline, language, formats)) for each in reversed(movements(story))]


def test_an_order_used_refunded_and_owed():
    story = Story(programme(tiers=ladder(0, 100)))
    story.order("A1", 150).order("A2", 10, discounts=(points_discount(100),)).later(2).refund("A1", full=True)
    assert told(story) == [
        ["150 points: €150.00 of eligible goods at 1 point per €1.", "You moved up from t0 to t1."],
        ["You used 100 points.", "This order earns nothing: it used a discount that does not go together with earning.",
         "This order counts."],
        ["We took back 150 points because of the refund.",
         "You had already used 100 points: what you earn next settles that first.",
         "Your tier is now t0; before, it was t1.", "Because of the refund, less counts towards your tier."],
    ]  # fmt: skip


def test_points_wait_settle_become_a_coupon_and_expire():
    settle = Settle("paid", parse_duration("P14D"))
    story = Story(programme(points=points("P6M", settle=settle), rewards=(reward(100),)))
    story.order("A1", 130).later(400)
    assert told(story) == [
        ["10 January 2026: 130 points: €130.00 of eligible goods at 1 point per €1.",
         "24 January 2026: You can now use 130 points."],
        ["You got a coupon for 100 points."],
        ["30 points expired; the last day was 10 July 2026."],
    ]  # fmt: skip


def test_an_order_edited_down_and_cancelled_is_one_movement():
    story = Story(programme())
    story.order("A1", 100).later(1).order("A1", 60).later(1).order("A1", status="cancelled")
    assert told(story) == [
        ["10 January 2026: 100 points: €100.00 of eligible goods at 1 point per €1.",
         "11 January 2026: We took back 40 points because the order changed.",
         "The order now earns 60 points.", "60 points: €60.00 of eligible goods at 1 point per €1.",
         "12 January 2026: We took back 60 points because the order was cancelled."],
    ]  # fmt: skip
    (order,) = movements(story)
    assert order.balance.total == order.change.total == 0


def test_every_language_tells_the_same_story():
    story = Story(programme(points=points("P1M"), tiers=ladder(0, 50), redemption=Redemption(())))
    story.gift(20).event("visit").order("A1", 80).order(
        "A2", 5, status="placed", discounts=(points_discount(30),)
    )
    story.later(1).order("A2", status="cancelled").refund("A1", euros=50).later(90)
    by_language = [told(story, language) for language in LANGUAGES]
    assert [[len(lines) for lines in each] for each in by_language[1:]] == [
        [len(x) for x in by_language[0]]
    ] * 2


def test_an_event_with_two_awards_names_both_and_one_with_one_names_none():
    rules = [EarningRule(name, on="visit", award=Award(5)) for name in ("one", "two")]
    both = told(Story(programme(earning=tuple(rules))).event("visit"))[0]
    single = told(Story(programme(earning=tuple(rules[:1]))).event("visit"))[0]
    assert (len(both), len(single)) == (3, 1)


def test_the_name_of_one_point():
    assert [singular(name, "en") for name in ("points bonus", "bonus points", "stars", "bonus")] == [
        "point bonus", "bonus point", "star", "bonus"
    ]  # fmt: skip
    assert [singular(name, "fr") for name in ("étoiles d'or", "points fidélité", "bonus")] == [
        "étoile d'or", "point fidélité", "bonus"
    ]  # fmt: skip
    assert [singular(name, "de") for name in ("Treuepunkte", "Sterns")] == ["Treuepunkt", "Sterns"]
