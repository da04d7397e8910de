"""The restore drill in small: a machine is lost under load, and comes back on an empty one by the manual's commands."""

from uuid import uuid4

import pytest
from django.db import connection

from tools.restore_drill import commands_of_the_manual, drill
from tools.running.places import Place, SqlitePlace

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places(process_environment, tmp_path):
    """From this run's kind of database to SQLite."""
    target = SqlitePlace(tmp_path / "target", f"sqlite:///{tmp_path / 'target' / 'palier.sqlite3'}")
    target.folder.mkdir()
    (tmp_path / "source").mkdir()
    if connection.vendor == "sqlite":
        yield SqlitePlace(tmp_path / "source", f"sqlite:///{tmp_path / 'source' / 'palier.sqlite3'}"), target
        return
    name, here = f"drill_{uuid4().hex}", connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    url = process_environment["PALIER_DATABASE_URL"].replace(f"/{here}?", f"/{name}?")
    yield Place(tmp_path / "source", url), target
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_nothing_acknowledged_before_the_backup_is_missing_on_the_machine_after(places):
    found = drill(*places, shoppers=3, pause_s=0.005, writes=60, after_s=0.5)
    assert found.broken == []
    assert found.counts["acknowledged before the backup began"] >= 60
    assert found.counts["entries"] > 60
    assert found.counts["seals"] == 3


def test_the_manual_says_what_to_type_on_an_empty_machine(tmp_path):
    typed = commands_of_the_manual(tmp_path / "kept.jsonl.gz")
    assert [words[0] for words in typed] == ["restore", "restore", "verify", "serve", "work"]
