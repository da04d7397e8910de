"""The integration guide does what it says: its commands run against a real server, its answers are those shown."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scopes_disabled

from palier.core.access import ABOUT, SCOPES
from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.flows.programme.init_programme import InitProgramme, init_programme
from tests.house.checkout import ROOT

GUIDE = ROOT / "docs" / "integration-guide.md"
BLOCK = re.compile(r"^```(sh|python|json)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
READY_WITHIN_S = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("curl"), reason="no curl; on Debian: apt-get install curl"),
]


@pytest.fixture
def served(process_environment: dict[str, str], tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of the guide's commands, with a server that answers."""
    now = datetime.now(UTC)
    with scopes_disabled():
        made = init_programme(InitProgramme("New", "EUR", "Europe/Paris", "en"), now=now)
        key = issue_api_key(IssueApiKey(made.shop_id, "guide", SCOPES), now=now).key
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {**process_environment, "PALIER_VAR": str(tmp_path), "PALIER_PUBLIC_URL": address}
    command = [sys.executable, "-m", "palier", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            _wait(address)
            yield {**os.environ, "PALIER": address, "KEY": key}
        finally:
            server.terminate()


def _wait(address: str) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/api/v1/openapi.json", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the server did not answer")


def test_every_command_of_the_guide_runs_and_answers_what_is_shown(
    served: dict[str, str], tmp_path: Path
) -> None:
    blocks = BLOCK.findall(GUIDE.read_text(encoding="utf-8"))
    before = {"sh": "", "python": ""}
    for (kind, text), (next_kind, expected) in zip(blocks, [*blocks[1:], ("", "")]):
        if kind == "json":
            continue
        out = _run(kind, before[kind] + text, served, tmp_path)
        if next_kind == "json":
            _compare(_last(out), json.loads(expected), text)
        if kind == "python":
            before[kind] += re.sub(r"^print\(.*\n", "", text, flags=re.MULTILINE)
    assert sum(kind != "json" for kind, _ in blocks) >= 18


def _run(kind: str, text: str, environment: dict[str, str], folder: Path) -> str:
    command = ["bash", "-euo", "pipefail", "-c", text] if kind == "sh" else [sys.executable, "-c", text]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def _last(out: str) -> Any:
    """What a command answered: all that it printed, or the last of its lines that is JSON."""
    for text in (out, *reversed(out.splitlines())):
        try:
            return json.loads(text)
        except ValueError:
            continue
    pytest.fail(f"no JSON in {out!r}")


def _compare(found: Any, expected: Any, where: str) -> None:
    """What is shown is there; ``…`` stands for anything, and answers may say more than is shown."""
    if expected == "…":
        return
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for key, each in expected.items():
            assert key in found, f"{where}\nno {key} in {found}"
            _compare(found[key], each, where)
    elif isinstance(expected, list):
        assert isinstance(found, list), where
        if "…" not in expected:
            assert len(found) == len(expected), f"{where}\n{found}"
        for here, there in zip(found, expected):
            _compare(here, there, where)
    else:
        if isinstance(found, str):
            found = re.sub("[\u00a0\u202f]", " ", found)  # pages show both as blanks
        assert found == expected, f"{where}\nfound {found!r}, shown {expected!r}"


def test_the_guide_names_every_scope() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    assert [scope for scope in ABOUT if f"`{scope}`" not in text] == []
