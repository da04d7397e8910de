"""What a cart would cost: read in one statement, decided in memory, nothing written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from palier.core import tiers
from palier.core.account import Timeline, Version
from palier.core.book import Book
from palier.core.buyer import buyer_of, nobody
from palier.core.catch_up import catch_up
from palier.core.holds import release
from palier.core.programme.values import Programme
from palier.core.quote import quote
from palier.core.quote_values import Buyer, Cart, Quote
from palier.core.values import replace
from palier.flows.bench.accounts import open_book
from palier.flows.bench.segment_facts import matching_segments
from palier.flows.checkout.pricing import as_caught_up, asks_purchases, plan_of, remember_version
from palier.store.ids import new_coupon
from palier.store.members.buyer import ReadBuyer, read_buyer, read_buyers
from palier.store.members.record import new_account
from palier.store.programmes.load import load_timeline


@dataclass(frozen=True, slots=True)
class QuoteCart:
    """A cart and whose it is: a customer of the shop, or None for a guest.

    ``hold`` names the hold that the cart has already: it is priced as if that were released.
    """

    shop_id: int
    customer: str | None
    cart: Cart
    hold: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The quote, with the version and the buyer that it was made with (what an explanation needs)."""

    quote: Quote
    version: Version
    buyer: Buyer
    account_id: int | None = None

    @property
    def programme(self) -> Programme:
        """The programme of that version."""
        return self.version.programme


def quote_cart(command: QuoteCart, *, now: datetime) -> Quoted:
    """The quote of the cart as of ``now``; asking any number of times changes nothing (R-RED-1).

    A customer never seen is a member without history; a guest is nobody and gets no benefit.
    """
    read = read_buyer(
        command.shop_id,
        command.customer,
        codes=command.cart.coupons,
        with_purchases=command.customer is not None and asks_purchases(command.shop_id),
    )
    return _quoted(command, read, now)


def quote_carts(shop_id: int, asked: Sequence[tuple[QuoteCart, datetime]]) -> list[Quoted | Exception]:
    """The quotes of several carts of one shop, each as of its own time; an exception where one has none.

    They share one statement, but for the carts with codes, and all of a shop whose segments ask what was bought.
    """
    shared = [] if len(asked) < 2 or asks_purchases(shop_id) else [c for c, _ in asked if not c.cart.coupons]
    known = read_buyers(shop_id, {c.customer for c in shared if c.customer is not None}) if shared else {}
    answers: list[Quoted | Exception] = []
    for command, now in asked:
        try:
            if known and not command.cart.coupons:
                answers.append(_quoted(command, known.get(command.customer, known[None]), now))
            else:
                answers.append(quote_cart(command, now=now))
        except Exception as error:  # it is the answer to this cart, and keeps none of the others from theirs
            answers.append(error)
    return answers


def _quoted(command: QuoteCart, read: ReadBuyer, now: datetime) -> Quoted:
    timeline = load_timeline(read.programme_id, read.version_id)
    version = timeline.by_id(read.version_id)
    remember_version(command.shop_id, version)
    buyer = nobody(now) if command.customer is None else _member(command, read, timeline, now)
    account_id = read.account.state.id if read.account is not None else None
    return Quoted(quote(plan_of(version), command.cart, buyer), version, buyer, account_id)


def _member(command: QuoteCart, read: ReadBuyer, timeline: Timeline, now: datetime) -> Buyer:
    account = read.account
    if account is None:
        account = new_account(read.programme_id, at=now)
        book = Book(account.state, timeline, new_code=new_coupon)
        tiers.enter(book)
        read = replace(read, purchases=(frozenset(), frozenset()))
    else:
        book = open_book(account.state, timeline)
        catch_up(book, now)
        if command.hold in book.holds:
            release(book, book.holds[command.hold])
    segments = matching_segments(book, account, book.programme, command.cart.order, purchases=read.purchases)
    coupons = as_caught_up(read.coupons, book.coupons, book.touched)
    return buyer_of(book, book.programme, segments=segments, coupons=coupons, is_net=account.is_net)
