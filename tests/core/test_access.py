"""The form of a key, and that it only opens from the machine itself what the demo opens."""

import pytest

from palier.core.access import KEY_PREFIX, SHOWN, is_key, key_digest
from palier.core.this_machine import is_from_this_machine


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("a" * 22, True),
        ("Az09_-" * 4, True),
        ("a" * 100, True),
        ("a" * 21, False),
        ("a" * 101, False),
        ("a b" * 9, False),
    ],
)
def test_a_key_has_its_prefix_and_twenty_two_to_a_hundred_characters(text, is_one):
    assert is_key(KEY_PREFIX + text) is is_one
    assert not is_key(text)


def test_what_is_stored_of_a_key_does_not_tell_it():
    assert len(key_digest("palier_x")) == 64
    assert key_digest("palier_x") != key_digest("palier_y")
    assert len(KEY_PREFIX) < SHOWN <= len(KEY_PREFIX) + 6


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.0.1", "::1"])
def test_a_browser_on_this_machine_is_let_in(host, address):
    assert is_from_this_machine({"REMOTE_ADDR": address}, host) is True


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({"REMOTE_ADDR": "192.168.0.7"}, "localhost"),
        ({"REMOTE_ADDR": "nonsense"}, "localhost"),
        ({}, "localhost"),
        ({"REMOTE_ADDR": "127.0.0.1"}, "shop.example"),
        ({"REMOTE_ADDR": "127.0.0.1"}, "localhost.evil.example:80"),
        *(
            ({"REMOTE_ADDR": "127.0.0.1", name: "x"}, "localhost")
            for name in (
                "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_VIA", "HTTP_X_REAL_IP",
            )
        ),
    ],
)  # fmt: skip
def test_nobody_else_is_and_nobody_behind_a_proxy(environment, host):
    assert is_from_this_machine(environment, host) is False
