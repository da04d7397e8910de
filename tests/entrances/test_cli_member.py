"""``palier member``: shown, explained, exported, given points, claimed, merged, erased."""

import json

import pytest
from django_scopes import scopes_disabled

from palier.cli import main
from palier.core.order import Line, Order
from palier.flows.orders.record_orders import RecordOrders, record_orders
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.members.models import Profile
from palier.store.programmes.load import _timelines, _versions
from tests.entrances.backoffice_shop import full_shop, order


@pytest.fixture
def shop(db):
    _versions.clear()
    _timelines.clear()
    return full_shop()


@pytest.fixture
def palier(shop, capsys):
    """Runs a command: (exit status, standard output, standard error)."""

    def run(*words):
        status = main(["member", *words])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def facts(palier, customer, *words):
    status, out, _err = palier("show", customer, "--json", *words)
    assert status == 0
    return json.loads(out)


def test_an_author_whose_name_is_too_long_is_refused(palier, capsys):
    with pytest.raises(SystemExit):
        palier("waive", "C-1001", "--reason", "why", "--author", "A" * 201)
    assert "a name has at most 200 characters, this one 201" in capsys.readouterr().err


def test_a_member_is_shown_as_of_now(palier):
    status, out, err = palier("show", "C-1001")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "Élodie Lefèvre · Customer number C-1001"
    assert "Tier · Silver" in lines[2]
    assert lines[3] == "€674.90 of €1,000.00, €325.10 more to Gold"
    assert any(line.split() == ["Pending", "12"] for line in lines)
    assert "What happened" in lines


@pytest.mark.parametrize(
    ("language", "tier", "heading"),
    [("fr", "Palier · Argent", "Ce qui s’est passé"), ("de", "Stufe · Silber", "Was geschehen ist")],
)
def test_a_member_is_shown_in_the_language_that_was_asked_for(palier, language, tier, heading):
    _status, out, _err = palier("show", "C-1001", "--language", language)
    assert tier in out
    assert heading in out


def test_machines_get_everything_as_json(palier):
    told = facts(palier, "C-1001")
    assert (told["tier"], told["currency"], told["progress"]["missing"]) == ("silver", "EUR", 32510)
    totals = told["totals"]
    assert totals["available"] + totals["pending"] == sum(lot["points"] for lot in told["lots"])
    assert [lot["is_pending"] for lot in told["lots"]][-1] is True
    assert told["movements"][0]["sentences"]


def test_codes_are_masked_unless_they_are_asked_for(palier):
    hidden = facts(palier, "C-1001")["coupons"][0]["code"]
    whole = facts(palier, "C-1001", "--codes")["coupons"][0]["code"]
    assert hidden == f"…{whole[-3:]}"
    assert whole not in palier("show", "C-1001")[1]
    assert whole in palier("show", "C-1001", "--codes")[1]


def test_a_member_is_told_why_in_their_own_language(palier):
    assert "Palier · Argent" in palier("explain", "C-1001")[1]
    assert "Stufe · Gold" in palier("explain", "C-1002")[1]
    assert "Tier · Gold" in palier("explain", "C-1002", "--language", "en")[1]


def test_a_gift_is_explained_with_its_reason_and_author(palier):
    _status, out, _err = palier("explain", "C-1001", "--language", "en")
    assert "Colis abîmé" in out
    assert "Sam" in out


def test_one_order_is_explained_with_its_refunds_and_nothing_else(palier):
    status, out, _err = palier("explain", "C-1001", "--order", "A1", "--json")
    told = json.loads(out)["movements"]
    assert status == 0
    assert {movement["cause"] for movement in told} == {"order", "refund"}
    assert {movement["order"] for movement in told} == {"A1"}


def test_an_order_is_explained_after_its_member_was_merged_into_another(palier):
    before = json.loads(palier("explain", "C-1001", "--order", "A1", "--json")[1])["movements"]
    assert palier("merge", "C-1002", "C-1001")[0] == 0
    after = json.loads(palier("explain", "C-1002", "--order", "A1", "--json")[1])["movements"]
    assert before
    assert [each["change"] for each in after] == [each["change"] for each in before]


