"""A quote in words: what applies and what does not, why, and what is missing; the same in three languages."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from palier.core.account import Coupon
from palier.core.explain.quotes import QuoteWords, explain_quote
from palier.core.formats import LANGUAGES, formats_for
from palier.core.programme.parse import parse
from palier.core.programme.values import Bounds, Bracket, CouponTerms, Discount, Gift
from palier.core.quote_values import (
    Buyer,
    GiftLine,
    Hint,
    NextTier,
    Quote,
    QuotedDiscount,
    Reason,
    Refused,
    ShippingGrant,
    Source,
)
from palier.core.values import replace

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIXED = "\u00a0"
DOCUMENT = {
    "format": 1,
    "name": "Demo",
    "currency": "GBP",
    "languages": ["en", "fr", "de"],
    "earning": [
        {"id": "basket", "when": {"total": {"over": 20}}, "award": {"points": 10}},
        {"id": "mugs", "lines": {"products": ["mug"]}, "when": {"quantity": {"from": 2}}, "award": {"points": 50}},
    ],
    "redemption": {
        "brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}],
        "from_order": 2,
        "min_total": 80,
    },
    "tiers": {
        "discount_by": "cart",
        "ladder": [
            {"id": "bronze", "from": 0},
            {"id": "silver", "name": {"en": "Silver", "fr": "Argent", "de": "Silber"}, "from": 500,
             "discount": {"percent": 5}},
        ],
    },
    "segments": [{"id": "pros", "where": {"company": True}, "brackets": [{"from": 0, "discount": {"amount": 3}}]}],
    "combine": [["points", "coupon"]],
}  # fmt: skip
MEMBER = Buyer(NOW, available=64, orders=3, tier="silver")
OWN = Coupon(
    "c1", "K7QM-2345-WXYZ", "reward", "five", "issued", CouponTerms(Discount(amount_minor=1500), 10000), NOW,
    datetime(2026, 3, 1, tzinfo=UTC),
)  # fmt: skip
NOTHING = Quote((), (), frozenset(), 0, 0)


def ours():
    """Read anew by each test."""
    return parse(DOCUMENT)


def words(quote, language="en", buyer=MEMBER, *, programme=None, for_staff=False):
    return explain_quote(
        quote, programme or ours(), buyer, language, formats_for(language, "GBP", "UTC"), for_staff=for_staff
    )


def applied(discount, language="en", **more):
    return words(replace(NOTHING, discounts=(discount,)), language, **more).discounts[0]


def refused(refusal, language="en", *, beside=(), codes=(), **more):
    quote = replace(NOTHING, discounts=beside, promo_codes=codes, refused=(refusal,))
    return words(quote, language, **more).refused[0]


def hinted(hint, language="en", **more):
    return words(replace(NOTHING, hints=(hint,)), language, **more).hints[0]


SILVER = QuotedDiscount("tier", 250, (250,), id="silver", terms=Discount(percent_bp=500))
POINTS = QuotedDiscount("points", 600, (600,), points=60, terms=Discount(points=10, amount_minor=100))
NOEL = QuotedDiscount("promo_code", 1000, (1000,), code="NOEL")
PROS = QuotedDiscount("segment", 300, (300,), id="pros", terms=Discount(amount_minor=300))


@pytest.mark.parametrize(
    ("discount", "language", "said"),
    [
        (SILVER, "en", "5% off for Silver members: −£2.50."),
        (SILVER, "fr", f"Remise de 5{FIXED}% pour le palier Argent{FIXED}: −2,50{FIXED}£GB."),
        (SILVER, "de", f"5{FIXED}% Rabatt in der Stufe Silber: −2,50{FIXED}£."),
        (POINTS, "en", "60 points used: −£6.00 (10 points = £1)."),
        (POINTS, "fr", f"Utilisation de 60{FIXED}points{FIXED}: −6,00{FIXED}£GB (10{FIXED}points = 1{FIXED}£GB)."),
        (POINTS, "de", f"60 Punkte eingelöst: −6,00{FIXED}£ (10 Punkte = 1{FIXED}£)."),
        (PROS, "en", "£3 off for your customer group: −£3.00."),
        (NOEL, "de", f"Code NOEL: −10,00{FIXED}£."),
        (replace(PROS, source="first_order"), "en", "£3 off on your first order: −£3.00."),
        (replace(PROS, source="coupon", code="K7"), "en", "£3 off with the coupon K7: −£3.00."),
        (replace(POINTS, points=0, terms=Discount(percent_bp=250)), "en",
         "2.5% off thanks to your balance: −£6.00; nothing is used up."),
        (replace(POINTS, amount_minor=0), "en", "60 points used."),
        (replace(SILVER, terms=Discount(percent_bp=1000, max_minor=5000)), "en",
         "10% off (at most £50) for Silver members: −£2.50."),
        (replace(SILVER, terms=None), "en", "Discount for Silver members: −£2.50."),
    ],
)  # fmt: skip
def test_what_applies_says_what_it_is_and_whom_it_comes_from(discount, language, said):
    assert applied(discount, language) == said


def test_what_stays_on_a_coupon_is_told():
    coupon = replace(OWN, remaining_minor=1500)
    part = QuotedDiscount("coupon", 400, (400,), code=OWN.code, terms=OWN.terms.discount)
    said = applied(part, buyer=replace(MEMBER, coupons=(coupon,)))
    assert said == "£15 off with the coupon K7QM-2345-WXYZ: −£4.00. £11.00 stays on it."


def test_all_points_that_are_lost_are_told():
    programme = replace(ours(), redemption=replace(ours().redemption, consume="all"))
    assert applied(POINTS, programme=programme) == "60 points used, all that you have: −£6.00."


@pytest.mark.parametrize(
    ("refusal", "beside", "said"),
    [
        (Refused("points", "minimum", missing=1), {},
         "Your points can be used from £80 of goods: £0.01 is missing."),
        (Refused("points", "from_order", missing=1), {},
         "Your points can be used from order number 2 on: 1 order to go."),
        (Refused("points", "excluded"), {}, "Your customer group cannot use points."),
        (Refused("points", "not_combinable"), {"codes": (NOEL,)},
         "Your points cannot be combined with the code NOEL: nothing is used up."),
        (Refused("promo_code", "not_combinable", code="NOEL"), {"beside": (PROS,)},
         "The code NOEL cannot be combined with the benefit of your customer group, so it was left out."),
        (Refused("first_order", "not_combinable"), {"codes": (NOEL,)},
         "The benefit for a first order cannot be combined with the code NOEL, so it was left out."),
        (Refused("first_order", "not_combinable"), {},
         "The benefit for a first order cannot be combined with another benefit, so it was left out."),
        (Refused("segment", "minimum", missing=500), {},
         "The benefit of your customer group: £5.00 of goods is missing."),
    ],
)  # fmt: skip
def test_a_benefit_that_is_left_out_says_which_one_and_why(refusal, beside, said):
    """R-STK-5."""
    assert refused(refusal, **beside) == said


def test_a_refusal_in_french_and_german():
    both = Refused("promo_code", "not_combinable", code="NOEL")
    assert refused(both, "fr", beside=(PROS,)) == (
        "Le code NOEL n’est pas cumulable avec l’avantage de votre groupe de clients"
        f"{FIXED}: il n’est pas pris en compte."
    )
    assert refused(both, "de", beside=(PROS,)) == (
        "Der Code NOEL lässt sich nicht mit dem Vorteil Ihrer Kundengruppe kombinieren und entfällt deshalb."
    )
    assert refused(Refused("points", "minimum", missing=1), "fr") == (
        f"Vous pouvez utiliser vos points à partir de 80{FIXED}£GB d’achats{FIXED}: il manque 0,01{FIXED}£GB."
    )


def test_only_the_benefit_in_the_way_is_named():
    """Points and a coupon may stand together: it is the code that keeps the points out."""
    coupon = QuotedDiscount("coupon", 100, (100,), code="K7")
    said = refused(Refused("points", "not_combinable"), beside=(coupon,), codes=(NOEL,))
    assert said == "Your points cannot be combined with the code NOEL: nothing is used up."


def test_a_code_that_is_not_the_shoppers_always_reads_the_same():
    """R-VOU-5: unknown, foreign, expired or used by somebody else, nobody learns which."""
    others = {
        refused(Refused("coupon", reason, code="AAAA-BBBB-CCCC", missing=missing))
        for reason in get_args(Reason)
        for missing in (None, 5)
    }
    assert others == {"The code AAAA-BBBB-CCCC cannot be used."}


@pytest.mark.parametrize(
    ("state", "refusal", "said"),
    [
        ("expired", Refused("coupon", "expired", code=OWN.code), "has expired; the last day was 28 February 2026."),
        ("used", Refused("coupon", "used", code=OWN.code), "has already been used."),
        ("reserved", Refused("coupon", "used", code="k7qm2345wxyz"), "is set aside for another order."),
        ("cancelled", Refused("coupon", "unknown", code=OWN.code), "was withdrawn."),
        ("issued", Refused("coupon", "minimum", code=OWN.code, missing=1),
         "can be used from £100 of goods: £0.01 is missing."),
    ],
)  # fmt: skip
def test_the_owner_of_a_coupon_reads_the_real_reason(state, refusal, said):
    owner = replace(MEMBER, coupons=(replace(OWN, state=state),))
    assert refused(refusal, buyer=owner) == f"The coupon {OWN.code} {said}"


def test_of_two_coupons_the_second_stays_with_its_owner():
    first = QuotedDiscount("coupon", 100, (100,), code="K1")
    owner = replace(MEMBER, coupons=(OWN,))
    said = refused(Refused("coupon", "not_combinable", code=OWN.code), beside=(first,), buyer=owner)
    assert said == f"One coupon can be used per order: {OWN.code} was left out and stays yours."


def test_staff_read_ids_and_what_would_allow_it():
    said = refused(Refused("segment", "not_combinable", id="pros"), codes=(NOEL,), for_staff=True)
    assert said.endswith(
        "so it was left out. Allowed if one set under combine has segment, promo_code. [segment:pros]"
    )
    assert refused(Refused("coupon", "unknown", code="AAAA"), for_staff=True) == (
        "No coupon of this member has the code AAAA."
    )
    assert applied(SILVER, for_staff=True).endswith(" [tier:silver]")


@pytest.mark.parametrize(
    ("hint", "en", "fr", "de"),
    [
        (Hint("earning", 300, "amount", "basket"), "£3 more and you earn 10 points.",
         f"3{FIXED}£GB de plus et vous gagnez 10{FIXED}points.", f"Noch 3{FIXED}£, und Sie sammeln 10 Punkte."),
        (Hint("tier", 1200, "amount", "silver"), "£12 more to reach Silver.",
         f"12{FIXED}£GB de plus pour atteindre le palier Argent.", f"Noch 12{FIXED}£ bis Silber."),
        (Hint("earning", 1, "pieces", "mugs"), "1 item more on certain goods and you earn 50 points.",
         f"1 article de plus sur certains articles et vous gagnez 50{FIXED}points.",
         "Noch 1 Artikel bei bestimmten Artikeln, und Sie sammeln 50 Punkte."),
        (Hint("benefit", 100, "amount", "segment", Bracket(Bounds(5000), discount=Discount(percent_bp=1000),
                                                           free_shipping="all")),
         "£1 more and you get 10% off and free delivery.",
         f"1{FIXED}£GB de plus pour obtenir{FIXED}: remise de 10{FIXED}% et livraison offerte.",
         f"Noch 1{FIXED}£, und Sie erhalten 10{FIXED}% Rabatt und kostenlose Lieferung."),
        (Hint("benefit", 100, "amount", "points"), "£1 more and you can use your points.",
         f"1{FIXED}£GB de plus et vous pouvez utiliser vos points.",
         f"Noch 1{FIXED}£, und Sie können Ihre Punkte einlösen."),
    ],
)  # fmt: skip
def test_hints_say_what_is_missing_and_what_it_brings(hint, en, fr, de):
    assert [hinted(hint, language) for language in ("en", "fr", "de")] == [en, fr, de]


def test_no_number_is_promised_where_a_multiplier_may_change_it():
    ladder = tuple(replace(tier, multiply=2) for tier in ours().tiers.ladder)
    programme = replace(ours(), tiers=replace(ours().tiers, ladder=ladder))
    assert (
        hinted(Hint("earning", 300, "amount", "basket"), programme=programme) == "£3 more and you earn more."
    )


def test_delivery_gifts_earnings_and_the_next_tier():
    quote = replace(
        NOTHING, discounts=(POINTS,), free_shipping="all", shipping_saved_minor=490, earns=45,
        shipping_by=(ShippingGrant("tier", frozenset({"relay", "colissimo"}), "silver"),
                     ShippingGrant("points", "all")),
        gifts=(GiftLine("mug", 2, "segment", "pros"),), next_tier=NextTier("silver", 20000),
    )  # fmt: skip
    said = words(quote)
    assert said.shipping == (
        "Free delivery with colissimo and relay for Silver members.",
        "Free delivery for 60 points.",
        "You save £4.90 on delivery.",
    )
    assert said.gifts == ("Free gift (2 ×\u00a0mug) for your customer group.",)
    assert said.earns == "You will earn 45 points."
    assert said.next_tier == "With this order you reach Silver."
    missed = words(replace(quote, hints=(Hint("tier", 5000, "amount", "silver"),)))
    assert missed.next_tier == "So far, Silver is £200 away."
    assert said.lines()[0] == "60 points used: −£6.00 (10 points = £1)."
    assert len(said.lines()) == 7


def test_why_nothing_is_earned_and_what_a_guest_would_earn():
    assert words(replace(NOTHING, why_not="discount")).earns.startswith("This order earns nothing")
    assert words(NOTHING).earns == ""
    guest = Buyer(NOW, is_member=False)
    assert words(replace(NOTHING, earns=1), buyer=guest).earns == "As a member you would earn 1 point."


def test_an_empty_quote_has_nothing_to_say():
    assert words(NOTHING) == QuoteWords()


SOURCES, REASONS = get_args(Source), get_args(Reason)
UNITS = ("amount", "points", "pieces", "grams", "orders")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("source", SOURCES)
def test_every_source_has_a_sentence_for_everything(source, language):
    for reason in REASONS:
        for missing in (None, 1, 250):
            for by in ((), (PROS,), (POINTS,)):
                told = refused(Refused(source, reason, "x", "y", missing), language, beside=by)
                assert told.endswith((".", "!")), (reason, told)
    for terms in (
        None,
        Discount(percent_bp=500),
        Discount(amount_minor=1),
        Discount(points=1, amount_minor=1),
    ):
        assert applied(QuotedDiscount(source, 1, (1,), "x", 0, "y", terms), language).endswith(".")
    quote = replace(
        NOTHING,
        shipping_by=(ShippingGrant(source, "all", "x", "y"),),
        gifts=(GiftLine("mug", 1, source, "x"),),
    )
    assert len(words(quote, language).lines()) == 2
    for unit in UNITS:
        for kind in ("tier", "earning", "benefit"):
            assert hinted(Hint(kind, 2, unit, source), language).endswith(".")


TEXT = st.text(max_size=8)
TERMS = st.none() | st.builds(
    Discount, percent_bp=st.none() | st.integers(0, 10000), amount_minor=st.integers(0, 10**9),
    points=st.none() | st.integers(1, 1000), max_minor=st.none() | st.integers(0, 10**9),
)  # fmt: skip
DISCOUNTS = st.builds(
    QuotedDiscount,
    st.sampled_from(SOURCES),
    st.integers(0, 10**9),
    st.just(()),
    TEXT,
    st.integers(0, 10**9),
    TEXT,
    TERMS,
)
GIVES = st.none() | st.builds(
    Bracket, st.just(Bounds()), discount=TERMS, gift=st.none() | st.just(Gift("mug")),
    free_shipping=st.sampled_from([None, "all", frozenset({"a", "b"})]),
)  # fmt: skip
QUOTES = st.builds(
    Quote,
    st.lists(DISCOUNTS, max_size=3).map(tuple),
    st.lists(DISCOUNTS, max_size=2).map(tuple),
    st.sampled_from(["all", frozenset(), frozenset({"a"})]),
    st.integers(0, 10**9),
    st.integers(0, 10**9),
    st.lists(
        st.builds(
            Refused, st.sampled_from(SOURCES), st.sampled_from(REASONS), TEXT, TEXT, st.none() | st.integers(0, 10**9)
        ),
        max_size=3,
    ).map(tuple),
    st.lists(
        st.builds(Hint, st.sampled_from(["tier", "earning", "benefit"]), st.integers(0, 10**9), st.sampled_from(UNITS),
                  st.sampled_from(["silver", "basket", "mugs", "segment:pros", "coupon:{x}", ""]), GIVES),
        max_size=3,
    ).map(tuple),
    st.lists(st.builds(GiftLine, TEXT, st.integers(1, 9), st.sampled_from(SOURCES), TEXT), max_size=2).map(tuple),
    st.none() | st.builds(NextTier, TEXT, st.integers(-1, 10**9)),
    st.integers(0, 1000),
    st.lists(
        st.builds(ShippingGrant, st.sampled_from(SOURCES), st.sampled_from(["all", frozenset({"a", "b"})]), TEXT, TEXT),
        max_size=2,
    ).map(tuple),
    st.sampled_from(["", "discount", "first_order", "segment", "else"]),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    quote=QUOTES,
    language=st.sampled_from(["en", "fr", "de", "it"]),
    for_staff=st.booleans(),
    is_bare=st.booleans(),
)
def test_whatever_the_quote_its_words_stand_beside_its_parts(quote, language, for_staff, is_bare):
    programme = parse({"format": 1, "name": "D", "currency": "GBP"}) if is_bare else ours()
    told = words(quote, language, replace(MEMBER, coupons=(OWN,)), programme=programme, for_staff=for_staff)
    assert len(told.discounts) == len(quote.discounts)
    assert len(told.promo_codes) == len(quote.promo_codes)
    assert len(told.refused) == len(quote.refused)
    assert len(told.hints) == len(quote.hints)
    assert len(told.gifts) == len(quote.gifts)
    assert all(told.lines())


def test_a_benefit_of_no_known_kind_is_hinted_at_without_promising_anything():
    def hint(id, of="amount"):
        quote = replace(NOTHING, hints=(Hint("benefit", 500, of, id),))
        return words(quote).hints[0]

    assert len({hint("segment:pros"), hint("coupon:K7"), hint("points")}) == 3
    assert "K7" in hint("coupon:K7")
    assert hint("coupon:") == hint("segment:pros") == hint("first_order")
    assert "pros" not in hint("segment:pros")
