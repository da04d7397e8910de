"""Where things lie in a checkout, for the tests of the house."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "src" / "palier"


def python_files(*folders: Path) -> Iterator[Path]:
    """Every Python file that people write: migrations are written by Django."""
    for folder in folders:
        yield from (file for file in sorted(folder.rglob("*.py")) if "migrations" not in file.parts)


def syntax(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def shown(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()
