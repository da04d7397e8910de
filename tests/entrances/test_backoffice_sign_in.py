"""Signing in by name and password: who guesses has to wait, and who knows it is let in."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from palier.backoffice import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long word of three"


@pytest.fixture(autouse=True)
def _owner(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    sign_in.forget()
    yield User.objects.create_user("ann@example.com", password=PASSWORD, is_staff=True)
    sign_in.forget()


def enter(client, password, *, name="ann@example.com", address="192.0.2.1", language="en"):
    return client.post(
        "/admin/login/?next=/admin/",
        {"username": name, "password": password},
        REMOTE_ADDR=address,
        headers={"Accept-Language": language},
    )


def test_after_ten_wrong_passwords_even_the_right_one_has_to_wait(client):
    for _ in range(10):
        assert enter(client, "guess").status_code == 200
    page = enter(client, PASSWORD, name=" ANN@example.com", language="de")
    assert page.status_code == 200
    assert "Zu viele falsche Passwörter" in page.content.decode()


def test_nobody_else_waits_and_nobody_waits_for_ever(client, monkeypatch):
    for _ in range(10):
        enter(client, "guess")
    assert enter(client, PASSWORD, address="192.0.2.2").status_code == 302
    client.logout()
    later = timezone.now() + timedelta(minutes=5, seconds=1)
    monkeypatch.setattr(sign_in.timezone, "now", lambda: later)
    assert enter(client, PASSWORD).status_code == 302


def test_the_right_password_clears_what_was_wrong_before(client):
    for _ in range(3):
        for _ in range(9):
            enter(client, "guess")
        assert enter(client, PASSWORD).status_code == 302
        client.logout()
