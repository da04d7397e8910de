"""What Palier reads from the environment and keeps in its directory."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ImproperlyConfigured

from palier.config import environment


def test_the_secret_key_is_made_once_and_only_its_owner_may_read_it(tmp_path, monkeypatch):
    monkeypatch.delenv("PALIER_SECRET_KEY", raising=False)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(environment.secret_key, [tmp_path] * 8))
    assert len(keys) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_given_secret_key_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("PALIER_SECRET_KEY", "given")
    assert environment.secret_key(tmp_path) == "given"
    assert not list(tmp_path.iterdir())


def test_a_damaged_secret_key_is_not_used(tmp_path, monkeypatch):
    monkeypatch.delenv("PALIER_SECRET_KEY", raising=False)
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ImproperlyConfigured, match="too short"):
        environment.secret_key(tmp_path)


@pytest.mark.parametrize(("value", "meaning"), [("1", True), ("Yes", True), ("", False), ("0", False)])
def test_flags(monkeypatch, value, meaning):
    monkeypatch.setenv("PALIER_DEMO", value)
    assert environment.flag("PALIER_DEMO") is meaning


def test_an_unclear_flag_is_refused(monkeypatch):
    monkeypatch.setenv("PALIER_DEMO", "maybe")
    with pytest.raises(ImproperlyConfigured, match="neither yes nor no"):
        environment.flag("PALIER_DEMO")


@pytest.mark.parametrize("value", ["loyalty.example.com", "ftp://x", "https://", "https://x/?a=1"])
def test_a_public_url_that_is_no_address_is_refused(monkeypatch, value):
    monkeypatch.setenv("PALIER_PUBLIC_URL", value)
    with pytest.raises(ImproperlyConfigured, match="https://loyalty"):
        environment.public_url()


def test_a_word_is_one_of_those_that_are_known(monkeypatch):
    monkeypatch.setenv("PALIER_LOG_LEVEL", "info")
    assert environment.choice("PALIER_LOG_LEVEL", "WARNING", ("INFO", "WARNING")) == "INFO"
    monkeypatch.setenv("PALIER_LOG_LEVEL", "verbose")
    with pytest.raises(ImproperlyConfigured, match="'VERBOSE' is none of INFO, WARNING"):
        environment.choice("PALIER_LOG_LEVEL", "WARNING", ("INFO", "WARNING"))
