"""POST /hooks: only what the shop signed just now is kept, and it is kept once, at once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django_scopes import scopes_disabled

from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.hooks import receive
from palier.store.hooks.load import load_hooks
from palier.store.models import Account, Hook, Inbox
from tests.entrances.hook_shop import STRANGER, PushingShop
from tests.flows.world import World

ORDER = {
    "id": "A-1",
    "status": "paid",
    "member": "anna",
    "lines": [{"product": "mug", "price": "12.50", "quantity": 2}],
}


@pytest.fixture(autouse=True)
def _unscoped():
    with scopes_disabled():
        yield


@pytest.fixture(autouse=True)
def _each_is_counted_at_once(monkeypatch):
    monkeypatch.setattr(receive, "COUNTED_EVERY", timedelta(0))
    monkeypatch.setattr(receive, "_refused", {})


@pytest.fixture
def world(db):
    return World.new()


@pytest.fixture
def shop(world):
    return PushingShop.of(world.shop_id)


def test_evt_9_what_is_signed_is_kept_and_answered_at_once(shop):
    answer = shop.push("order", ORDER)
    assert (answer.status_code, answer.json()) == (202, {"id": "evt_1", "result": "kept"})
    kept = Inbox.objects.get()
    assert (kept.event_id, kept.kind, kept.customer, kept.done_at) == ("evt_1", "order", "anna", None)
    assert not Account.objects.exists()  # worked off later


def test_the_same_event_again_is_kept_once(shop):
    shop.push("order", ORDER)
    assert shop.push("order", ORDER | {"status": "cancelled"}).json()["result"] == "repeat"
    assert '"paid"' in Inbox.objects.get().payload


def test_keeping_a_message_costs_few_statements(shop, django_assert_max_num_queries):
    shop.push("order", ORDER, id="evt_0")
    with django_assert_max_num_queries(5):  # BEGIN and COMMIT included
        shop.push("order", ORDER)


REFUSED = [
    {"webhook-signature": None},
    {"webhook-timestamp": None},
    {"webhook-id": None},
    {"webhook-signature": "v1,AAAA"},
    {"webhook-id": "another"},
    {"webhook-timestamp": "1"},
    {"webhook-timestamp": "soon"},
]


@pytest.mark.parametrize("headers", REFUSED)
def test_evt_8_what_is_not_signed_well_is_counted_and_not_kept(shop, headers):
    answer = shop.push("order", ORDER, **headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer["content-type"] == "application/problem+json"
    assert not Inbox.objects.exists()
    assert Hook.objects.get().refused == 1


def test_evt_8_what_is_older_than_five_minutes_is_refused(shop):
    now = datetime.now(UTC)
    for seconds, status in ((-310, 401), (-280, 202), (310, 401)):
        answer = shop.push("order", ORDER, at=now + timedelta(seconds=seconds))
        assert answer.status_code == status
    assert Hook.objects.get().refused == 2


def test_evt_8_the_secret_of_another_shop_opens_nothing(shop):
    assert shop.push("order", ORDER, secret=STRANGER).status_code == 401
    other = PushingShop.of(World.new(slug="other").shop_id)
    assert other.push("order", ORDER).status_code == 202
    other.secret = shop.secret
    assert other.push("order", ORDER, id="evt_2").status_code == 401
    assert Inbox.objects.count() == 1


def test_a_shop_that_there_is_not_answers_as_a_wrong_signature_does(shop):
    wrong = shop.push("order", ORDER, secret=STRANGER)
    shop.shop.public_id = "00000000-0000-7000-8000-000000000000"
    unknown = shop.push("order", ORDER)
    assert (unknown.status_code, unknown.content) == (wrong.status_code, wrong.content)


def test_a_changed_secret_is_good_beside_the_old_one_for_a_day(shop):
    old = shop.secret
    new = change_hook_secret(ChangeHookSecret(shop.shop.pk), now=datetime.now(UTC))
    assert shop.push("order", ORDER, id="1").status_code == 202
    shop.secret = new
    assert shop.push("order", ORDER, id="2").status_code == 202
    Hook.objects.update(previous_until=datetime.now(UTC))
    shop.secret = old
    assert shop.push("order", ORDER, id="3").status_code == 401


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("{", 400),
        ('{"type": "order", "data": {}}\x00', 400),
        ("[" * 100_000, 400),
        ("[]", 422),
        ('{"type": "order"}', 422),
        ('{"type": "order", "data": []}', 422),
        ('{"type": "product", "data": {}}', 422),
        ('{"type": ["order"], "data": {}}', 422),
    ],
)
def test_what_is_signed_and_makes_no_sense_is_refused_by_name(shop, text, status):
    assert shop.send(text).status_code == status
    assert not Inbox.objects.exists()


def test_what_makes_no_sense_inside_is_kept_for_somebody_to_look_at(shop):
    assert shop.push("order", {"member": {"a": 1}, "id": None}).status_code == 202
    assert Inbox.objects.get().customer == ""


def test_a_message_has_at_most_a_megabyte(shop):
    assert shop.push("order", {"x": "y" * 1_100_000}).status_code == 413
    assert shop.push("order", {"x": "y" * 3_000_000}).status_code == 413
    assert not Inbox.objects.exists()


def test_only_post_is_answered(shop):
    answer = Client().get(f"/hooks/{shop.shop.public_id}")
    assert (answer.status_code, answer["allow"]) == (405, "POST")


def test_a_flood_of_refused_messages_is_written_once_a_second(shop, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(receive, "COUNTED_EVERY", timedelta(hours=1))
    shop.push("order", ORDER, secret=STRANGER)
    with django_assert_num_queries(1):  # the shop's secrets
        shop.push("order", ORDER, secret=STRANGER)
    shop.push("order", ORDER, secret=STRANGER)
    assert Hook.objects.get().refused == 1
    monkeypatch.setattr(receive, "COUNTED_EVERY", timedelta(0))
    shop.push("order", ORDER, secret=STRANGER)
    assert Hook.objects.get().refused == 4


def test_a_database_that_is_busy_lets_the_sender_try_again(shop, monkeypatch):
    def busy(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr(receive, "receive_hook", busy)
    answer = shop.push("order", ORDER)
    assert (answer.status_code, answer["retry-after"], answer.json()["code"]) == (503, "1", "unavailable")


def test_the_back_office_sees_what_came_and_what_was_refused(shop):
    shop.push("order", ORDER)
    shop.push("order", ORDER, secret=STRANGER)
    (shown,) = load_hooks(shop.shop.programme_id)
    assert (shown.waiting, shown.failed, shown.refused) == (1, 0, 1)
    assert shown.last_received_at is not None


def test_erasing_a_member_blanks_what_was_pushed_about_them(world, shop):
    world.pay(customer="anna", email="Anna@Example.org")
    world.pay("2", customer="bea")
    shop.push("order", ORDER, id="mine")
    shop.push("member", {"id": "anna", "name": "Anna"}, id="profile")
    shop.push("order", {**ORDER, "id": "G", "member": None, "email": "ANNA@example.org"}, id="guest")
    shop.push("order", {**ORDER, "member": "bea", "email": "bea@example.org"}, id="hers")
    shop.push("refund", {"order": "A-1", "id": "r", "full": True}, id="refund")
    erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    left = {row.event_id: bool(row.payload) for row in Inbox.objects.all()}
    assert left == {"mine": False, "profile": False, "guest": False, "hers": True, "refund": True}
    assert Inbox.objects.filter(done_at=None).count() == 2


def test_a_message_that_is_no_utf_8_is_refused_as_no_json(shop, monkeypatch):
    monkeypatch.setattr(receive, "check", lambda *_, **__: "good")
    body = b'{"type": "order", "data": {"id": "\xff\xfe"}}'
    answer = Client().post(f"/hooks/{shop.shop.public_id}", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_json")
    assert not Inbox.objects.exists()


def test_a_flood_of_refused_messages_writes_no_log(shop, caplog):
    assert shop.push("order", ORDER, secret=STRANGER).status_code == 401
    assert shop.send("{").status_code == 400
    assert caplog.text == ""
