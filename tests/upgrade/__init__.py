"""Databases of released versions, and what today's code makes of them."""

from pathlib import Path

HERE = Path(__file__).resolve().parent

SECRET = "only-for-fixtures-" + "0" * 40
"""The secret key of the installations that were kept: their seals are signed with it."""


def versions() -> list[str]:
    """The released versions whose database is kept."""
    return sorted(folder.name for folder in HERE.iterdir() if (folder / "facts.json").exists())
