"""What was pushed is worked off once, in its order; what cannot be is tried again, and then shown to somebody."""

import json
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django_scopes import scopes_disabled

from palier.core.inbox import FAILURES_MAX, UnknownMessage
from palier.flows.inbox.replay_inbox_message import ReplayInboxMessage, replay_inbox_message
from palier.jobs import inbox
from palier.jobs.inbox import work_off_inbox
from palier.store.hooks.load import load_failed_messages, load_hooks, load_silent_shops
from palier.store.models import Account, Happening, Hook, Inbox, Order, Profile, Refund
from tests.entrances.hook_shop import PushingShop
from tests.flows.world import World

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture
def world(db):
    return World.new()


@pytest.fixture
def shop(world):
    return PushingShop.of(world.shop_id)


def order(id="A-1", status="paid", *, member="anna", price="100.00", **parts):
    return {
        "id": id,
        "status": status,
        "member": member,
        "lines": [{"product": "mug", "price": price, "quantity": 1}],
    } | parts


def work() -> int:
    return work_off_inbox(Event())


def due_now():
    """Whatever waits for its pause waits no more."""
    Inbox.objects.update(next_at=datetime.now(UTC) - timedelta(seconds=1))


def points(customer="anna"):
    return Account.objects.get(identities__customer_id=customer).available


def test_every_kind_is_worked_off_as_the_api_would(shop):
    shop.push("member", {"id": "anna", "name": "Anna Lund", "email": "anna@example.org"}, id="1")
    shop.push("order", order(), id="2")
    shop.push("refund", {"order": "A-1", "id": "r1", "amount": "40.00"}, id="3")
    shop.push("event", {"member": "anna", "name": "sign_up", "id": "e1"}, id="4")
    assert work() == 4
    assert Profile.objects.get().name == "Anna Lund"
    assert (Order.objects.get().external_id, Refund.objects.get().amount_minor) == ("A-1", 4000)
    assert points() == 60 + 20
    assert not Inbox.objects.filter(done_at=None).exists()
    assert work() == 0


def test_amounts_are_read_exactly(shop):
    body = json.dumps({"type": "order", "data": order(price="@")}).replace('"@"', "0.1000000000000000055")
    assert shop.send(body).status_code == 202
    work()
    # More decimals than a cent has: refused by name, where a binary float would have been 0.1.
    (shown,) = load_failed_messages(shop.shop.programme_id)
    assert "price" in shown.error
    shop.push("order", order("B", price=19.99), id="2")
    work()
    assert Order.objects.get(external_id="B").lines.get().amount_minor == 1999


def test_an_event_without_an_id_counts_once_by_that_of_its_message(shop):
    shop.push("event", {"member": "anna", "name": "review"}, id="evt-77")
    work()
    assert Happening.objects.get().key == "evt-77"


def test_evt_1_another_event_id_with_the_same_content_has_no_second_effect(shop):
    for number in range(3):
        shop.push("order", order(), id=f"evt_{number}")
        work()
    assert points() == 100
    assert Order.objects.count() == 1


def test_messages_without_a_time_count_in_the_order_in_which_they_came(shop):
    """Tried again late, an older message must not undo a newer one."""
    shop.push("order", order(), id="paid")
    shop.push("order", order(status="cancelled"), id="cancelled")
    paid = Inbox.objects.get(event_id="paid")
    Inbox.objects.filter(pk=paid.pk).update(
        received_at=paid.received_at - timedelta(minutes=5), next_at=NOW + timedelta(days=1)
    )
    assert work() == 1
    due_now()
    assert work() == 1
    assert Order.objects.get().status == "cancelled"
    assert not Account.objects.filter(available__gt=0).exists()


def test_a_profile_that_is_tried_again_late_does_not_undo_a_newer_one(shop):
    shop.push("member", {"id": "anna", "name": "Old", "email": "anna@example.org"}, id="old")
    Inbox.objects.update(next_at=NOW + timedelta(days=1))
    shop.push("member", {"id": "anna", "name": "New"}, id="new")
    shop.push("member", {"id": "anna", "name": ["no name"]}, id="bad")
    assert work() == 2
    due_now()
    assert work() == 1
    profile = Profile.objects.get()
    assert (profile.name, profile.email) == ("New", "anna@example.org")


