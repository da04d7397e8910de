"""Rows in bulk, the same on SQLite and PostgreSQL: one statement however many rows, with constant text."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import cache, cached_property, lru_cache
from threading import local
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections
from msgspec.json import encode
from psycopg.adapt import Dumper, Loader


@cache
def is_postgresql() -> bool:
    """Whether this installation's database is PostgreSQL (else SQLite)."""
    return connection.vendor == "postgresql"


def to_json(value: Any) -> str:
    """Compact JSON text, as both databases take it."""
    return encode(value).decode()


def to_time(instant: datetime | None) -> Any:
    """An aware instant as the database stores it (SQLite: naive UTC text, as Django writes it)."""
    return instant if instant is None or is_postgresql() else _as_text(instant)


@lru_cache(maxsize=1 << 12)
def _as_text(instant: datetime) -> str:
    return (instant if instant.tzinfo is UTC else instant.astimezone(UTC)).isoformat(" ")[:-6]


def from_time(value: datetime | str | None) -> datetime | None:
    """What a raw cursor returned for a time, aware in UTC."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


@cache
def untyped(columns: str) -> str:
    """The same columns (``a.x, a.y``), for reading one row often: SQLite's driver looks for a converter of each typed
    column at every statement, which costs more than a row. Times come as text then, for ``from_time``."""
    return columns if is_postgresql() else ", ".join(f"+{column}" for column in columns.split(", "))


def as_stored(column: str) -> str:
    """SQL for a time in the form of ``to_time``: to be compared without being converted."""
    return column if is_postgresql() else f"{column} || ''"


def skip_locked(table: str) -> str:
    """SQL that locks the rows of ``table`` and skips those that are locked elsewhere; SQLite has one writer anyway."""
    return f" FOR UPDATE OF {table} SKIP LOCKED" if is_postgresql() else ""


def any_of(column: str) -> str:
    """SQL that asks whether ``column`` is among one list parameter (give it through ``listed``)."""
    if is_postgresql():
        return f"{column} = ANY(%s)"
    return f"{column} IN (SELECT value FROM json_each(%s))"


def among(column: str, values: Collection[Any]) -> tuple[str, Any]:
    """``any_of`` and its parameter; a single value is asked for directly where that is cheaper."""
    if len(values) == 1 and not is_postgresql():
        return f"{column} = %s", next(iter(values))
    return any_of(column), listed(values)


def listed(values: Iterable[Any]) -> Any:
    """A list parameter for ``any_of``."""
    found = list(values)
    if not is_postgresql():
        return to_json(found)
    return Texts(found) if found and type(found[0]) is str else found


class Texts(list[str]):
    """A list of nothing but texts, which PostgreSQL's driver would else look at one by one."""

    def written(self) -> str:
        """As PostgreSQL writes an array. ``ValueError`` for a zero byte, which no text of it has."""
        quoted = '","'.join(self)
        if "\\" in quoted or quoted.count('"') > 2 * len(self) - 2:
            quoted = '","'.join([each.replace("\\", "\\\\").replace('"', '\\"') for each in self])
        if "\0" in quoted:
            raise ValueError("a text has no zero bytes")
        return f'{{"{quoted}"}}' if self else "{}"


Query = tuple[str, Sequence[Any]]
"""A statement and its parameters."""

Columns = Mapping[str, str]
"""Column name → PostgreSQL type, in the order of the row's values."""


COPY_FROM = 200
"""From so many rows on PostgreSQL takes them by COPY, at a fraction of the cost of an INSERT."""

FEW = 64
"""Up to so many accounts are written in one round trip."""

PLANNED = 100
"""For up to so many rows PostgreSQL keeps the plan of a statement: making it costs more than such a statement."""


