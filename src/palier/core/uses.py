"""What an order uses up: points held, captured, spent and returned, and coupons."""

from __future__ import annotations

from palier.core.account import Booking, Coupon
from palier.core.book import Book, Post
from palier.core.coupons import expire_ended, take_amount
from palier.core.earning import in_programme_currency
from palier.core.expiry import own_end
from palier.core.order import Kept, Order
from palier.core.order_case import OrderCase
from palier.core.values import replace


def reconcile_uses(book: Book, case: OrderCase, kept: Kept, counts: bool) -> Booking:
    """Hold, capture, spend or return the points that the order says it used, so far as its goods are kept."""
    booking = case.booking
    wanted = _points_used(case.order, kept)
    is_waiting = _is_waiting(book, case, kept)
    if not counts and not is_waiting:
        wanted = 0
    booked = sum(piece.points for piece in booking.uses)
    if booking.is_held and not is_waiting and not counts:
        return give_back_uses(book, case, booking, booked, kind="release")
    if is_waiting and booked and not booking.is_held:
        # The order waits again: what it had spent comes back and is held instead.
        booking = give_back_uses(book, case, booking, booked, kind="return")
    elif wanted < booked:
        booking = give_back_uses(
            book, case, booking, booked - wanted, kind="release" if booking.is_held else "return"
        )
    if is_waiting:
        return _hold(book, case, booking, wanted)
    if booking.is_held:
        booking = _capture(book, case, booking)
    return _use(book, case, booking, wanted)


def _is_waiting(book: Book, case: OrderCase, kept: Kept) -> bool:
    """Whether the order holds what it will use; on a closed account none does."""
    return case.order.status == "placed" and not kept.is_refunded and book.closed_at is None


