"""What of a programme needs a look, kind by kind; a partial index finds each kind without reading the rest.

A condition that a partial index has is written out: neither database matches it with a parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django_scopes import scope

from palier.store.concerns.models import SeenConcern
from palier.store.hooks.load import load_silent_shops
from palier.store.rows import is_postgresql, select, to_time

LIST_MAX = 50
"""Most concerns of one kind that are listed; all are counted."""

OVERDUE = timedelta(hours=1)
"""Due work that waits for longer is no longer a worker that is busy."""

QUIET = timedelta(hours=1)
"""A shop that pushed within this time has not gone silent."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A statement of a subject and since when, then of the columns named; ``{p}`` is the programme's id."""

    columns: tuple[str, ...]
    sql: str


_KINDS: Mapping[str, _Kind] = {
    "webhook": _Kind(("webhook", "name", "url", "reason"), """
        SELECT e.public_id || ':' || e.disabled_reason AS subject, COALESCE(e.failing_since, e.created_at) AS since,
               e.public_id, e.name, e.url, e.disabled_reason
          FROM store_webhookendpoint e
         WHERE e.programme_id = {p} AND e.disabled_reason <> '' AND e.removed_at IS NULL"""),
    "delivery": _Kind(("webhook", "name", "url", "number"), """
        SELECT e.public_id || ':' || CAST(MAX(d.id) AS text) AS subject, MIN(d.created_at) AS since,
               e.public_id, e.name, e.url, COUNT(*)
          FROM store_webhookendpoint e JOIN store_delivery d ON d.endpoint_id = e.id AND d.state = 'failed'
         WHERE e.programme_id = {p} AND e.removed_at IS NULL
         GROUP BY e.id, e.public_id, e.name, e.url"""),
    "message": _Kind(("shop", "event_id", "message", "customer", "error", "payload"), """
        SELECT CAST(i.id AS text) AS subject, i.failed_at AS since,
               s.name, i.event_id, i.kind, i.customer, i.error, i.payload
          FROM store_shop s JOIN store_inbox i ON i.shop_id = s.id AND i.done_at IS NULL AND i.failed_at IS NOT NULL
         WHERE s.programme_id = {p}"""),
    "order": _Kind(("order", "member", "name", "email", "points"), """
        SELECT CAST(o.id AS text) AS subject, o.recorded_at AS since, o.external_id, a.public_id, f.name, f.email,
               {missing}
          FROM store_order o JOIN store_account a ON a.id = o.account_id
          LEFT JOIN store_profile f ON f.account_id = a.id
         WHERE o.programme_id = {p} AND o.is_flagged"""),
    "refund": _Kind(("order", "shop", "number"), """
        SELECT CAST(o.id AS text) AS subject, o.recorded_at AS since, o.external_id, s.name,
               (SELECT COUNT(*) FROM store_refund r WHERE r.order_id = o.id)
          FROM store_order o JOIN store_shop s ON s.id = o.shop_id
         WHERE o.programme_id = {p} AND o.currency = ''"""),
    "debt": _Kind(("member", "name", "email", "points"), """
        SELECT CAST(a.id AS text) || ':' || CAST(a.debt AS text) AS subject,
               (SELECT MAX(x.effective_at) FROM store_entry x WHERE x.account_id = a.id AND x.debt > 0) AS since,
               a.public_id, f.name, f.email, a.debt
          FROM store_account a LEFT JOIN store_profile f ON f.account_id = a.id
         WHERE a.programme_id = {p} AND a.debt > 0 AND a.erased_at IS NULL"""),
    "import": _Kind(("batch", "file", "shop", "number"), """
        SELECT CAST(b.id AS text) AS subject, b.started_at AS since, b.id, b.source_name, s.name,
               (SELECT COUNT(*) FROM store_importproblem y WHERE y.batch_id = b.id AND y.code <> 'left_out')
          FROM store_importbatch b JOIN store_shop s ON s.id = b.shop_id
         WHERE b.programme_id = {p} AND b.undone_at IS NULL
           AND EXISTS (SELECT 1 FROM store_importproblem x WHERE x.batch_id = b.id AND x.code <> 'left_out')"""),
    "hook": _Kind(("shop", "number"), """
        SELECT CAST(h.shop_id AS text) || ':' || CAST(h.refused AS text) AS subject, h.last_refused_at AS since,
               s.name, h.refused
          FROM store_shop s JOIN store_hook h ON h.shop_id = s.id
         WHERE s.programme_id = {p} AND h.refused > 0"""),
}  # fmt: skip

