"""``palier work``: what is due is done, nothing is cut, and it ends when it is asked to."""

import json
import signal
import subprocess
import sys
import time
from datetime import timedelta
from threading import Event

import pytest
from django_scopes import scopes_disabled

from palier.cli import main
from palier.flows.points.catch_up_accounts import StuckAccount
from palier.jobs import due
from palier.store import tables
from palier.store.members.models import Account
from palier.store.programmes.load import _timelines, _versions
from palier.store.programmes.models import Programme
from tests.entrances.backoffice_shop import full_shop


@pytest.fixture
def shop(db):
    _versions.clear()
    _timelines.clear()
    return full_shop()


def make_late(shop, days=400):
    """The programme's clock goes ahead: points settle and end meanwhile."""
    Programme.objects.filter(pk=shop.programme_id).update(
        clock_offset_s=int(timedelta(days=days).total_seconds())
    )


def test_everything_that_is_due_is_worked_off_once(shop, capsys):
    make_late(shop)
    assert main(["work", "--once", "--json"]) == 0
    worked = json.loads(capsys.readouterr().out)["accounts"]
    assert worked > 0
    with scopes_disabled():
        assert not Account.objects.filter(available__gt=0).exists()
    assert main(["work", "--once"]) == 0
    assert capsys.readouterr().out == "nothing was due\n"


def test_what_the_work_books_is_what_was_shown_before_it(shop, capsys):
    make_late(shop)
    shown = _totals(capsys)
    assert main(["work", "--once"]) == 0
    capsys.readouterr()
    assert _totals(capsys) == shown


def _totals(capsys):
    assert main(["member", "show", "C-1001", "--json"]) == 0
    return json.loads(capsys.readouterr().out)["totals"]


def test_work_goes_on_until_no_chunk_is_left(shop, monkeypatch):
    chunks = iter([500, 500, 3, 0])
    monkeypatch.setattr(due, "_is_due", lambda *_: True)
    monkeypatch.setattr(due, "catch_up_accounts", lambda *_, **__: next(chunks))
    assert due.work_off_accounts(Event()) == 1003


def test_work_stops_after_the_chunk_at_hand(shop, monkeypatch):
    stop = Event()

    def chunk(*_, **__):
        stop.set()
        return 500

    monkeypatch.setattr(due, "_is_due", lambda *_: True)
    monkeypatch.setattr(due, "catch_up_accounts", chunk)
    assert due.work_off_accounts(stop) == 500


def test_an_account_that_cannot_be_caught_up_holds_up_no_other(shop, monkeypatch):
    """It stopped the work of its programme, and of those after it."""
    make_late(shop)
    with scopes_disabled():
        waiting = Account.objects.exclude(next_due_at=None).order_by("next_due_at", "id")
        broken, *others = waiting.values_list("id", flat=True)
        Account.objects.filter(pk=broken).update(state={"format": 1, "lots": ["no lot"]})
        assert len(others) > 2
        with pytest.raises(StuckAccount, match=str(broken)):
            due.work_off_accounts(Event())
        assert not Account.objects.filter(pk__in=others, available__gt=0).exists()
        assert waiting.first().pk == broken


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_soon_and_well_when_it_is_asked_to(process_environment, number):
    _versions.clear()
    _timelines.clear()
    make_late(full_shop())
    worker = subprocess.Popen(
        [sys.executable, "-m", "palier", "work", "--pause", "600"],
        env=process_environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert "worked off" in worker.stdout.readline()
        asked = time.monotonic()
        worker.send_signal(number)
        assert worker.wait(timeout=20) == 0
    finally:
        worker.kill()
        worker.communicate()
    assert time.monotonic() - asked < 10


@pytest.mark.django_db
def test_a_worker_refuses_a_database_that_is_behind(shop, capsys, monkeypatch):
    monkeypatch.setattr(tables, "tables_are_current", lambda: False)
    assert main(["work", "--once"]) == 2
    assert "run palier init" in capsys.readouterr().err


@pytest.mark.django_db
def test_an_empty_database_asks_for_palier_init(capsys):
    assert main(["work", "--once"]) == 2
    assert "run palier init" in capsys.readouterr().err
