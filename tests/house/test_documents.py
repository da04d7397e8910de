"""What the documents point at is there, and what they tell people to type works."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.checkout import ROOT, shown

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
COMMAND = re.compile(
    r"^\s*(?:\$ )?(?:\./run )?palier +(?P<words>[a-z][a-z-]*(?: +[a-z][a-z-]*)?)(?=\s|$)", re.MULTILINE
)
DOOR = re.compile(r"^\s*(?:\$ )?\./run +(?P<word>[a-z]+)", re.MULTILINE)


def documents() -> list[Path]:
    folders = [ROOT / name for name in ("docs", "changelog.d", "scenarios", "bench")]
    return [
        *sorted(ROOT.glob("*.md")),
        *(file for folder in folders for file in sorted(folder.rglob("*.md"))),
    ]


def anchors(document: Path) -> set[str]:
    """The anchors that a forge makes from headings."""
    headings = HEADING.findall(FENCE.sub("", document.read_text(encoding="utf-8")))
    plain = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def test_links_between_documents_resolve():
    broken = []
    for document in documents():
        for target in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue  # leads outside
            path, _, anchor = target.partition("#")
            there = (document.parent / path) if path else document
            if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there)):
                broken.append(f"{shown(document)} -> {target}")
    assert broken == []


def typed(pattern: re.Pattern[str], group: str) -> set[str]:
    """What stands in the fenced blocks of the README, as typed."""
    readme = ROOT / "README.md"
    if not readme.exists():
        pytest.skip("there is no README yet")
    blocks = [match.group(0) for match in FENCE.finditer(readme.read_text(encoding="utf-8"))]
    return {match[group] for block in blocks for match in pattern.finditer(block)}


def test_every_palier_command_in_the_readme_exists():
    unknown = []
    for words in sorted(typed(COMMAND, "words")):
        command = [sys.executable, "-m", "palier", *words.split(), "--help"]
        if subprocess.run(command, capture_output=True, cwd=ROOT, timeout=60).returncode != 0:
            unknown.append(f"palier {words}")
    assert unknown == []


def test_every_run_command_in_the_readme_exists():
    known = set(
        re.findall(r"^  ([a-z]+)(?: \||\))", (ROOT / "run").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert typed(DOOR, "word") <= known


def test_no_document_is_empty():
    assert [
        shown(document) for document in documents() if not document.read_text(encoding="utf-8").strip()
    ] == []
