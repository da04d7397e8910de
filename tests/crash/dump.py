"""Every row of every table, written so that two runs that did the same leave the same text.

Left aside are only what chance makes and what follows from it (``BY_CHANCE``), and who works or is signed in
(``LEFT_OUT``). Numbers and names that chance gave to rows are replaced by what they name, wherever they stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from django.apps import apps
from django.db import connection, models

from palier.store.backups.tables import columns_of

LEFT_OUT: Mapping[str, str] = {
    "django_session": "who is signed in",
    "django_admin_log": "what the admin's pages note for themselves",
    "store_beat": "which processes live",
}
BY_CHANCE: Mapping[str, str] = {
    "store_account.last_hash": "follows from public ids and salts; verify computes it anew",
    "store_entry.hash": "follows from public ids and salts; verify computes it anew",
    "store_entry.note_digest": "follows from a random salt; verify computes it anew",
    "store_entrynote.salt": "random",
    "store_seal.digest": "follows from the hashes; verify computes it anew",
    "store_seal.signature": "follows from the digest; verify computes it anew",
    "store_webhookendpoint.secret": "random",
    "store_webhookendpoint.previous_secret": "random",
    "store_hook.secret": "random",
    "store_hook.previous_secret": "random",
    "store_widgetsecret.secret": "random",
    "store_apikey.digest": "of a random key",
    "store_apikey.prefix": "of a random key",
    "auth_user.password": "unusable ones are random",
    "django_tasks_database_dbtaskresult.worker_ids": "a worker's name is random",
    "store_attempt.duration_ms": "how long the receiver took",
}
NAMING = ("public_id", "code", "message_id")
"""Columns whose values name their row and are made by chance or from what chance made. So is the key of a happening
for which nobody gave one."""

_TOKEN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|msg_[0-9a-f]{32}|\d{10,19}|[A-Z2-9]{12}")
_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{20,}=*")
_RESULT = re.compile(r'"result":"(?:new|repeat|published|unchanged|merged)"')
"""Of an answer that was lost, the same request hears that it is a repeat."""
_INSTANT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*")
_decode = msgspec.json.decode
_encode = msgspec.json.Encoder(order="deterministic").encode
_LARGE = 10**12
"""Numbers of rows from here on come from ``store.ids``; smaller ones from the database's own counters."""

Table = type[models.Model]


def canonical(*, world_clock: datetime | None = None, aside: Collection[str] = ()) -> dict[str, list[str]]:
    """By table: its rows as text, sorted, without the columns ``aside``. Instants from ``world_clock`` on were read
    from a clock: they say so only."""
    tables = [model for model in apps.get_models(include_auto_created=True) if _is_kept(model)]
    rows = {model: _rows(model) for model in tables}
    names = Names(rows, frozenset(aside))
    clock = Clock(world_clock)
    found = {}
    for model in tables:
        table = model._meta.db_table
        texts = [_encode(clock(names(model, row))).decode() for row in rows[model]]
        found[table] = sorted(texts)
    return found


def unlike(one: Mapping[str, list[str]], other: Mapping[str, list[str]]) -> list[str]:
    """How two dumps differ, row by row."""
    found = []
    for table in sorted(one):
        if one[table] != other[table]:
            missing, more = list(one[table]), []
            for row in other[table]:
                missing.remove(row) if row in missing else more.append(row)
            found += [f"{table}: missing {row}" for row in missing]
            found += [f"{table}: more {row}" for row in more]
    return found


def _is_kept(model: Table) -> bool:
    meta = model._meta
    return bool(meta.managed and not meta.proxy and meta.db_table not in LEFT_OUT)


def _rows(model: Table) -> list[dict[str, Any]]:
    columns = columns_of(model)
    names = ", ".join(f'"{name}"' for name, _ in columns)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {names} FROM "{model._meta.db_table}"')
        found = [
            {name: _plain(value, kind) for (name, kind), value in zip(columns, row, strict=True)}
            for row in cursor.fetchall()
        ]
    key = model._meta.pk.column
    if key is not None and all(isinstance(row[key], int) for row in found):
        found.sort(key=lambda row: row[key])
    else:
        found.sort(key=lambda row: str(sorted(row.items())))
    return found


