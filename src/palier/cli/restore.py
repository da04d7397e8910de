"""``palier restore``: an empty database becomes what a backup holds."""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from palier.core.errors import Refusal

if TYPE_CHECKING:
    from palier.store.backups.load import Contents


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier restore``."""
    parser.add_argument("file", type=Path, help="a file that palier backup wrote, from SQLite or PostgreSQL")
    parser.add_argument("--check", action="store_true", help="only read it and say whether it is whole")
    parser.add_argument("--json", action="store_true", help="one JSON object, no progress bar")


def run(options: argparse.Namespace) -> int:
    """Fill the database that PALIER_DATABASE_URL names; one that holds a programme is refused."""
    from palier.flows.upkeep.restore_backup import RestoreBackup, restore_backup
    from palier.store.backups.load import check

    def lines() -> Iterator[bytes]:
        return _lines(options.file)

    if options.check:
        _tell(options, check(lines()), "is whole")
        return 0
    with tqdm(unit="row", disable=options.json or not sys.stderr.isatty()) as bar:

        def expect(contents: Contents) -> None:
            bar.total = contents.total
            bar.refresh()

        contents = restore_backup(RestoreBackup(lines, on_checked=expect, on_rows=bar.update))
    _tell(options, contents, "is restored. Next: palier verify")
    return 0


def _lines(path: Path) -> Iterator[bytes]:
    from palier.store.backups.load import DamagedBackup

    try:
        with gzip.open(path) as file:
            yield from file
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DamagedBackup(
            f"{path} is cut off or damaged: {error}", hint="use another copy of it"
        ) from error
    except OSError as error:
        raise Refusal(f"cannot read {path}: {error.strerror}", path="file") from error


def _tell(options: argparse.Namespace, contents: Contents, what: str) -> None:
    heading = contents.heading
    if options.json:
        told = {"made_at": heading.made_at.isoformat(), "version": heading.version, "rows": contents.total}
        print(json.dumps(told))
    else:
        made = f"{heading.made_at:%Y-%m-%d %H:%M} UTC by Palier {heading.version} on {heading.database}"
        print(f"The backup of {made} ({contents.total:,} rows) {what}.")