def test_an_order_of_somebody_else_is_refused(palier):
    status, out, err = palier("explain", "C-1001", "--order", "B1")
    assert (status, out) == (2, "")
    assert "the member has no order 'B1'" in err


def test_older_movements_are_left_out_and_said_to_be(palier):
    status, out, _err = palier("explain", "C-1001", "--limit", "2", "--json")
    told = json.loads(out)
    assert (status, len(told["movements"]), told["has_more"]) == (0, 2, True)
    assert "--limit" in palier("explain", "C-1001", "--limit", "2")[1]
    assert facts(palier, "C-1001", "--limit", "500")["has_more"] is False
    with pytest.raises(SystemExit):
        palier("explain", "C-1001", "--limit", "0")


def test_members_without_a_name_are_shown_too(palier):
    assert palier("show", "C-1005")[0] == 0
    assert palier("show", "C-1006")[1].startswith("Member without a name · Customer number C-1006")


@pytest.mark.parametrize(
    "words",
    [
        ("show", "nobody"),
        ("explain", "nobody"),
        ("export", "nobody"),
        ("gift", "nobody", "5", "--reason", "x"),
        ("claim", "nobody", "a@example.com", "--verified"),
        ("merge", "C-1001", "nobody"),
        ("merge", "nobody", "C-1001"),
        ("erase", "nobody", "--yes"),
    ],
)
def test_a_member_that_nobody_knows_is_refused_and_not_made(palier, words):
    status, out, err = palier(*words)
    assert (status, out) == (2, "")
    assert "no member 'nobody'" in err
    assert palier("show", "nobody")[0] == 2


def test_an_export_holds_what_is_known(palier):
    status, out, _err = palier("export", "C-1001")
    known = json.loads(out)
    assert status == 0
    assert known["profile"][0]["email"] == "elodie@example.com"
    assert len(known["orders"]) == 4


def test_a_gift_counts_once_under_its_key(palier):
    before = facts(palier, "C-1002")["totals"]["available"]
    words = ("gift", "C-1002", "30", "--reason", "Broken cup", "--key", "k1")
    assert palier(*words)[1] == "30 points given to C-1002.\n"
    assert palier(*words)[1] == "30 points had been given to C-1002.\n"
    assert facts(palier, "C-1002")["totals"]["lifetime"] - before >= 30
    assert palier("gift", "C-1002", "-3", "--reason", "x")[0] == 2
    assert palier("gift", "C-1002", "3", "--reason", " ")[0] == 2


def test_guest_orders_join_only_a_verified_address(palier, shop):
    line = Line("1", "tea", 1, 5000)
    guest = Order(
        "G1", "paid", "EUR", email="Elodie@Example.com", updated=shop.now, placed_at=shop.now, paid_at=shop.now,
        lines=(line,), said=frozenset({"lines", "paid_at", "placed_at"}),
    )  # fmt: skip
    record_orders(RecordOrders(shop.shop_id, (guest,)), now=shop.now)
    status, _out, err = palier("claim", "C-1001", "elodie@example.com")
    assert status == 2
    assert "--verified" in err
    status, out, _err = palier("claim", "C-1001", "elodie@example.com", "--verified")
    assert (status, out) == (0, "G1 now belong to C-1001: 50 points.\n")
    assert "No guest order" in palier("claim", "C-1001", "elodie@example.com", "--verified")[1]


def test_two_members_become_one(palier, shop):
    before = [facts(palier, customer)["totals"]["spend_minor"] for customer in ("C-1001", "C-1003")]
    assert palier("merge", "C-1001", "C-1003")[1] == "C-1001 and C-1003 are one member now.\n"
    assert facts(palier, "C-1003")["totals"]["spend_minor"] == sum(before)
    assert json.loads(palier("merge", "C-1001", "C-1003", "--json")[1]) == {"is_repeat": True}
    order(shop, "M1", "C-1003", 1000, days_ago=0)
    assert facts(palier, "C-1001")["totals"]["spend_minor"] == sum(before) + 1000