def _points_used(order: Order, kept: Kept) -> int:
    """Points that stay used for what is kept: in proportion to prices before discount, rounded up."""
    used = sum(discount.points for discount in order.discounts if discount.source == "points")
    if kept.is_refunded:
        return 0
    if not kept.list_total_minor:
        return used
    return -(-used * kept.list_minor // kept.list_total_minor)


def _hold(book: Book, case: OrderCase, booking: Booking, wanted: int) -> Booking:
    missing = wanted - sum(piece.points for piece in booking.uses)
    post = Post("hold", case.cause, version=case.version)
    pieces = book.take(post, missing, book.spendable())
    post.held = -post.points
    book.commit(post)
    uses = booking.uses + tuple(pieces)
    return replace(booking, uses=uses, is_held=bool(uses))


def _capture(book: Book, case: OrderCase, booking: Booking) -> Booking:
    held = sum(piece.points for piece in booking.uses)
    book.commit(Post("capture", case.cause, held=-held, version=case.version, facts={"points": held}))
    return replace(booking, is_held=False)


def _use(book: Book, case: OrderCase, booking: Booking, wanted: int) -> Booking:
    """Spend what is still missing; what the member lacks becomes debt and is flagged (a shop's fact stands)."""
    lacking = wanted - sum(piece.points for piece in booking.uses)
    if lacking <= 0:
        return booking
    post = Post("use", case.cause, version=case.version, facts={"points": lacking})
    pieces = book.take(post, lacking, book.spendable())
    short = lacking - sum(piece.points for piece in pieces)
    if short:
        post.facts["missing"] = short
    pieces += book.owe(post, short)
    book.commit(post)
    return replace(booking, uses=booking.uses + tuple(pieces), missing=booking.missing + short)


def owed_of(booking: Booking) -> int:
    """Points that the order used and that became a debt when they were missing, paid since or not."""
    return sum(piece.points for piece in booking.uses if piece.lot is None)


def look_again(booking: Booking, order: Order, kept: Kept, without: Book) -> Booking:
    """What is missing is asked anew whenever more is known of the order, as if it were told only now (I-12): a
    cancellation in between, which the shop may have told or not, makes no difference. ``without``: the account
    without the order; what the order earns is not there for it."""
    there = sum(lot.remaining for lot in without.spendable())
    missing = min(owed_of(booking), max(0, _points_used(order, kept) - there))
    return booking if missing == booking.missing else replace(booking, missing=missing)


def give_back_uses(book: Book, case: OrderCase, booking: Booking, points: int, *, kind: str) -> Booking:
    """Return used points, the last taken first, to their own lots; ``kind`` is release (held ones) or return."""
    post = Post("release" if kind == "release" else "return", case.cause, version=case.version)
    left = list(booking.uses)
    missing = booking.missing
    while points:
        piece = left.pop()
        back = min(points, piece.points)
        points -= back
        if piece.points > back:
            left.append(replace(piece, points=piece.points - back))
        if post.kind == "release":
            post.held -= back
        if piece.lot is None:
            missing = max(0, missing - back)
            paid = book.forgive(post, back)
            if paid:
                _credit_paid_debt(book, post, paid)
        else:
            book.give_back(post, replace(piece, points=back), case.renewals)
    book.commit(post)
    return replace(booking, uses=tuple(left), is_held=booking.is_held and bool(left), missing=missing)


def _credit_paid_debt(book: Book, post: Post, points: int) -> None:
    """Points that had paid a debt which is no more: they come back as a lot of their own."""
    book.add_lot(post, points, starts_at=book.now, available_at=book.now, own_end=own_end(book))


def reconcile_coupons(book: Book, case: OrderCase, booking: Booking, kept: Kept, counts: bool) -> Booking:
    """Reserve, use or give back the coupons that the order's discounts name."""
    if not booking.coupons and not case.coupons and not book.coupons:
        return booking
    is_waiting = _is_waiting(book, case, kept)
    known = {c.id: c for c in case.coupons} | book.coupons
    named = _named_amounts(book, case) if counts or is_waiting else {}
    mine, amounts = list(booking.coupons), dict(booking.coupon_amounts)
    for coupon_id in booking.coupons:
        taken = amounts.get(coupon_id)
        is_changed = taken is not None and (is_waiting or named.get(coupon_id) != taken)
        if coupon_id not in named or is_changed:
            amounts.pop(coupon_id, None)
            mine.remove(coupon_id)
            if coupon_id in known:
                known[coupon_id] = free_coupon(book, known[coupon_id], taken)
    for coupon_id, amount_minor in named.items():
        coupon = known[coupon_id]
        # What the order used before its coupon ended it may use again, more or less of it.
        is_its_own = coupon_id in mine or (coupon_id in booking.coupons and coupon.state == "expired")
        if coupon.state != "issued" and not is_its_own:
            continue
        if coupon_id not in mine:
            mine.append(coupon_id)
        if is_waiting and coupon.state != "reserved":
            book.keep_coupon(replace(coupon, state="reserved"))
        elif counts and coupon_id not in amounts and coupon.state != "used":
            if coupon.remaining_minor is not None:
                amounts[coupon_id] = min(amount_minor, coupon.remaining_minor)
            book.keep_coupon(take_amount(coupon, amount_minor))
            expire_ended(book)
    return replace(booking, coupons=tuple(mine), coupon_amounts=tuple(amounts.items()))


def reconcile_first_order(book: Book, case: OrderCase, booking: Booking, kept: Kept) -> Booking:
    """While the order waits, the benefit of a first order that it was given is nobody else's (R-STK-6)."""
    name = f"order:{case.id}"
    claims = _is_waiting(book, case, kept) and any(d.source == "first_order" for d in case.order.discounts)
    if claims:
        book.first_claims.add(name)
    else:
        book.first_claims.discard(name)
    return booking if claims == booking.claims_first else replace(booking, claims_first=claims)


def _named_amounts(book: Book, case: OrderCase) -> dict[str, int]:
    """The coupons that the order's discounts name, with their amounts in the programme's currency; a delivery that
    they free takes nothing of an amount (R-VOU-8)."""
    found: dict[str, int] = {}
    for discount in case.order.discounts:
        if discount.source != "coupon" or not discount.code:
            continue
        for coupon in case.coupons:
            if discount.code in (coupon.code, coupon.id):
                goods = 0 if discount.free_shipping else discount.amount_minor
                amount = in_programme_currency(book.programme, case.order, goods)
                found[coupon.id] = found.get(coupon.id, 0) + amount
    return found


def free_coupon(book: Book, coupon: Coupon, taken: int | None) -> Coupon:
    """The coupon as it is once an order gave it, or the amount it took of it, back."""
    if coupon.state not in ("used", "reserved") and taken is None:
        return coupon
    remaining = coupon.remaining_minor
    if remaining is not None and taken is not None:
        remaining += taken
    # An amount may come back to a coupon that another order reserves, or that has ended: it stays so.
    is_mine = coupon.state == "used" or (coupon.state == "reserved" and taken is None)
    freed = replace(coupon, remaining_minor=remaining, state="issued" if is_mine else coupon.state)
    book.keep_coupon(freed)
    expire_ended(book)
    return book.touched[coupon.id]
