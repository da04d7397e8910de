"""One member's story told to the core, without a database: the kit keeps the rows that a flow would load and record.

After every step ``prove`` checks what must always hold of the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count

from hypothesis import settings

from palier.core import rewards, tiers
from palier.core.account import (
    AccountState,
    Booked,
    Booking,
    Cause,
    Coupon,
    Entry,
    Frozen,
    Lot,
    NewLot,
    Override,
    Renewal,
    Timeline,
    Version,
)  # fmt: skip
from palier.core.book import Book, Post
from palier.core.catch_up import catch_up, next_due
from palier.core.earning import Worth
from palier.core.events import book_event
from palier.core.expiry import own_end
from palier.core.order import Line, Order, OrderDiscount, Refund, RefundLine
from palier.core.order_case import OrderCase
from palier.core.period import parse_duration
from palier.core.programme.values import (
    Award,
    CouponTerms,
    Discount,
    EarningRule,
    Points,
    Programme,
    Reward,
    Tier,
    Tiers,
)  # fmt: skip
from palier.core.reconcile import last_order_of, reconcile
from palier.core.values import replace
from palier.core.waive import waive
from tests.core.proof import prove

START = datetime(2026, 1, 10, 9, tzinfo=UTC)
EURO = 100


def few(examples: int) -> settings:
    """Fewer examples than usual for a slow property; all of them when somebody explores."""
    usual = settings().max_examples
    return settings(max_examples=examples if usual <= 100 else usual)


def when(text: str) -> datetime:
    """``2026-02-01`` or ``2026-02-01T10:00``, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def spend_rule(points: int = 1, per_minor: int = EURO, **more: object) -> EarningRule:
    """``points`` for every ``per_minor`` of what counts."""
    return EarningRule("spend", award=Award(points, per_minor), **more)  # type: ignore[arg-type]


def programme(**sections: object) -> Programme:
    """A programme in euros where a euro gives a point, unless ``sections`` say otherwise."""
    given: dict[str, object] = {"name": "Demo", "currency": "EUR", "earning": (spend_rule(),)}
    return Programme(**(given | sections))  # type: ignore[arg-type]


def points(valid_for: str | None = None, **more: object) -> Points:
    return Points(valid_for=parse_duration(valid_for) if valid_for else None, **more)  # type: ignore[arg-type]


def reward(at: int, identity: str = "", valid_for: str | None = None, **more: object) -> Reward:
    terms = CouponTerms(
        Discount(percent_bp=1000), valid_for=parse_duration(valid_for) if valid_for else None, **more
    )  # type: ignore[arg-type]
    return Reward(identity or f"r{at}", at, terms)


def ladder(*thresholds: int, coupons: Sequence[int] = (), **more: object) -> Tiers:
    """Tiers t0, t1, … from those thresholds in euros; those numbered in ``coupons`` give one."""
    return Tiers(
        tuple(
            Tier(
                f"t{i}",
                threshold * EURO,
                coupon=CouponTerms(Discount(amount_minor=1500)) if i in coupons else None,
            )
            for i, threshold in enumerate(thresholds)
        ),
        **more,  # type: ignore[arg-type]
    )


def line(euros: float | Fraction | str, product: str = "mug", quantity: int = 1, **more: object) -> Line:
    """A line of ``quantity`` pieces that cost ``euros`` together, tax included."""
    amount = Fraction(str(euros)) * EURO
    assert amount.denominator == 1
    identity = str(more.pop("id", f"{product}-{amount}"))
    return Line(identity, product, quantity, int(amount), **more)  # type: ignore[arg-type]


@dataclass
class Known:
    """An order as the store would keep it."""

    order: Order
    version: int
    refunds: tuple[Refund, ...] = ()
    booking: Booking = Booking()
    frozen: Frozen | None = None
    reached: dict[str, datetime] = field(default_factory=dict)
    worth: Worth | None = None


