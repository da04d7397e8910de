"""Which tables a backup holds, and how their values are written so that either database can read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.apps import apps
from django.db import models
from msgspec import Raw

from palier.store.rows import from_time, is_postgresql, to_time

FORMAT = 1

LEFT_OUT = frozenset({
    "django_session", "django_admin_log", "django_migrations", "django_tasks_database_dbtaskresult", "store_beat",
})  # fmt: skip
"""Who is signed in and who works is nobody's to restore, chores come by their schedule; the state of migrations is
told in the heading."""

Kind = Literal["plain", "flag", "json", "instant", "day"]
"""How a column's values are written: as they are, as true and false, as JSON, as ISO time in UTC, as ISO date."""


def models_kept() -> list[type[models.Model]]:
    """Every model with a table of its own, by the name of its table."""
    found = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    return [
        found[name]
        for name in sorted(found)
        if name not in LEFT_OUT and found[name]._meta.managed and not found[name]._meta.proxy
    ]


def columns_of(model: type[models.Model]) -> list[tuple[str, Kind]]:
    """The model's columns with their kinds, in the order of its fields."""
    return [(field.column, _kind(field)) for field in model._meta.concrete_fields if field.column]


def _kind(field: models.Field[Any, Any]) -> Kind:
    if isinstance(field, models.JSONField):
        return "json"
    if isinstance(field, models.BooleanField):
        return "flag"
    if isinstance(field, models.DateTimeField):
        return "instant"
    if isinstance(field, models.DateField):
        return "day"
    return "plain"


def writer(kind: Kind) -> Callable[[Any], Any]:
    """From what a cursor returned to what JSON can hold."""
    return _WRITERS[kind]


def reader(kind: Kind) -> Callable[[Any], Any]:
    """From what JSON held to what this installation's driver takes."""
    return _READERS[kind]


def _write_json(value: Any) -> Any:
    """A document in brackets, so that the document ``null`` differs from no document."""
    return None if value is None else Raw(b"[" + value.encode() + b"]")


def _write_instant(value: Any) -> Any:
    instant = from_time(datetime.fromisoformat(value) if isinstance(value, str) else value)
    return None if instant is None else instant.isoformat()


def _read_json(value: Any) -> Any:
    """A document as its text; the reader of the file left it undecoded."""
    text = bytes(value).decode()
    return None if text == "null" else text[1:-1]


def _read_instant(value: str | None) -> Any:
    return None if value is None else to_time(datetime.fromisoformat(value))


def _read_day(value: str | None) -> Any:
    return value if value is None or not is_postgresql() else date.fromisoformat(value)


_WRITERS: dict[Kind, Callable[[Any], Any]] = {
    "plain": lambda value: value,
    "flag": lambda value: None if value is None else bool(value),
    "json": _write_json,
    "instant": _write_instant,
    "day": lambda value: None if value is None else str(value),
}
_READERS: dict[Kind, Callable[[Any], Any]] = {
    "plain": lambda value: value,
    "flag": lambda value: value,
    "json": _read_json,
    "instant": _read_instant,
    "day": _read_day,
}
