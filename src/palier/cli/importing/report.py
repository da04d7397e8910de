"""What an import did or would do: as text for people, as one object for machines, and its problems as a CSV file."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from palier.cli.importing.errors import Problem
from palier.cli.importing.files import Source
from palier.cli.importing.mapping import Reading

_SHOWN_MAX = 5
LISTED_MAX = 100_000


@dataclass(slots=True)
class Report:
    """The outcome of one import. ``status``: planned (dry run), done, unchanged, or refused (nothing was written)."""

    kind: str
    file: str
    status: str = "planned"
    batch: int | None = None
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)
    amounts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[Problem]] = field(default_factory=dict)
    listed: list[Problem] = field(default_factory=list)
    """The problems themselves, for the file of problems; only so many of them are kept."""
    note: str = ""
    seconds: dict[str, float] = field(default_factory=dict)

    def tell(self, problem: Problem) -> None:
        """Count a problem, and keep the first few of its kind."""
        self.problems[problem.code] += 1
        self.amounts[problem.code] += problem.amount_minor
        shown = self.examples.setdefault(problem.code, [])
        if len(shown) < _SHOWN_MAX:
            shown.append(problem)
        if len(self.listed) < LISTED_MAX:
            self.listed.append(problem)

    def as_document(self, reading: Reading) -> dict[str, Any]:
        """One object for machines."""
        return {
            "kind": self.kind, "file": self.file, "status": self.status, "batch": self.batch, "rows": self.rows,
            "counts": {name: count for name, count in self.counts.items() if count},
            "note": self.note, "seconds": self.seconds,
            "problems": {
                code: {"rows": count, "amount_minor": self.amounts[code]} for code, count in self.problems.items()
            },
            "mapping": reading.as_document(),
        }  # fmt: skip


def write_json(report: Report, reading: Reading) -> None:
    print(json.dumps(report.as_document(reading), ensure_ascii=False))


def write_text(report: Report) -> None:
    """The report for people, on standard output."""
    heads = {
        "planned": "Nothing was written: this was a dry run. The import would bring",
        "done": f"Imported (batch {report.batch}; take back with: palier import undo {report.batch}). It brought",
        "unchanged": "Nothing changed",
        "refused": "Nothing was written",
    }
    end = ":" if report.counts else "."
    print(f"\n{heads[report.status]}{f' ({report.note})' if report.note else ''}{end}")
    for name, count in (+report.counts).items():
        print(f"  {count:>9,}  {name.replace('_', ' ')}")
    if report.problems:
        print(f"\n{report.problems.total():,} rows need a look:")
    for code, count in report.problems.most_common():
        print(f"  {count:>9,}  {code.replace('_', ' ')}")
        for problem in report.examples[code][:2]:
            print(
                f"             row {problem.row}{f', {problem.subject}' if problem.subject else ''}: {problem.reason}"
            )
    if report.status == "done" and report.kind != "members":
        print("\nNobody was written to: an import is silent.")


def show_reading(source: Source, reading: Reading) -> None:
    """How the file will be read, before anything is done with it; on standard error."""
    about = [
        source.kind,
        *filter(None, (source.encoding, {"\t": "tab"}.get(source.delimiter, source.delimiter))),
    ]
    out = [f"{source.path.name} ({', '.join(about)})"]
    if source.header:
        first = source.sample[0] if source.sample else ("",) * len(source.header)
        meaning_of = {column: meaning for meaning, column in reading.columns.items()}
        width = max(len(name) for name in source.header[:40])
        for name, example in list(zip(source.header, first, strict=True))[:40]:
            out.append(f"  {name:<{width}}  →  {meaning_of.get(name, '–'):<12}  {example[:40]}")
        settings = {
            "profile": reading.profile, "currency": reading.currency, "time zone": reading.timezone or "UTC",
            "dates": reading.date_format, "decimal mark": reading.decimal,
        }  # fmt: skip
        out.append("  " + ", ".join(f"{key}: {value}" for key, value in settings.items() if value))
    print("\n".join(out), file=sys.stderr)


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """Every problem as a row; no cell can be taken for a formula by a spreadsheet."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "subject", "code", "reason", "amount_minor"])
        for p in problems:
            writer.writerow([p.row, safe_cell(p.subject), p.code, safe_cell(p.reason), p.amount_minor])


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula (R-ADM-8)."""
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text
