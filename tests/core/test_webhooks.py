"""What webhooks tell, and when a delivery is tried again."""

from datetime import timedelta

import pytest

from palier.core.webhook_address import InvalidWebhook
from palier.core.webhooks import (
    PAUSES_S,
    TEST,
    TRIES_MAX,
    TYPES,
    Answer,
    check_types,
    judge,
    message_id,
    payload,
)
from tests.core.kit import START


def judged(answer, tries=1, chance=0):
    verdict, at = judge(answer, tries=tries, chance_permille=chance, now=START)
    return verdict, (at - START).total_seconds()


@pytest.mark.parametrize(
    ("status", "is_taken"), [(199, False), (200, True), (299, True), (300, False), (None, False)]
)
def test_every_answer_of_the_two_hundreds_takes_a_delivery(status, is_taken):
    assert Answer(status).is_taken is is_taken
    assert judged(Answer(status))[0] == ("delivered" if is_taken else "waiting")


def test_only_410_wants_no_more_ever():
    assert [status for status in (404, 409, 410, 411, None) if Answer(status).is_gone] == [410]


def test_pauses_grow_from_five_seconds_to_a_day_over_thirteen_tries():
    pauses = [judged(Answer(500), tries)[1] for tries in range(1, TRIES_MAX)]
    assert pauses == list(PAUSES_S)
    assert (TRIES_MAX, pauses[0], pauses[-1], sorted(pauses)) == (13, 5, 86400, pauses)
    assert judged(Answer(500), TRIES_MAX) == ("failed", 0)
    assert judged(Answer(200), TRIES_MAX) == ("delivered", 0)
    assert timedelta(days=3) < timedelta(seconds=sum(pauses)) < timedelta(days=4)


def test_chance_spreads_a_try_over_a_fifth_more_than_its_pause():
    assert judged(Answer(500), 2, 999)[1] == pytest.approx(30 * 1.1998)
    assert judged(Answer(500), 2, 500)[1] == 33


def test_a_receiver_may_ask_for_a_longer_pause_up_to_an_hour_and_for_no_shorter_one():
    assert judged(Answer(429, retry_after_s=60))[1] == 60
    assert judged(Answer(429, retry_after_s=86400))[1] == 3600
    assert judged(Answer(429, retry_after_s=1))[1] == 5


def test_types_are_told_in_their_order_and_none_means_none():
    assert check_types([TYPES[3], TYPES[1]]) == [TYPES[1], TYPES[3]]
    assert check_types([]) == []
    assert all(name.startswith("member.") for name in TYPES)
    with pytest.raises(InvalidWebhook, match=r"no event 'a\.b'") as refused:
        check_types([TYPES[0], "z.z", "a.b"])
    assert refused.value.path == "events"


def test_an_intent_has_one_id_however_often_it_is_made():
    one = message_id("a", "tier_up:7")
    assert one == message_id("a", "tier_up:7")
    assert (
        len({one, message_id("b", "tier_up:7"), message_id("a", "tier_up:8"), message_id("atier_up", ":7")})
        == 4
    )
    assert (one[:4], len(one)) == ("msg_", 36)


def told(**more):
    given = {
        "id": "m1", "type": TYPES[0], "at": START, "sequence": 7, "programme": "p", "shop": "s",
        "members": [{"shop": "s", "customer": "1"}], "data": {"points": 5},
    }  # fmt: skip
    return payload(**(given | more))


def test_a_payload_says_who_what_and_when():
    assert told() == {
        "id": "m1", "type": TYPES[0], "timestamp": "2026-01-10T09:00:00Z", "sequence": 7, "programme": "p",
        "shop": "s", "member": {"customers": [{"shop": "s", "customer": "1"}]}, "data": {"points": 5},
    }  # fmt: skip
    assert "shop" not in told(shop=None)
    assert told(members=[])["member"] == {"customers": []}
    assert "member" not in told(type=TEST)
