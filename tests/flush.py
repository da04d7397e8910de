"""Emptying the test database between tests that commit, although the ledger's tables refuse to be emptied.

Django empties every table after such a test and makes content types and permissions anew. Here the tables that have
rows are emptied, and those two, which no test changes, stay: a fifth of the work. The guards of the ledger rightly
forbid it; here, and only here, they are taken off for the moment of emptying. During a test they stand.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def allow_flush() -> None:
    """From now on a test that commits leaves an empty database, guards or not."""
    TransactionTestCase._fixture_teardown = _empty_all


def _empty_all(test: TransactionTestCase) -> None:
    for alias in test._databases_names(include_mirrors=False):
        empty(connections[alias])


def empty(connection: BaseDatabaseWrapper) -> None:
    """Take every row away, except of what the migrations brought."""
    tables = _with_rows(connection)
    lifted = _sqlite_lifted if connection.vendor == "sqlite" else _postgresql_lifted
    with (
        transaction.atomic(using=connection.alias),
        lifted(connection, tables),
        connection.cursor() as cursor,
    ):
        for table in tables:
            cursor.execute(f'DELETE FROM "{table}"')
        connection.check_constraints()


def _with_rows(connection: BaseDatabaseWrapper) -> list[str]:
    tables = set(connection.introspection.table_names()) - KEPT
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM \"{table}\")" for table in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


@contextmanager
def _sqlite_lifted(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [each for each in cursor.fetchall() if each[0] in tables]
        for _, name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, _, definition in triggers:
            cursor.execute(definition)


@contextmanager
def _postgresql_lifted(connection: BaseDatabaseWrapper, tables: list[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        guarded = [table for (table,) in cursor.fetchall() if table in tables]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
