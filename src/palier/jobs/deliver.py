"""Sends what webhooks are due: several at once, few of one address, nothing while a transaction is open."""

from __future__ import annotations

import logging
import random
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from threading import Event

import msgspec
from django.conf import settings
from django_scopes import scopes_disabled

from palier.channels.webhook import Outgoing, send
from palier.core.webhooks import Answer, payload
from palier.flows.webhooks.settle_deliveries import SettleDelivery, settle_deliveries
from palier.flows.webhooks.take_deliveries import MOST, MOST_EACH, take_deliveries
from palier.jobs.clock import world_now
from palier.store.webhooks.load import DueDelivery
from palier.store.webhooks.models import Delivery

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder(order="deterministic").encode
_LOOK_AGAIN_S = 0.2
_ROOM_MIN = MOST // 4
"""Several are taken in one transaction, not each as soon as a place is free."""


def deliver_due(stop: Event) -> int:
    """Every delivery that is due, until none is; how many were tried. Asked to stop, it takes no more."""
    total = 0
    flying: dict[Future[Answer], tuple[DueDelivery, datetime]] = {}
    pool = ThreadPoolExecutor(MOST, thread_name_prefix="webhook")
    try:
        while True:
            if not stop.is_set():
                for due in _take(flying):
                    at = world_now()
                    flying[pool.submit(_attempt, due, at)] = (due, at)
            if not flying:
                return total
            done, _ = wait(flying, timeout=_LOOK_AGAIN_S, return_when=FIRST_COMPLETED)
            if done:
                settle_deliveries(
                    [_settled(*flying.pop(each), each.result()) for each in done], now=world_now()
                )
                total += len(done)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _attempt(due: DueDelivery, at: datetime) -> Answer:
    try:
        return send_delivery(due, at)
    except Exception as error:
        log.exception("delivery %s could not be sent", due.message_id)
        return Answer(None, f"{type(error).__name__} on our side")


def send_delivery(due: DueDelivery, at: datetime) -> Answer:
    """Say what the delivery says to its address; ``at`` is signed with it."""
    said = payload(
        id=due.message_id,
        type=due.event,
        at=due.at,
        sequence=due.sequence,
        programme=due.programme,
        shop=due.shop,
        members=[{"shop": shop, "customer": customer} for shop, customer in due.customers],
        data=due.data,
    )
    message = Outgoing(due.url, due.message_id, _encode(said), due.secrets)
    return send(message, at=at, allows_local=settings.PALIER_WEBHOOKS_LOCAL)


def _take(flying: dict[Future[Answer], tuple[DueDelivery, datetime]]) -> list[DueDelivery]:
    room = MOST - len(flying)
    if room < _ROOM_MIN:
        return []
    with scopes_disabled():
        due = Delivery.objects.filter(
            state="waiting", next_at__lte=world_now(), endpoint__is_active=True, endpoint__removed_at=None
        )
        if not due.exists():
            return []
    busy = Counter(due.endpoint_id for due, _ in flying.values())
    full = [endpoint for endpoint, count in busy.items() if count >= MOST_EACH]
    return take_deliveries(now=world_now(), most=room, busy=full)


def _settled(due: DueDelivery, at: datetime, answer: Answer) -> SettleDelivery:
    chance = random.randrange(1000)
    return SettleDelivery(due.id, due.endpoint_id, due.tries, at, answer, chance_permille=chance)
