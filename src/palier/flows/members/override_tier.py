"""Staff put a member into a tier, whatever orders deserve, or let the rules decide again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from palier.core import tiers
from palier.core.account import Cause, Override
from palier.core.book import Book
from palier.core.errors import InvalidOverride, ReasonMissing
from palier.flows.bench.member_bench import open_member
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id, new_public_id
from palier.store.ledger.record import Note
from palier.store.orders.happenings import NewHappening, record_happenings


@dataclass(frozen=True, slots=True)
class OverrideTier:
    """The tier for the member of a shop until that instant (None: until staff end it); ``tier`` None ends it now."""

    shop_id: int
    customer: str
    tier: str | None
    reason: str
    author: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Overridden:
    """The tier that the member holds now. ``is_repeat``: it was so already, and nothing was written."""

    account_id: int
    tier: str | None
    is_repeat: bool


def override_tier(command: OverrideTier, *, now: datetime) -> Overridden:
    """Give the tier at once and keep it, with its group, its benefits and its coupon, until its end or until staff end
    it; then the member falls or rises at once to what is deserved (R-TIER-8).

    ``InvalidOverride`` for a tier that the ladder in force lacks or an end that has passed, ``ReasonMissing`` without a
    reason, ``UnknownMember``. Done again it changes nothing.
    """
    if not command.reason.strip():
        raise ReasonMissing("a tier given by hand needs a reason", path="reason", hint="say why")
    return in_one_transaction(lambda: _override(command, now))


def _override(command: OverrideTier, now: datetime) -> Overridden:
    member = open_member(command.shop_id, command.customer, now=now, creates=False)
    book = member.book
    wanted = Override(command.tier, command.until) if command.tier is not None else None
    if wanted is not None:
        _check(book, wanted)
    if wanted == book.override:
        return Overridden(book.state.id, book.tier, True)
    happening_id = new_id()
    cause = Cause("override", str(happening_id))
    if wanted is None:
        tiers.end_override(book, cause)
    else:
        tiers.override(book, wanted, cause)
    member.record(now=now, note=Note(command.reason, command.author, secrets.token_hex(16)))
    key = new_public_id()
    row = NewHappening(happening_id, book.state.id, "override", command.tier or "", key, book.now, 0)
    record_happenings([row], now=now)
    return Overridden(book.state.id, book.tier, False)


def _check(book: Book, wanted: Override) -> None:
    if not tiers.is_step(book, wanted.tier):
        ladder = book.programme.tiers.ladder if book.programme.tiers else ()
        known = ", ".join(tier.id for tier in ladder if tier.enabled)
        raise InvalidOverride(
            f"no tier {wanted.tier!r}", path="tier", hint=f"one of: {known}" if known else ""
        )
    if wanted.until is not None and wanted.until <= book.now:
        raise InvalidOverride("its end has passed", path="until", hint="choose a later day, or leave it out")
