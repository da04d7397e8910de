"""Rows set aside in a temporary database of their own, so that a file of any size is sorted in little memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from typing import NamedTuple

from palier.cli.importing.errors import Problem
from palier.cli.importing.rows import CREDIT, GOODS, Staged

_ROWS_AT_ONCE = 5000
_LINE = (
    "row INTEGER PRIMARY KEY, note TEXT, customer TEXT, at INT, kind INT, role INT, product TEXT,"
    " quantity INT, amount INT, facts TEXT, about TEXT"
)
_TABLES = (
    "PRAGMA journal_mode=OFF",
    "PRAGMA synchronous=OFF",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=FILE",
    f"CREATE TABLE line ({_LINE})",
    "CREATE TABLE problem (row INT, subject TEXT, code TEXT, reason TEXT, amount INT)",
    "CREATE TABLE broken (note TEXT PRIMARY KEY, row INT) WITHOUT ROWID",
)


class StagedLine(NamedTuple):
    """One line of an invoice or credit note."""

    row: int
    role: int
    product: str
    quantity: int
    amount: int
    about: str


class Note(NamedTuple):
    """The lines of one invoice or credit note of one customer; its time is the earliest of them."""

    kind: int
    number: str
    customer: str
    at: int
    facts: str
    lines: list[StagedLine]
    is_second: bool
    """Whether the same number came before with another customer."""


class Staging:
    """The rows of one file, sorted. It lives in a temporary file that vanishes with it."""

    def __init__(self) -> None:
        # A blank name is a private temporary database: in memory while small, on disk when it grows.
        self.database = sqlite3.connect("", isolation_level=None)
        for line in _TABLES:
            self.database.execute(line)

    def add(self, staged: Iterable[Staged]) -> None:
        rows = iter(staged)
        self.database.execute("BEGIN")
        while block := list(islice(rows, _ROWS_AT_ONCE)):
            self.database.executemany("INSERT INTO line VALUES (?,?,?,?,?,?,?,?,?,?,?)", block)
        self.database.execute("COMMIT")

    def refuse(self, problem: Problem, order: str) -> None:
        """List a problem; the order that it makes incomplete is left out as a whole."""
        self.database.execute(
            "INSERT INTO problem VALUES (?,?,?,?,?)",
            (problem.row, problem.subject, problem.code, problem.reason, problem.amount_minor),
        )
        if order:
            self.database.execute("INSERT OR IGNORE INTO broken VALUES (?,?)", (order, problem.row))

    def sort(self) -> None:
        """Leave incomplete orders out, and bring the rest into the order of time."""
        ask = self.database.execute
        ask(
            "INSERT INTO problem SELECT min(l.row), l.note, 'order_incomplete', 'left out, because its row '"
            " || b.row || ' could not be read', sum(CASE kind WHEN 0 THEN amount ELSE -amount END)"
            " FROM line l JOIN broken b ON b.note = l.note GROUP BY l.note"
        )
        ask("DELETE FROM line WHERE note IN (SELECT note FROM broken)")
        ask(
            "CREATE TABLE head AS SELECT note, customer, kind, min(at) AS at, min(row) AS first, count(*) AS rows"
            " FROM line GROUP BY note, customer, kind"
        )
        ask(
            "CREATE TABLE sorted (id INTEGER PRIMARY KEY, note TEXT, customer TEXT, kind INT, at INT, second INT)"
        )
        ask(
            "INSERT INTO sorted SELECT NULL, note, customer, kind, at,"
            " row_number() OVER (PARTITION BY note, kind ORDER BY first) > 1"
            " FROM head ORDER BY at, kind, first"
        )
        ask("CREATE UNIQUE INDEX by_note ON sorted (note, customer, kind)")
        ask("CREATE TABLE goes (head INT, row INT, PRIMARY KEY (head, row)) WITHOUT ROWID")
        ask(
            "INSERT INTO goes SELECT s.id, l.row FROM line l JOIN sorted s"
            " ON s.note = l.note AND s.customer = l.customer AND s.kind = l.kind ORDER BY 1, 2"
        )

    def counts(self) -> dict[str, int]:
        one = self.database.execute
        return {
            "notes": one("SELECT count(*) FROM sorted").fetchone()[0],
            "lines": one("SELECT count(*) FROM line").fetchone()[0],
            "problems": one("SELECT count(*) FROM problem").fetchone()[0],
        }

    def problems(self) -> Iterator[Problem]:
        found = self.database.cursor().execute("SELECT * FROM problem ORDER BY row, code")
        return (Problem(*row) for row in found)

    def credited(self) -> set[tuple[str, str]]:
        """The (customer, product) of every credited line: what sales must be remembered of."""
        found = self.database.cursor().execute(
            "SELECT DISTINCT customer, product FROM line WHERE kind = ? AND role = ?", (CREDIT, GOODS)
        )
        return set(found)

    def notes(self) -> Iterator[Note]:
        """Every invoice and credit note by time; at the same time sales come first."""
        found = self.database.cursor().execute(
            "SELECT s.id, s.note, s.customer, s.kind, s.at, s.second, l.facts, l.row, l.role, l.product, l.quantity,"
            " l.amount, l.about FROM sorted s JOIN goes g ON g.head = s.id JOIN line l ON l.row = g.row"
            " ORDER BY g.head, g.row"
        )
        for _, rows in groupby(found, key=lambda row: row[0]):
            lines = list(rows)
            _, number, customer, kind, at, second, facts, *_ = lines[0]
            yield Note(
                kind,
                number,
                customer,
                at,
                facts,
                [StagedLine._make(line[7:]) for line in lines],
                bool(second),
            )

    def close(self) -> None:
        self.database.close()
