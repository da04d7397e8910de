"""What falls due by time alone: the same however often, late or shared it is worked off (R-EXP-3, R-TIME-3)."""

from datetime import timedelta

import pytest

from palier.core.account import Cause
from palier.core.member import MemberFacts
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.store.models import Account, Entry, Intent
from tests.flows.world import DAY, START, World, document, order, points_used, refund

DOC = document(
    points={"valid_for": "P1M", "expiry": "fixed", "settle": {"on": "paid", "after": "P3D"}, "remind": ["P1W"],
            "earn_with": ["points"]},
    tiers={"window": {"rolling": "P1M"}, "grace": "P5D", "ladder": [
        {"id": "low", "name": "Low", "from": 0},
        {"id": "high", "name": "High", "from": 100, "coupon": {"discount": {"amount": 5}, "valid_for": "P10D"}}]},
    rewards=[{"id": "hundred", "at": 100, "coupon": {"discount": {"percent": 5}, "valid_for": "P2W"}}],
)  # fmt: skip


def story(world: World, *, every: timedelta | None):
    """Some weeks of a member's life; between its steps the due work is done every so often, or not at all."""
    steps = {
        0: lambda: world.pay("1", 70),
        4: lambda: world.pay("2", 60, discounts=(points_used(20, 2),)),
        9: lambda: world.event("review", "r"),
        20: lambda: world.tell(refund("2", euros=25)),
        33: lambda: world.give(95),
        36: lambda: world.pay("3", 30),
        48: lambda: world.tell(refund("1", full=True)),
    }
    for day in range(90):
        if day in steps:
            world.now = START + day * DAY
            steps[day]()
        if every is not None:
            end = START + (day + 1) * DAY
            while world.now + every < end:
                world.now += every
                world.work()
    world.now = START + 90 * DAY
    world.work()
    world.prove()
    entries = [
        (e.kind, e.effective_at, e.amount, e.points, e.pending, e.spend_minor, e.tier)
        for e in Entry.objects.filter(account_id=world.id_of()).order_by("sequence")
    ]
    told = sorted((i.event, i.effective_at) for i in Intent.objects.filter(account_id=world.id_of()))
    return entries, told, sorted(world.coupons().items()), world.view().totals


@pytest.mark.parametrize("every", [timedelta(hours=5), timedelta(days=1), timedelta(days=13)])
def test_the_end_does_not_depend_on_how_often_the_work_is_done(db, every):
    assert story(World.new(DOC), every=every) == story(World.new(DOC), every=None)


def test_work_is_done_in_chunks_until_nothing_is_left(world):
    """R-OPS-2."""
    world.tell(*[order(str(i), customer=f"c{i}") for i in range(10)])
    world.later(days=400)
    assert [catch_up_accounts(world.programme_id, now=world.now, limit=4) for _ in range(4)] == [4, 4, 2, 0]
    assert Account.objects.filter(available=0, expired=100).count() == 10


def test_work_that_is_not_due_is_not_done(world):
    world.pay("1")
    assert world.later(days=30).work() == 0
    assert world.account().caught_up_at == START


def test_reading_between_midnight_and_the_job_leaves_ended_points_out(world):
    """R-EXP-3, meaning 12."""
    world.pay("1")
    world.later(days=366)
    assert world.view().totals.available == 0
    assert world.account().available == 100
    assert world.pay("2", 10, discounts=(points_used(50, 5),)).points == 5
    assert world.account().debt == 45


@pytest.mark.parametrize("days", [0, 1, 3, 10, 29, 32, 40, 90])
def test_a_view_is_what_the_work_then_stores(db, days):
    world = World.new(DOC)
    world.pay("1", 170)
    world.give(30)
    world.later(days=days)
    view = world.view()
    world.work()
    stored = world.view()
    for name in ("totals", "tier", "progress", "lots", "history"):
        assert getattr(view, name) == getattr(stored, name), name
    assert [(c.origin_id, c.state) for c in view.coupons] == [(c.origin_id, c.state) for c in stored.coupons]
    account = world.account()
    assert (account.available, account.tier) == (view.totals.available, view.tier)
    world.prove()


