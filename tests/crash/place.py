"""Databases by the hundred: one is prepared, and each attempt gets a copy of it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from django.db import connection

_memory = Path("/dev/shm")


@dataclass
class Place:
    """Where copies are made. Nobody here is connected to any of them: children are, each to its own."""

    folder: Path
    server: Any = None
    """A connection to PostgreSQL that only makes and drops databases; None for SQLite."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def new(self) -> str:
        """The name of a database that is not there yet (PostgreSQL: an empty one)."""
        number = next(self._numbers)
        if self.server is None:
            return str(self.folder / f"{number}.sqlite3")
        name = f"crash_{os.getpid()}_{number}"
        self.server.execute(f"CREATE DATABASE {name}")
        return name

    def copy(self, template: str) -> str:
        """A copy of a database that nobody is connected to."""
        if self.server is None:
            name = self.new()
            if os.path.exists(template):
                shutil.copyfile(template, name)
            return name
        name = f"crash_{os.getpid()}_{next(self._numbers)}"
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever was connected to it."""
        if self.server is None:
            for end in ("", "-wal", "-shm", "-journal"):
                Path(name + end).unlink(missing_ok=True)
        else:
            self.server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def enter(name: str) -> None:
    """In a child: from now on Django's database is that one."""
    connection.settings_dict["NAME"] = name


@contextmanager
def places() -> Iterator[Place]:
    """Room for copies on the database that the settings name, emptied at the end."""
    # In memory where there is some: a killed process leaves to the system what it wrote, on disk or not.
    folder = Path(
        tempfile.mkdtemp(prefix="palier-crash-", dir=_memory if os.access(_memory, os.W_OK) else None)
    )
    server = _server() if connection.vendor == "postgresql" else None
    place = Place(folder, server)
    try:
        yield place
    finally:
        if server is not None:
            rows = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_mine()])
            for (name,) in rows.fetchall():
                place.drop(name)
            server.close()
        shutil.rmtree(folder, ignore_errors=True)


def _mine() -> str:
    return f"crash_{os.getpid()}_"


def _server() -> Any:
    import psycopg

    there = connection.settings_dict
    return psycopg.connect(
        host=there["HOST"], port=there["PORT"] or None, user=there["USER"], password=there["PASSWORD"] or None,
        dbname="postgres", autocommit=True,
    )  # fmt: skip