KINDS = ("work", "silence", *_KINDS)
"""All kinds, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Concern:
    """One matter that needs a look. ``facts`` are what its kind tells of it."""

    kind: str
    subject: str
    since: datetime
    facts: Mapping[str, Any]


def count_concerns(programme_id: int, *, now: datetime, world: datetime) -> int:
    """How many need a look; ``now`` is the programme's clock, ``world`` the world's. One statement at rest."""
    parts = [
        f"SELECT COUNT(*) AS found, 0 AS quiet FROM ({_of(kind)}) q WHERE {_UNSEEN.format(kind=kind)}"
        for kind in _KINDS
    ]
    parts += [
        f"SELECT CASE WHEN EXISTS ({_OVERDUE}) THEN 1 ELSE 0 END, 0",
        f"SELECT 0, COUNT(*) FROM {_QUIET}",
    ]
    rows = select(
        f"SELECT SUM(found), SUM(quiet) FROM ({' UNION ALL '.join(parts)}) AS counted",
        [
            *[programme_id] * (2 * len(_KINDS)),
            *(programme_id, to_time(now - OVERDUE)),
            *(programme_id, to_time(world - QUIET)),
        ],
    )
    found, quiet = (int(value) for value in rows[0])
    return found + (len(_silences(programme_id, world)) if quiet else 0)


def load_concerns(programme_id: int, *, now: datetime, world: datetime) -> dict[str, tuple[Concern, ...]]:
    """Kind → its concerns, newest first, at most ``LIST_MAX`` of each; kinds without any are left out."""
    found = {
        "work": _work(programme_id, now),
        "silence": _silences(programme_id, world),
        **{kind: _listed(programme_id, kind) for kind in _KINDS},
    }
    return {kind: concerns for kind, concerns in found.items() if concerns}


_OVERDUE = "SELECT 1 FROM store_account WHERE programme_id = %s AND next_due_at < %s"
_QUIET = (
    "store_shop s JOIN store_hook h ON h.shop_id = s.id WHERE s.programme_id = %s AND h.last_received_at < %s"
)
"""Shops that have not pushed for a while: only for these it is worth to look what is usual."""
_UNSEEN = (
    "NOT EXISTS (SELECT 1 FROM store_seenconcern z WHERE z.programme_id = %s AND z.kind = '{kind}'"
    " AND z.subject = q.subject)"
)


def _of(kind: str) -> str:
    missing = (
        "CAST(o.booking ->> 'missing' AS bigint)"
        if is_postgresql()
        else "json_extract(o.booking, '$.missing')"
    )
    return _KINDS[kind].sql.format(p="%s", missing=missing)


def _listed(programme_id: int, kind: str) -> tuple[Concern, ...]:
    rows = select(
        f"SELECT * FROM ({_of(kind)}) q WHERE {_UNSEEN.format(kind=kind)}"
        f" ORDER BY q.since DESC, q.subject DESC LIMIT {LIST_MAX}",
        [programme_id] * 2,
    )
    columns = _KINDS[kind].columns
    return tuple(
        Concern(kind, str(subject), _instant(since), dict(zip(columns, rest, strict=True)))
        for subject, since, *rest in rows
    )


def _silences(programme_id: int, world: datetime) -> tuple[Concern, ...]:
    """Shops that push and have gone silent."""
    with scope(programme=programme_id):
        seen = set(SeenConcern.objects.filter(kind="silence").values_list("subject", flat=True))
    silent = (
        Concern(
            "silence",
            f"{shop.shop_id}:{int(shop.last_received_at.timestamp())}",
            shop.last_received_at,
            {"shop": shop.shop},
        )
        for shop in load_silent_shops(programme_id, now=world)
    )
    return tuple(concern for concern in silent if concern.subject not in seen)


def _work(programme_id: int, now: datetime) -> tuple[Concern, ...]:
    """Due work that nobody does; one statement."""
    rows = select(
        "SELECT COUNT(*), MIN(next_due_at) FROM store_account WHERE programme_id = %s AND next_due_at < %s",
        [programme_id, to_time(now - OVERDUE)],
    )
    count, oldest = rows[0]
    return (Concern("work", "", _instant(oldest), {"number": int(count)}),) if count else ()


def _instant(value: Any) -> datetime:
    """SQLite gives the text that was stored, PostgreSQL an instant."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at if at.tzinfo else at.replace(tzinfo=UTC)
