"""The databases of released versions, brought up to date by today's code: nothing that anybody has is another."""

import gzip
import json
import re
import subprocess
import sys
from uuid import uuid4

import pytest
from django.db import connection

from tests.house.checkout import ROOT
from tests.upgrade import HERE, SECRET, versions

each_version = pytest.mark.parametrize("version", versions())


@pytest.fixture
def place(process_environment, tmp_path):
    """The environment of an empty database of this run's kind."""
    kept = {**process_environment, "PALIER_SECRET_KEY": SECRET, "PALIER_VAR": str(tmp_path)}
    if connection.vendor == "sqlite":
        yield {**kept, "PALIER_DATABASE_URL": f"sqlite:///{tmp_path / 'palier.sqlite3'}"}
        return
    name = f"upgraded_{uuid4().hex}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    here = connection.settings_dict["NAME"]
    yield {**kept, "PALIER_DATABASE_URL": kept["PALIER_DATABASE_URL"].replace(f"/{here}?", f"/{name}?")}
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def run(place, *words, module="palier"):
    told = subprocess.run(
        [sys.executable, "-m", module, *map(str, words)], env=place, cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def prove(place, version):
    """Verify finds nothing, accounts derived from the ledger are the stored ones, all facts are as they were, and what
    the shop said before the upgrade is a repeat after it."""
    then = json.loads((HERE / version / "facts.json").read_text(encoding="utf-8"))
    now = json.loads(run(place, then["key"], module="tests.upgrade.facts"))
    assert (now["verify"], now["rebuild"], now["verify afterwards"]) == (0, 0, 0)
    assert now["programmes"].keys() == then["programmes"].keys()
    for programme, facts in then["programmes"].items():
        assert {name: now["programmes"][programme][name] for name in facts} == facts
        assert now["afterwards"][programme] == facts["later"]
    assert now["answers"] == {
        "order": "repeat",
        "refund": "repeat",
        "gift": "new",  # the answer that was kept for this key
        "gift under another key": "repeat",
        "event": "repeat",
    }


def test_the_database_of_every_released_version_is_kept():
    released = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert released
    assert sorted(released) == versions()


@each_version
def test_a_backup_of_a_released_version_is_restored_with_every_seal_and_balance(place, version):
    run(place, "restore", HERE / version / "backup.jsonl.gz")
    prove(place, version)


@each_version
def test_the_sqlite_file_of_a_released_version_is_brought_up_to_date_in_place(place, version, is_postgresql):
    if is_postgresql:
        pytest.skip("it is an SQLite file")
    file = place["PALIER_DATABASE_URL"].removeprefix("sqlite:///")
    with open(file, "wb") as database:
        database.write(gzip.decompress((HERE / version / "palier.sqlite3.gz").read_bytes()))
    run(place, "init")
    prove(place, version)
