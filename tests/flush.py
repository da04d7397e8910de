"""Emptying the test database between tests that commit, although the ledger's tables refuse to be emptied.

Django empties tables after such a test. The guards of the ledger rightly forbid that; here, and only here, they are
taken off for the moment of emptying. During a test they stand.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

_execute_sql_flush = BaseDatabaseOperations.execute_sql_flush


def allow_flush() -> None:
    """From now on Django can empty guarded tables."""
    BaseDatabaseOperations.execute_sql_flush = _flush


def _flush(operations: BaseDatabaseOperations, statements: list[str]) -> None:
    connection = operations.connection
    lifted = _sqlite_lifted if connection.vendor == "sqlite" else _postgresql_lifted
    with transaction.atomic(using=connection.alias), lifted(connection):
        _execute_sql_flush(operations, statements)


@contextmanager
def _sqlite_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, definition in triggers:
            cursor.execute(definition)


@contextmanager
def _postgresql_lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
