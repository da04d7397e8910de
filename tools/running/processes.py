"""Palier's processes in a run: started, killed, started again, and their memory looked at."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS_WITHIN_S = 600


def free_port() -> int:
    """A port that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Child:
    """One process with its children, in a session of its own."""

    name: str
    words: list[str]
    environment: Mapping[str, str]
    log: Path
    port: int = 0
    kills: int = 0
    process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it; a web server is waited for."""
        self._log = self._log or self.log.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.words], env=dict(self.environment), cwd=ROOT, start_new_session=True,
            stdout=self._log, stderr=self._log,
        )  # fmt: skip

    def wait_until_it_listens(self) -> None:
        """Until its port takes connections."""
        until = time.monotonic() + STARTS_WITHIN_S
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            if time.monotonic() > until:
                raise RuntimeError(f"{self.name} does not listen: {self.log.read_text()[-2000:]}")
            time.sleep(0.05)

    @property
    def is_running(self) -> bool:
        """Whether its first process lives."""
        return self.process is not None and self.process.poll() is None

    def kill(self, number: int = signal.SIGKILL) -> None:
        """Kill all of its processes."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            self.process.wait()
            self.kills += 1

    def anonymous_kb(self) -> int:
        """Memory of its own that its processes have now, in KiB: what a leak would grow."""
        assert self.process is not None
        return sum(anonymous_kb(pid) for pid in _session(self.process.pid))


@dataclass(slots=True)
class Installation:
    """One installation: its environment, its commands, its processes."""

    folder: Path
    url: str
    secret: str
    children: list[Child] = field(default_factory=list)
    code: Path | None = None
    """Another checkout whose Palier it runs."""

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PALIER_")}
        if self.code is not None:
            kept["PYTHONPATH"] = f"{self.code / 'src'}{os.pathsep}{kept.get('PYTHONPATH', '')}"
        return kept | {
            "DJANGO_SETTINGS_MODULE": "palier.config.settings",
            "PALIER_DATABASE_URL": self.url,
            "PALIER_SECRET_KEY": self.secret,
            "PALIER_VAR": str(self.folder),
            "PALIER_WEBHOOKS_LOCAL": "1",
            "PALIER_API_RATE": "0",
        }

    def web(self, name: str = "web", port: int = 0) -> Child:
        """A web server that has started."""
        port = port or free_port()
        return self._begin(
            Child(name, ["palier", "serve", "--port", str(port)], self.environment, self._log(name), port)
        )

    def worker(self, name: str = "worker") -> Child:
        """A worker that has started."""
        words = ["palier", "work", "--pause", "0.5", "--dead-after", "5"]
        return self._begin(Child(name, words, self.environment, self._log(name)))

    def command(self, *words: str) -> tuple[int, str, str]:
        """Exit status and what a ``palier`` command said."""
        told = subprocess.run(
            [sys.executable, "-m", "palier", *words],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        return told.returncode, told.stdout, told.stderr

    def ask(self, module: str, *words: str) -> Any:
        """The JSON that one of the modules beside this one prints about it."""
        told = subprocess.run(
            [sys.executable, "-m", f"tools.running.{module}", *words],
            env=self.environment, cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        if told.returncode:
            raise RuntimeError(told.stderr)
        return json.loads(told.stdout)

    def drain(self, within_s: float) -> list[str]:
        """Wait until nothing waits to be worked off; what still does after so long."""
        until = time.monotonic() + within_s
        while waiting := self.ask("kept", "waiting"):
            if time.monotonic() > until:
                return [str(waiting)]
            time.sleep(2)
        return []

    def end(self) -> None:
        """Kill whatever runs."""
        for child in self.children:
            child.kill()

    def _begin(self, child: Child) -> Child:
        child.start()
        if child.port:
            child.wait_until_it_listens()
        self.children.append(child)
        return child

    def _log(self, name: str) -> Path:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / f"{name}.log"


def _session(leader: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[3]) == leader:
                found.append(int(stat.parent.name))
    return found


def anonymous_kb(pid: int) -> int:
    """Memory of its own that a process has now, in KiB; 0 when it is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Anonymous:"):
                return int(line.split()[1])
    return 0
