"""``palier member quote`` and ``palier member explain``: a cart and a standing, with every why, in a terminal."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django_scopes import scopes_disabled

from palier.cli import main
from palier.core.member import MemberFacts
from palier.core.programme.load import load_yaml
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.points.give_points import GivePoints, give_points
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.ledger.models import Entry
from palier.store.programmes.load import _timelines, _versions

DOCUMENT = """
format: 1
name: Maison Lune
currency: EUR
languages: [fr, en]
redemption: {brackets: [{from: 10, discount: {points: 10, amount: 1}}]}
tiers: {ladder: [{id: bronze, from: 0, name: Bronze}, {id: silver, from: 500, name: Silver}]}
"""
CART = """
lines: [{product: lamp, quantity: 1, price: 100.00}]
promo_codes: [{code: NOEL, amount: 5.00}]
coupons: [ABCD-EFGH-JKLM]
"""
ALLOWED = "Allowed if one set under combine has points, promo_code."


@pytest.fixture
def palier(db, capsys, tmp_path):
    """Runs a command of a shop with one member, 64 points, who reads French; cart.yaml lies in the returned folder."""
    _versions.clear()
    _timelines.clear()
    now = datetime.now(UTC)
    shop = init_programme(
        InitProgramme("Maison Lune", "EUR", document=load_yaml(DOCUMENT)), now=now - timedelta(days=9)
    )
    person = MemberFacts("C-1", language="fr", said=frozenset({"language"}))
    register_members(RegisterMembers(shop.shop_id, (person,)), now=now - timedelta(days=8))
    give_points(GivePoints(shop.shop_id, "C-1", 64, "Sorry", author="Sam", key="g"), now=now)
    cart = tmp_path / "cart.yaml"
    cart.write_text(CART, encoding="utf-8")

    def run(*words):
        status = main(["member", *(str(cart) if word == "CART" else word for word in words)])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def entries() -> int:
    with scopes_disabled():
        return Entry.objects.count()


def test_a_cart_is_priced_with_every_why_and_nothing_is_written(palier):
    before = entries()
    status, out, err = palier("quote", "C-1", "CART", "--language", "en")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "€100.00 → €95.00",
        "Code NOEL: −€5.00.",
        "No coupon of this member has the code ABCD-EFGH-JKLM.",
        f"Your points cannot be combined with the code NOEL: nothing is used up. {ALLOWED}",
        "€405 more to reach Silver. [tier:silver]",
        "So far, Silver is €500 away.",
    ]
    assert entries() == before


def test_members_are_answered_in_their_language(palier):
    assert "Vous ne pouvez pas utiliser vos points avec le code NOEL" in palier("quote", "C-1", "CART")[1]


def test_a_quote_for_machines(palier):
    status, out, _err = palier("quote", "C-1", "CART", "--json", "--language", "en")
    told = json.loads(out)
    assert status == 0
    assert (told["currency"], told["total_minor"], told["free_shipping"]) == ("EUR", 9500, [])
    assert [(r["source"], r["reason"]) for r in told["refused"]] == [
        ("coupon", "unknown"),
        ("points", "not_combinable"),
    ]
    assert len(told["words"]["refused"]) == 2


def test_a_customer_never_seen_is_priced_as_a_newcomer(palier):
    status, out, _err = palier("quote", "new", "CART", "--language", "en")
    assert (status, out.splitlines()[0]) == (0, "€100.00 → €95.00")


def test_a_cart_that_makes_no_sense_is_refused(palier, tmp_path):
    (tmp_path / "cart.yaml").write_text("lines: []\nvoucher: 3\n", encoding="utf-8")
    status, out, err = palier("quote", "C-1", "CART")
    assert (status, out) == (2, "")
    assert "voucher" in err


def test_explain_says_why_the_tier_and_the_points_are_what_they_are(palier):
    _status, out, _err = palier("explain", "C-1", "--language", "en")
    assert "What counts: €0.00 in all." in out
    assert "You can use 64 points." in out
    assert json.loads(palier("explain", "C-1", "--json")[1])["why"]["points"]