def test_a_person_is_forgotten_only_when_it_is_meant(palier):
    status, _out, err = palier("erase", "C-1001")
    assert status == 2
    assert "--yes" in err
    assert palier("erase", "C-1001", "--yes")[0] == 0
    assert palier("show", "C-1001")[0] == 2
    with scopes_disabled():
        assert not Profile.objects.filter(name="Élodie Lefèvre").exists()


def test_one_of_several_shops_must_be_named(palier, shop):
    made = init_programme(InitProgramme("Outlet", "EUR", shop_slug="outlet"), now=shop.now)
    order_shop = type(shop)(made.programme_id, made.shop_id, shop.now)
    order(order_shop, "O1", "C-1", 500, days_ago=1)
    status, _out, err = palier("show", "C-1001")
    assert status == 2
    assert "choose with --shop and --programme" in err
    assert palier("show", "C-1", "--shop", "outlet")[0] == 0
    assert palier("show", "C-1001", "--shop", "default")[0] == 0
    assert palier("show", "C-1001", "--shop", "nowhere")[0] == 2


@pytest.mark.django_db
@pytest.mark.parametrize("words", [("show", "C-1"), ("erase", "C-1", "--yes")])
def test_an_empty_database_asks_for_palier_init(capsys, words):
    assert main(["member", *words]) == 2
    assert "run palier init" in capsys.readouterr().err


def test_tier_8_a_tier_is_given_until_a_day_and_ended(palier):
    status, out, _err = palier(
        "tier", "C-1001", "gold", "--reason", "VIP", "--author", "mia", "--until", "2099-06-30"
    )
    assert (status, out) == (0, "C-1001 is in gold until 2099-06-30, that day included.\n")
    told = facts(palier, "C-1001")
    assert told["override"] == {"tier": "gold", "until": "2099-06-30T22:00:00+00:00"}
    assert told["movements"][0]["title"] == "Tier chosen by us"
    assert "Reason: VIP" in told["movements"][0]["sentences"]
    assert "Attribué par l’équipe, dernier jour le 30" in palier("show", "C-1001", "--language", "fr")[1]
    assert palier("tier", "C-1001", "--end", "--reason", "over")[1] == "The rules decide: silver.\n"
    assert facts(palier, "C-1001")["override"] is None


def test_tier_8_a_tier_that_is_none_or_no_choice_is_refused(palier):
    status, _out, err = palier("tier", "C-1001", "diamond", "--reason", "VIP")
    assert status != 0
    assert "no tier 'diamond'" in err
    for words in (
        ("tier", "C-1001", "--reason", "VIP"),
        ("tier", "C-1001", "gold", "--end", "--reason", "VIP"),
    ):
        with pytest.raises(SystemExit):
            palier(*words)


def test_ref_9_a_debt_is_waived_or_there_is_none(palier):
    status, _out, err = palier("waive", "C-1001", "--reason", "late")
    assert status != 0
    assert "owes nothing" in err


def test_cus_3_an_account_is_closed(palier):
    assert palier("close", "C-1001")[1] == "The account is closed.\n"
    assert facts(palier, "C-1001")["group"] is None
    assert "Closed by the shop on" in palier("show", "C-1001")[1]


def test_a_balance_of_any_instant_is_told(palier, shop):
    """Meaning 12: the past too, and what will be left."""
    now = json.loads(palier("balance", "C-1001", "--json")[1])
    totals = facts(palier, "C-1001")["totals"]
    assert {name: now[name] for name in totals} == totals
    before = json.loads(palier("balance", "C-1001", "--json", "--at", "2001-05-01T09:00")[1])
    assert (before["at"], before["available"], before["spend_minor"]) == ("2001-05-01T09:00:00+02:00", 0, 0)
    status, out, _err = palier("balance", "C-1001", "--at", "2001-05-01")
    assert (status, out) == (
        0,
        "C-1001 at 2001-04-30T22:00:00+00:00: 0 available, 0 pending, 0 held, 0 debt.\n",
    )
    later = json.loads(palier("balance", "C-1001", "--json", "--at", "2199-01-01T00:00Z")[1])
    assert (later["available"], later["pending"], later["lifetime"]) == (0, 0, totals["lifetime"])
    assert palier("balance", "nobody")[0] != 0
