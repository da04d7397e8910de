"""``palier backup``: the whole installation in one file, while it runs."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from palier.core.errors import Refusal


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier backup``."""
    parser.add_argument("file", type=Path, help="where to write it, such as palier-2026-11-25.jsonl.gz")
    parser.add_argument("--force", action="store_true", help="replace the file if there is one")
    parser.add_argument("--json", action="store_true", help="one JSON object, no progress bar")


def run(options: argparse.Namespace) -> int:
    """Write everything as of one moment; the file appears only when it is whole."""
    from palier.cli.serve import check_migrations
    from palier.store.backups.dump import count_rows, dump

    target: Path = options.file
    if target.exists() and not options.force:
        raise Refusal(f"{target} exists already", path="file", hint="choose another name, or add --force")
    check_migrations()
    part = target.with_name(target.name + ".part")
    is_hidden = options.json or not sys.stderr.isatty()
    rows = 0
    try:
        with tqdm(total=count_rows(), unit="row", disable=is_hidden) as bar, _private(part) as file:
            for line in dump(now=datetime.now(UTC), version=version("palier"), on_rows=bar.update):
                rows += line.startswith(b"[") and line.count(b"\n")
                file.write(line)
        _keep(part)
        part.replace(target)
    except OSError as error:
        raise Refusal(f"cannot write {target}: {error.strerror}", path="file") from error
    finally:
        part.unlink(missing_ok=True)
    size = target.stat().st_size
    if options.json:
        print(json.dumps({"file": str(target), "rows": rows, "bytes": size}))
    else:
        print(
            f"{target}: {rows:,} rows, {size / 1_000_000:.1f} MB. Try it out: palier restore, into an empty database."
        )
    return 0


def _private(path: Path) -> gzip.GzipFile:
    """A compressed file that only its owner may read: it holds people's addresses and the shops' secrets."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return gzip.GzipFile(filename="", fileobj=os.fdopen(handle, "wb"), mode="wb", compresslevel=3, mtime=0)


def _keep(path: Path) -> None:
    """Wait until the disk has it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
