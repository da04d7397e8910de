"""Every intent reaches every address that wants it: tried until it is taken, and seen by people when it is not."""

from datetime import timedelta
from itertools import pairwise

import pytest

from palier.core.webhook_address import InvalidWebhook
from palier.core.webhooks import LEASE, TRIES_MAX, TYPES, Answer, UnknownDelivery, UnknownWebhook
from palier.flows.access.claim_answer import ClaimAnswer, InFlight, claim_answer
from palier.flows.access.keep_answer import KeepAnswer, keep_answer
from palier.flows.bench.keyed import Keyed
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.programme.open_shop import OpenShop, open_shop
from palier.flows.webhooks.add_webhook import AddWebhook, add_webhook
from palier.flows.webhooks.change_webhook import ChangeWebhook, change_webhook
from palier.flows.webhooks.change_webhook_secret import ChangeWebhookSecret, change_webhook_secret
from palier.flows.webhooks.open_deliveries import open_deliveries
from palier.flows.webhooks.remove_webhook import RemoveWebhook, remove_webhook
from palier.flows.webhooks.replay_deliveries import ReplayDeliveries, replay_deliveries
from palier.flows.webhooks.settle_deliveries import SettleDelivery, settle_deliveries
from palier.flows.webhooks.take_deliveries import take_deliveries
from palier.flows.webhooks.try_webhook import TryWebhook, try_webhook
from palier.store.models import Attempt, Delivery, Intent, WebhookEndpoint
from palier.store.webhooks.load import load_deliveries, load_delivery, load_endpoint, load_endpoints

URL = "https://shop.example.org/loyalty"
OK = Answer(200, duration_ms=12)
DOWN = Answer(None, "connection refused")


def add(world, url=URL, **parts):
    return add_webhook(AddWebhook(world.programme_id, url, **parts), now=world.now).id


def hand_on(world):
    done = 0
    while count := open_deliveries(world.programme_id, now=world.now):
        done += count
    return done


def settle(world, due, answer=OK):
    attempt = SettleDelivery(due.id, due.endpoint_id, due.tries, world.now, answer, 0)
    return settle_deliveries([attempt], now=world.now)[0]


def test_every_intent_becomes_one_delivery_for_each_address_that_wants_it(world):
    all_of_it = add(world)
    tiers = add(world, events=["member.tier_up"])
    world.pay(euros=600)
    intents = list(Intent.objects.order_by("id"))
    assert {intent.event for intent in intents} == {"tier_up", "coupon_issued"}
    assert hand_on(world) == len(intents)
    assert hand_on(world) == 0
    told = load_deliveries(world.programme_id, endpoint=all_of_it)
    assert [each.event for each in reversed(told)] == [f"member.{intent.event}" for intent in intents]
    assert [each.sequence for each in reversed(told)] == [1, 2]
    assert [each.event for each in load_deliveries(world.programme_id, endpoint=tiers)] == ["member.tier_up"]
    assert not Intent.objects.filter(done_at=None).exists()


def test_what_happened_before_an_address_was_added_is_not_told(world):
    world.pay(euros=600)
    add(world)
    hand_on(world)
    assert load_deliveries(world.programme_id) == []


def test_a_message_says_who_what_and_when(world):
    add(world)
    world.pay(euros=600)
    hand_on(world)
    due = next(each for each in take_deliveries(now=world.now) if each.event == "member.tier_up")
    assert [customer for _, customer in due.customers] == ["anna"]
    assert due.data == {"from": "bronze", "to": "silver"}
    assert due.at == world.now
    assert due.shop is None
    assert due.message_id.startswith("msg_")


def test_an_address_of_one_shop_hears_of_that_shops_members_only(world):
    second = open_shop(OpenShop(world.programme_id, "second", "Second"), now=world.now)
    add(world, shop_id=second)
    mine = add(world, shop_id=world.shop_id)
    world.pay(euros=600)
    hand_on(world)
    assert {each.endpoint for each in load_deliveries(world.programme_id)} == {mine}


def test_an_erased_person_is_named_no_more(world):
    add(world)
    world.pay(euros=600)
    hand_on(world)
    erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    assert all(due.customers == () for due in take_deliveries(now=world.now))