class Table:
    """A table as it is written in bulk; the text of its statements is made once.

    ``suffix`` may say ON CONFLICT; ``fixed`` are columns with one value in all inserted rows, which leave it out.
    ``update`` finds rows by the first column and sets the others.
    """

    def __init__(
        self, name: str, columns: Columns, *, suffix: str = "", fixed: Mapping[str, str | int] | None = None
    ) -> None:
        self.name = name
        self.columns = columns
        self.suffix = suffix
        self.fixed = fixed or {}
        self._names = tuple(columns)
        # Every row of the JSON that PostgreSQL reads names its values: shortly.
        self._keys = {name: f"c{place}" for place, name in enumerate(columns)}
        self._all_names = ", ".join((*columns, *self.fixed))
        self._literals = [f"'{v}'" if isinstance(v, str) else str(v) for v in self.fixed.values()]

    def insert(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert all rows in one statement; nothing happens without rows."""
        if len(rows) >= COPY_FROM and is_postgresql() and not self.suffix and not _is_in_pipeline():
            self._copy(rows)
        elif rows:
            self._write(self._insert_recordset if is_postgresql() else self._insert_values, rows)

    def update(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Set the columns of all rows in one statement; nothing happens without rows."""
        if rows and is_postgresql():
            self._write(self._update_recordset, rows)
        elif rows:
            self._write(self._update_values, [(*row[1:], row[0]) for row in rows])

    def _copy(self, rows: Sequence[tuple[Any, ...]]) -> None:
        statement = f"COPY {self.name} ({self._all_names}) FROM STDIN"
        fixed = tuple(self.fixed.values())
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row + fixed)

    def _write(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if is_postgresql():
            write = (statement, self._recorded(rows), len(rows) <= PLANNED)
            if _gathered.writes is None:
                _write_all([write])
            else:
                _gathered.writes.append(write)
            return
        database = _database()
        if _is_watched(database):
            with database.cursor() as cursor:
                cursor.executemany(statement, rows)
        else:
            with database.wrap_database_errors:
                database.connection.executemany(_question_marks(statement), rows)

    def _recorded(self, rows: Iterable[tuple[Any, ...]]) -> str:
        """All rows as one JSON parameter: a third of the cost of an array for each column, for one row or thousands."""
        keys = tuple(self._keys.values())
        return to_json([dict(zip(keys, row, strict=True)) for row in rows])

    @cached_property
    def _recordset(self) -> str:
        kinds = [
            (self._keys[name], "text" if kind == "jsonb" else kind) for name, kind in self.columns.items()
        ]
        declared = ", ".join(f"{key} {kind}" for key, kind in kinds)
        return f"json_to_recordset(%s::json) AS u({declared})"

    def _picked(self, name: str) -> str:
        key = self._keys[name]
        return f"u.{key}::jsonb" if self.columns[name] == "jsonb" else f"u.{key}"

    @cached_property
    def _insert_recordset(self) -> str:
        picked = ", ".join((*map(self._picked, self._names), *self._literals))
        return f"INSERT INTO {self.name} ({self._all_names}) SELECT {picked} FROM {self._recordset} {self.suffix}"

    @cached_property
    def _insert_values(self) -> str:
        marks = ", ".join((*["%s"] * len(self._names), *self._literals))
        return f"INSERT INTO {self.name} ({self._all_names}) VALUES ({marks}) {self.suffix}"

    @cached_property
    def _update_recordset(self) -> str:
        key, *others = self._names
        sets = ", ".join(f"{name} = {self._picked(name)}" for name in others)
        return (
            f"UPDATE {self.name} AS t SET {sets} FROM {self._recordset} WHERE t.{key} = u.{self._keys[key]}"
        )

    @cached_property
    def _update_values(self) -> str:
        key, *others = self._names
        sets = ", ".join(f"{name} = %s" for name in others)
        return f"UPDATE {self.name} SET {sets} WHERE {key} = %s"


class _Gathered(local):
    """What this thread is about to write in one statement; None while it writes statement by statement."""

    writes: list[tuple[str, str, bool]] | None = None


_gathered = _Gathered()


@contextmanager
def together(*, accounts: int = 1) -> Iterator[None]:
    """Write the rows of a few accounts in one statement at the end (PostgreSQL); errors come then, as Django's.

    No table is written twice at the same row in here, and nothing is read. Many accounts go one statement after the
    other: COPY is the better way for them, and round trips are nothing to them.
    """
    if not is_postgresql() or accounts > FEW or _gathered.writes is not None:
        yield
        return
    writes = _gathered.writes = []
    try:
        yield
    finally:
        _gathered.writes = None
    if writes:
        _write_all(writes)


def _write_all(writes: Sequence[tuple[str, str, bool]]) -> None:
    statements, parameters, are_few = zip(*writes, strict=True)
    run(_as_one(statements), parameters, keeps_plan=all(are_few))


@lru_cache(maxsize=256)
def _as_one(statements: tuple[str, ...]) -> str:
    *before, last = statements
    named = ", ".join(f"w{i} AS ({statement})" for i, statement in enumerate(before))
    return f"WITH {named} {last}" if named else last


def select_both(first: Query, second: Query) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """All rows of two queries in one round trip; the second one sees what the first one waited for."""
    if not is_postgresql():
        return select(*first), select(*second)
    connection.ensure_connection()
    pipeline = connection.connection.pipeline()
    with connection.wrap_database_errors, pipeline, run(*first) as one, run(*second) as two:
        return one.fetchall(), two.fetchall()


def select(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    connection = direct_connection()
    if connection is None:
        with run(sql, parameters) as cursor:
            return cursor.fetchall()
    with _database().wrap_database_errors:
        reader = _reader(connection)
        rows: list[tuple[Any, ...]] = reader.execute(sql, parameters, prepare=_keeps(parameters)).fetchall()
        if len(rows) > MANY_ROWS:
            reader.close()
        return rows


def direct_connection() -> Any:
    """PostgreSQL's own connection, if a query may go to it directly now; else None."""
    database = _database()
    if not is_postgresql() or _is_watched(database) or _is_in_pipeline():
        return None
    return database.connection


MANY_ROWS = 1000
"""A cursor that is kept holds on to what it read last; not to more rows than these."""


def _reader(connection: Any) -> Any:
    """The PostgreSQL connection's own cursor for reading: making one costs as much as a short query."""
    kept = connection.__dict__.get("_palier_reader")
    if kept is None or kept.closed:
        kept = connection._palier_reader = _cursor(connection)
    return kept


class _Time(Loader):
    """A time as the session writes it, which Django keeps in UTC: a tenth of what the driver's own reader costs."""

    def load(self, data: Any) -> datetime:
        return datetime.fromisoformat(bytes(data).decode())


class _Array(Dumper):
    def dump(self, obj: Texts) -> bytes:
        return obj.written().encode()


def _cursor(connection: Any) -> Any:
    cursor = connection.cursor()
    cursor.adapters.register_loader("timestamptz", _Time)
    cursor.adapters.register_dumper(Texts, _Array)
    return cursor


def _keeps(parameters: Sequence[Any]) -> bool | None:
    """Whether PostgreSQL is to keep the plan, as ``prepare`` says it: None after a few uses, False never."""
    return False if any(isinstance(p, list) and len(p) > PLANNED for p in parameters) else None


def run(sql: str, parameters: Sequence[Any], *, keeps_plan: bool = True) -> Any:
    """Execute one statement and return its cursor (a context manager that closes it).

    PostgreSQL keeps the plan of a statement that asks for few rows. For many it plans anew: a plan that was made while
    the tables were small would read them whole, again and again, until they are analysed.

    While nobody watches, it goes to the driver directly: Django's cursor costs as much as a short statement itself.
    Query logs and execute wrappers see everything all the same.
    """
    database = _database()
    if _is_watched(database):
        cursor = database.cursor()
        cursor.execute(sql, parameters)
        return cursor
    with database.wrap_database_errors:
        if is_postgresql():
            cursor = _cursor(database.connection)
            cursor.execute(sql, parameters, prepare=_keeps(parameters) if keeps_plan else False)
            return cursor
        return closing(database.connection.execute(_question_marks(sql), parameters))


def refresh_statistics() -> None:
    """Tell PostgreSQL how its hot tables have grown; it plans by what it knew of them last. SQLite needs no telling."""
    if is_postgresql():
        run(f"ANALYZE {', '.join(_GROWING)}", []).close()


_GROWING = (
    "store_account", "store_identity", "store_profile", "store_order", "store_orderline", "store_refund", "store_entry",
    "store_lot", "store_draw", "store_renewal", "store_coupon",
)  # fmt: skip


def _is_in_pipeline() -> bool:
    """Whether PostgreSQL's driver is sending statements together: COPY has to wait then."""
    return connection.connection is not None and bool(connection.connection.pgconn.pipeline_status)


def _database() -> Any:
    """This thread's connection itself: ``django.db.connection`` finds it anew for every attribute."""
    return connections[DEFAULT_DB_ALIAS]


def _is_watched(database: Any) -> bool:
    """Whether Django must see the statement: it logs queries, wraps their execution, has yet to connect, or to make
    sure that a connection which it kept from an earlier request still lives."""
    return bool(
        database.connection is None
        or database.needs_rollback
        or database.execute_wrappers
        or database.queries_logged
        or (database.health_check_enabled and not database.health_check_done)
    )


@cache
def _question_marks(sql: str) -> str:
    """The statement as SQLite's driver takes it; Django's own conversion runs at every execution."""
    return sql.replace("%s", "?")
