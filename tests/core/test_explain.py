"""Explanations: what the sentences say, for every kind of entry and in every language."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palier.core.account import Cause, Entry, EntryKind, Timeline, Version
from palier.core.explain.movement import Balance, Credit, Shown, masked, movement, movements_of
from palier.core.explain.sentences import sentences, step_sentences, title
from palier.core.formats import LANGUAGES, formats_for
from palier.core.period import parse_duration
from palier.core.programme.values import (
    Award,
    Bounds,
    Cap,
    Conditions,
    EarningRule,
    LineFilter,
    Points,
    Programme,
    Settle,
    Text,
    Tier,
    Tiers,
)  # fmt: skip
from palier.core.values import replace

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ORDER = Cause("order", "1")
REFUND = Cause("refund", "1:R1")
THIN, FIXED = "\u202f", "\u00a0"


def name(en, fr, de):
    return Text((("en", en), ("fr", fr), ("de", de)))


PROGRAMME = Programme(
    name="Demo", currency="GBP", timezone="Europe/London", languages=("en", "fr", "de"),
    points=Points(valid_for=parse_duration("P12M"), settle=Settle("delivered", parse_duration("P14D"))),
    earning=(
        EarningRule("spend", award=Award(1, per_minor=100)),
        EarningRule("steps", award=Award(10, per_minor=5000, whole_steps=True)),
        EarningRule("tees", award=Award(2, per_item=True), lines=LineFilter(products=frozenset({"tee"}))),
        EarningRule("weekend", multiply=Fraction(2)),
        EarningRule("cap", cap=Cap(5000, parse_duration("P1D"))),
    ),
    tiers=Tiers((
        Tier("bronze", 0),
        Tier("silver", 50000, name("Silver", "Argent", "Silber"), multiply=Fraction(3, 2)),
    )),
)  # fmt: skip


def entry(kind, cause=ORDER, *, amount=0, at=NOW, sequence=1, facts=None, **columns):
    if not columns and amount:
        columns["points"] = amount
    moved = (
        columns.get("points", 0) + columns.get("pending", 0) + columns.get("held", 0) - columns.get("debt", 0)
    )
    return Entry(sequence, kind, cause, at, moved, version=7, facts=facts or {}, **columns)


def told(*entries, language="en", programme=PROGRAMME, credits=(), for_staff=False, **names):
    shown = [Shown(each, Balance(), tuple(credits)) for each in entries]
    return list(
        sentences(
            movement(entries[0].cause, shown, **names),
            Timeline((Version(7, NOW, programme),)),
            language,
            formats_for(language, programme.currency, programme.timezone),
            for_staff=for_staff,
        )
    )


def awards(*given, **more):
    return {"awards": [dict(award) for award in given], **more}


BY_AMOUNT = {"rule": "spend", "points": 12, "base": 1240}


def test_twelve_points_for_what_was_bought():
    earned = entry("earn", amount=12, facts=awards(BY_AMOUNT))
    assert told(earned) == ["12 points: £12.40 of eligible goods at 1 point per £1."]
    assert told(earned, language="de") == [
        "12 Punkte: 12,40\u00a0£ anrechenbarer Einkauf, 1 Punkt je 1\u00a0£."
    ]
    euros = replace(PROGRAMME, currency="EUR")
    assert told(earned, language="fr", programme=euros) == [
        "12\u00a0points\u00a0: 12,40\u00a0€ d’achats éligibles, à raison de 1\u00a0point pour 1\u00a0€."
    ]


def test_each_award_then_what_multiplied_and_cut_their_sum():
    facts = awards(
        {"rule": "steps", "points": 2990, "base": 1495000},
        {"rule": "tees", "points": 6, "pieces": 3},
        {"rule": "welcome", "points": 4},
        multiplier="2", uncapped=6000, worth=5000,
    )  # fmt: skip
    assert told(entry("earn", amount=5000, facts=facts)) == [
        "You earned 5,000 points.",
        "2,990 points: £14,950.00 of eligible goods at 10 points for every full £50.",
        "6 points: 3 items at 2 points each.",
        "4 points: rule “welcome”.",
        "×\u00a02: weekend.",
        "Cut from 6,000 to 5,000 points: the limit is reached (5,000 points per day).",
    ]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "10 points: a purchase from £40."),
        ("fr", "10\u00a0points\u00a0: achat à partir de 40\u00a0£GB."),
        ("de", "10 Punkte: Einkauf ab 40\u00a0£."),
    ],
)
def test_a_flat_award_for_a_large_purchase_says_how_large(language, said):
    big = EarningRule("big", award=Award(10), when=Conditions(total=Bounds(4000)))
    facts = awards({"rule": "big", "points": 10})
    programme = replace(PROGRAMME, earning=(big,))
    assert told(entry("earn", amount=10, facts=facts), language=language, programme=programme) == [said]
    both = replace(big, when=replace(big.when, carrier=frozenset({"post"})))
    programme = replace(PROGRAMME, earning=(both,))
    assert told(entry("earn", amount=10, facts=facts), programme=programme) == ["10 points: rule “big”."]


def test_a_multiplier_goes_by_the_name_of_what_gave_it():
    facts = awards(BY_AMOUNT, multiplier="3/2", worth=18)
    assert f"×{FIXED}1.5: Silver." in told(entry("earn", amount=18, facts=facts))
    assert f"×{FIXED}1,5{FIXED}: Argent." in told(entry("earn", amount=18, facts=facts), language="fr")
    unknown = awards(BY_AMOUNT, multiplier="7", worth=84)
    assert "Multiplied by 7." in told(entry("earn", amount=84, facts=unknown))
    said = unknown | {"multiplied_by": {"rule": "happy hour"}}
    assert f"×{FIXED}7: happy hour." in told(entry("earn", amount=84, facts=said))


def test_an_order_that_grew_says_what_it_earns_now():
    assert told(entry("earn", amount=5, facts=awards(BY_AMOUNT, worth=12))) == [
        "You earned 5 points.",
        "The order now earns 12 points.",
        "12 points: £12.40 of eligible goods at 1 point per £1.",
    ]


def test_a_partial_refund_says_what_is_left_and_what_is_owed():
    taken = entry("take_back", REFUND, points=-30, debt=58, facts=awards(BY_AMOUNT))
    assert told(taken) == [
        "We took back 88 points because of the refund.",
        "You had already used 58 points: what you earn next settles that first.",
        "The order now earns 12 points.",
        "12 points: £12.40 of eligible goods at 1 point per £1.",
    ]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"why_not": "cancelled"}, "because the order was cancelled"),
        ({"why_not": "refunded"}, "because of the refund"),
        ({}, "because the order changed"),
    ],
)
def test_points_are_taken_back_for_a_reason(facts, why):
    assert told(entry("take_back", amount=-1, facts=facts)) == [f"We took back 1 point {why}."]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", ["discount", "first_order", "segment", "refunded", "cancelled", "placed"])
def test_an_order_that_earns_nothing_says_why(why, language):
    lines = told(entry("spend", spend_minor=5000, facts={"awards": [], "why_not": why}), language=language)
    assert len(lines) == 2
    assert "50" in lines[1]


def test_pending_points_say_when_they_can_be_used():
    later = Credit(1, 12, NOW + timedelta(days=14))
    earned = entry("earn", pending=12, facts=awards(BY_AMOUNT))
    assert told(earned, credits=[later])[-1] == "Available from 15 March 2026."
    assert told(earned, credits=[Credit(1, 12)])[-1] == "Available 14 days after delivery."
    assert (
        told(earned, credits=[Credit(1, 12)], language="de")[-1] == "Verfügbar 14 Tage nach der Zustellung."
    )


def test_settled_points_are_a_dated_step_of_their_order_and_wait_no_more():
    earned = entry("earn", pending=12, facts=awards(BY_AMOUNT))
    settled = entry(
        "settle", Cause("time", "settle:1"), points=12, pending=-12, sequence=2, facts={"lot": 1},
        at=NOW + timedelta(days=14),
    )  # fmt: skip
    credits = {1: [Credit(1, 12, NOW + timedelta(days=14))]}
    (order,) = movements_of([earned, settled], credits)
    assert (order.cause, order.sequence, order.change) == (ORDER, 1, Balance(available=12))
    formats = formats_for("en", "GBP", "Europe/London")
    assert sentences(order, Timeline((Version(7, NOW, PROGRAMME),)), "en", formats) == (
        "1 March 2026: 12 points: £12.40 of eligible goods at 1 point per £1.",
        "15 March 2026: You can now use 12 points.",
    )


def test_points_that_come_back_keep_their_end_or_get_a_new_one():
    back = entry("return", amount=10)
    assert told(back) == ["You got back 10 points.", "The end date stays as it was."]
    late = Credit(4, 10, NOW, datetime(2026, 4, 1, tzinfo=UTC) - timedelta(hours=1), is_return=True)
    assert told(back, credits=[late])[1] == "The end date had passed; the last day is now 31 March 2026."


def test_using_holding_and_releasing():
    assert told(entry("hold", points=-10, held=10)) == ["We set aside 10 points for this order."]
    assert told(entry("capture", held=-10)) == ["The reservation became final: you used 10 points."]
    assert told(entry("use", points=-8, debt=2)) == [
        "You used 10 points.",
        "Your balance was short of 2 points: what you earn next settles that first.",
    ]
    assert (
        told(entry("release", points=10, held=-10))[0]
        == "The reservation was lifted: you got back 10 points."
    )


def test_debt_that_is_paid_is_told():
    earned = entry("earn", points=2, debt=-10, facts=awards(BY_AMOUNT))
    assert told(earned)[-1] == "10 points went towards what you owed."
    assert told(earned, language="de")[-1] == "10 Punkte wurden mit Ihrem Fehlbetrag verrechnet."


def test_expiry_names_the_last_day():
    cause = Cause("time", "expire:2026-03-01")
    expired = entry("expire", cause, amount=-1, facts={"last_day": "2026-03-01"})
    assert told(expired) == ["1 point expired; the last day was 1 March 2026."]
    assert told(expired, language="fr") == [
        f"1{FIXED}point a expiré{THIN}; le dernier jour était le 1er mars 2026."
    ]
    assert told(entry("expire", amount=3, facts={"undone": 3})) == [
        "3 points of this order had already expired; those are taken back first."
    ]


def test_a_reward_names_its_coupon_by_its_end():
    cause = Cause("coupon", "c")
    bought = entry("reward", cause, amount=-150, facts={"reward": "five", "at": 150})
    assert told(bought, coupon=masked("QW7RT9XYZ234")) == ["You got the coupon …234 for 150 points."]
    assert told(bought, language="de") == ["Für 150 Punkte haben Sie einen Gutschein erhalten."]


def test_tiers_go_by_their_names_and_a_way_down_says_why():
    up = entry("tier", tier="silver", facts={"from": "bronze", "to": "silver"})
    assert told(up, language="fr") == ["Vous passez du palier bronze au palier Argent."]
    assert told(entry("tier", tier="silver", facts={"from": None, "to": "silver"})) == ["You reached Silver."]
    down = entry("tier", REFUND, tier="bronze", facts={"from": "silver", "to": "bronze"})
    assert told(down) == [
        "Your tier is now bronze; before, it was Silver.",
        "Because of the refund, less counts towards your tier.",
    ]
    gone = entry("tier", Cause("publish", "8"), tier="", facts={"from": "gold", "to": None})
    assert told(gone) == ["You are no longer in gold.", "The rules of the programme have changed."]


def test_only_staff_read_the_reason_and_the_author():
    given_ = Shown(
        entry("gift", Cause("gift", "1"), amount=50), Balance(), reason="Late parcel", author="mia"
    )
    timeline, formats = Timeline((Version(7, NOW, PROGRAMME),)), formats_for("en", "GBP", "UTC")
    gift = movement(given_.entry.cause, [given_])
    assert sentences(gift, timeline, "en", formats) == ("We gave you 50 points.",)
    assert sentences(gift, timeline, "en", formats, for_staff=True)[1:] == ("Reason: Late parcel", "By mia")


def test_events_in_words_and_unknown_ones_under_their_own_name():
    cause = Cause("event", "1")
    known = entry("event", cause, amount=20, facts={"event": "sign_up"})
    assert told(known, language="de") == ["Sie haben 20 Punkte gesammelt: Anmeldung."]
    own = entry("event", cause, amount=20, facts={"event": "open_day"})
    assert told(own) == ["You earned 20 points: open_day."]


def test_an_entry_is_explained_by_the_version_it_was_booked_with():
    newer = replace(PROGRAMME, earning=(EarningRule("spend", award=Award(9, per_minor=100)),))
    timeline = Timeline((Version(7, NOW, PROGRAMME), Version(8, NOW + timedelta(days=1), newer)))
    earned = entry("earn", amount=12, facts=awards(BY_AMOUNT))
    formats = formats_for("en", "GBP", "UTC")
    (line,) = sentences(movement(ORDER, [Shown(earned, Balance())]), timeline, "en", formats)
    assert "at 1 point per £1" in line


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(EntryKind))
def test_every_kind_of_entry_has_words(kind, language):
    lines = told(
        entry(kind, points=-2, pending=-3, held=4, debt=5, spend_minor=6, orders=1), language=language
    )
    assert lines
    assert all(line and "{" not in line for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", get_args(get_type_hints(Cause)["kind"]))
def test_every_cause_has_a_title(kind, language):
    timeline, formats = Timeline((Version(7, NOW, PROGRAMME),)), formats_for(language, "GBP", "UTC")
    moved = movement(Cause(kind, "1"), [Shown(entry("tier", Cause(kind, "1"), tier=""), Balance())])
    assert title(moved, timeline, language, formats)


def test_titles():
    timeline, formats = Timeline((Version(7, NOW, PROGRAMME),)), formats_for("fr", "EUR", "UTC")
    refund = movement(REFUND, [Shown(entry("take_back", REFUND), Balance())], order="A1", refund="R1")
    assert title(refund, timeline, "fr", formats) == "Remboursement R1 de la commande A1"
    event = entry("event", Cause("event", "1"), facts={"event": "review"})
    assert title(movement(event.cause, [Shown(event, Balance())]), timeline, "de", formats) == "Bewertung"


WORDS = st.text(max_size=20) | st.sampled_from(["{x}", "<b>", "{0}", "%s", "spend", "2", "1/3", "cancelled"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
NAMED = st.sampled_from(
    [
        "awards",
        "rule",
        "points",
        "base",
        "pieces",
        "multiplier",
        "multiplied_by",
        "uncapped",
        "why_not",
        "worth",
        "missing",
        "reward",
        "at",
        "last_day",
        "undone",
        "lot",
        "from",
        "to",
        "event",
        "override",
        "until",
    ]
)
NUMBERS = st.integers(-(10**12), 10**12)


@given(
    kind=st.sampled_from(get_args(EntryKind)),
    facts=st.dictionaries(NAMED, VALUES | st.lists(st.dictionaries(NAMED, VALUES, max_size=4), max_size=3)),
    columns=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(["points", "pending", "held", "debt", "spend_minor", "orders"], NUMBERS)
    ),
    language=st.sampled_from([*LANGUAGES, "de-AT", "it", "", "fr_XX"]),
    code=WORDS,
)
def test_whatever_the_facts_there_is_something_to_read(kind, facts, columns, language, code):
    lines = told(
        entry(kind, facts=facts, **columns),
        language=language,
        for_staff=True,
        coupon=code,
        order=code,
        refund=code,
    )
    assert lines
    assert all(isinstance(line, str) and line for line in lines)


HOSTILE = "<script>alert('{points}')</script> {0} %s \u202e=1+1"


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_come_through_unchanged(language):
    rule = entry("earn", amount=5, facts=awards({"rule": HOSTILE, "points": 5}))
    assert HOSTILE in "\n".join(told(rule, language=language))
    event = entry("event", Cause("event", "1"), amount=5, facts={"event": HOSTILE})
    assert HOSTILE in "\n".join(told(event, language=language))
    tier = entry("tier", tier=HOSTILE, facts={"from": "bronze", "to": HOSTILE})
    assert HOSTILE in "\n".join(told(tier, language=language))
    timeline, formats = Timeline((Version(7, NOW, PROGRAMME),)), formats_for(language, "GBP", "UTC")
    order = movement(ORDER, [Shown(rule, Balance())], order=HOSTILE)
    assert HOSTILE in title(order, timeline, language, formats)


def test_a_step_can_be_told_alone():
    timeline, formats = Timeline((Version(7, NOW, PROGRAMME),)), formats_for("en", "GBP", "UTC")
    used = entry("use", amount=-10)
    back = entry("return", amount=10, sequence=2, at=NOW + timedelta(days=2))
    order = movement(ORDER, [Shown(used, Balance()), Shown(back, Balance())])
    assert step_sentences(order, order.steps[0], timeline, "en", formats) == ("You used 10 points.",)
    assert order.when == NOW + timedelta(days=2)
