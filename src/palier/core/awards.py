"""What an order brings: points credited and taken back, spend, and when its points settle."""

from __future__ import annotations

from datetime import datetime

from palier.core import rewards
from palier.core.account import Booking, Frozen, Lot
from palier.core.book import Book, Post
from palier.core.earning import Worth
from palier.core.expiry import end_of_points
from palier.core.lots import expire_ended, settle
from palier.core.order import STATUS_ORDER
from palier.core.order_case import OrderCase
from palier.core.period import add, zone
from palier.core.programme.values import Programme
from palier.core.values import replace


def reconcile_points(
    book: Book,
    case: OrderCase,
    booking: Booking,
    programme: Programme,
    frozen: Frozen | None,
    worth: Worth | None,
    counts: bool,
) -> Booking:
    """Post the difference between what the order should bring (points, spend, one order) and what is booked."""
    target = worth.points if worth else 0
    spend_minor = worth.spend_minor if worth else 0
    difference = target - booking.points
    post = Post(
        "earn" if difference > 0 else "take_back" if difference < 0 else "spend",
        case.cause,
        spend_minor=spend_minor - booking.spend_minor,
        orders=int(counts) - int(booking.counts),
        qualifies_at=frozen.order_at if frozen else None,
        version=case.version,
        facts={**worth.facts(), "worth": target} if worth else {},
    )
    if difference > 0:
        assert frozen is not None
        booking = _earn(book, case, booking, post, difference, programme, frozen)
    elif difference < 0:
        booking = _take_back(book, case, booking, post, -difference)
    book.commit(post)
    expire_ended(book)
    for coupon_id in reversed(booking.withdrawn) if difference > 0 else ():
        if rewards.bring_back(book, coupon_id):
            booking = replace(booking, withdrawn=tuple(c for c in booking.withdrawn if c != coupon_id))
    if frozen is not None:
        book.contribute(
            f"order:{case.id}",
            frozen.order_at,
            spend_minor=post.spend_minor,
            points=difference,
            orders=post.orders,
        )
        if difference > 0:
            book.tell("points_earned", f"{case.id}:{book.sequence}", points=difference)
    return replace(booking, points=target, spend_minor=spend_minor, counts=counts)


def _earn(
    book: Book,
    case: OrderCase,
    booking: Booking,
    post: Post,
    points: int,
    programme: Programme,
    frozen: Frozen,
) -> Booking:
    """Undo earlier take-backs of this order, newest first, then credit its own lot."""
    taken = list(booking.taken)
    while points and taken:
        piece = taken.pop()
        back = min(points, piece.points)
        if piece.points > back:
            taken.append(replace(piece, points=piece.points - back))
        if piece.lot is None:
            back -= book.forgive(post, back)
        elif piece.ended:
            book.give_back_ended(post, replace(piece, points=back))
        else:
            book.give_back(post, replace(piece, points=back), case.renewals)
        points -= back
    lots = booking.lots
    if points:
        lots = (*lots, (book.state.id, _credit_own_lot(book, case, post, points, programme, frozen)))
    return replace(booking, taken=tuple(taken), lots=lots)


def _credit_own_lot(
    book: Book, case: OrderCase, post: Post, points: int, programme: Programme, frozen: Frozen
) -> int:
    return book.add_lot(
        post,
        points,
        starts_at=frozen.order_at,
        available_at=settles_at(programme, case, frozen),
        own_end=end_of_points(programme, frozen.order_at),
    )


def _take_back(book: Book, case: OrderCase, booking: Booking, post: Post, points: int) -> Booking:
    """Take from the order's own lots (what expired of them counts), then from other available points.

    Reward coupons are withdrawn, latest first, before any debt arises.
    """
    pieces = book.take(post, points, _own_lots(book, booking))
    left = points - sum(piece.points for piece in pieces)
    expired = _unexpire(book, case, left)
    pieces += [replace(piece, ended=True) for piece in book.take(post, left, expired)]
    left = points - sum(piece.points for piece in pieces)
    withdrawn = list(booking.withdrawn)
    while left > sum(lot.remaining for lot in book.spendable()):
        coupon = rewards.withdraw_latest(book, case.renewals)
        if coupon is None:
            break
        withdrawn.append(coupon.id)
    pieces += book.take(post, left, _own_lots(book, booking))
    left = points - sum(piece.points for piece in pieces)
    pieces += book.take(post, left, book.spendable())
    left = points - sum(piece.points for piece in pieces)
    pieces += book.owe(post, left)
    return replace(booking, taken=booking.taken + tuple(pieces), withdrawn=tuple(withdrawn))


def _unexpire(book: Book, case: OrderCase, points: int) -> list[Lot]:
    """Undo the expiry of so many of the order's own points, so that they can be taken back instead.

    Those that had ended on an account before it was merged into this one come to a lot of their own.
    """
    lots = []
    for lot, expired in case.expired:
        undone = min(expired, points)
        if not undone:
            continue
        post = Post("expire", case.cause, version=case.version, facts={"undone": undone})
        if lot.number:
            post.points, post.draws[lot.number] = undone, undone
            book.lots[lot.number] = replace(lot, remaining=undone, settled=True)
            number = lot.number
        else:
            number = _add_ended(book, post, lot, undone)
        book.commit(post)
        lots.append(book.lots[number])
        points -= undone
    return lots


def _add_ended(book: Book, post: Post, lot: Lot, points: int) -> int:
    """A lot for points that had ended elsewhere: it has ended too, so that it pays nothing and is only taken."""
    return book.add_lot(
        post, points, starts_at=lot.starts_at, available_at=book.now, own_end=lot.ends_at, origin=lot.origin
    )


def _own_lots(book: Book, booking: Booking) -> list[Lot]:
    """The order's lots with something left, pending ones first."""
    mine = (
        lot
        for lot in book.lots.values()
        if lot.remaining and not book.is_dead(lot)
        if (book.state.id, lot.number) in booking.lots or lot.origin in booking.lots
    )
    return sorted(mine, key=lambda lot: (lot.settled, lot.number))


def settles_at(programme: Programme, case: OrderCase, frozen: Frozen) -> datetime | None:
    """When the order's points become available; None while it has not reached the state that settles them."""
    settle = programme.points.settle
    if settle.on == "paid":
        since: datetime | None = frozen.order_at
    else:
        wanted = STATUS_ORDER[settle.on]
        since = min(
            (at for status, at in case.reached_at if STATUS_ORDER.get(status, -1) >= wanted), default=None
        )
    return None if since is None else add(since, settle.after, zone(programme.timezone))


def reconcile_settlement(book: Book, case: OrderCase, booking: Booking, programme: Programme) -> Booking:
    """Give the order's pending lots their instant once the state that settles them is known."""
    if case.frozen is None or not booking.lots:
        return booking
    at = settles_at(programme, case, case.frozen)
    for lot in _own_lots(book, booking):
        if lot.settled or lot.available_at == at or at is None:
            continue
        book.lots[lot.number] = replace(lot, available_at=at)
        if at <= book.now:
            settle(book, book.lots[lot.number], case.cause, version=case.version)
    return booking
