"""Attempts to deliver have ended: what they brought is kept, and decides what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django_scopes import scopes_disabled

from palier.core.webhooks import DISABLE_AFTER, Answer, Verdict, judge
from palier.flows.transaction import in_one_transaction
from palier.store.webhooks.models import WebhookEndpoint
from palier.store.webhooks.record import record_attempt


@dataclass(frozen=True, slots=True)
class SettleDelivery:
    """One attempt. ``tries`` is what the delivery was taken with. ``chance_permille`` spreads the next try."""

    delivery_id: int
    endpoint_id: int
    tries: int
    started_at: datetime
    answer: Answer
    chance_permille: int


def settle_deliveries(commands: Sequence[SettleDelivery], *, now: datetime) -> list[Verdict | None]:
    """What each delivery is now; None when its lease had ended and this attempt no longer decides. One transaction.

    An endpoint that says 410 Gone, or took nothing for days, is disabled.
    """
    # In one order, so that two workers do not wait for each other in a circle.
    ordered = sorted(commands, key=lambda each: (each.endpoint_id, each.delivery_id))
    settled = in_one_transaction(lambda: {each.delivery_id: _settle(each, now) for each in ordered})
    return [settled[each.delivery_id] for each in commands]


def _settle(command: SettleDelivery, now: datetime) -> Verdict | None:
    answer = command.answer
    verdict, at = judge(answer, tries=command.tries, chance_permille=command.chance_permille, now=now)
    if not record_attempt(
        command.delivery_id, answer, verdict, tries=command.tries, started_at=command.started_at, next_at=at
    ):
        return None
    with scopes_disabled():
        endpoint = WebhookEndpoint.objects.filter(pk=command.endpoint_id)
        if answer.is_taken:
            endpoint.update(last_delivered_at=now, failing_since=None)
        elif answer.is_gone:
            endpoint.update(is_active=False, disabled_reason="gone")
        else:
            endpoint.filter(failing_since=None).update(failing_since=now)
            endpoint.filter(is_active=True, failing_since__lte=now - DISABLE_AFTER).update(
                is_active=False, disabled_reason="failing"
            )
    return verdict
