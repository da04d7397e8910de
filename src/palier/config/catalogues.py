"""Translations are kept as .po; Django reads .mo. Whoever loads the settings finds them compiled."""

import os
from contextlib import suppress
from pathlib import Path


def compile_stale(locale: Path) -> list[Path]:
    """Compile each catalogue that is newer than its compiled file, and return those that were.

    Fuzzy translations are left out. An installation that may not write keeps what it came with.
    """
    compiled = []
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with suppress(PermissionError):
            _compile(source, target)
            compiled.append(target)
    return compiled


def _compile(source: Path, target: Path) -> None:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    draft = target.with_name(f".{target.name}.{os.getpid()}")
    with source.open("rb") as read, draft.open("wb") as written:
        write_mo(written, read_po(read, locale=source.parent.parent.name))
    draft.replace(target)
