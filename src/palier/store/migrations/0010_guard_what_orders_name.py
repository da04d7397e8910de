"""What is written with every order has no foreign keys on PostgreSQL; what it names can't be deleted instead.

PostgreSQL looked up and locked every row that an order's own rows name: a third of its time for an order. Members,
orders, shops, programmes, published versions and import batches are never deleted, so that is refused where it would
happen, for nothing. SQLite's keys cost next to nothing and stay as they are: its tables would have to be copied.
"""

import django.db.models.deletion
from django.db import migrations, models

GUARDED = {
    "store_account": "TRUE",
    "store_importbatch": "TRUE",
    "store_order": "TRUE",
    "store_programme": "TRUE",
    "store_programmeversion": "OLD.published_at IS NOT NULL",
    "store_shop": "TRUE",
}
"""Tables, and which of their rows stay for ever under the id that they have."""


class AlterOnPostgreSQL(migrations.AlterField):
    """Elsewhere only Django's idea of the field changes."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        self.database_forwards(app_label, schema_editor, from_state, to_state)


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION palier_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION 'orders and entries name this row: it stays' USING ERRCODE = '23503'; END $$"
        )
    for table, which in GUARDED.items():
        for verb, what in {"delete": "DELETE", "renumber": "UPDATE OF id"}.items():
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {what} ON {table} "
                    f"FOR EACH ROW WHEN ({which}) EXECUTE FUNCTION palier_stays()"
                )
            else:
                schema_editor.execute(
                    f"CREATE TRIGGER {table}_no_{verb} BEFORE {what} ON {table} WHEN {which} "
                    "BEGIN SELECT RAISE(ABORT, 'orders and entries name this row: it stays'); END"
                )


def unguard(apps, schema_editor):
    for table in GUARDED:
        for verb in ("delete", "renumber"):
            on = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}")


def named(to, related_name, on_delete=django.db.models.deletion.PROTECT, **more):
    return models.ForeignKey(
        to=to, related_name=related_name, on_delete=on_delete, db_constraint=False, **more
    )


FIELDS = {
    ("draw", "account"): named("store.account", "draws", db_index=False),
    ("entry", "account"): named("store.account", "entries", db_index=False),
    ("entry", "programme"): named("store.programme", "+", db_index=False),
    ("entrynote", "account"): named("store.account", "notes", db_index=False),
    ("lot", "account"): named("store.account", "lots", db_index=False),
    ("order", "account"): named("store.account", "orders_of", blank=True, null=True, db_index=False),
    ("order", "batch"): named(
        "store.importbatch", "+", django.db.models.deletion.SET_NULL, blank=True, null=True, db_index=False
    ),
    ("order", "programme"): named("store.programme", "orders"),
    ("order", "shop"): named("store.shop", "orders", db_index=False),
    ("order", "version"): named("store.programmeversion", "+", blank=True, null=True),
    ("orderline", "order"): named(
        "store.order", "lines", django.db.models.deletion.CASCADE, db_index=False
    ),
    ("renewal", "account"): named("store.account", "renewals"),
}


class Migration(migrations.Migration):
    dependencies = [("store", "0009_fewer_indexes")]
    operations = [
        migrations.RunPython(guard, unguard),
        *(AlterOnPostgreSQL(model, name, field) for (model, name), field in FIELDS.items()),
    ]
