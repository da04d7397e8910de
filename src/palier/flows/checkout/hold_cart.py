"""A cart goes to the checkout: its points and coupons are reserved, and what it was quoted is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from palier.core.book import Book
from palier.core.buyer import buyer_of
from palier.core.errors import IdempotencyConflict, InvalidCart, QuoteChanged, UnknownMember
from palier.core.holds import release, reserve
from palier.core.quote import booked, quote
from palier.core.quote_values import Cart, Quote
from palier.flows.bench.member_bench import MemberBench, open_member
from palier.flows.checkout.pricing import plan_of
from palier.flows.transaction import in_one_transaction
from palier.store.holds.load import StoredHold, find_hold, record_hold
from palier.store.ids import new_public_id


@dataclass(frozen=True, slots=True)
class HoldCart:
    """A cart of a customer; ``key`` makes it one hold however often it is sent.

    ``expected_total_minor``: what the shopper was shown; None: whatever it costs. ``replaces`` names a hold of the same
    customer that is released in the same transaction (the cart was changed at the checkout).
    """

    shop_id: int
    customer: str
    cart: Cart
    key: str
    expected_total_minor: int | None = None
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """The hold and its quote. ``state``: held, or what became of it since (captured, released, lapsed)."""

    id: str
    quote: Quote
    lapses_at: datetime
    account_id: int
    state: str = "held"
    is_repeat: bool = False


def hold_cart(command: HoldCart, *, now: datetime) -> Held:
    """Reserve what the cart would use, and keep its quote for 60 minutes: no change of rates or tiers touches it.

    The quote is made under the account's lock, so that nothing is promised twice (R-RED-3). ``QuoteChanged`` when it is
    not the expected total any more; the same key with another cart is an ``IdempotencyConflict``.
    """
    if not command.key:
        raise InvalidCart("a hold needs a key", path="key", hint="send one of your own for each checkout")
    return in_one_transaction(lambda: _hold(command, now))


def _hold(command: HoldCart, now: datetime) -> Held:
    member = open_member(command.shop_id, command.customer, now=now, creates=True)
    book = member.book
    digest = _digest(command)
    known = find_hold(command.shop_id, command.key)
    if known is not None:
        return _again(command, member, known, digest)
    if book.closed_at is not None:
        raise UnknownMember(f"the shop has deleted customer {command.customer!r}", path="member")
    if command.replaces in book.holds:
        release(book, book.holds[command.replaces])
    version = member.timeline.at(book.now)
    segments = member.bench.segments(book, version.programme, command.cart.order)
    coupons = member.bench.coupons(book, command.cart.coupons) if command.cart.coupons else ()
    is_net = member.bench.accounts[book.state.id].is_net
    buyer = buyer_of(book, version.programme, segments=segments, coupons=coupons, is_net=is_net)
    quoted = quote(plan_of(version), command.cart, buyer)
    if command.expected_total_minor not in (None, quoted.total_minor):
        raise QuoteChanged(
            f"the cart costs {quoted.total_minor} now, not {command.expected_total_minor} (minor units)",
            path="expected_total",
            hint="show the shopper the new quote",
        )
    uses = booked(quoted)
    codes = {discount.code for discount in uses if discount.source == "coupon"}
    hold = reserve(
        book,
        new_public_id(),
        points=sum(discount.points for discount in uses),
        coupons=[coupon.id for coupon in coupons if coupon.code in codes],
        claims_first=any(discount.source == "first_order" for discount in uses),
    )
    member.record(now=now)
    stored = StoredHold(hold.id, book.state.id, command.key, digest, quoted, hold.lapses_at, "held")
    record_hold(stored, programme_id=member.shop.programme_id, shop_id=command.shop_id, now=now)
    return Held(hold.id, quoted, hold.lapses_at, book.state.id)


def _digest(command: HoldCart) -> str:
    """What identifies the cart: equal digests, the same cart of the same customer."""
    cart = command.cart
    return sha256(repr((command.customer, cart.order, cart.coupons, cart.use_points)).encode()).hexdigest()


def _again(command: HoldCart, member: MemberBench, known: StoredHold, digest: str) -> Held:
    if known.digest != digest:
        raise IdempotencyConflict(
            f"hold {command.key!r} was for another cart", path="key", hint="use a new key"
        )
    state = _state_now(member.book, known)
    return Held(known.id, known.quote, known.lapses_at, known.account_id, state, is_repeat=True)


def _state_now(book: Book, known: StoredHold) -> str:
    """Where the hold stands now; one that lapsed this instant is written as such by whatever comes next."""
    return book.ended_holds.get(known.id, known.state)
