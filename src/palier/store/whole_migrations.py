"""Migrations that are noted in the transaction that makes them."""

from __future__ import annotations

from typing import Any

from django.db.migrations.executor import MigrationExecutor


class WholeMigrations(MigrationExecutor):
    """Django notes a migration that adds indexes only after it was committed: who dies in between has tables that the
    next run would make again."""

    def apply_migration(
        self, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False
    ) -> Any:
        """Make the migration and note it, both or neither."""
        if fake or fake_initial or not migration.atomic:
            return super().apply_migration(state, migration, fake=fake, fake_initial=fake_initial)
        tell = self.progress_callback or (lambda *_: None)
        tell("apply_start", migration, fake)
        with self.connection.schema_editor(atomic=True) as editor:
            state = migration.apply(state, editor)
            while editor.deferred_sql:
                editor.execute(editor.deferred_sql.pop(0))
            self.record_migration(migration)  # type: ignore[call-arg]  # the stubs are older
        tell("apply_success", migration, fake)
        return state
