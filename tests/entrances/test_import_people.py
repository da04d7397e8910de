"""Members and opening balances from files: every row is checked, every mistake named, and nothing counts twice."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.ledger.models import Entry, EntryNote, Lot
from palier.store.members.models import Account, Identity, Profile
from palier.store.outbox.models import Intent
from tests.entrances.import_fixtures import Shop

MEMBERS = (
    "Kundennummer;Vorname;Nachname;E-Mail;Sprache;Firma;Gruppen;Geburtsdatum;Registriert\n"
    "7;Jürgen;Weiß;j.weiss@example.org;de;nein;retail,vip;17.05.1990;01.02.2025 10:30\n"
    "8;Élodie;L'Écuyer;;fr;ja;;;\n"
)
BALANCES = (
    "customer,points,expires,reason,spend\n7,120,2999-12-31,Old card 12,650.00\n8,-30,,Correction,\n9,5,,,\n"
)


def test_members_are_read_with_their_umlauts_and_days(shop: Shop):
    path = shop.file("kunden.csv", MEMBERS.encode("cp1252"))
    status, report = shop.command("members", path)
    assert (status, report["status"]) == (0, "done")
    assert report["counts"] == {"members": 2, "new_members": 2, "profiles_changed": 2}
    profile = Profile.objects.get(email="j.weiss@example.org")
    assert (profile.name, profile.language, profile.born) == ("Jürgen Weiß", "de", date(1990, 5, 17))
    assert profile.signed_up_at == datetime(2025, 2, 1, 10, 30, tzinfo=UTC)
    assert (profile.groups, profile.is_company) == (["retail", "vip"], False)
    assert Profile.objects.get(name="Élodie L'Écuyer").is_company


def test_members_that_cannot_be_read_are_listed_and_the_others_come(shop: Shop):
    path = shop.file(
        "members.csv",
        "id,email,company,born\n1,a@example.org,yes,1990-01-01\n2,no address,yes,\n"
        "3,,perhaps,\n,,,\n4,,no,31/31/1990\n",
    )
    report = shop.command("members", path)[1]
    assert report["counts"]["members"] == 1
    assert {code: found["rows"] for code, found in report["problems"].items()} == {
        "invalid_member": 1, "unreadable_word": 1, "unreadable_date": 1,
    }  # fmt: skip
    assert list(Identity.objects.values_list("customer_id", flat=True)) == ["1"]


def test_the_same_members_again_change_nothing(shop: Shop):
    path = shop.file("members.csv", MEMBERS)
    shop.command("members", path)
    assert shop.command("members", path)[1]["status"] == "unchanged"
    assert (Account.objects.count(), Entry.objects.count()) == (2, 0)


def test_members_may_come_as_json_lines(shop: Shop):
    path = shop.file(
        "members.jsonl",
        '{"member": {"id": "ana", "email": "ana@example.org", "tags": ["x"]}}\n{"name": "x"}\n[\n',
    )
    report = shop.command("members", path)[1]
    assert report["counts"]["new_members"] == 1
    assert Profile.objects.get().tags == ["x"]


def test_balances_are_credits_debits_and_spend(shop: Shop):
    status, report = shop.command("balances", shop.file("balances.csv", BALANCES))
    assert (status, report["counts"]) == (0, {"balances": 3})
    seven, eight = shop.account("7"), shop.account("8")
    assert (seven.available, seven.spend_minor, seven.tier, seven.lifetime) == (120, 65000, "silver", 120)
    assert (eight.available, eight.debt, eight.lifetime) == (0, 30, -30)
    # Good through the whole of its last day, in London.
    assert Lot.objects.get(account=seven).own_end == datetime(3000, 1, 1, tzinfo=UTC)
    assert {entry.kind for entry in Entry.objects.exclude(kind="tier")} == {"opening"}
    assert EntryNote.objects.filter(account=seven).first().reason == "Old card 12"  # type: ignore[union-attr]
    assert Intent.objects.count() == 0


def test_the_same_balances_again_change_nothing(shop: Shop):
    path = shop.file("balances.csv", BALANCES)
    shop.command("balances", path)
    before = Entry.objects.count()
    status, report = shop.command("balances", path)
    assert (status, report["status"]) == (0, "unchanged")
    assert Entry.objects.count() == before


def test_one_wrong_row_stops_the_whole_file_unless_it_is_partial(shop: Shop):
    path = shop.file(
        "balances.csv",
        "customer,points,expires\n7,120,\n8,many,\n9,0,\n10,5,2001-01-01\n,5,\n11,1.5,\n12,99999999999999999,\n",
    )
    status, report = shop.command("balances", path)
    assert (status, report["status"]) == (1, "refused")
    assert {code: found["rows"] for code, found in report["problems"].items()} == {
        "unreadable_number": 1, "no_points": 1, "expired": 1, "unreadable_row": 1, "not_whole": 1, "too_large": 1,
    }  # fmt: skip
    assert (Account.objects.count(), ImportBatch.objects.count()) == (0, 0)
    status, report = shop.command("balances", path, "--partial")
    assert (status, report["counts"]) == (0, {"balances": 1})
    assert ImportProblem.objects.count() == 6


def test_a_dry_run_of_balances_and_members_writes_nothing(shop: Shop):
    assert shop.command("balances", shop.file("b.csv", BALANCES), "--dry-run")[1]["counts"] == {"balances": 3}
    assert shop.command("members", shop.file("m.csv", MEMBERS), "--dry-run")[1]["counts"] == {"members": 2}
    assert (Account.objects.count(), ImportBatch.objects.count()) == (0, 0)


def test_undo_takes_balances_back_and_the_file_can_come_again(shop: Shop):
    path = shop.file("balances.csv", BALANCES)
    batch = shop.command("balances", path)[1]["batch"]
    assert shop.command("undo", str(batch))[1]["undone"] == 3
    for customer in ("7", "8", "9"):
        account = shop.account(customer)
        assert (account.available, account.debt, account.lifetime, account.spend_minor) == (0, 0, 0, 0)
        assert account.tier == "bronze"
    assert shop.command("balances", path)[1]["counts"] == {"balances": 3}
    assert (shop.account("7").available, shop.account("8").debt) == (120, 30)


def test_an_import_of_members_is_not_taken_back(shop: Shop):
    batch = shop.command("members", shop.file("m.csv", MEMBERS))[1]["batch"]
    assert shop.command("undo", str(batch))[0] == 2


@pytest.mark.parametrize("words", [("--map", "points"), ("--map", "points=Nothing"), ("--timezone", "Mars")])
def test_wrong_flags_are_refused_in_words(shop: Shop, words):
    assert shop.command("balances", shop.file("b.csv", BALANCES), *words)[0] == 2
