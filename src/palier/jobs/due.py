"""Due work: accounts whose time has come, and intents that wait to be handed on."""

from __future__ import annotations

from threading import Event

from django_scopes import scopes_disabled

from palier.flows.points.catch_up_accounts import catch_up_accounts
from palier.flows.webhooks.open_deliveries import open_deliveries
from palier.jobs.clock import now_in, world_now
from palier.store.members.models import Account
from palier.store.outbox.models import Intent
from palier.store.programmes.models import Programme


def work_off_accounts(stop: Event) -> int:
    """Every account that is due in every programme, chunk by chunk; how many there were."""
    total = 0
    for programme in Programme.objects.order_by("id"):
        while not stop.is_set() and _is_due(programme):
            accounts = catch_up_accounts(programme.pk, now=now_in(programme))
            total += accounts
            if not accounts:
                break  # another worker has them all
    return total


def hand_on_intents(stop: Event) -> int:
    """Every open intent of every programme, chunk by chunk; how many there were."""
    total = 0
    for programme in Programme.objects.order_by("id"):
        while not stop.is_set() and _has_intents(programme):
            intents = open_deliveries(programme.pk, now=world_now())
            total += intents
            if not intents:
                break
    return total


def _is_due(programme: Programme) -> bool:
    # A look costs nobody anything; a transaction would take SQLite's only lock.
    with scopes_disabled():
        due = Account.objects.filter(programme=programme, next_due_at__lte=now_in(programme))
        return due.exists()


def _has_intents(programme: Programme) -> bool:
    with scopes_disabled():
        return Intent.objects.filter(programme=programme, done_at=None).exists()
