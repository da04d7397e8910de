"""``PALIER_DATABASE_URL``: what it may say, and what a wrong one is answered with."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from palier.config.database import database_settings


def test_sqlite_is_opened_so_that_writers_queue_and_power_cuts_are_survived(tmp_path):
    settings = database_settings(f"sqlite:///{tmp_path}/deep/palier.sqlite3")
    assert settings["NAME"] == str(tmp_path / "deep" / "palier.sqlite3")
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]
    assert (tmp_path / "deep").is_dir()


def test_three_slashes_are_relative_and_four_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert database_settings("sqlite:///var/x.sqlite3")["NAME"] == str(tmp_path / "var" / "x.sqlite3")
    assert database_settings(f"sqlite:////{tmp_path}/y.sqlite3")["NAME"] == str(tmp_path / "y.sqlite3")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ann:p%40ss%2F@db.example.com:5433/shop?sslmode=require",
            {"USER": "ann", "PASSWORD": "p@ss/", "HOST": "db.example.com", "PORT": "5433", "NAME": "shop"},
        ),
        ("postgres://localhost/shop", {"USER": "", "PASSWORD": "", "HOST": "localhost", "PORT": ""}),
        (
            "postgresql:///shop?host=/var/run/postgresql&port=5434",
            {"HOST": "/var/run/postgresql", "PORT": "5434"},
        ),
    ],
)
def test_postgresql_addresses(url, expected):
    settings = database_settings(url)
    assert {name: settings[name] for name in expected} == expected
    assert "host" not in settings["OPTIONS"]


def test_what_libpq_understands_is_passed_on():
    assert database_settings("postgresql://h/n?sslmode=require")["OPTIONS"]["sslmode"] == "require"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://localhost/shop", "'mysql' is unknown"),
        ("shop.sqlite3", "is unknown"),
        ("sqlite://shop.sqlite3", "three slashes"),
        ("sqlite:///", "three slashes"),
        ("postgresql://localhost", "the name of one database"),
        ("postgresql://localhost:port/shop", "ort"),
    ],
)
def test_a_wrong_url_is_refused_with_the_form_it_should_have(url, problem):
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_settings(url)
    assert problem in str(refusal.value)
    assert "Write it like sqlite:///var/palier.sqlite3" in str(refusal.value)


def test_a_refusal_never_shows_the_password():
    with pytest.raises(ImproperlyConfigured) as refusal:
        database_settings("postgresql://ann:hunter2@localhost")
    assert "hunter2" not in str(refusal.value)


def test_a_file_of_sqlite_is_for_its_owner_alone_and_one_that_is_there_is_left_as_it_is(tmp_path):
    made, there = tmp_path / "made.sqlite3", tmp_path / "there.sqlite3"
    there.write_bytes(b"")
    there.chmod(0o640)
    for path in (made, there):
        database_settings(f"sqlite:///{path}")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (made, there)] == [0o600, 0o640]


def test_a_file_that_cannot_be_made_is_refused_with_its_path(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match=r"cannot make .*file/palier\.sqlite3"):
        database_settings(f"sqlite:///{tmp_path}/file/palier.sqlite3")
