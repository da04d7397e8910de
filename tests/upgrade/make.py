"""Makes the fixture of a release from the code as it is: ``python -m tests.upgrade.make 0.1.0``.

Run it once, at the commit that is released. ``tests/upgrade/VERSION`` then holds the installation of ``everything`` as
``palier backup`` wrote it and as an SQLite file, and the facts as that version itself told them.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.upgrade import HERE, SECRET


def main(version: str) -> int:
    """Make the folder of that version; one that is there already is left as it is."""
    from palier import __version__

    target = HERE / version
    if __version__ != version:
        raise SystemExit(f"this is Palier {__version__}")
    if target.exists():
        raise SystemExit(f"{target} exists already: a release is never changed")
    folder = Path(tempfile.mkdtemp(prefix="palier-fixture-"))
    database = folder / "palier.sqlite3"
    os.environ |= {
        "PALIER_DATABASE_URL": f"sqlite:///{database}",
        "PALIER_VAR": str(folder),
        "PALIER_SECRET_KEY": SECRET,
        "PALIER_WEBHOOKS_LOCAL": "1",
        "PALIER_API_RATE": "0",
    }
    key = _fill(folder)
    target.mkdir()
    keep_file(database, target / "palier.sqlite3.gz")
    run("backup", str(target / "backup.jsonl.gz"))
    told = {"key": key, "programmes": json.loads(run(module="tests.upgrade.facts"))}
    text = json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False)
    (target / "facts.json").write_text(f"{text}\n", encoding="utf-8")
    shutil.rmtree(folder)
    print("".join(f"{file.name}: {file.stat().st_size:,} bytes\n" for file in sorted(target.iterdir())))
    return 0


def _fill(folder: Path) -> str:
    from palier.cli.start import set_up

    set_up()
    from tests.upgrade.everything import make_everything

    key = make_everything(folder)
    run("verify")
    _check_that_no_table_is_empty()
    return key


def run(*words: str, module: str = "palier") -> str:
    """A process of its own, and what it says."""
    told = subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True)
    if told.returncode:
        raise SystemExit(f"{module} {words}: {told.stdout}{told.stderr}")
    return told.stdout


def keep_file(database: Path, target: Path) -> None:
    """The file as it is when nobody has it open, compressed."""
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with gzip.GzipFile(filename="", fileobj=target.open("wb"), mode="wb", compresslevel=9, mtime=0) as file:
        file.write(database.read_bytes())


def _check_that_no_table_is_empty() -> None:
    from palier.store.backups.tables import models_kept

    empty = [model._meta.db_table for model in models_kept() if not model._base_manager.exists()]
    if set(empty) - {"auth_user_user_permissions"}:
        raise SystemExit(f"nothing has happened in {', '.join(empty)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
