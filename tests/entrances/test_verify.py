"""``palier verify``: clean on a healthy ledger, and every kind of damage is found (reliability.md §3)."""

import ast
import json
import subprocess
import sys
from argparse import ArgumentParser
from datetime import timedelta

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from palier.cli import verify
from palier.cli.verification.strays import load_strays
from palier.cli.verification.table import CHECKS
from palier.cli.verification.whole import load_problems
from palier.store.models import Account, Draw, Lot, Order, OrderLine, Programme
from tests.entrances.verify_fixtures import DAMAGE, lift_guards, make_world, of
from tests.flows.world import World, document
from tests.house.checkout import PACKAGE, python_files, syntax

pytestmark = pytest.mark.django_db

ALLOWED = (
    "palier.cli.verification",
    "palier.store.models",
    "palier.store.moment",
    "palier.core.programme",
    "palier.core.period",
    "palier.core.money",
)


@pytest.fixture
def world():
    with scopes_disabled():
        yield make_world()


def run(*words):
    parser = ArgumentParser()
    verify.add_arguments(parser)
    return verify.run(parser.parse_args(words))


def found(world):
    return {problem.invariant for problem in load_problems(world.programme_id)}


def test_a_healthy_ledger_is_clean(world, capsys):
    assert world.refused == []
    assert run() == 0
    assert capsys.readouterr().out == "5 accounts, no problems\n"


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_found(world, damage):
    invariant, plant = DAMAGE[damage]
    lift_guards()
    plant()
    assert invariant in found(world)


def test_spending_the_wrong_lot_is_found(world):
    """I-8: sums and chain may be right and still the member lost the points that would have lived longer."""
    lift_guards()
    ann = of("ann")
    held = Draw.objects.filter(account=ann, sequence__in=ann.entries.filter(kind="hold").values("sequence"))
    number = held.order_by("lot_number")[0].lot_number
    lots = Lot.objects.filter(account=ann)
    own_end = lots.get(number=number).own_end
    lots.filter(number=number).update(own_end=own_end + timedelta(days=400))
    assert "I-8" in found(world)


def test_points_that_come_back_after_they_would_have_settled_are_no_problem():
    """They waited for the delivery, were taken back before its fourteen days were over, and came back long after."""
    settle = {"settle": {"on": "delivered", "after": "P14D"}}
    with scopes_disabled():
        shop = World.new(document(points=settle, rewards=None))
        for status, days in (("paid", 1), ("delivered", 2), ("cancelled", 90), ("delivered", 1)):
            shop.pay("1", 60, status=status)
            shop.later(days=days)
        assert (shop.account().available, shop.account().pending) == (60, 0)
        assert list(load_problems(shop.programme_id)) == []


@pytest.mark.parametrize(
    ("constraint", "table", "change", "invariant"),
    [
        ("order_once", "store_order", "external_id = 'same'", "I-15"),
        ("coupon_code_once", "store_coupon", "code = 'same'", "I-19"),
        (
            "intent_once",
            "store_intent",
            "key = 'same', account_id = (SELECT MIN(account_id) FROM store_intent)",
            "I-23",
        ),
    ],
)
def test_what_must_be_there_once_is_found_twice(world, is_postgresql, constraint, table, change, invariant):
    if not is_postgresql:
        pytest.skip("SQLite cannot drop a unique constraint: there nothing can be there twice")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
        cursor.execute(f"UPDATE {table} SET {change}")
    assert invariant in found(world)


def test_problems_are_written_as_json_and_the_exit_code_is_1(world, capsys):
    _, plant = DAMAGE["summary available"]
    plant()
    assert run("--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["accounts"] == 5
    assert told["by_invariant"]["I-1"] == told["problems"] - told["by_invariant"].get("I-9", 0)
    assert {"invariant", "account", "what", "expected", "found"} == set(told["shown"][0])


def test_quick_leaves_out_the_hashes_only_where_they_alone_tell(world):
    lift_guards()
    DAMAGE["an entry's fact was changed"][1]()
    assert run("--quick") == 0
    assert run() == 1


def test_only_the_programme_that_is_named_is_checked(world, capsys):
    public_id = Programme.objects.get(id=world.programme_id).public_id
    assert run("--programme", public_id) == 0
    assert run("--programme", "nobody") == 2
    assert "no programme 'nobody'" in capsys.readouterr().err


def test_it_reads_in_a_number_of_statements_that_does_not_grow_with_the_accounts(
    world, django_assert_max_num_queries
):
    with django_assert_max_num_queries(34):
        list(load_problems(world.programme_id))


def test_rows_of_nobody_are_found_once_whatever_is_asked_for(world, capsys, is_postgresql):
    if not is_postgresql:
        pytest.skip("SQLite's keys refuse such rows")
    lift_guards()
    Lot.objects.filter(account=of("eve")).update(account_id=999)
    OrderLine.objects.filter(order=Order.objects.get(external_id="b2")).update(order_id=999)
    strays = ["rows of store_lot with no store_account", "rows of store_orderline with no store_order"]
    assert [problem.what for problem in load_strays()] == strays
    assert run() == 1
    said = capsys.readouterr().out
    assert [said.count(stray) for stray in strays] == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_the_command_runs_as_a_process_of_its_own(process_environment):
    with scopes_disabled():
        make_world()
    words = [sys.executable, "-m", "palier", "verify", "--json"]
    told = subprocess.run(words, env=process_environment, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert json.loads(told.stdout)["problems"] == 0


@pytest.mark.django_db(transaction=True)
def test_it_writes_nothing_and_takes_no_lock_that_a_writer_needs():
    """Outside any transaction of ours each chunk has one of its own, which only reads."""
    with scopes_disabled():
        world = make_world()
        before = list(Account.objects.order_by("id").values_list("id", "last_hash"))
        reading = load_problems(world.programme_id)
        assert list(reading) == []
        assert list(Account.objects.order_by("id").values_list("id", "last_hash")) == before


def test_it_shares_no_code_with_the_engine():
    strangers = {
        node.module
        for file in [*python_files(PACKAGE / "cli" / "verification"), PACKAGE / "cli" / "verify.py"]
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("palier.")
        if not node.module.startswith(ALLOWED)
    }
    assert strangers == set()


def test_every_check_says_what_it_promises():
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.name.startswith("I-") for check in CHECKS)
