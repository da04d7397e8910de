"""A statement that is asked thousands of times a second, at the least cost that PostgreSQL's driver allows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from palier.store.rows import Texts, direct_connection, select

Reader = Callable[[bytes], Any]
Parameter = str | int | list[str] | None


def _text(value: bytes) -> str:
    return value.decode()


def _time(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode())


def _day(value: bytes) -> date:
    return date.fromisoformat(value.decode())


_READERS: dict[int, Reader] = {
    16: b"t".__eq__, 20: int, 21: int, 23: int, 25: _text, 114: _text, 1043: _text, 1082: _day, 1184: _time,
    3802: _text,
}  # fmt: skip
"""By the number of the type, which PostgreSQL never changes; JSON stays text, as Django leaves it."""

_TUPLES_OK = 2
_numbers = count()


class Prepared:
    """One query, at a third of the cost of ``select``, with the same rows. A list among its parameters is one of texts.

    It goes to libpq itself where it can: on PostgreSQL, while nobody watches. Anything out of the ordinary (a broken
    connection, a type that is not known here, a table that was changed) is left to ``select``.
    """

    def __init__(self, name: str, sql: str) -> None:
        self.sql = sql
        self._key = (f"palier_{name}".encode(), ())
        marks = iter(range(1, 100))
        self._numbered = re.sub("%s", lambda _: f"${next(marks)}", sql).encode()

    def rows(self, parameters: Sequence[Parameter]) -> list[tuple[Any, ...]]:
        """All rows."""
        connection = direct_connection()
        result = None if connection is None else self._result(connection, parameters)
        if result is None:
            return select(self.sql, parameters)
        readers = [_READERS.get(result.ftype(column)) for column in range(result.nfields)]
        if None in readers:
            return select(self.sql, parameters)
        return [_row(result, row, readers) for row in range(result.ntuples)]

    def _result(self, connection: Any, parameters: Sequence[Parameter]) -> Any:
        """None where ``select`` has to do it.

        The name is kept among those that the driver keeps: it forgets, and lets PostgreSQL forget, all of them whenever
        a transaction or a savepoint is rolled back. A name that is gone would spoil the transaction that asks for it.
        """
        server = connection.pgconn
        try:
            driver = connection._prepared
            if driver._to_flush:
                return None  # what is to be forgotten has not been yet
            name = driver._names.get(self._key)
            if name is None:
                # Never a name twice: the old one may still be on its way out.
                name = self._key[0] + b"_%d" % next(_numbers)
                if server.prepare(name, self._numbered).status not in (1, _TUPLES_OK):
                    return None
                driver._names[self._key] = name
            written = [_written(each) for each in parameters]
            result = server.exec_prepared(name, written)
            if result.status == _TUPLES_OK:
                return result
            del driver._names[self._key]
            server.exec_(b"DEALLOCATE " + name)
        except Exception:
            pass  # select meets the same, and says it as Django does
        return None


def _written(value: Parameter) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, list):
        return Texts(value).written().encode()
    return str(value).encode()


def _row(result: Any, row: int, readers: Sequence[Any]) -> tuple[Any, ...]:
    value = result.get_value
    return tuple(
        [
            None if (found := value(row, column)) is None else reader(found)
            for column, reader in enumerate(readers)
        ]
    )
