"""Rows that name a row which is not there: nobody's, so no programme's check comes by them."""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

from palier.cli.verification.problem import Problem


def load_strays() -> Iterator[Problem]:
    """Of the whole installation. The database sees to it wherever it has a foreign key; here are the others."""
    for table, column, named in _unguarded():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT COUNT(*), MIN({column}) FROM {table} o WHERE {column} IS NOT NULL"
                f" AND NOT EXISTS (SELECT 1 FROM {named} n WHERE n.id = o.{column})"
            )
            count, first = cursor.fetchone()
        if count:
            yield Problem("I-17", "-", f"rows of {table} with no {named}", "0", f"{count}, {column} {first}")


def _unguarded() -> Iterator[tuple[str, str, str]]:
    """Table, column and the table that it names, of every key that is no constraint in the database."""
    for model in apps.get_app_config("store").get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and not field.db_constraint:  # type: ignore[attr-defined]
                assert isinstance(field.related_model, type)
                yield model._meta.db_table, field.column, field.related_model._meta.db_table