class Story:
    """What happens to one member. Every verb moves nothing but this; ``at`` moves the clock and catches up."""

    def __init__(self, programme: Programme, *, start: datetime = START) -> None:
        self.now = start
        self.versions = [Version(1, start - days(1), programme)]
        self.codes = count(1)
        self.numbers = count(1)
        self.orders: dict[str, Known] = {}
        self.renewals: list[Renewal] = []
        self.entries: list[Entry] = []
        self.lots: dict[int, NewLot] = {}
        self.coupons: dict[str, Coupon] = {}
        self.events: list[tuple[datetime, int]] = []
        self.events_told: set[str] = set()
        self.intents: list[tuple[str, str]] = []
        self.told: list[str] = []
        self.segments: tuple[str, ...] = ()
        self.is_net = False
        book = self._open(AccountState(1, start))
        tiers.enter(book)
        self._absorb(book)

    # What can happen

    def at(self, instant: datetime | str, *, stops: Iterable[datetime] = ()) -> Story:
        """Let time pass until then; ``stops`` are instants at which the account is looked after on the way."""
        self.now = when(instant) if isinstance(instant, str) else instant
        for stop in (*stops, self.now):
            book = self._open()
            catch_up(book, stop)
            self._absorb(book)
        return self

    def later(self, days_later: float) -> Story:
        return self.at(self.now + days(days_later))

    def order(self, identity: str, *lines: Line | float, status: str = "paid", **more: object) -> Story:
        """Record a version of an order: an update without lines keeps them and the discounts."""
        known = self.orders.get(identity)
        given = tuple(item if isinstance(item, Line) else line(item) for item in lines)
        if known is not None and not given:
            more = {"updated": self.now} | more
            order = replace(known.order, status=status, **more)  # type: ignore[arg-type]
        else:
            order = Order(identity, status, "EUR", lines=given, updated=self.now)  # type: ignore[arg-type]
            order = replace(order, **more)  # type: ignore[arg-type]
        if known is None:
            known = self.orders[identity] = Known(order, self.versions[-1].id)
        if status in ("paid", "shipped", "delivered") and order.paid_at is None:
            order = replace(order, paid_at=known.order.paid_at or self.now)
        known.order = order
        known.reached.setdefault(status, order.updated or self.now)
        self._reconcile(identity, Cause("order", identity))
        return self

    def refund(self, order: str, *pieces: str | tuple[str, int], **more: object) -> Story:
        """Refund products (one piece each, or so many), an ``euros`` amount, or the order in ``full``."""
        number = next(self.numbers)
        named = [(piece, 1) if isinstance(piece, str) else piece for piece in pieces]
        amount = Fraction(str(more.pop("euros", 0))) * EURO
        refund = Refund(
            order,
            f"R{number}",
            tuple(RefundLine(n, product=product) for product, n in named),
            int(amount),
            **more,
        )  # type: ignore[arg-type]
        known = self.orders[order]
        known.refunds = (*known.refunds, refund)
        self._reconcile(order, Cause("refund", f"{order}:{refund.id}"))
        return self

    def repeat(self, order: str) -> Story:
        """The same again: nothing may move."""
        before = len(self.entries), self.state
        self._reconcile(order, Cause("order", order))
        assert (len(self.entries), self.state) == before
        return self

    def gift(self, given: int) -> Story:
        self._credit("gift", given, Cause("gift", str(next(self.numbers))))
        return self

    def event(self, name: str) -> Story:
        book = self._open()
        catch_up(book, self.now)
        given = book_event(book, name, str(next(self.numbers)), segments=self.segments)
        self.events.append((book.now, given))
        self.events_told.add(name)
        self._absorb(book)
        return self

    def override(self, tier: str | None, until: datetime | str | None = None) -> Story:
        """Staff give a tier, or end what they gave."""
        book = self._open()
        catch_up(book, self.now)
        cause = Cause("override", str(next(self.numbers)))
        if tier is None:
            tiers.end_override(book, cause)
        else:
            given = Override(tier, when(until) if isinstance(until, str) else until)
            tiers.override(book, given, cause)
        self._absorb(book)
        return self

    def waive(self) -> Story:
        book = self._open()
        catch_up(book, self.now)
        waive(book, Cause("waive", str(next(self.numbers))))
        self._absorb(book)
        return self

    def publish(self, programme: Programme, *, seconds: int = 1) -> Story:
        """A new version, a moment after what was done so far."""
        self.now += timedelta(seconds=seconds)
        self.versions.append(Version(len(self.versions) + 1, self.now, programme))
        due = self.state.next_due_at
        self.state = replace(self.state, next_due_at=min(due or self.now, self.now))
        return self.at(self.now)

    # What can be seen

    @property
    def available(self) -> int:
        return self.state.totals.available

    @property
    def buckets(self) -> tuple[int, int, int, int]:
        """(available, pending, held, debt)."""
        totals = self.state.totals
        return totals.available, totals.pending, totals.held, totals.debt

    @property
    def tier(self) -> str | None:
        return self.state.tier

    def kinds(self, *only: str) -> list[str]:
        return [entry.kind for entry in self.entries if not only or entry.kind in only]

    def ends(self) -> dict[int, int]:
        """Points by the days from START to their end; -1 for those without."""
        found: Counter[int] = Counter()
        for lot in self.state.lots:
            found[(lot.ends_at - START).days if lot.ends_at else -1] += lot.remaining
        return dict(found)

    def states(self) -> list[str]:
        return [coupon.state for coupon in self.coupons.values()]

    # How it is kept

    def _open(self, state: AccountState | None = None) -> Book:
        def new_code() -> tuple[str, str]:
            number = next(self.codes)
            return f"c{number:04}", f"CODE{number}"

        return Book(state or self.state, Timeline(tuple(self.versions)), new_code=new_code)

    def _reconcile(self, identity: str, cause: Cause) -> None:
        known = self.orders[identity]
        book = self._open()
        catch_up(book, self.now)
        answer = reconcile(book, self._case(book, identity, cause))
        known.booking, known.frozen, known.worth = answer.booking, answer.frozen, answer.worth
        self._absorb(book)

    def _case(self, book: Book, identity: str, cause: Cause) -> OrderCase:
        known = self.orders[identity]
        entries = [*self.entries, *book.entries]
        coupons = self.coupons | book.touched
        expired = []
        for born in {new.lot.number: new.lot for new in (*self.lots.values(), *book.new_lots)}.values():
            if (1, born.number) in known.booking.lots or born.origin in known.booking.lots:
                net = -sum(p for e in entries if e.kind == "expire" for n, p in e.draws if n == born.number)
                if net > 0:
                    expired.append((replace(born, remaining=0), net))
        others = [each for name, each in self.orders.items() if name != identity and each.booking.counts]
        last = [last_order_of(each.order, each.frozen.order_at) for each in others if each.frozen]
        before = max(reversed(last), key=lambda order: order.at, default=None)
        return OrderCase(
            identity, known.order, known.refunds, known.version, cause, known.booking, known.frozen,
            tuple(known.reached.items()), renewals=tuple(self.renewals), expired=tuple(expired),
            coupons=tuple(coupons.values()), segments=self.segments, is_net=self.is_net, last_other=lambda: before,
        )  # fmt: skip

    def _credit(self, kind: str, given: int, cause: Cause) -> None:
        book = self._open()
        catch_up(book, self.now)
        post = Post(kind, cause)  # type: ignore[arg-type]
        if given:
            book.add_lot(post, given, starts_at=book.now, available_at=book.now, own_end=own_end(book))
        book.commit(post)
        rewards.grant(book)
        tiers.requalify(book, cause, because="order")
        self._absorb(book)

    def _absorb(self, book: Book) -> Booked:
        catch_up(book, book.now)
        booked = book.close(next_due_at=next_due(book))
        self.state = booked.state
        self.entries.extend(booked.entries)
        self.lots.update({new.lot.number: new for new in booked.lots})
        undone = dict(booked.undone)
        here = [r for r in booked.renewals if r not in self.renewals]
        self.renewals = [
            replace(r, undone_at=undone[r.order]) if r.order in undone and r.undone_at is None else r
            for r in self.renewals
        ] + here
        self.coupons.update({coupon.id: coupon for coupon in booked.coupons})
        self.intents.extend((intent.event, intent.key) for intent in booked.intents)
        self.told.extend(intent.event for intent in booked.intents)
        prove(self)
        return booked


def without_lots(lots: Iterable[Lot]) -> list[tuple[int, datetime | None]]:
    """Points and ends, whatever lots they lie in."""
    found: Counter[datetime | None] = Counter()
    for lot in lots:
        found[lot.ends_at] += lot.remaining
    return sorted(((n, end) for end, n in found.items()), key=str)


def coupon_discount(code: str, euros: float = 0) -> OrderDiscount:
    return OrderDiscount("coupon", int(euros * EURO), code=code)


def points_discount(used: int, euros: float | None = None) -> OrderDiscount:
    """``used`` points for money off (by default ten for a euro)."""
    return OrderDiscount("points", int((used / 10 if euros is None else euros) * EURO), points=used)
