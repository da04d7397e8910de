"""The shops' hooks: what checks a push, what a worker works off, and what somebody needs to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import TruncHour
from django_scopes import scope, scopes_disabled

from palier.core.inbox import LOOK_BACK, is_silent, usual_gap
from palier.store.hooks.models import Hook
from palier.store.outbox.models import Inbox
from palier.store.rows import from_time, select

PAGE = 100


@dataclass(frozen=True, slots=True)
class HookKey:
    """What a push is checked with."""

    shop_id: int
    secrets: tuple[str, ...]


def find_hook(shop: str, *, now: datetime) -> HookKey | None:
    """The secrets of the shop with that public id; None when there is none or it has no hook. One statement."""
    rows = select(
        "SELECT h.shop_id, h.secret, h.previous_secret, h.previous_until FROM store_hook h"
        " JOIN store_shop s ON s.id = h.shop_id WHERE s.public_id = %s",
        [shop],
    )
    if not rows:
        return None
    shop_id, secret, previous, until = rows[0]
    until = from_time(until if not isinstance(until, str) else datetime.fromisoformat(until))
    is_overlapping = bool(previous and until and until > now)
    return HookKey(shop_id, (secret, previous) if is_overlapping else (secret,))


@dataclass(frozen=True, slots=True)
class OpenMessage:
    """A message that a worker works off. ``payload`` is the body as it came."""

    id: int
    tries: int
    shop_id: int
    currency: str
    clock_offset_s: int
    event_id: str
    kind: str
    payload: str
    received_at: datetime


def load_open(ids: list[int]) -> list[OpenMessage]:
    """These messages, shop by shop in the order in which they came. One statement."""
    with scopes_disabled():
        rows = Inbox.objects.filter(id__in=ids, done_at=None).order_by("shop_id", "id")
        return [
            OpenMessage(*row)
            for row in rows.values_list(
                "id", "tries", "shop_id", "shop__programme__currency", "shop__programme__clock_offset_s",
                "event_id", "kind", "payload", "received_at",
            )
        ]  # fmt: skip


def load_later_payloads(message: OpenMessage, customer: str) -> list[str]:
    """What later messages of the same kind said about the same customer, oldest first. One statement."""
    with scopes_disabled():
        rows = Inbox.objects.filter(
            shop_id=message.shop_id, customer=customer, kind=message.kind, id__gt=message.id, failed_at=None
        )
        return list(rows.exclude(payload="").order_by("id").values_list("payload", flat=True))


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message that somebody needs to look at: ``error`` says why it could not be worked off."""

    id: int
    shop: str
    """The shop's name."""
    event_id: str
    kind: str
    customer: str
    received_at: datetime
    failed_at: datetime | None
    failures: int
    error: str
    payload: str


def load_failed_messages(programme_id: int, *, limit: int = PAGE) -> list[ShownMessage]:
    """Messages that nobody tries any more, newest failure first. One statement."""
    with scope(programme=programme_id):
        rows = Inbox.objects.exclude(failed_at=None).filter(done_at=None)
        return [
            ShownMessage(
                row.pk, row.shop.name, row.event_id, row.kind, row.customer, row.received_at, row.failed_at,
                row.tries, row.error, row.payload,
            )
            for row in rows.select_related("shop").order_by("-failed_at", "-id")[:limit]
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ShopSilence:
    """A shop from which nothing has come for longer than is usual for it."""

    shop_id: int
    shop: str
    last_received_at: datetime
    usual: timedelta


def load_silent_shops(programme_id: int, *, now: datetime) -> list[ShopSilence]:
    """Shops that push and have gone silent (R-EVT-7); ``now`` is the world's clock. Two statements for each hook."""
    silent = []
    with scope(programme=programme_id):
        hooks = Hook.objects.exclude(last_received_at=None).select_related("shop").order_by("shop_id")
        for hook in hooks:
            newest = Inbox.objects.filter(shop=hook.shop).order_by("-received_at").values_list("received_at")
            last = max((row[0] for row in newest[:1]), default=hook.last_received_at)
            assert last is not None
            hours = list(
                Inbox.objects.filter(shop=hook.shop, received_at__gt=last - LOOK_BACK)
                .annotate(hour=TruncHour("received_at"))
                .values_list("hour", flat=True)
                .distinct()
            )
            if is_silent(hours, last=last, now=now):
                usual = usual_gap(hours)
                assert usual is not None
                silent.append(ShopSilence(hook.shop_id, hook.shop.name, last, usual))
    return silent


@dataclass(frozen=True, slots=True)
class ShownHook:
    """How a shop pushes: when something came last, and how much was refused for its signature or its age."""

    shop: str
    shop_public_id: str
    last_received_at: datetime | None
    refused: int
    last_refused_at: datetime | None
    previous_until: datetime | None
    waiting: int
    failed: int


def load_hooks(programme_id: int) -> list[ShownHook]:
    """The hooks of a programme's shops. Two statements for each."""
    with scope(programme=programme_id):
        shown = []
        for hook in Hook.objects.select_related("shop").order_by("shop_id"):
            open_ones = Inbox.objects.filter(shop=hook.shop, done_at=None)
            shown.append(
                ShownHook(
                    hook.shop.name, hook.shop.public_id, hook.last_received_at, hook.refused, hook.last_refused_at,
                    hook.previous_until, open_ones.filter(failed_at=None).count(),
                    open_ones.exclude(failed_at=None).count(),
                )
            )  # fmt: skip
        return shown
