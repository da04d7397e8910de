"""Many orders at once: one transaction, the same end as one by one."""

from datetime import datetime, timedelta

import pytest

from palier.core.errors import InvalidOrder, InvalidRefund
from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.store.models import Account, Entry, Intent
from palier.store.models import Order as OrderRow
from tests.flows.world import (
    DAY,
    START,
    OrderDiscount,
    RefundLine,
    World,
    document,
    line,
    order,
    points_used,
    refund,
)

BAD = refund("1", "bad", lines=(RefundLine(1, line="none"),))


def end(world: World, *customers: str):
    """What members have, without ids and codes."""
    ends = []
    for customer in customers or ("anna", "bea"):
        view = world.view(customer)
        lots = sorted((lot.remaining, lot.starts_at, lot.ends_at) for lot in view.lots)
        coupons = sorted((coupon.origin_id, coupon.state) for coupon in view.coupons)
        ends.append((view.totals, view.tier, lots, coupons, world.kinds(customer)))
    return ends


def test_one_bad_message_of_a_batch_undoes_all_of_it(world):
    with pytest.raises(InvalidRefund):
        world.tell(order("1"), order("2", customer="bea"), BAD, order("3"))
    for model in (Account, OrderRow, Entry, Intent):
        assert not model.objects.exists()


def test_a_batch_that_collects_does_the_others(world):
    answers = world.tell(order("1"), BAD, order("2", lines=None), order("3", customer="bea"), collects=True)
    assert [answer.kind for answer in answers] == ["new", "refused", "refused", "new"]
    assert isinstance(answers[1].refusal, InvalidRefund)
    assert isinstance(answers[2].refusal, InvalidOrder)
    assert (answers[1].order, answers[2].order) == ("1", "2")
    assert world.account("anna").available == world.account("bea").available == 100
    assert not OrderRow.objects.filter(external_id="2").exists()
    world.prove()


def test_an_order_that_reaches_thousands_of_rewards_is_booked_and_due_work_issues_the_rest(db):
    world = World.new(
        document(rewards=[{"id": "cheap", "at": 10, "coupon": {"discount": {"percent": 1}}}], tiers=None)
    )
    answers = world.tell(order("1", 5), order("2", 15_000), order("3", customer="bea"), collects=True)
    assert [answer.kind for answer in answers] == ["new", "new", "new"]
    assert world.account().available == 5_005
    assert catch_up_accounts(world.programme_id, now=START) == 1
    assert world.account().available == 5
    world.prove()


def test_more_than_five_hundred_messages_are_refused(world):
    with pytest.raises(InvalidOrder, match="500"):
        world.tell(*[order(str(i)) for i in range(501)])
    assert world.tell() == ()


def test_an_unknown_shop_is_an_error_and_writes_nothing(world):
    world.shop_id += 1000
    with pytest.raises(LookupError):
        world.pay("1")
    assert not Account.objects.exists()


STORY = (
    order("1", 300),
    order("2", 250, customer="bea"),
    order("3", 260),
    refund("1", euros=100),
    order("4", 100, "placed", discounts=(points_used(150, 15),)),
    order("3", 260, "cancelled", updated=START),
    order("5", 1200, customer="bea"),
    order("4", 100, discounts=(points_used(150, 15),), updated=START),
    order("3", 260, "delivered", updated=START + timedelta(seconds=1)),
    refund("5", "all", full=True),
    order("4", 100, "cancelled", updated=START + timedelta(seconds=1)),
    order("5", 1300, "paid", customer="bea", updated=START + timedelta(seconds=2)),
)


def test_a_batch_ends_like_the_same_messages_one_by_one(db):
    single, batch = World.new(), World.new()
    single.now = batch.now = START + DAY
    for message in STORY:
        single.tell(message)
    answers = batch.tell(*STORY)
    assert end(single) == end(batch)
    assert [answer.kind for answer in answers].count("refused") == 0
    single.prove()
    batch.prove()
    assert {answer.kind for answer in batch.tell(*STORY)} <= {"repeat", "older"}


def test_a_batch_sees_what_it_bought_itself(db):
    """Segments that look at purchases see the orders before, in this batch or another."""
    doc = document(
        segments=[
            {"id": "tea", "where": {"bought": {"products": ["tea"]}}, "earn_points": False, "brackets": []}
        ]
    )
    single, batch = World.new(doc), World.new(doc)
    messages = (order("1", 10, lines=(line(10, product="tea"),)), order("2", 50))
    points = [single.tell(message)[0].points for message in messages]
    assert points == [10, 0]
    assert [answer.points for answer in batch.tell(*messages)] == points


def test_history_happens_at_its_own_times(db):
    """R-IMP-2: what an import brings is what would have been, lots that ended included."""
    paid = [START - timedelta(days=n) for n in (900, 500, 20)]
    live, history = World.new(), World.new()
    messages = [order(str(i), 100 + i, paid_at=at, updated=at) for i, at in enumerate(paid)]
    for message, at in zip(messages, paid, strict=True):
        live.now = at
        live.tell(message)
    live.now = START
    live.work()
    told = history.tell(*messages, is_history=True, is_silent=True)
    history.work()
    assert [answer.points for answer in told] == [100, 101, 102]
    assert end(live, "anna") == end(history, "anna")
    assert history.account().available == 102
    assert history.account().expired == 201
    assert not Intent.objects.filter(account_id=history.id_of()).exists()
    live.prove()
    history.prove()


def test_history_told_again_is_a_repeat(world):
    messages = [order(str(i), paid_at=START - i * DAY) for i in (30, 20, 10)]
    world.tell(*messages, is_history=True)
    assert {a.kind for a in world.later(days=1).tell(*messages, is_history=True)} == {"repeat"}


def test_history_after_the_present_is_booked_now(world):
    world.pay("now")
    told = world.tell(order("old", paid_at=START - 40 * DAY), is_history=True)
    assert told[0].points == 100
    assert world.row("old").order_at == START - 40 * DAY
    assert {e.effective_at for e in Entry.objects.all()} == {START}
    world.prove()


def test_time_given_as_none_of_the_messages_times_is_the_clock(world):
    world.tell(order("1"), is_history=True)
    assert world.row().order_at == START
    assert world.row().paid_at == START


def test_a_coupon_reached_in_a_batch_can_be_used_later_in_it(world):
    world.tell(order("1", 600))
    code = world.view().coupons[0].code
    used = (OrderDiscount("coupon", amount_minor=1500, code=code),)
    world.tell(
        order("2", 50, discounts=used),
        order("2", 50, "cancelled", discounts=used, updated=START + timedelta(seconds=1)),
        order("3", 50, discounts=used),
    )
    assert world.coupons() == {"silver": "used"}
    assert world.row("3").booking["coupons"] == [world.view().coupons[0].id]
    world.prove()


def test_new_members_of_one_batch_get_one_account_each(world):
    world.tell(*[order(str(i), customer=f"c{i % 3}") for i in range(9)])
    assert Account.objects.count() == 3
    assert sorted(Account.objects.values_list("available", flat=True)) == [300, 300, 300]


@pytest.mark.parametrize("at", [datetime(2026, 3, 29, 0, 59, 59, 999999, START.tzinfo)])
def test_instants_keep_their_microseconds(world, at):
    world.now = at
    world.pay("1")
    assert world.row().paid_at == at
    assert Entry.objects.get().effective_at == at
    assert world.state().lots[0].born_at == at
    world.prove()
