"""``palier import``: orders, members and balances from files, and the way back."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from palier.cli.importing import files, mapping
from palier.cli.importing.errors import Problem, UnreadableFile
from palier.cli.importing.people import import_balances, import_members
from palier.cli.importing.report import Report, show_reading, write_json, write_problems, write_text
from palier.cli.importing.run import Job, import_orders
from palier.core.errors import Refusal

_ABOUT = {
    "orders": "orders and refunds: CSV (also .csv.gz), JSON lines or Parquet",
    "members": "profiles of members: CSV or JSON lines",
    "balances": "opening balances, credits and debits: CSV",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier import``."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="orders|members|balances|undo|list")
    for kind, about in _ABOUT.items():
        verb = verbs.add_parser(kind, help=about, description=f"Import {about}.")
        verb.add_argument("file", type=Path, metavar="FILE")
        verb.add_argument(
            "--map", action="append", default=[], metavar="MEANING=COLUMN", help="what a column means"
        )
        verb.add_argument(
            "--mapping", type=Path, metavar="FILE", help="how the file is read, as YAML or JSON"
        )
        verb.add_argument(
            "--dry-run", action="store_true", help="read everything, tell what would come, write nothing"
        )
        verb.add_argument(
            "--problems", type=Path, metavar="FILE", help="write the rows that need a look to this CSV file"
        )
        verb.add_argument("--timezone", default="", help="of the file's times; default: the programme's")
        verb.add_argument(
            "--date-format",
            default="",
            metavar="FORMAT",
            help="such as %%d/%%m/%%Y, when it is guessed wrong",
        )
        verb.add_argument("--encoding", default="", help="default: UTF-8, or Windows-1252 if it is not that")
        verb.add_argument("--delimiter", default="", help="default: the commonest of , ; tab |")
        _add_common(verb)
        if kind == "orders":
            verb.add_argument(
                "--profile", default="", metavar="NAME", help="the rules of a known source: online-retail"
            )
            verb.add_argument(
                "--currency", default="", help="of amounts without one; default: the programme's"
            )
            verb.add_argument(
                "--prices", default="", choices=["gross", "net"], help="with tax (default) or without"
            )
            verb.add_argument(
                "--from", dest="since", default="", metavar="DAY", help="only orders of this day or later"
            )
            verb.add_argument(
                "--to", dest="until", default="", metavar="DAY", help="only orders of this day or earlier"
            )
        if kind == "balances":
            verb.add_argument(
                "--partial", action="store_true", help="book the good rows although others cannot be read"
            )
    undo = verbs.add_parser(
        "undo", help="take an import back", description="Take an import back, entry by entry."
    )
    undo.add_argument("batch", type=int, metavar="BATCH")
    undo.add_argument("--json", action="store_true", help="one JSON object on standard output")
    undo.add_argument("--quiet", action="store_true", help="no progress bar")
    _add_common(
        verbs.add_parser("list", help="the imports so far", description="The imports so far, newest last.")
    )


def _add_common(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--shop", default="", metavar="SLUG", help="default: the only shop")
    verb.add_argument(
        "--programme", default="", metavar="ID", help="its public id; default: the only programme"
    )
    verb.add_argument(
        "--json", action="store_true", help="one JSON object on standard output, no progress bar"
    )
    verb.add_argument("--quiet", action="store_true", help="no progress bar")


def run(options: argparse.Namespace) -> int:
    """0 done (or nothing to do), 1 nothing could be imported, 2 refused."""
    try:
        if options.verb == "undo":
            return _undo(options)
        return _list(options) if options.verb == "list" else _import(options)
    except UnreadableFile as error:
        print(f"palier import: {error}", file=sys.stderr)
        return 2


def _import(options: argparse.Namespace) -> int:
    shop, now = _shop(options)
    programme = shop.programme
    job = _job(options, shop, programme)
    if not options.json:
        show_reading(job.source, job.reading)
    report = Report(options.verb, options.file.name)
    if options.verb == "orders":
        import_orders(job, report, now=now)
    elif options.verb == "members":
        import_members(job, report, now=now)
    else:
        import_balances(job, report, now=now, is_partial=options.partial)
    if options.problems:
        write_problems(options.problems, _stored(report.batch) if report.batch else report.listed)
    if options.json:
        write_json(report, job.reading)
    else:
        write_text(report)
    return 1 if report.status == "refused" else 0


def _job(options: argparse.Namespace, shop: Any, programme: Any) -> Job:
    source = files.look_at(
        options.file, encoding=options.encoding, delimiter=options.delimiter.replace("\\t", "\t")
    )
    names = [text.partition("=") for text in options.map]
    if bad := next((text for text, (_, sign, _) in zip(options.map, names, strict=True) if not sign), None):
        raise UnreadableFile(f"--map {bad!r} is no mapping.", "Write it like --map order=Invoice")
    orders = options.verb == "orders"
    settings = {
        "timezone": options.timezone, "date_format": options.date_format,
        "currency": options.currency.upper() if orders else "", "prices": options.prices if orders else "",
    }  # fmt: skip
    reading = mapping.understand(
        options.verb, source, document=mapping.load_document(options.mapping) if options.mapping else None,
        profile=options.profile if orders else "", columns={left: right for left, _, right in names}, settings=settings,
        defaults={"timezone": programme.timezone, "currency": programme.currency},
    )  # fmt: skip
    is_quiet = options.json or options.quiet or not sys.stderr.isatty()
    return Job(
        source, reading, shop.pk, programme.pk, programme.currency, options.dry_run, is_quiet,
        _day(options.since, reading.zone) if orders else None,
        _day(options.until, reading.zone, days=1) if orders else None,
    )  # fmt: skip


def _day(text: str, zone: ZoneInfo, *, days: int = 0) -> datetime | None:
    if not text:
        return None
    try:
        day = datetime.fromisoformat(text).date() + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise UnreadableFile(f"{text!r} is no day.", "Write it like 2026-01-31") from error
    return datetime.combine(day, time(), zone)


class UnknownShop(Refusal):
    """No such shop, or several to choose from."""

    code = "unknown_shop"


def _shop(options: argparse.Namespace) -> tuple[Any, datetime]:
    """The shop that is meant, and the time in its programme (the demo's clock may be ahead)."""
    from django_scopes import scopes_disabled

    from palier.store.programmes.models import Shop

    with scopes_disabled():
        shops = Shop.objects.select_related("programme").order_by("id")
        if options.shop:
            shops = shops.filter(slug=options.shop)
        if options.programme:
            shops = shops.filter(programme__public_id=options.programme)
        found = list(shops[:20])
    if len(found) != 1:
        known = ", ".join(
            f"{shop.slug} of {shop.programme.public_id} ({shop.programme.name})" for shop in found
        )
        raise UnknownShop(
            "there are several shops" if found else "there is no such shop",
            hint=f"choose with --shop and --programme: {known}" if found else "see --shop and --programme",
        )
    return found[0], datetime.now(UTC) + timedelta(seconds=found[0].programme.clock_offset_s)


def _stored(batch_id: int) -> Any:
    from django_scopes import scopes_disabled

    from palier.store.imports.models import ImportProblem

    with scopes_disabled():
        found = ImportProblem.objects.filter(batch_id=batch_id).order_by("row", "id")
        for problem in found.iterator(chunk_size=1000):
            yield Problem(problem.row, problem.subject, problem.code, problem.reason, problem.amount_minor)


def _undo(options: argparse.Namespace) -> int:
    import json

    from django_scopes import scopes_disabled
    from tqdm import tqdm

    from palier.flows.imports.undo_batch import CannotUndo, UndoBatch, undo_batch
    from palier.store.imports.models import ImportBatch

    with scopes_disabled():
        batch = ImportBatch.objects.select_related("programme").filter(pk=options.batch).first()
    if batch is None:
        raise CannotUndo(f"there is no import {options.batch}", hint="see palier import list")
    now = datetime.now(UTC) + timedelta(seconds=batch.programme.clock_offset_s)
    done = 0
    with tqdm(
        desc="taking back", disable=options.json or options.quiet or not sys.stderr.isatty(), leave=False
    ) as bar:
        while True:
            answer = undo_batch(UndoBatch(batch.pk), now=now)
            done += answer.done
            bar.update(answer.done)
            if not answer.left:
                break
    if options.json:
        print(json.dumps({"batch": batch.pk, "undone": done}))
    else:
        print(
            f"Took back {done:,} {batch.kind} of {batch.source_name}."
            if done
            else "It was taken back already."
        )
    return 0


def _list(options: argparse.Namespace) -> int:
    import json

    from django_scopes import scopes_disabled

    from palier.store.imports.models import ImportBatch

    shop, _ = _shop(options)
    with scopes_disabled():
        batches = list(ImportBatch.objects.filter(shop=shop).order_by("id"))
    rows = [
        {
            "batch": b.pk, "kind": b.kind, "file": b.source_name, "started": f"{b.started_at:%Y-%m-%d %H:%M}",
            "state": "undone" if b.undone_at else "done" if b.finished_at else "interrupted", "counts": b.counts,
        }
        for b in batches
    ]  # fmt: skip
    if options.json:
        print(json.dumps(rows, ensure_ascii=False))
    else:
        for row in rows:
            print(f"{row['batch']:>5}  {row['kind']:<8}  {row['state']:<11}  {row['started']}  {row['file']}")
    return 0
