"""``migrate`` as Django does it, but each migration is noted in the transaction that makes it."""

from __future__ import annotations

from django.core.management.commands import migrate

from palier.store.whole_migrations import WholeMigrations

# Django's command takes its executor from its own module: there is no other way in.
migrate.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined]


class Command(migrate.Command):
    """Django's, with that executor."""
