"""``palier backup`` and ``palier restore``: everything comes back, on either database, or nothing is changed."""

import gzip
import json
import signal
import subprocess
import sys
import time
from uuid import uuid4

import pytest
from django.db import connection
from django_scopes import scopes_disabled

from palier.cli import main
from tests.entrances.verify_fixtures import make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def world(transactional_db):
    with scopes_disabled():
        make_world()


def palier(*words, environment):
    return subprocess.run(
        [sys.executable, "-m", "palier", *map(str, words)], env=environment, capture_output=True, text=True
    )


def content(path):
    """The rows of a backup by table, documents without the order of their keys (PostgreSQL keeps none)."""
    tables, name = {}, ""
    with gzip.open(path) as file:
        for line in file:
            told = json.loads(line)
            if isinstance(told, list):
                tables[name].append(json.dumps(told, sort_keys=True))
            elif "table" in told:
                name = told["table"]
                tables[name] = []
    return {name: sorted(rows) for name, rows in tables.items()}


@pytest.fixture
def other_databases(process_environment, tmp_path):
    """Environments whose databases are empty: SQLite, and beside it PostgreSQL if this run has one."""
    places = [{**process_environment, "PALIER_DATABASE_URL": f"sqlite:///{tmp_path / 'restored.sqlite3'}"}]
    name = f"restored_{uuid4().hex}"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        here = connection.settings_dict["NAME"]
        url = process_environment["PALIER_DATABASE_URL"].replace(f"/{here}?", f"/{name}?")
        places.append({**process_environment, "PALIER_DATABASE_URL": url})
    yield places
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def test_what_was_backed_up_comes_back_to_the_last_row_on_either_database(
    process_environment, other_databases, tmp_path
):
    first = tmp_path / "first.gz"
    made = palier("backup", first, "--json", environment=process_environment)
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["rows"] > 100
    assert first.stat().st_mode & 0o077 == 0
    for number, place in enumerate(other_databases):
        restored = palier("restore", first, environment=place)
        assert restored.returncode == 0, restored.stderr
        checked = palier("verify", environment=place)
        assert checked.returncode == 0, checked.stdout
        again = tmp_path / f"again-{number}.gz"
        assert palier("backup", again, environment=place).returncode == 0
        assert content(again) == content(first)
        # What is new gets numbers of its own.
        named = palier("init", "--name", "Another", environment=place)
        assert named.returncode == 0, named.stderr


def test_a_damaged_backup_is_refused_and_the_database_stays_empty(other_databases, tmp_path, capsys):
    whole = tmp_path / "whole.gz"
    assert main(["backup", str(whole)]) == 0
    lines = gzip.decompress(whole.read_bytes()).splitlines(keepends=True)
    row = next(number for number, line in enumerate(lines) if line.startswith(b"["))
    damages = {
        "without its end": gzip.compress(b"".join(lines[:-1])),
        "one row less": gzip.compress(b"".join(lines[:row] + lines[row + 1 :])),
        "one letter changed": gzip.compress(b"".join(lines).replace(b"Verified", b"Verifies", 1)),
        "something else": gzip.compress(b'{"hello": 1}\n'),
        "not compressed": b"hello",
        "empty": b"",
        "cut off": whole.read_bytes()[: whole.stat().st_size // 2],
    }
    damaged = tmp_path / "damaged.gz"
    for name, content_now in damages.items():
        damaged.write_bytes(content_now)
        capsys.readouterr()
        assert main(["restore", "--check", str(damaged)]) == 2, name
        assert "backup" in capsys.readouterr().err, name
    told = palier("restore", damaged, environment=other_databases[0])
    assert told.returncode == 2
    assert "Traceback" not in told.stderr
    assert palier("verify", environment=other_databases[0]).returncode == 2


def test_a_database_in_use_and_a_file_that_exists_are_left_alone(tmp_path, capsys):
    backup = tmp_path / "backup.gz"
    assert main(["backup", str(backup)]) == 0
    before = backup.read_bytes()
    assert main(["backup", str(backup)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert backup.read_bytes() == before
    assert main(["restore", str(backup)]) == 2
    assert "'Verified'" in capsys.readouterr().err


def test_a_restore_that_is_killed_can_be_done_again(other_databases, tmp_path):
    backup = tmp_path / "backup.gz"
    assert main(["backup", str(backup)]) == 0
    place = other_databases[-1]
    killed = subprocess.Popen([sys.executable, "-m", "palier", "restore", backup], env=place)
    time.sleep(1.5)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    told = palier("restore", backup, environment=place)
    assert told.returncode == 0 or "'Verified'" in told.stderr  # it was done before it was killed
    assert palier("verify", environment=place).returncode == 0