def test_reading_writes_nothing(world):
    world.pay("1", 600)
    before = world.state()
    world.later(days=500).view()
    assert world.state() == before
    assert Entry.objects.filter(kind="expire").count() == 0


def test_a_clock_that_jumps_back_does_nothing_twice(world):
    """R-TIME-3."""
    world.pay("1")
    world.later(days=400).work()
    before = world.state()
    world.now = START
    assert world.work() == 0
    world.give(5)
    assert world.account().expired == 100
    assert world.state().caught_up_at == before.caught_up_at
    world.later(days=401).work()
    assert Entry.objects.filter(kind="expire").count() == 1
    world.prove()


def test_reminders_come_once_and_silent_work_tells_nobody(world):
    """R-NOT-1, D18."""
    world.pay("1")
    world.later(days=340).work()
    world.work()
    assert list(Intent.objects.values_list("event", flat=True)) == ["points_expiring"]
    world.now = START + 360 * DAY
    catch_up_accounts(world.programme_id, now=world.now, is_silent=True)
    assert Intent.objects.count() == 1
    assert Entry.objects.filter(cause_kind=Cause("time", "").kind).count() == 0


def test_other_programmes_work_is_left_alone(world):
    """R-MUL-1."""
    other = World.new()
    other.pay("1")
    world.later(days=400)
    assert world.work() == 0
    assert other.account().expired == 0


def test_points_that_end_again_name_the_day_on_which_they_ended_first(world):
    """Also when the job had worked the end off: the renewal that had moved it is not forgotten (I-12)."""
    world.publish(document(points={"valid_for": "P1M"}))
    world.later(days=1).pay("1", 100)
    world.later(days=10).pay("2", 10)
    world.later(days=40).work()
    last_days = [e.facts["last_day"] for e in Entry.objects.filter(kind="expire")]
    world.later(days=1).pay("1", 100, "cancelled")
    world.later(days=1).pay("1", 100)
    again = Entry.objects.filter(kind="expire").order_by("-sequence")[0]
    assert [again.facts["last_day"]] == last_days


def test_a_reminder_that_is_late_comes_although_one_of_a_members_ids_is_closed(world):
    """What was due before is told: the member is still known by the other id (I-12)."""
    world.publish(document(points={"valid_for": "P1M", "expiry": "fixed", "remind": ["P1W"]}))
    world.later(days=1).give(100)
    world.give(10, customer="bea")
    world.merge()
    world.later(days=26)
    close_account(CloseAccount(world.shop_id, "bea"), now=world.now)
    assert Intent.objects.filter(event="points_expiring").count() == 1


def test_points_that_come_back_after_a_renewal_of_their_instant_live_thirty_days(world):
    """In one batch; ``palier verify``, which looks at every flow's ledger, agrees (seed 181840)."""
    world.publish(document(points={"valid_for": "P3M", "expiry": "sliding"}))
    world.later(days=1).give(60)
    world.pay("1", 50, discounts=(points_used(60, 6),))
    world.later(days=100).tell(order("2", 50), refund("1", full=True))
    ends = [lot.ends_at - world.now for lot in world.state().lots if lot.origin]
    world.later(days=32).work()
    assert ([end.days for end in ends], world.account().expired) == ([30], 60)


def test_who_is_open_again_hears_nothing_of_what_fell_due_while_closed(world):
    """Whether or not a worker came meanwhile (seed 136230)."""
    world.publish(DOC)
    world.later(days=1).pay("1", 150)
    close_account(CloseAccount(world.shop_id, "anna"), now=world.now)
    told = Intent.objects.filter(is_silent=False).count()
    world.later(days=60)
    register_members(RegisterMembers(world.shop_id, (MemberFacts("anna"),)), now=world.now)
    assert (world.account().tier, Intent.objects.filter(is_silent=False).count()) == ("low", told)


def test_points_settle_whose_instant_became_known_at_the_very_instant_of_their_credit(world):
    """No entry says so: the account is due all the same."""
    world.publish(document(points={"valid_for": "P12M", "settle": {"on": "shipped", "after": "P3D"}}))
    world.later(days=1).pay("1", 100, updated=world.now)
    world.pay("1", 100, "delivered", updated=world.now + timedelta(seconds=1))
    world.later(days=4).work()
    assert (world.account().available, world.account().pending) == (100, 0)