def _plain(value: Any, kind: str) -> Any:
    if value is None:
        return None
    if kind == "json":
        return _decode(value) if isinstance(value, str | bytes) else value
    if kind == "flag":
        return bool(value)
    if kind == "instant":
        at = datetime.fromisoformat(value) if isinstance(value, str) else value
        return at.replace(tzinfo=None).isoformat()
    return value.isoformat() if isinstance(value, date) else value if isinstance(value, int) else str(value)


class Names:
    """What the rows are called: a number that says the how-manieth of its table it is."""

    def __init__(self, rows: Mapping[Table, list[dict[str, Any]]], aside: frozenset[str]) -> None:
        self.aside = aside | BY_CHANCE.keys()
        self.ranks: dict[Table, dict[Any, str]] = {}
        self.tokens: dict[str, str] = {}
        for model, found in rows.items():
            meta = model._meta
            key = meta.pk.column
            self.ranks[model] = {}
            for rank, row in enumerate(found, start=1):
                name = f"{meta.db_table}#{rank}"
                if key is not None and not meta.pk.is_relation:
                    self.ranks[model][row[key]] = name
                    if not isinstance(row[key], int) or row[key] >= _LARGE:
                        self.tokens[str(row[key])] = name
                naming = (*NAMING, "key") if meta.db_table == "store_happening" else NAMING
                for column in naming:
                    if row.get(column) and _TOKEN.fullmatch(str(row[column])):
                        self.tokens.setdefault(str(row[column]), f"{name}.{column}")

    def __call__(self, model: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        table = model._meta.db_table
        named = {}
        for field in model._meta.concrete_fields:
            column = field.column
            if column is None or f"{table}.{column}" in self.aside:
                continue
            value = row[column]
            target = _target(model, field)
            named[column] = (
                self.ranks[target].get(value, value) if target is not None else self.replaced(value)
            )
        if table == "store_happening" and row["kind"] == "opening":
            # Its name is the number of its file. PostgreSQL does not give out a number again that was rolled back.
            batches = self.ranks[apps.get_model("store.ImportBatch")]
            named["name"] = batches.get(int(row["name"]), row["name"])
        return named

    def replaced(self, value: Any) -> Any:
        """The value with every name that chance gave replaced, however deep it lies."""
        if isinstance(value, str):
            named = _TOKEN.sub(lambda found: self.tokens.get(found[0], found[0]), value)
            return _RESULT.sub('"result":"told"', _SECRET.sub("a secret", named))
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int):
            return self.tokens.get(str(value), value) if value >= _LARGE else value
        if isinstance(value, dict):
            return {str(self.replaced(key)): self.replaced(each) for key, each in value.items()}
        return [self.replaced(each) for each in value] if isinstance(value, list) else value


def _target(model: Table, field: Any) -> Table | None:
    """The table that a column points to, or whose own number it is."""
    if field.primary_key and not field.is_relation:
        return model
    while field.is_relation:
        model = field.related_model
        field = model._meta.pk
        if not field.is_relation:
            return model
    by_name = {"store_entry.version_id": "store.ProgrammeVersion"}.get(
        f"{model._meta.db_table}.{field.column}"
    )
    return apps.get_model(by_name) if by_name else None


class Clock:
    """Replaces instants that were read from a clock: two runs never read the same."""

    def __init__(self, since: datetime | None) -> None:
        self.since = since.replace(tzinfo=None).isoformat() if since else ""
        self.micros = range(0)
        if since is not None:
            first = int(since.timestamp() * 1e6)
            self.micros = range(first, first + 10 * 365 * 86400 * 10**6)

    def __call__(self, value: Any) -> Any:
        if not self.since:
            return value
        return self._replaced(value)

    def _replaced(self, value: Any) -> Any:
        if isinstance(value, str):
            return _INSTANT.sub(lambda found: _CLOCK if found[0] >= self.since else found[0], value)
        if isinstance(value, bool):
            return value
        if isinstance(value, int) and value in self.micros:
            return _CLOCK
        if isinstance(value, dict):
            return {key: self._replaced(each) for key, each in value.items()}
        return [self._replaced(each) for each in value] if isinstance(value, list) else value


_CLOCK = "an instant of the clock"
MARGIN = timedelta(minutes=5)
"""An instant this long before a run began is none of its clock's."""
