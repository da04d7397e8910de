"""The settings under test: those of an installation, with a database of this run's own.

``PALIER_TEST_DATABASE`` chooses: ``sqlite`` (default), ``postgres`` (the server that comes with the development
set), or a ``postgresql://…`` address of your own, whose user may create databases.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_root = Path(__file__).resolve().parent.parent
_chosen = os.environ.get("PALIER_TEST_DATABASE", "").strip() or "sqlite"

# A process that a test starts loads these settings too: it shares the directory, and must not remove it.
_directory = os.environ.get("PALIER_TEST_DIRECTORY")
if _directory is None:
    _directory = os.environ["PALIER_TEST_DIRECTORY"] = tempfile.mkdtemp(prefix="palier-test-")
    _owner = os.getpid()
    atexit.register(lambda: os.getpid() == _owner and shutil.rmtree(_directory, ignore_errors=True))

for _name in ("PALIER_DATABASE_URL", "PALIER_DEMO", "PALIER_PUBLIC_URL", "PALIER_LOG_LEVEL"):
    os.environ.pop(_name, None)
os.environ["PALIER_VAR"] = _directory
os.environ["PALIER_SECRET_KEY"] = "only-for-tests-" + "0" * 40
if _chosen == "postgres":
    os.environ["PALIER_DATABASE_URL"] = f"embedded-postgres:///{_root / 'var' / 'test-postgres'}"
elif _chosen != "sqlite":
    os.environ["PALIER_DATABASE_URL"] = _chosen

from palier.config.settings import *  # noqa: E402, F403
from palier.config.settings import DATABASES  # noqa: E402

# A file, not memory: several connections and processes must meet in it, locks and all. The name carries the
# process, so that two runs at once do not meet.
_run = Path(_directory).name.rpartition("-")[2]
DATABASES["default"]["TEST"] = {
    "NAME": f"{_directory}/test.sqlite3" if _chosen == "sqlite" else f"test_palier_{_run}",
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if _chosen == "postgres":
    # Nothing in it must survive a power cut, and waiting for the disk is most of what a test would do.
    import psycopg

    _server = DATABASES["default"]
    with psycopg.connect(
        host=_server["HOST"], port=_server["PORT"], user=_server["USER"], dbname="postgres", autocommit=True
    ) as _connection:
        for _option in ("fsync", "full_page_writes", "synchronous_commit"):
            _connection.execute(f"ALTER SYSTEM SET {_option} = off")
        _connection.execute("SELECT pg_reload_conf()")
