"""A new version of the programme comes into force; the past is never rewritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, DateTimeField, F, Max, Value, When
from django_scopes import scopes_disabled

from palier.core.check import Warning as Concern
from palier.core.check import check
from palier.core.errors import DraftChanged, ProgrammeChanged
from palier.core.programme import values
from palier.core.programme.canonical import digest
from palier.core.programme.parse import parse
from palier.flows.programme.programme_currency import check_currency
from palier.flows.transaction import in_one_transaction
from palier.store.members.models import Account
from palier.store.programmes.drafts import load_head
from palier.store.programmes.load import load_timeline
from palier.store.programmes.models import Programme, ProgrammeVersion
from palier.store.programmes.record import NewVersion, publish, save_draft


@dataclass(frozen=True, slots=True)
class PublishProgramme:
    """The whole document; ``source`` is the text it was written as. A draft is kept, and not put in force.

    A draft that is open stays open, unless it is what is published: it says the same, or it is what this is
    ``based_on`` (``keeps_draft``: not even then). With ``based_on`` (the id of the draft, or else of the version in
    force, that was looked at) it is published only while that is still so; with ``in_force`` only while the version of
    that number is in force. ``only_changes``: the document that is in force already is not published again.
    """

    programme_id: int
    document: Mapping[str, Any]
    source: str = ""
    author: str = ""
    note: str = ""
    is_draft: bool = False
    based_on: int | None = None
    in_force: int | None = None
    only_changes: bool = False
    keeps_draft: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """The version as it is stored, and what the check has to say of it."""

    version_id: int
    number: int
    concerns: tuple[Concern, ...]
    is_unchanged: bool = False


def publish_programme(command: PublishProgramme, *, now: datetime) -> Published:
    """Check the document and put it in force from ``now`` on, for new orders; members requalify as due work.

    ``InvalidProgramme`` names every problem at once; the currency of a programme with accounts cannot change.
    ``DraftChanged`` or ``ProgrammeChanged`` when something else is drafted or in force than what was looked at.
    """
    parsed = parse(command.document)
    version, is_unchanged = in_one_transaction(lambda: _publish(command, parsed, now))
    return Published(version.pk, version.number, check(parsed), is_unchanged)


def _publish(
    command: PublishProgramme, parsed: values.Programme, now: datetime
) -> tuple[ProgrammeVersion, bool]:
    # Orders that refer to the programme go on meanwhile: its key does not change.
    programme = Programme.objects.select_for_update(no_key=True).get(pk=command.programme_id)
    current = programme.current_version
    if command.only_changes and current is not None and current.digest == digest(parsed):
        return current, True
    if command.in_force is not None and (current is None or current.number != command.in_force):
        raise ProgrammeChanged(current.number if current is not None else 0)
    if command.based_on is not None and load_head(programme).pk != command.based_on:
        raise DraftChanged
    check_currency(programme, parsed)
    now = _after_the_last(programme, now)
    before = _in_force(programme)
    new = NewVersion(parsed, source=command.source, author=command.author, note=command.note)
    if command.is_draft:
        return save_draft(programme, new, now=now), False
    version = publish(programme, new, now=now, of_draft=None if command.keeps_draft else command.based_on)
    programme.currency = parsed.currency
    programme.save(update_fields=["currency"])
    _make_due(programme, before, parsed, now)
    return version, False


def _after_the_last(programme: Programme, now: datetime) -> datetime:
    """``now``, or the instant of the version in force if a clock went back: of two at one instant the later counts."""
    with scopes_disabled():
        last = programme.versions.aggregate(last=Max("published_at"))["last"]
    return now if last is None or now >= last else last


def _in_force(programme: Programme) -> values.Programme | None:
    if programme.current_version_id is None:
        return None
    return load_timeline(programme.pk, programme.current_version_id).versions[-1].programme


def _make_due(
    programme: Programme, before: values.Programme | None, after: values.Programme, now: datetime
) -> None:
    """Accounts are looked at again when something else may fall due; windows that changed are read anew."""
    if before is None:
        return
    changed: dict[str, Any] = {}
    if _waits_for(before) != _waits_for(after):
        # Whoever waits for something earlier still does (a history that was just imported).
        changed["next_due_at"] = Case(
            When(next_due_at__lt=now, then=F("next_due_at")), default=Value(now, DateTimeField())
        )
    if _looks_back(before) != _looks_back(after):
        changed["is_stale"] = True
    if changed:
        with scopes_disabled():
            Account.objects.filter(programme=programme, merged_into=None).update(**changed)


def _waits_for(programme: values.Programme) -> object:
    """What an account that is left alone waits for, besides the ends that its points and coupons have already."""
    return programme.tiers, programme.rewards, programme.points.remind, programme.timezone


def _looks_back(programme: values.Programme) -> object:
    tiers = programme.tiers
    window = (tiers.window, tiers.rolling, tiers.metric) if tiers else None
    return window, tuple(rule.cap for rule in programme.earning if rule.cap), programme.timezone
