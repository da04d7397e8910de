"""An empty database becomes what a backup holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection, transaction

from palier.core.errors import Refusal
from palier.store.backups.load import Contents, DamagedBackup, check, load, restart_numbering
from palier.store.programmes.models import Programme
from palier.store.whole_migrations import WholeMigrations


class DatabaseInUse(Refusal):
    """A backup is restored into an empty database only."""

    code = "database_in_use"


class NewerBackup(Refusal):
    """The backup was made by a Palier that is newer than this one."""

    code = "newer_backup"


@dataclass(frozen=True, slots=True)
class RestoreBackup:
    """``lines`` gives the backup's lines from the beginning, each time it is called."""

    lines: Callable[[], Iterable[bytes]]
    on_checked: Callable[[Contents], object] = lambda contents: None
    on_rows: Callable[[int], object] = lambda rows: None


def restore_backup(command: RestoreBackup) -> Contents:
    """Read the whole backup first, then fill the database with it in one transaction, then bring its tables up to date.

    Raises ``DamagedBackup``, ``NewerBackup`` or ``DatabaseInUse`` before anything is changed. After a crash the
    database holds no programme yet, and the same can be done again; or it holds all, and its tables are brought up to
    date by ``palier init``.
    """
    contents = check(command.lines())
    command.on_checked(contents)
    _refuse_database_in_use()
    _migrate_to(contents.heading.migrations)
    with transaction.atomic():
        counts = load(command.lines(), on_rows=command.on_rows)
        if counts != contents.rows:
            raise DamagedBackup(
                "the backup changed while it was read", hint="restore it from a disk of its own"
            )
        # With its rows: a crash after this leaves a database that takes new rows, and is restored no more.
        restart_numbering(counts)
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        restart_numbering()
    return contents


def _refuse_database_in_use() -> None:
    if Programme._meta.db_table not in connection.introspection.table_names():
        return
    name = Programme.objects.order_by("id").values_list("name", flat=True).first()
    if name is not None:
        raise DatabaseInUse(
            f"this database holds the programme {name!r}",
            path="PALIER_DATABASE_URL",
            hint="name an empty database; nothing was changed",
        )


def _migrate_to(migrations: tuple[tuple[str, str], ...]) -> None:
    """Make the tables as they were when the backup was made: its rows fit no others."""
    executor = WholeMigrations(connection)
    graph = executor.loader.graph
    newer = [f"{app}.{name}" for app, name in migrations if (app, name) not in graph.nodes]
    if newer:
        raise NewerBackup(
            f"this Palier does not know {', '.join(newer)}", hint="install a newer Palier first"
        )
    applied = set(executor.loader.applied_migrations)
    if applied - set(migrations):
        raise DatabaseInUse(
            "the tables of this database are newer than the backup", hint="name a database without tables"
        )
    then = set(migrations)
    last = [node for node in migrations if not any(c.key in then for c in graph.node_map[node].children)]
    executor.migrate(last)
