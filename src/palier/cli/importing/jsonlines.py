"""Files of JSON lines: each an order, a refund or a member, as scenario files write them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from palier.cli.importing.attach import Made
from palier.cli.importing.errors import Problem
from palier.cli.importing.files import Source, json_rows
from palier.core.errors import Refusal
from palier.core.member import MemberFacts
from palier.core.messages import parse_member, parse_refund, refund_currency
from palier.core.messages_order import parse_order
from palier.core.order import Order, Refund

_KINDS = ("order", "refund", "member")


class JsonMessages:
    """Orders and refunds of a file of JSON lines, sorted by their times in a temporary database."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.database = sqlite3.connect("", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=OFF")
        self.database.execute("CREATE TABLE message (at REAL, row INT, text TEXT)")

    def add(self, source: Source, refuse: Callable[[Problem], None], on_row: Callable[[int], object]) -> int:
        """Read the file; what cannot be read goes to ``refuse``. Returns the number of rows."""
        rows, last = 0, 0.0
        self.database.execute("BEGIN")
        for number, value in json_rows(source):
            rows = number
            on_row(1)
            try:
                message = self._parse(value)
                last = _time(message, last)
            except (Refusal, ValueError) as error:
                refuse(_problem(number, value, error))
                continue
            self.database.execute("INSERT INTO message VALUES (?,?,?)", (last, number, json.dumps(value)))
        self.database.execute("COMMIT")
        return rows

    def count(self) -> int:
        return int(self.database.execute("SELECT count(*) FROM message").fetchone()[0])

    def messages(self) -> Iterator[Made]:
        """By time; rows without one stay behind the row before them."""
        found = self.database.cursor().execute("SELECT row, text FROM message ORDER BY at, row")
        for row, text in found:
            yield Made(self._parse(json.loads(text)), 1, row)

    def _parse(self, value: object) -> Order | Refund:
        if isinstance(value, ValueError):
            raise value
        kind, body = kind_of(value)
        if kind == "order":
            return parse_order(body, currency=self.currency)
        if kind == "refund":
            return parse_refund(body, currency=refund_currency(body) or self.currency)
        raise ValueError("this line is neither an order nor a refund")


def members(source: Source) -> Iterator[tuple[int, MemberFacts | Problem]]:
    """The members of a file of JSON lines."""
    for number, value in json_rows(source):
        try:
            if isinstance(value, ValueError):
                raise value
            kind, body = kind_of(value)
            if kind != "member":
                raise ValueError("this line is no member")
            body = dict(body)
            yield number, parse_member(_customer(body.pop("id", "")), body)
        except (Refusal, ValueError) as error:
            yield number, _problem(number, value, error)


def _customer(named: object) -> str:
    """The id of a member: a text or a whole number, and nothing that merely has a text."""
    if isinstance(named, bool) or not isinstance(named, str | int):
        raise ValueError("id has to be a text or a whole number")
    return str(named)


def kind_of(value: object) -> tuple[str, Mapping[str, Any]]:
    """What a line is: named by its only key, or told by the keys that it has."""
    if not isinstance(value, dict):
        raise ValueError("this line is no map")
    if len(value) == 1 and (kind := next(iter(value))) in _KINDS and isinstance(value[kind], dict):
        return kind, value[kind]
    if "order" in value and "id" in value:
        return "refund", value
    if "status" in value or "lines" in value:
        return "order", value
    return "member", value


def _time(message: Order | Refund, last: float) -> float:
    own: datetime | None
    own = (
        message.at if isinstance(message, Refund) else message.paid_at or message.updated or message.placed_at
    )
    return own.timestamp() if own else last


def _problem(number: int, value: object, error: Refusal | ValueError) -> Problem:
    subject = ""
    if isinstance(value, dict):
        inner = next((value[kind] for kind in _KINDS if isinstance(value.get(kind), dict)), value)
        subject = str(inner.get("id", ""))[:200]
    code = error.code if isinstance(error, Refusal) else "unreadable_row"
    return Problem(number, subject, code, str(error))
