"""Segments: facts of a member and of the order at hand (meaning 8)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from palier.core.member import folded
from palier.core.period import Duration
from palier.core.programme.values import Ago, Bounds, Fact, LineFilter, Programme, Segment, Where
from palier.core.segments import SegmentFacts, matching, needed_purchases
from palier.core.values import replace

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)

ANA = SegmentFacts(
    company=True,
    delivery_city="  SAINT-étienne ",
    delivery_country="fr",
    carrier="so-colissimo",
    payment_method="card",
    orders=5,
    spend_minor=50_000,
    points=120,
    last_order=NOW - timedelta(days=30),
    signed_up=datetime(2025, 12, 15, 12, tzinfo=UTC),
    bought_products=frozenset({"ipod"}),
    bought_categories=frozenset({"music"}),
    tier="gold",
    groups=frozenset({"pro", "lyon"}),
    language="fr-CA",
    born=date(2008, 6, 15),
    tags=frozenset({"vip"}),
)


def words(*these):
    return frozenset(these)


def does(where, facts=ANA, *, now=NOW, timezone="UTC"):
    programme = Programme("Demo", "EUR", timezone=timezone, segments=(Segment("s", where),))
    return matching(programme, facts, now=now) == ("s",)


@pytest.mark.parametrize(
    ("name", "holds", "fails"),
    [
        ("company", True, False),
        ("delivery_city", words("lyon", "saint etienne"), words("lyon")),
        ("delivery_country", words("FR", "BE"), words("BE")),
        ("carrier", words("so-colissimo"), words("relay")),
        ("payment_method", words("card"), words("bankwire")),
        ("orders", Bounds(5), Bounds(6)),
        ("spend", Bounds(50_000, 50_000), Bounds(None, 49_999)),
        ("points", Bounds(120), Bounds(121)),
        ("last_order", Ago(within=Duration(days=30)), Ago(within=Duration(days=29))),
        ("last_order", Ago(before=Duration(days=29)), Ago(before=Duration(days=30))),
        ("signed_up", Ago(within=Duration(months=6)), Ago(before=Duration(months=6))),
        ("bought", LineFilter(products=words("ipod")), LineFilter(products=words("zune"))),
        ("bought", LineFilter(words("zune"), words("music")), LineFilter(categories=words("books"))),
        ("tier", words("gold"), words("silver")),
        ("group", words("pro", "x"), words("x")),
        ("language", words("fr"), words("de")),
        ("language", words("fr-CA"), words("fr-CH")),
        ("tags", words("vip"), words("VIP")),
        ("born", Ago(before=Duration(months=12 * 18)), Ago(within=Duration(months=12 * 18))),
        ("born", Ago(within=Duration(months=12 * 18, days=1)), Ago(before=Duration(months=12 * 18, days=1))),
    ],
)
def test_each_fact_holds_and_fails_at_its_bound(name, holds, fails):
    assert does(Fact(name, holds))
    assert not does(Fact(name, fails))


@pytest.mark.parametrize("name", ["last_order", "signed_up", "born"])
@pytest.mark.parametrize("ago", [Ago(within=Duration(days=1)), Ago(before=Duration(days=1))])
def test_a_time_that_is_not_known_is_neither_within_nor_before(name, ago):
    assert not does(Fact(name, ago), SegmentFacts())


def test_what_is_not_known_matches_no_word():
    for name in ("delivery_city", "carrier", "payment_method", "tier", "group", "language", "tags"):
        assert not does(Fact(name, words("a")), SegmentFacts())


def test_within_a_month_ends_exactly_a_calendar_month_later_in_the_programmes_zone():
    """Paris changes its clocks between: the local time is kept, the instant moves by an hour."""
    bought = datetime(2026, 3, 10, 9, tzinfo=UTC)  # 10:00 in Paris
    facts = replace(ANA, last_order=bought)
    ends = datetime(2026, 4, 10, 8, tzinfo=UTC)  # 10:00 in Paris again
    within = Fact("last_order", Ago(within=Duration(months=1)))
    assert does(within, facts, now=ends, timezone="Europe/Paris")
    assert not does(within, facts, now=ends + timedelta(microseconds=1), timezone="Europe/Paris")


def test_a_birthday_begins_at_midnight_of_the_programmes_zone():
    grown_up = Fact("born", Ago(before=Duration(months=12 * 18)))
    facts = replace(ANA, born=date(2008, 6, 16))
    evening = datetime(2026, 6, 15, 22, tzinfo=UTC)  # already the 16th in Paris
    assert does(grown_up, facts, now=evening, timezone="Europe/Paris")
    assert not does(grown_up, facts, now=evening, timezone="UTC")


def test_all_any_and_not_nest():
    pro, paris = Fact("company", True), Fact("delivery_city", words("paris"))
    assert not does(Where("all", (pro, paris)))
    assert does(Where("any", (paris, pro)))
    assert does(Where("all", (pro, Where("not", (paris,)))))
    assert does(Where("all", ()))
    assert not does(Where("not", (Where("all", ()),)))


def test_all_enabled_segments_that_match_come_in_order_of_priority():
    everybody, nobody = Where("all", ()), Where("not", (Where("all", ()),))
    segments = (
        Segment("b", everybody),
        Segment("none", nobody),
        Segment("off", everybody, enabled=False),
        Segment("a", everybody),
    )
    assert matching(Programme("Demo", "EUR", segments=segments), ANA, now=NOW) == ("b", "a")


def test_purchases_are_needed_only_for_what_enabled_segments_ask():
    ipod = Fact("bought", LineFilter(products=words("ipod")))
    music = Fact("bought", LineFilter(categories=words("music")))
    zune = Fact("bought", LineFilter(products=words("zune")))
    segments = (
        Segment("a", Where("any", (Fact("company", True), Where("not", (ipod,))))),
        Segment("b", music),
        Segment("off", zune, enabled=False),
    )
    assert needed_purchases(Programme("Demo", "EUR", segments=segments)) == LineFilter(
        words("ipod"), words("music")
    )
    assert needed_purchases(Programme("Demo", "EUR")) == LineFilter()


def test_names_are_folded_without_case_and_accents():
    assert folded("  ÉLODIE  Müller-Straße ") == "elodie muller-strasse"
