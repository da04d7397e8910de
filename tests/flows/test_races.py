"""Several processes at once: real connections, real locks (R-EVT-1, P22–P28).

Everything here holds on both databases: PostgreSQL locks rows, SQLite lets one writer in after the other.
"""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.models import Account, Entry, Happening, Identity, Order
from tests.flows.world import DAY, DOCUMENT, START, World, document, order, refund


def at_once(*works):
    """Each work in a thread with a connection of its own, all let go together; their results in order."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(i):
        try:
            with scopes_disabled():
                start.wait(10)
                results[i] = works[i]()
        except Exception as error:
            results[i] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return results


@pytest.fixture
def here(committed_world: World):
    yield committed_world
    committed_world.prove()


@pytest.mark.parametrize("turn", range(3))
def test_two_deliveries_of_a_new_members_first_order_make_one_order_and_one_account(here, turn):
    answers = at_once(*[lambda: here.pay("1")] * 4)
    assert sorted(answer.kind for answer in answers) == ["new", "repeat", "repeat", "repeat"]
    assert (Account.objects.count(), Order.objects.count(), Identity.objects.count()) == (1, 1, 1)
    assert here.account().available == 100


def test_two_first_orders_of_a_new_member_make_one_account(here):
    at_once(*[lambda i=i: here.pay(str(i)) for i in range(4)])
    assert Account.objects.count() == 1
    assert (here.account().available, here.account().orders) == (400, 4)
    assert sorted(Order.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_eight_updates_of_one_order_end_with_the_newest(here):
    here.pay("1")
    versions = [order("1", 100 + i, updated=START + timedelta(seconds=i)) for i in range(8)]
    here.now += DAY
    at_once(*[lambda v=v: here.tell(v) for v in versions])
    assert here.account().available == 107
    assert Entry.objects.filter(kind="earn").count() <= 8


def test_eight_updates_of_one_guest_order_end_with_the_newest(here):
    """No account's lock guards it."""
    here.pay("1", customer=None, updated=START - DAY)
    versions = [order("1", 100 + i, customer=None, updated=START + timedelta(seconds=i)) for i in range(8)]
    here.now += DAY
    for _ in range(3):
        at_once(*[lambda v=v: here.tell(v) for v in versions])
    assert here.row().updated_at == START + timedelta(seconds=7)
    assert list(here.row().lines.values_list("amount_minor", flat=True)) == [107_00]


def test_a_guest_order_that_finds_its_member_keeps_it(here):
    here.pay("0")
    for i in range(4):
        name = f"g{i}"
        here.pay(name, customer=None, updated=START)
        here.now += DAY
        at_once(
            lambda n=name: here.pay(n, customer="anna", updated=START + timedelta(seconds=2)),
            lambda n=name: here.pay(n, customer=None, updated=START + timedelta(seconds=1)),
        )
        assert here.row(name).account_id == here.id_of()
    assert here.account().available == 500


def test_eight_gifts_with_one_key_are_one_gift(here):
    answers = at_once(*[lambda: here.give(50, key="k")] * 8)
    assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * 7
    assert (here.account().available, Happening.objects.count()) == (50, 1)


def test_eight_events_with_one_key_are_one_event(here):
    answers = at_once(*[lambda: here.event("review", "r")] * 8)
    assert [answer.points for answer in answers] == [5] * 8
    assert here.account().available == 5


def test_a_refund_delivered_four_times_at_once_counts_once(here):
    here.pay("1")
    at_once(*[lambda: here.tell(refund(euros=30))] * 4)
    assert here.account().available == 70


def test_a_refund_and_its_order_at_the_same_moment(here):
    here.pay("0")
    for i in range(4):
        at_once(
            lambda i=i: here.tell(order(f"o{i}")),
            lambda i=i: here.tell(refund(f"o{i}", euros=40)),
        )
    assert here.account().available == 100 + 4 * 60


def test_sixty_four_orders_spend_a_balance_once(here):
    """R-RED-3, P72–P74: what was not there is a debt, never a second time the same points."""
    from tests.flows.world import points_used

    here.pay("0", 100)
    at_once(*[lambda i=i: here.pay(f"u{i}", 10, "placed", discounts=(points_used(50, 5),)) for i in range(8)])
    assert (here.account().available, here.account().held) == (0, 100)


@pytest.mark.parametrize("turn", range(3))
def test_merging_both_ways_at_once_makes_no_cycle(here, turn):
    here.pay("1")
    here.pay("2", customer="bea")
    answers = at_once(lambda: here.merge("anna", "bea"), lambda: here.merge("bea", "anna"))
    assert sorted(answer.is_repeat for answer in answers) == [False, True]
    assert Account.objects.filter(merged_into=None).count() == 1
    assert here.account("anna").available == 200


