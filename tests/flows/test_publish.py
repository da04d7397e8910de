"""Programmes are published, drafted and rolled back; the past is never rewritten."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from palier.core.errors import Refusal
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from palier.flows.points.open_balances import OpenBalances, OpeningBalance, open_balances
from palier.flows.programme.roll_back_programme import roll_back_programme
from palier.store.members.ladder_moves import count_ladder_moves
from palier.store.models import ImportBatch, Intent, Programme, ProgrammeVersion
from palier.store.programmes.load import load_timeline
from tests.flows.world import DAY, START, World, document, order

LADDER = document()["tiers"]["ladder"]


def ladder(silver: int = 500, **tiers):
    """The usual programme with silver from so much spend, and other settings of its tiers."""
    steps = deepcopy(LADDER)
    steps[1]["from"] = silver
    return document(tiers={"ladder": steps, **tiers})


def test_a_new_ladder_moves_members_at_once_and_silently(world):
    """R-TIER-7, D23, meaning 13."""
    world.pay("1", 450, customer="anna")
    world.pay("2", 600, customer="bea")
    Intent.objects.all().delete()
    world.later(days=1).publish(ladder(400))
    assert world.view("anna").tier == "silver"
    assert world.work() == 2
    assert (world.account("anna").tier, world.account("bea").tier) == ("silver", "silver")
    world.later(days=1).publish(ladder(700, grace="P30D"))
    world.work()
    assert (world.account("anna").tier, world.account("bea").tier) == ("bronze", "bronze")
    assert not Intent.objects.exists()
    world.prove()


def test_nobody_is_looked_at_when_neither_ladder_nor_rewards_changed(world):
    world.pay("1")
    due = world.account().next_due_at
    world.later(days=1).publish(document(earning=[]))
    assert world.account().next_due_at == due


def test_a_new_reward_is_reached_by_points_that_are_there(world):
    world.pay("1", 400)
    reward = {"id": "four", "at": 400, "coupon": {"discount": {"percent": 5}}}
    world.later(days=1).publish(document(rewards=[reward]))
    world.work()
    assert world.coupons() == {"four": "issued"}
    assert world.account().available == 0
    world.prove()


@pytest.mark.parametrize("reads", [False, True])
def test_a_new_window_counts_what_lies_within_it_however_old_the_ledger(world, reads):
    """Contributions that no window looked at were dropped: they are read anew from the orders."""
    world.pay("1", 300)
    world.later(days=40).pay("2", 300)
    assert world.account().tier == "silver"
    world.later(days=1).publish(ladder(window={"rolling": "P1M"}))
    assert world.account().is_stale
    if reads:
        view = world.view()
        assert (view.tier, view.progress.spent) == ("bronze", 300_00)
    world.work()
    assert (world.account().tier, world.account().is_stale) == ("bronze", False)
    world.later(days=1).publish(ladder(window={"rolling": "P2M"}))
    if reads:
        assert world.view().tier == "silver"
    world.work()
    assert world.account().tier == "silver"
    world.prove()


def test_a_new_window_counts_opening_spend_and_what_members_merged_brought(world):
    batch = ImportBatch.objects.create(
        programme_id=world.programme_id, shop_id=world.shop_id, kind="balances", source_name="x",
        source_digest="x", started_at=START,
    )  # fmt: skip
    rows = tuple(OpeningBalance(c, 10, spend_minor=200_00, key=c) for c in ("anna", "bea"))
    open_balances(OpenBalances(world.shop_id, rows, batch.pk), now=world.now)
    world.pay("1", 150, customer="bea")
    world.merge()
    assert world.account().tier == "silver"
    world.later(days=3).publish(ladder(window={"rolling": "P1M"}))
    assert world.view().progress.spent == 550_00
    world.work()
    assert world.account().tier == "silver"
    world.later(days=40).work()
    assert world.account().tier == "bronze"
    world.prove()


def test_a_new_window_counts_an_event_that_both_halves_of_a_person_had(db):
    ranks = {"metric": "points", "ladder": [{"id": "low", "from": 0}, {"id": "high", "from": 10}]}
    world = World.new(document(tiers=ranks))
    world.event("review", "e1", customer="anna")
    world.event("review", "e1", customer="bea")
    world.merge()
    new = document(tiers={**ranks, "window": {"rolling": "P1M"}})
    counted = count_ladder_moves(world.programme_id, parse(new), now=world.now)
    assert [(moves.after, moves.members) for moves in counted] == [("high", 1)]
    world.later(days=1).publish(new)
    world.work()
    assert world.account().tier == "high"
    world.prove()


def test_reminders_that_are_new_are_sent_whatever_else_was_published_with_them(world):
    """A new cap made that publication forget whom it had to wake."""
    world.pay("1", 100)
    cap = {"id": "cap", "cap": {"points": 5000, "every": "P1D"}}
    points = {**document()["points"], "remind": ["P6M"]}
    world.later(days=1).publish(document(points=points, earning=[*document()["earning"], cap]))
    world.work()
    world.later(days=200).work()
    assert Intent.objects.filter(event="points_expiring").count() == 1


def test_an_account_waits_by_the_days_of_the_zone_in_force(world):
    world.pay("1", 100)
    world.later(days=1).publish(document(timezone="Pacific/Auckland"))
    world.work()
    begins = datetime(2027, 2, 2, 11, tzinfo=UTC)  # of the day a month before the last one, there
    assert world.account().next_due_at == begins


def test_published_versions_never_change(world):
    first = ProgrammeVersion.objects.get()
    before = deepcopy(first.document)
    world.publish(ladder(400), author="mona", source="text", note="why")
    first.refresh_from_db()
    assert (first.number, first.document) == (1, before)
    second = ProgrammeVersion.objects.get(number=2)
    assert (second.author, second.source, second.note, second.published_at) == ("mona", "text", "why", START)
    assert Programme.objects.get(pk=world.programme_id).current_version_id == second.pk


def test_what_is_stored_reads_back_as_the_same_programme(world):
    assert parse(ProgrammeVersion.objects.get().document) == parse(document())


def test_a_draft_changes_nothing_and_there_is_one(world):
    world.pay("1", 450)
    world.publish(ladder(400), is_draft=True)
    world.publish(ladder(300), is_draft=True)
    assert ProgrammeVersion.objects.filter(published_at=None).count() == 1
    world.later(days=1).work()
    assert world.view().tier == world.account().tier == "bronze"
    published = world.publish(ladder(300))
    assert published.number == 2
    assert not ProgrammeVersion.objects.filter(published_at=None).exists()


def test_a_draft_in_another_currency_leaves_the_programmes_own(world):
    world.publish(document(currency="USD"), is_draft=True)
    assert Programme.objects.get(pk=world.programme_id).currency == "EUR"
    assert world.pay("1").points == 100


def test_the_currency_stays_once_there_are_members(world):
    world.pay("1")
    for is_draft in (True, False):
        with pytest.raises(InvalidProgramme) as refused:
            world.publish(document(currency="USD"), is_draft=is_draft)
        assert refused.value.problems[0].path == "currency"
    assert Programme.objects.get(pk=world.programme_id).currency == "EUR"


def test_a_document_with_problems_is_refused_whole(world):
    with pytest.raises(InvalidProgramme) as refused:
        world.publish({**document(), "pionts": {}, "timezone": "Mars"})
    assert len(refused.value.problems) == 2
    assert ProgrammeVersion.objects.count() == 1


def test_rolling_back_publishes_the_old_document_again(world):
    world.pay("1", 450)
    world.later(days=1).publish(ladder(400))
    world.work()
    assert world.account().tier == "silver"
    world.later(days=1)
    back = roll_back_programme(world.programme_id, 1, author="mona", now=world.now)
    assert back.number == 3
    world.work()
    assert world.account().tier == "bronze"
    assert ProgrammeVersion.objects.get(number=3).digest == ProgrammeVersion.objects.get(number=1).digest
    world.prove()


def test_only_published_versions_come_back(world):
    world.publish(ladder(400), is_draft=True)
    for number in (2, 9):
        with pytest.raises(Refusal, match="no published version"):
            roll_back_programme(world.programme_id, number, author="", now=world.now)


def test_a_programme_publishes_for_itself_alone(world):
    other = World.new()
    other.pay("1", 450)
    world.later(days=1).publish(ladder(400))
    other.now = world.now
    assert other.work() == 0
    assert other.view().tier == "bronze"
    assert other.tell(order("2", 10))[0].points == 10
    assert other.now == START + DAY


def test_a_ladder_reaches_accounts_that_stood_past_its_instant_when_it_was_published(world):
    """A clock a little ahead, or an order that was being booked meanwhile under the version before."""
    world.pay("1", 600)
    world.later(seconds=-20).publish(ladder(700, grace="P30D"))
    world.later(seconds=40)
    assert world.view().tier == "bronze"
    assert world.work() == 1
    assert (world.account().tier, world.work()) == ("bronze", 0)
    world.prove()


def test_a_ladder_reaches_such_an_account_although_another_version_follows_before_anybody_looks(world):
    world.pay("1", 600)
    world.later(seconds=-20).publish(ladder(700, grace="P30D"))
    world.later(seconds=10).publish(ladder(700, grace="P30D") | {"name": "Another"})
    world.later(seconds=40)
    assert world.view().tier == "bronze"
    world.tell(order("2", 150))
    assert world.account().tier == "silver"
    world.prove()


def test_a_version_published_by_a_clock_that_went_back_still_comes_after_the_last(world):
    world.later(days=2).publish(document(name="First"))
    world.later(days=-1).publish(document(name="Second"))
    world.later(days=2).pay("1", 10)
    assert world.view().programme.name == "Second"


def test_what_is_imported_belongs_to_the_programme_that_the_merchant_began_with(db):
    """An empty first version that nobody was ever a member under does not value the past at nothing."""
    world = World.new({"format": 1, "name": "Empty", "currency": "EUR"})
    world.later(days=1).publish(document())
    world.tell(order("1", 600, paid_at=START - 300 * DAY), is_history=True)
    assert (world.account().available, world.account().tier) == (600, "silver")
    world.later(days=1).publish(ladder(700))
    world.tell(order("2", 10, customer="bea", paid_at=START - 200 * DAY), is_history=True)
    assert world.account("bea").available == 10
    world.prove()


def test_an_order_imported_from_before_a_publication_has_the_version_of_when_it_was_first_seen(world):
    """Meaning 13: in force when the order was first seen, not when it was placed."""
    world.pay("1", 10)
    world.later(days=1).publish(document(earning=[{"id": "double", "award": {"points": 2, "per": 1}}]))
    world.tell(order("2", 10, customer="bea", paid_at=START - 10 * DAY), is_history=True)
    assert world.account("bea").available == 20


def test_a_version_under_which_an_account_was_made_is_kept_though_the_next_came_at_that_instant(world):
    world.give(10)
    first = Programme.objects.get(pk=world.programme_id).current_version_id
    world.publish(document(name="Second"))
    second = Programme.objects.get(pk=world.programme_id).current_version_id
    assert [version.id for version in load_timeline(world.programme_id, second).versions] == [first, second]


def test_a_reminder_of_one_day_is_told_once_though_the_day_begins_again_in_another_zone(world):
    """The second one stopped all due work: it could not be written down."""
    world.pay("1", 100)
    world.now = datetime(2027, 2, 1, 23, 30, tzinfo=UTC)
    world.work()
    assert Intent.objects.filter(event="points_expiring").count() == 1
    world.publish(document(timezone="UTC"))
    world.work()
    world.later(hours=1)
    world.work()
    assert Intent.objects.filter(event="points_expiring").count() == 1
    assert world.account().next_due_at > world.now


def test_a_programme_may_have_a_longer_name_than_is_shown_of_it(db):
    """On PostgreSQL it could not be published."""
    world = World.new(document(name="Lune " * 60))
    world.publish(document(name="Soleil " * 60))
    assert Programme.objects.get(pk=world.programme_id).name == ("Soleil " * 60)[:200]
    assert load_timeline(world.programme_id, 0).versions[-1].programme.name == "Soleil " * 60
