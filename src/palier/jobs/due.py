"""Due work: accounts whose time has come, and intents that wait to be handed on."""

from __future__ import annotations

from collections.abc import Collection
from threading import Event

from django.db import InterfaceError, OperationalError
from django_scopes import scopes_disabled

from palier.flows.points.catch_up_accounts import CHUNK_MAX, StuckAccount, catch_up_accounts
from palier.flows.webhooks.open_deliveries import open_deliveries
from palier.jobs.clock import now_in, world_now
from palier.store.members.load import Moved
from palier.store.members.models import Account
from palier.store.outbox.models import Intent
from palier.store.programmes.models import Programme


def work_off_accounts(stop: Event) -> int:
    """Every account that is due in every programme, chunk by chunk; how many there were.

    One that cannot be caught up holds up no other: ``StuckAccount`` is raised when all others are done.
    """
    total = 0
    stuck: list[StuckAccount] = []
    for programme in Programme.objects.order_by("id"):
        total += _work_off(programme, stop, stuck)
    if stuck:
        raise stuck[0]
    return total


def _work_off(programme: Programme, stop: Event, stuck: list[StuckAccount]) -> int:
    total, limit = 0, CHUNK_MAX
    aside: set[int] = set()
    while not stop.is_set() and _is_due(programme, aside):
        try:
            accounts = catch_up_accounts(programme.pk, now=now_in(programme), limit=limit, without=aside)
        except StuckAccount as error:
            stuck.append(error)
            aside.add(error.account_id)
            limit = CHUNK_MAX
            continue
        except (OperationalError, InterfaceError, Moved):
            raise
        except Exception:
            if limit == 1:
                raise
            limit = 1  # it is one of the chunk: one after the other they show which
            continue
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


def _is_due(programme: Programme, aside: Collection[int]) -> bool:
    # A look costs nobody anything; a transaction would take SQLite's only lock.
    with scopes_disabled():
        due = Account.objects.filter(programme=programme, next_due_at__lte=now_in(programme))
        return due.exclude(pk__in=aside).exists() if aside else due.exists()


def _has_intents(programme: Programme) -> bool:
    with scopes_disabled():
        return Intent.objects.filter(programme=programme, done_at=None).exists()
