"""``palier rebuild``: derives every account from the rows of its ledger, tells what differs, and mends it if asked."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from tqdm import tqdm

SHOWN_MAX = 1000
"""Differences written out; all are counted."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier rebuild``."""
    parser.add_argument("--write", action="store_true", help="mend what differs; only caches are written")
    parser.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, no progress bar"
    )
    parser.add_argument(
        "--programme", default="", metavar="ID", help="only this programme (public id); default: all"
    )


def run(options: argparse.Namespace) -> int:
    """0 when nothing differs or all was mended, 1 when something differs, 2 when there is nothing to derive."""
    # Tables can be imported only once the settings are read.
    from palier.store.programmes.models import Programme

    rows = Programme.objects.exclude(current_version=None).order_by("pk")
    programmes = list(rows.filter(public_id=options.programme) if options.programme else rows)
    if not programmes:
        asked = f"no programme {options.programme!r}" if options.programme else "the database is empty"
        print(f"palier rebuild: {asked}", file=sys.stderr)
        return 2
    shown: list[Any] = []
    count = Counter[str]()
    accounts = 0
    with tqdm(unit="account", disable=options.json or not sys.stderr.isatty()) as bar:
        for programme in programmes:
            for chunk, differences in _chunks(programme, writes=options.write):
                accounts += chunk
                count.update(difference.name for difference in differences)
                shown += differences[: max(0, SHOWN_MAX - len(shown))]
                bar.update(chunk)
    _tell(accounts, shown, count, options)
    return 1 if count and not options.write else 0


def _chunks(programme: Any, *, writes: bool) -> Any:
    from django_scopes import scope

    from palier.flows.upkeep.rebuild_accounts import CHUNK, rebuild_accounts
    from palier.store.members.load import load_ids

    after = 0
    now = datetime.now(UTC) + timedelta(seconds=programme.clock_offset_s)
    with scope(programme=programme):
        while account_ids := load_ids(programme.pk, after=after, limit=CHUNK):
            yield len(account_ids), rebuild_accounts(programme.pk, account_ids, now=now, writes=writes)
            after = account_ids[-1]


def _tell(accounts: int, shown: list[Any], count: Counter[str], options: argparse.Namespace) -> None:
    if options.json:
        told = [{name: getattr(d, name) for name in ("account", "name", "derived", "stored")} for d in shown]
        answer = {"accounts": accounts, "differences": count.total(), "by_name": count}
        print(json.dumps(answer | {"is_written": options.write, "shown": told}))
        return
    for each in shown:
        print(f"account {each.account}: {each.name}: by its rows {each.derived}, stored {each.stored}")
    end = ", all mended" if count and options.write else ""
    print(f"{accounts} accounts, {count.total() or 'no'} differences{end}")
