"""Migrations and restoring: what makes the tables themselves."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from palier.cli import main
from palier.store.models import Programme, Shop
from tests.crash.case import Case

OLDEST = "0004"
"""The tables of this migration can hold the world, and be made anew from there with all its rows in them."""


def _migrate(_: Any) -> None:
    call_command("migrate", verbosity=0, interactive=False)


def _go_back(_: Any) -> None:
    call_command("migrate", "store", OLDEST, verbosity=0, interactive=False)


def _restore(facts: Any) -> None:
    assert main(["restore", facts.backup, "--json"]) == 0


def _restore_again(facts: Any) -> None:
    """A database that holds the programme needs no restoring: it is refused, and must be whole."""
    if main(["restore", facts.backup, "--json"]):
        call_command("migrate", verbosity=0, interactive=False)


def _numbers_go_on(facts: Any, is_again: bool) -> list[str]:
    """New rows get numbers that no restored row has."""
    if not is_again:
        return []
    programme = Programme.objects.get()
    made = Shop(programme=programme, public_id="new", slug="new", name="New", created_at=facts.now)
    with transaction.atomic():
        made.save(force_insert=True)
        transaction.set_rollback(True)
    return []


def schema(_: Any = None) -> list[str]:
    """How every table, index and trigger is made."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT coalesce(sql, name) FROM sqlite_master")
        else:
            cursor.execute(
                "SELECT table_name || '.' || column_name || ' ' || data_type || is_nullable FROM"
                " information_schema.columns WHERE table_schema = 'public'"
                " UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
                " UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace"
                " UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            )
        return sorted(str(row[0]) for row in cursor.fetchall())


def fingerprint() -> str:
    """The same for two databases with the same tables, rows and numbers to come; whatever these tables are."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            text = "\n".join(connection.connection.iterdump())
        else:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
            names = [row[0] for row in cursor.fetchall()]
            parts = [f"SELECT '{name}', t::text FROM \"{name}\" t" for name in names]
            parts.append("SELECT sequencename, last_value::text FROM pg_sequences")
            cursor.execute(f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS found ORDER BY 1, 2")
            text = repr(cursor.fetchall()) + repr(schema())
    return sha256(text.encode()).hexdigest()


CASES = (
    Case("tables are made", "migrate", _migrate, base="empty", steps=True, is_about_tables=True, stride=20),
    Case("tables with rows are brought up to date", "migrate", _migrate, prepare=_go_back, steps=True,
         is_about_tables=True),
    Case("a backup is restored", "upkeep.restore_backup", _restore, base="empty", again=_restore_again, steps=True,
         is_about_tables=True, holds=_numbers_go_on, stride=100),
    Case("a backup is restored into tables without a row", "upkeep.restore_backup", _restore, base="empty",
         prepare=_migrate, again=_restore_again, steps=True, is_about_tables=True, holds=_numbers_go_on),
)  # fmt: skip
