"""Others verify what we sign, we verify what others sign, and nothing else passes."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from palier.channels.signature import check, sign

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret, just as long....").decode()
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def headers(body, *secrets, at=NOW, id="msg_1"):
    said = sign(body, message_id=id, at=at, secrets=secrets)
    return {
        "message_id": said["webhook-id"],
        "timestamp": said["webhook-timestamp"],
        "signature": said["webhook-signature"],
    }


def test_the_vector_of_the_standard():
    body = b'{"test": 2432232314}'
    said = sign(
        body, message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", at=datetime.fromtimestamp(1614265330, UTC), secrets=[SECRET]
    )  # fmt: skip
    assert said["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_standards_own_verifier_takes_what_we_sign_with_either_secret():
    body = '{"name": "Zoé"}'.encode()
    said = sign(body, message_id="msg_2", at=datetime.now(UTC), secrets=[SECRET, OTHER])
    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(body, said) == {"name": "Zoé"}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(body + b" ", said)


def test_what_the_standards_own_signer_signed_is_good():
    text = '{"a": 1}'
    signature = Webhook(OTHER).sign("evt", NOW, text)
    assert (
        check(
            text.encode(), message_id="evt", timestamp=str(int(NOW.timestamp())), signature=signature,
            secrets=[SECRET, OTHER], now=NOW,
        )
        == "good"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "good"),
        ({"signature": ""}, "unsigned"),
        ({"message_id": ""}, "unsigned"),
        ({"timestamp": ""}, "unsigned"),
        ({"timestamp": "-1"}, "unsigned"),
        ({"timestamp": "1e9"}, "unsigned"),
        ({"timestamp": "٣٤"}, "unsigned"),
        ({"message_id": "x" * 201}, "unsigned"),
        ({"message_id": "a\x00b"}, "unsigned"),
        ({"message_id": "é"}, "unsigned"),
        ({"message_id": "other"}, "wrong"),
        ({"timestamp": "999999999999"}, "wrong"),
        ({"signature": "v1"}, "wrong"),
        ({"signature": "v1,"}, "wrong"),
        ({"signature": "v1,éé"}, "wrong"),
        ({"signature": "v2,abc"}, "wrong"),
        ({"signature": ",,, ,"}, "wrong"),
    ],
)
def test_anything_else_is_refused_without_stumbling(change, expected):
    body = b"{}"
    given = headers(body, SECRET) | change
    assert check(body, **given, secrets=[SECRET], now=NOW) == expected


def test_the_raw_bytes_count_not_what_they_mean():
    given = headers(b'{"a":1}', SECRET)
    assert check(b'{"a": 1}', **given, secrets=[SECRET], now=NOW) == "wrong"
    assert check(b"\xff\xfe", **given, secrets=[SECRET], now=NOW) == "wrong"


def test_evt_8_what_is_older_than_five_minutes_is_late_and_what_is_ahead_too():
    given = headers(b"{}", SECRET)
    for seconds, expected in ((300, "good"), (301, "late"), (-300, "good"), (-301, "late")):
        now = NOW + timedelta(seconds=seconds)
        assert check(b"{}", **given, secrets=[SECRET], now=now) == expected


def test_another_version_beside_ours_does_no_harm():
    given = headers(b"{}", SECRET)
    given["signature"] = "v1a,xyz " + given["signature"]
    assert check(b"{}", **given, secrets=[SECRET], now=NOW) == "good"