def test_what_is_taken_is_nobody_elses_until_the_lease_ends(world):
    add(world)
    world.pay(euros=600)
    hand_on(world)
    first = take_deliveries(now=world.now)
    assert len(first) == 2
    assert take_deliveries(now=world.now) == []
    world.now += LEASE
    again = take_deliveries(now=world.now)
    assert [due.message_id for due in again] == [due.message_id for due in first]
    # The first worker was only slow: its late answer decides nothing any more.
    assert settle(world, first[0]) is None
    assert settle(world, again[0]) == "delivered"
    assert Attempt.objects.count() == 1


def test_a_slow_address_does_not_take_all_places(world):
    add(world)
    other = add(world, url="https://other.example.org/")
    for customer in ("anna", "bea", "cleo"):
        world.pay(customer, euros=600, customer=customer)
    hand_on(world)
    taken = take_deliveries(now=world.now, most=8, most_each=4)
    named = [due for due in taken if due.url == "https://other.example.org/"]
    assert len(taken) == 8
    assert len(named) == 4
    assert [due.sequence for due in named] == [1, 2, 3, 4]
    assert other


def test_failures_are_tried_again_with_growing_pauses_for_three_days_then_shown(world):
    endpoint = add(world, events=["member.tier_up"])
    world.pay(euros=600)
    hand_on(world)
    began, moments = world.now, []
    for _ in range(TRIES_MAX):
        (due,) = take_deliveries(now=world.now)
        moments.append(world.now)
        verdict = settle(world, due, DOWN)
        world.now = Delivery.objects.get().next_at
    assert verdict == "failed"
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses == sorted(pauses)
    assert timedelta(days=3) <= moments[-1] - began < timedelta(days=3, hours=6)
    assert take_deliveries(now=world.now + timedelta(days=1)) == []
    shown, attempts = load_delivery(world.programme_id, Delivery.objects.get().public_id)
    assert (shown.state, shown.last_error, shown.attempts_made) == ("failed", "connection refused", TRIES_MAX)
    assert [each.number for each in attempts] == list(range(1, TRIES_MAX + 1))
    assert load_endpoint(world.programme_id, endpoint).failed == 1


def test_what_failed_is_sent_again_by_hand_with_the_same_id(world):
    endpoint = add(world, events=["member.tier_up"])
    world.pay(euros=600)
    hand_on(world)
    (due,) = take_deliveries(now=world.now)
    settle(world, due, OK)
    shown = load_deliveries(world.programme_id)[0]
    one = ReplayDeliveries(world.programme_id, endpoint, delivery=shown.public_id)
    assert replay_deliveries(one, now=world.now) == 1
    (again,) = take_deliveries(now=world.now)
    assert again.message_id == due.message_id
    assert settle(world, again, OK) == "delivered"
    all_since = ReplayDeliveries(world.programme_id, endpoint, since=world.now - timedelta(days=1))
    assert replay_deliveries(all_since, now=world.now) == 1
    failed_only = ReplayDeliveries(world.programme_id, endpoint, since=world.now, only_failed=True)
    assert replay_deliveries(failed_only, now=world.now) == 0
    with pytest.raises(UnknownDelivery):
        replay_deliveries(ReplayDeliveries(world.programme_id, endpoint, delivery="x"), now=world.now)
    with pytest.raises(InvalidWebhook):
        replay_deliveries(ReplayDeliveries(world.programme_id, endpoint), now=world.now)


def test_an_address_that_says_gone_is_told_nothing_more_until_somebody_switches_it_on(world):
    endpoint = add(world)
    world.pay(euros=600)
    hand_on(world)
    first, *_ = take_deliveries(now=world.now, most=1)
    settle(world, first, Answer(410))
    assert load_endpoint(world.programme_id, endpoint).status == "gone"
    later = world.now + timedelta(days=1)
    assert take_deliveries(now=later) == []
    with pytest.raises(InvalidWebhook):
        try_webhook(TryWebhook(world.programme_id, endpoint), now=later)
    change_webhook(ChangeWebhook(world.programme_id, endpoint, is_active=True))
    assert len(take_deliveries(now=later)) == 2


