"""Whether the database's tables are those of this code."""

from __future__ import annotations

from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def tables_are_current() -> bool:
    """False while a migration of this code has not been run on the database."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