def test_one_bad_message_among_good_ones_holds_nobody_up(shop):
    shop.push("order", order("A"), id="1")
    shop.push("order", order("B", price="-5"), id="2")
    shop.push("order", order("C", currency="USD"), id="3")
    shop.push("order", order("D"), id="4")
    shop.push("refund", {"order": "A", "id": "r"}, id="5")
    work()
    assert points() == 200
    failed = {each.event_id: each.error for each in load_failed_messages(shop.shop.programme_id)}
    assert failed.keys() == {"2", "3", "5"}
    assert "USD" in failed["3"]
    assert all(failed.values())


def test_evt_9_what_fails_is_tried_again_and_after_twenty_failures_somebody_has_to_look(shop, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(inbox, "record_event", broken)
    shop.push("event", {"member": "anna", "name": "sign_up", "id": "e1"})
    for tries in range(1, FAILURES_MAX + 1):
        assert load_failed_messages(shop.shop.programme_id) == []
        due_now()
        assert work() == 1
        assert Inbox.objects.get().tries == tries
        assert work() == 0  # it waits for its pause
    (shown,) = load_failed_messages(shop.shop.programme_id)
    assert (shown.failures, shown.error) == (20, "RuntimeError: a bug of ours")
    assert (shown.kind, shown.customer, shown.event_id) == ("event", "anna", "evt_1")
    assert load_hooks(shop.shop.programme_id)[0].failed == 1
    due_now()
    assert work() == 0

    monkeypatch.undo()
    again = ReplayInboxMessage(shop.shop.programme_id, shown.id)
    replay_inbox_message(again, now=datetime.now(UTC))
    assert work() == 1
    assert points() == 20
    assert load_failed_messages(shop.shop.programme_id) == []
    with pytest.raises(UnknownMessage):
        replay_inbox_message(again, now=datetime.now(UTC))


def test_a_bug_over_one_order_does_not_fail_those_beside_it(shop, monkeypatch):
    real = inbox.record_orders

    def sometimes(command, **options):
        if any(message.id == "B" for message in command.messages):
            raise RuntimeError("no")
        return real(command, **options)

    monkeypatch.setattr(inbox, "record_orders", sometimes)
    for id in "ABC":
        shop.push("order", order(id), id=id)
    work()
    assert points() == 200
    assert Inbox.objects.get(done_at=None).event_id == "B"


def test_a_message_may_be_put_aside(shop):
    shop.push("order", {"id": "A"})
    work()
    (shown,) = load_failed_messages(shop.shop.programme_id)
    replay_inbox_message(ReplayInboxMessage(shop.shop.programme_id, shown.id, puts_aside=True), now=NOW)
    assert load_failed_messages(shop.shop.programme_id) == []
    assert work() == 0


def test_anothers_message_is_unknown(shop):
    shop.push("order", {"id": "A"})
    work()
    (shown,) = load_failed_messages(shop.shop.programme_id)
    stranger = World.new(slug="other").programme_id
    assert load_failed_messages(stranger) == []
    with pytest.raises(UnknownMessage):
        replay_inbox_message(ReplayInboxMessage(stranger, shown.id), now=NOW)


def test_a_worker_that_was_taken_for_dead_spoils_nothing(shop):
    """It took a message, hung, and another did the work: what it says later no longer counts."""
    from palier.core.inbox import LEASE, Worked
    from palier.flows.inbox.settle_inbox import settle_inbox
    from palier.flows.inbox.take_inbox import take_inbox

    shop.push("order", order())
    now = datetime.now(UTC)
    (hung,) = take_inbox(now=now)
    assert take_inbox(now=now) == []
    (other,) = take_inbox(now=now + LEASE)
    settle_inbox([(hung.id, hung.tries, Worked("failed", "late"))], now=now + LEASE)
    assert Inbox.objects.get().error == ""
    settle_inbox([(other.id, other.tries, Worked("done"))], now=now + LEASE)
    assert Inbox.objects.get().done_at is not None


def test_evt_7_a_shop_that_has_gone_silent_is_on_the_list(world, shop):
    assert load_silent_shops(world.programme_id, now=NOW) == []
    for back in range(14 * 24):
        at = NOW - timedelta(hours=back)
        Inbox.objects.create(
            shop=shop.shop,
            event_id=f"e{back}",
            kind="order",
            payload="{}",
            received_at=at,
            next_at=at,
            done_at=at,
        )
    Hook.objects.update(last_received_at=NOW)
    assert load_silent_shops(world.programme_id, now=NOW + timedelta(minutes=50)) == []
    (silent,) = load_silent_shops(world.programme_id, now=NOW + timedelta(hours=2, minutes=1))
    assert (silent.shop_id, silent.last_received_at) == (world.shop_id, NOW)
    assert silent.usual == timedelta(hours=1)