def test_an_address_that_took_nothing_for_days_is_disabled(world):
    endpoint = add(world)
    for day in range(7):
        world.pay(f"o{day}", euros=600, customer=f"c{day}")
        hand_on(world)
        for due in take_deliveries(now=world.now):
            settle(world, due, Answer(500))
        world.later(days=1)
    assert load_endpoint(world.programme_id, endpoint).status == "failing"


def test_one_success_makes_an_address_well_again(world):
    add(world)
    world.pay(euros=600)
    hand_on(world)
    first, second = take_deliveries(now=world.now)
    settle(world, first, DOWN)
    assert WebhookEndpoint.objects.get().failing_since == world.now
    settle(world, second, OK)
    assert WebhookEndpoint.objects.get().failing_since is None


def test_a_receiver_may_ask_for_a_longer_pause_up_to_an_hour(world):
    add(world, events=["member.tier_up"])
    world.pay(euros=600)
    hand_on(world)
    (due,) = take_deliveries(now=world.now)
    settle(world, due, Answer(429, retry_after_s=1_000_000))
    assert Delivery.objects.get().next_at == world.now + timedelta(hours=1)


def test_a_changed_secret_signs_beside_the_old_one_for_a_day(world):
    endpoint = add(world)
    old = WebhookEndpoint.objects.get().secret
    new = change_webhook_secret(ChangeWebhookSecret(world.programme_id, endpoint), now=world.now)
    try_webhook(TryWebhook(world.programme_id, endpoint), now=world.now)
    assert take_deliveries(now=world.now)[0].secrets == (new, old)
    world.later(days=1)
    assert take_deliveries(now=world.now)[0].secrets == (new,)


def test_a_removed_webhook_is_told_nothing_and_shown_nowhere(world):
    endpoint = add(world)
    world.pay(euros=600)
    hand_on(world)
    remove_webhook(RemoveWebhook(world.programme_id, endpoint), now=world.now)
    assert take_deliveries(now=world.now) == []
    assert load_endpoints(world.programme_id) == []
    assert load_deliveries(world.programme_id) == []
    assert WebhookEndpoint.objects.get().secret == ""
    with pytest.raises(UnknownWebhook):
        change_webhook(ChangeWebhook(world.programme_id, endpoint, name="x"))


def test_what_is_wrong_with_a_webhook_is_said(world):
    for wrong in ({"url": "http://shop.example.org/"}, {"events": ["tier_up"]}, {"name": "x" * 201}):
        with pytest.raises(InvalidWebhook):
            add(world, **wrong)
    with pytest.raises(InvalidWebhook, match="no such shop"):
        add(world, shop_id=world.shop_id + 999)
    assert add(world, events=TYPES)


def test_another_programmes_webhooks_are_unknown(world):
    endpoint = add(world)
    stranger = world.programme_id + 999
    with pytest.raises(UnknownWebhook):
        change_webhook(ChangeWebhook(stranger, endpoint, name="mine"))
    with pytest.raises(UnknownWebhook):
        load_endpoint(stranger, endpoint)
    assert load_deliveries(stranger) == []


def test_a_request_that_somebody_else_answered_meanwhile_leaves_nothing(world):
    """It was slow, another process took its claim over and did the work: ours is undone."""
    claim_answer(ClaimAnswer(world.shop_id, "k", "digest"), now=world.now)
    keep_answer(KeepAnswer(world.shop_id, "k", 200, {"id": "theirs"}))
    command = AddWebhook(world.programme_id, URL, request=Keyed(world.shop_id, "k"))
    before = WebhookEndpoint.objects.count()
    with pytest.raises(InFlight):
        add_webhook(command, now=world.now)
    assert WebhookEndpoint.objects.count() == before


def test_what_a_request_did_and_its_answer_are_committed_together(world):
    claim_answer(ClaimAnswer(world.shop_id, "k", "digest"), now=world.now)
    command = AddWebhook(world.programme_id, URL, request=Keyed(world.shop_id, "k"))
    added = add_webhook(command, now=world.now)
    kept = claim_answer(ClaimAnswer(world.shop_id, "k", "digest"), now=world.now)
    assert kept.body == {"id": added.id, "secret": added.secret}
