"""``palier rehearse``: runs scenario files through the system itself and tells which expectations failed."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from palier.cli.start import set_up


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier rehearse``."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="scenario files, or folders of them"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, no progress bar"
    )
    parser.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="rehearse on this database, which is migrated if need be, instead of a fresh one that is thrown away; "
        "every scenario leaves a programme of its own there and touches no other",
    )


def run(options: argparse.Namespace) -> int:
    """Rehearse every file: 0 when all expectations hold, 1 when one fails, 2 when a file is not valid."""
    with _database(options.database):
        from palier.cli.rehearsal.outcome import exit_status, lines, report, summary
        from palier.cli.rehearsal.perform import rehearse

        outcomes = []
        files = _files(options.files)
        with tqdm(files, unit="file", disable=options.json or not sys.stderr.isatty(), leave=False) as bar:
            for file in bar:
                outcomes.append(rehearse(file))
                if not options.json:
                    for line in lines(outcomes[-1]):
                        bar.write(line, file=sys.stdout)
        print(json.dumps(report(outcomes), ensure_ascii=False) if options.json else summary(outcomes))
        return exit_status(outcomes)


def _files(given: list[Path]) -> list[Path]:
    """The files as given; a folder stands for the scenarios in it."""
    return [file for path in given for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]


@contextmanager
def _database(url: str) -> Iterator[None]:
    """Django set up and migrated on ``url``, or on a database of SQLite that goes with the end of the rehearsal."""
    with tempfile.TemporaryDirectory(prefix="palier-rehearsal-") as directory:
        os.environ["PALIER_DATABASE_URL"] = url or f"sqlite:///{directory}/rehearsal.sqlite3"
        # Nothing of this installation is needed: no secrets, no folder beside the file that is rehearsed.
        os.environ["PALIER_VAR"] = directory
        os.environ["PALIER_SECRET_KEY"] = secrets.token_urlsafe(50)
        set_up()
        from django.core.management import call_command
        from django.db import connection

        try:
            call_command("migrate", verbosity=0, interactive=False)
            if not url:
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA synchronous=OFF")  # it need not survive a power cut
            yield
        finally:
            connection.close()
