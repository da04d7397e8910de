"""``palier init``, ``serve`` and ``demo``."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User

from palier.cli import main
from palier.store.programmes.models import Programme


def palier(capsys, *words):
    """(exit status, what was printed)."""
    status = main(list(words))
    told = capsys.readouterr()
    return status, told.out + told.err


@pytest.mark.django_db
def test_init_makes_one_programme_and_another_only_under_another_name(capsys):
    assert palier(capsys, "init", "--name", "Maison Lune", "--currency", "eur", "--language", "fr")[0] == 0
    status, told = palier(capsys, "init")
    assert (status, "Maison Lune" in told) == (0, True)
    assert palier(capsys, "init", "--name", "Maison Lune")[0] == 0
    assert palier(capsys, "init", "--name", "Outlet", "--currency", "CHF")[0] == 0
    assert list(Programme.objects.order_by("id").values_list("name", "currency")) == [
        ("Maison Lune", "EUR"),
        ("Outlet", "CHF"),
    ]


@pytest.mark.django_db
def test_init_refuses_a_currency_that_is_none(capsys):
    status, told = palier(capsys, "init", "--currency", "XXQ")
    assert status == 2
    assert "XXQ" in told
    assert not Programme.objects.exists()


@pytest.mark.django_db
def test_init_refuses_a_language_that_palier_does_not_speak(capsys):
    with pytest.raises(SystemExit):
        main(["init", "--language", "xx"])
    assert "Palier speaks en, fr, de; found 'xx'" in capsys.readouterr().err
    assert not Programme.objects.exists()
    assert palier(capsys, "init", "--language", "de-AT")[0] == 0


@pytest.mark.django_db
def test_the_owners_link_sets_a_password_once_and_signs_in(capsys, client):
    _status, told = palier(capsys, "init", "--owner", "Olga@Example.com")
    path = re.search(r"http://127\.0\.0\.1:8000(/set-password/\S+)", told)[1]
    owner = User.objects.get()
    assert (owner.username, owner.has_usable_password()) == ("olga@example.com", False)
    form = client.get(path, follow=True)
    address = form.redirect_chain[-1][0]
    secret = {"new_password1": "a long walk by the sea", "new_password2": "a long walk by the sea"}
    answer = client.post(address, secret)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get("/admin/team/").status_code == 200
    client.logout()
    assert "has been used" in client.get(path, follow=True).content.decode()
    assert client.login(username="olga@example.com", password="a long walk by the sea")


@pytest.mark.django_db
def test_an_owner_needs_an_address(capsys):
    assert palier(capsys, "init", "--owner", "olga")[0] == 2
    assert not User.objects.exists()


@pytest.mark.django_db
def test_serve_refuses_a_database_that_is_behind(capsys, monkeypatch):
    from django.db.migrations.executor import MigrationExecutor

    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["one more"])
    status, told = palier(capsys, "serve")
    assert status == 2
    assert "palier init" in told


def test_the_demo_never_touches_a_database_that_was_named(capsys, monkeypatch, tmp_path):
    named = tmp_path / "real.sqlite3"
    monkeypatch.setenv("PALIER_DATABASE_URL", f"sqlite:///{named}")
    status, told = palier(capsys, "demo", "--reset")
    assert status == 2
    assert "PALIER_DATABASE_URL" in told
    assert not named.exists()


def test_a_port_that_is_taken_is_said_at_once(capsys, monkeypatch):
    monkeypatch.delenv("PALIER_DATABASE_URL", raising=False)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, told = palier(capsys, "demo", "--port", str(taken.getsockname()[1]))
    assert status == 2
    assert "--port" in told


@pytest.mark.once
@pytest.mark.slow
def test_the_demo_is_filled_once_served_and_signed_into(tmp_path):
    names = {name: value for name, value in os.environ.items() if not name.startswith(("PALIER", "DJANGO"))}
    environment = {**names, "PALIER_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "palier", "demo"]
    first = subprocess.run(
        [*command, "--no-serve"], env=environment, capture_output=True, text=True, timeout=120
    )
    assert first.returncode == 0, first.stderr
    assert "members" in first.stdout
    again = subprocess.run(
        [*command, "--no-serve"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert (again.returncode, again.stdout) == (0, "")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [*command, "--port", str(port)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        _sign_in(f"http://127.0.0.1:{port}")
    finally:
        server.terminate()
        told = server.communicate(timeout=20)[0]
    assert f"http://127.0.0.1:{port}/" in told


def _sign_in(address: str) -> None:
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for _attempt in range(100):
        try:
            front = opener.open(address + "/", timeout=5).read().decode()
            break
        except OSError:
            time.sleep(0.2)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', front)[1]
    form = urlencode({"csrfmiddlewaretoken": token}).encode()
    home = opener.open(address + "/demo/sign-in/read-only/", data=form, timeout=10).read().decode()
    assert "/admin/members/?tier=" in home
