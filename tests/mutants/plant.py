"""A copy of the code with one bug in it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.mutants.kind import Planted

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "palier"


def planted_text(planted: Planted) -> str:
    """The file with the bug; ``LookupError`` unless the place stands in it exactly once."""
    text = (PACKAGE / planted.file).read_text(encoding="utf-8")
    if text.count(planted.before) != 1:
        raise LookupError(
            f"{planted.name}: its place stands {text.count(planted.before)} times in {planted.file}"
        )
    return text.replace(planted.before, planted.after)


def plant(planted: Planted, folder: Path) -> Path:
    """Copy the package into ``folder`` with the bug in it; the directory to put before others on the path."""
    source = folder / "src"
    shutil.copytree(PACKAGE, source / "palier", ignore=shutil.ignore_patterns("__pycache__", "static"))
    (source / "palier" / planted.file).write_text(planted_text(planted), encoding="utf-8")
    return source
