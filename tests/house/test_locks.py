"""The locks pin what pyproject.toml asks for, with hashes, and name no place to fetch it from."""

import re
import tomllib
from functools import cache

import pytest

from tests.house.checkout import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)


def plain(name: str) -> str:
    """A package's name as the locks write it: without extras, bounds and marks."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name, maxsplit=1)[0]).lower()


@cache
def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return {plain(match["name"]): match["version"] for match in PINNED.finditer(text)}


@cache
def asked() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "-index" not in text
    assert "--find-links" not in text


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock):
    blocks = re.split(r"\n(?=[a-z])", (ROOT / lock).read_text(encoding="utf-8").strip())
    assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_what_is_asked_for_is_locked():
    """After a change in pyproject.toml: ``./run lock``."""
    runtime = {plain(name) for name in asked()["project"]["dependencies"]}
    build = {plain(name) for name in asked()["dependency-groups"]["build"]}
    dev = {plain(name) for name in asked()["dependency-groups"]["dev"]}
    assert runtime | build <= set(pins("requirements.lock"))
    assert runtime | build | dev <= set(pins("requirements-dev.lock"))


def test_development_runs_on_the_versions_that_are_shipped():
    runtime, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in runtime} == runtime


def test_every_dependency_says_why_it_is_here():
    reasons = (ROOT / "docs" / "decisions" / "0005-dependencies.md").read_text(encoding="utf-8").lower()
    groups = asked()["dependency-groups"]
    extras = asked()["project"]["optional-dependencies"].values()
    wanted = [
        *asked()["project"]["dependencies"],
        *groups["dev"],
        *groups["build"],
        *(n for e in extras for n in e),
    ]
    assert [
        name
        for name in map(plain, wanted)
        if f"`{name}`" not in reasons.replace("ruamel.yaml", "ruamel-yaml")
    ] == []
