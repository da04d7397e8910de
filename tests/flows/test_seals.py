"""Days that are over are sealed, and what was sealed cannot be changed unseen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import override_settings
from django_scopes import scopes_disabled

from palier.cli.verification.seals import check_seals
from palier.cli.verification.whole import load_problems
from palier.flows.upkeep.seal_days import seal_days
from palier.store.models import Account, Entry, Seal
from tests.entrances.verify_fixtures import START, lift_guards, make_world

LATER = START + timedelta(days=200)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme_id():
    with scopes_disabled():
        yield make_world().programme_id


def test_every_day_with_entries_is_sealed_once_it_is_over(programme_id):
    days = {at.astimezone(UTC).date() for at in Entry.objects.values_list("recorded_at", flat=True)}
    assert seal_days(programme_id, now=LATER) == len(days)
    assert set(Seal.objects.values_list("day", flat=True)) == days
    assert sum(Seal.objects.values_list("entries", flat=True)) == Entry.objects.count()
    assert seal_days(programme_id, now=LATER) == 0


def test_a_day_is_sealed_an_hour_after_it_ended_and_sealing_step_by_step_ends_the_same(programme_id):
    last = max(Entry.objects.values_list("recorded_at", flat=True)).astimezone(UTC)
    midnight = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=1)
    seal_days(programme_id, now=START + timedelta(days=5))
    seal_days(programme_id, now=midnight + timedelta(minutes=59))
    assert not Seal.objects.filter(day=last.date()).exists()
    seal_days(programme_id, now=midnight + timedelta(hours=1))
    by_steps = list(Seal.objects.order_by("day").values_list("day", "digest"))
    assert by_steps[-1][0] == last.date()
    Seal.objects.all().delete()
    seal_days(programme_id, now=LATER)
    assert list(Seal.objects.order_by("day").values_list("day", "digest")) == by_steps


def test_nothing_is_wrong_with_what_was_sealed(programme_id):
    seal_days(programme_id, now=LATER)
    assert list(load_problems(programme_id)) == []


def test_entries_cut_off_the_end_of_an_account_are_missed_although_its_chain_is_whole(programme_id):
    seal_days(programme_id, now=LATER)
    lift_guards()
    account = Account.objects.get(identities__customer_id="ann")
    last = Entry.objects.filter(account=account).order_by("-sequence").first()
    with connection.cursor() as cursor:
        for table, column in (
            ("store_draw", "sequence"),
            ("store_lot", "sequence"),
            ("store_entry", "sequence"),
        ):
            cursor.execute(
                f"DELETE FROM {table} WHERE account_id = %s AND {column} = %s", [account.pk, last.sequence]
            )
    found = list(check_seals(programme_id))
    assert [(problem.invariant, problem.what) for problem in found] == [
        ("I-26", f"seal of {last.recorded_at.astimezone(UTC).date()}")
    ]


def test_a_seal_that_was_made_anew_without_the_secret_key_is_told(programme_id):
    with override_settings(SECRET_KEY="of somebody else"):
        seal_days(programme_id, now=LATER)
    assert [problem.what.split()[0] for problem in check_seals(programme_id)] == ["signature"]


def test_a_seal_that_is_missing_is_told(programme_id):
    seal_days(programme_id, now=LATER)
    first = Seal.objects.order_by("day").first()
    first.delete()
    assert [problem.what for problem in check_seals(programme_id)] == [f"entries of {first.day}"]