@pytest.mark.parametrize("turn", range(3))
def test_orders_that_come_while_their_account_is_merged_reach_the_kept_one(here, turn):
    here.pay("1")
    here.pay("2", customer="bea")
    at_once(
        here.merge,
        lambda: here.pay("3", customer="bea"),
        lambda: here.tell(refund("2", euros=50)),
        lambda: here.give(7, customer="bea", key="k"),
    )
    assert here.account("anna").available == 100 + 100 + 50 + 7
    left = Account.objects.exclude(merged_into=None).get()
    assert (left.available, left.pending, left.debt) == (0, 0, 0)


def test_an_order_that_comes_while_its_member_is_erased_is_not_booked_on_the_erased_account(here):
    here.pay("1")
    old = here.id_of()
    at_once(
        lambda: erase_member(EraseMember(here.shop_id, "anna"), now=here.now),
        lambda: here.pay("2"),
        lambda: here.pay("3"),
    )
    assert Account.objects.get(pk=old).available == 0


def test_two_members_claim_one_guest_order(here):
    here.pay("a", customer="anna")
    here.pay("b", customer="bea")
    for i in range(4):
        here.pay(f"g{i}", customer=None, email="one@example.com")
        claims = at_once(
            *[
                lambda c=c: claim_guest_orders(
                    ClaimGuestOrders(here.shop_id, c, "one@example.com", True), now=here.now
                )
                for c in ("anna", "bea")
            ]
        )
        assert sum(len(claim.orders) for claim in claims) == 1
    assert here.account("anna").available + here.account("bea").available == 200 + 400


def test_two_workers_share_the_due_work(here):
    """R-OPS-2, R-EXP-3: nothing is done twice, and nobody waits."""
    here.tell(*[order(str(i), customer=f"c{i}") for i in range(40)])
    here.now += 400 * DAY

    def work():
        done = 0
        while worked := catch_up_accounts(here.programme_id, now=here.now, limit=7):
            done += worked
        return done

    assert sum(at_once(work, work)) + work() == 40
    assert Entry.objects.filter(kind="expire").count() == 40
    assert set(Account.objects.values_list("available", "expired")) == {(0, 100)}


def test_a_new_ladder_and_orders_at_once_leave_everybody_in_the_right_tier(here):
    here.tell(*[order(str(i), 300, customer=f"c{i}") for i in range(8)])
    steps = [{"id": "low", "name": "L", "from": 0}, {"id": "high", "name": "H", "from": 350}]
    ladder = document(tiers={"ladder": steps})
    here.now += DAY
    at_once(
        lambda: here.publish(ladder),
        *[lambda i=i: here.pay(f"x{i}", 100, customer=f"c{i}") for i in range(4)],
    )
    here.now += timedelta(seconds=1)
    here.work()
    tiers = {f"c{i}": here.account(f"c{i}").tier for i in range(8)}
    assert tiers == {f"c{i}": "high" if i < 4 else "low" for i in range(8)}


CHILD = """
    import sys, django; django.setup()
    from datetime import UTC, datetime
    from palier.core.order import Line, Order
    from palier.flows.orders.record_orders import RecordOrders, record_orders
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    for batch in range(10_000):
        orders = tuple(Order(f"{batch}-{i}", "paid", "EUR", f"c{i % 20}", lines=(Line("1", "mug", 1, 1000),))
                       for i in range(100))
        record_orders(RecordOrders(int(sys.argv[1]), orders), now=now)
        print(batch, flush=True)
"""


@pytest.mark.parametrize("after_s", [0.013, 0.031])
def test_a_crash_in_the_middle_leaves_nothing_half_done(process_environment, after_s):
    """R-EVT-1: kill -9, start again, tell the same again: as if nothing had happened."""
    with scopes_disabled():
        made = init_programme(InitProgramme("", "", document=DOCUMENT), now=START - DAY)
        world = World(made.programme_id, made.shop_id)
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(CHILD), str(made.shop_id)],
            env=process_environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        assert child.stdout.readline()
        time.sleep(after_s)
        os.kill(child.pid, signal.SIGKILL)
        told = len(child.stdout.read().splitlines()) + 1
        child.wait()
        world.prove()
        stored = Order.objects.count()
        assert stored % 100 == 0
        assert stored >= told * 100
        assert sum(Account.objects.values_list("available", flat=True)) == stored * 10
        batch = [order(f"{stored // 100 - 1}-{i}", 10, customer=f"c{i % 20}") for i in range(100)]
        assert {answer.kind for answer in world.tell(*batch)} == {"repeat"}
