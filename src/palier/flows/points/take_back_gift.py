"""The merchant takes a gift back: an opposite gift, with a reason and an author."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from palier.core.account import Cause
from palier.core.book import Book, Post
from palier.core.errors import ReasonMissing, Refusal
from palier.flows.bench.member_bench import open_member
from palier.flows.transaction import in_one_transaction
from palier.store.ids import new_id
from palier.store.ledger.gifts import GivenGift, find_gift
from palier.store.ledger.record import Note
from palier.store.orders.happenings import NewHappening, find_happenings, record_happenings


class UnknownGift(Refusal):
    """The member was given no such gift."""

    code = "unknown_gift"


class GiftExpired(Refusal):
    """All points of the gift have expired: there is nothing to take back."""

    code = "gift_expired"


@dataclass(frozen=True, slots=True)
class TakeBackGift:
    """``gift`` is the id that the gift's entry names as its cause. A gift is taken back once, whoever asks again."""

    shop_id: int
    customer: str
    gift: str
    reason: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """``points`` came off; ``owed`` of them were used already and are owed now."""

    is_repeat: bool
    account_id: int
    points: int
    owed: int


def take_back_gift(command: TakeBackGift, *, now: datetime) -> TakenBack:
    """Take off what has not expired of it: from the gift's own lot first, then from others, the rest as debt.

    What it bought stays bought. ``ReasonMissing``, ``UnknownMember``, ``UnknownGift``, ``GiftExpired``.
    """
    if not command.reason.strip():
        raise ReasonMissing("to take a gift back needs a reason", path="reason", hint="say why")
    return in_one_transaction(lambda: _take_back(command, now))


def undo_key(gift: str) -> str:
    """The key under which the opposite of that gift is kept."""
    return f"undo:{gift}"


def _take_back(command: TakeBackGift, now: datetime) -> TakenBack:
    member = open_member(command.shop_id, command.customer, now=now, creates=False)
    book = member.book
    key = undo_key(command.gift)
    known = find_happenings([book.state.id], "gift", "", [key])
    if known:
        return TakenBack(True, book.state.id, -known[book.state.id, key], 0)
    gift = find_gift(book.state.id, command.gift)
    if gift is None:
        raise UnknownGift(f"no gift {command.gift!r}", path="gift", hint="only gifts to this account itself")
    left = gift.points - gift.expired - _expiring(book, gift)
    if left <= 0:
        raise GiftExpired(f"the {gift.points} points have expired", path="gift")
    gift_id = new_id()
    post = Post("gift", Cause("gift", str(gift_id)), facts={"points": -left, "undoes": command.gift})
    own = [lot for lot in (book.lots.get(gift.lot),) if lot is not None and not book.is_dead(lot)]
    others = [lot for lot in book.spendable() if lot.number != gift.lot]
    taken = sum(piece.points for piece in book.take(post, left, [*own, *others]))
    book.owe(post, left - taken)
    book.commit(post)
    member.record(now=now, note=Note(command.reason, command.author, secrets.token_hex(16)))
    row = NewHappening(gift_id, book.state.id, "gift", "", key, book.now, -left)
    record_happenings([row], now=now)
    return TakenBack(False, book.state.id, left, left - taken)


def _expiring(book: Book, gift: GivenGift) -> int:
    """What catching up in this very transaction let expire of it: no row says so yet."""
    return -sum(
        points
        for entry in book.entries
        if entry.kind in ("expire", "lapse")
        for number, points in entry.draws
        if number == gift.lot
    )
