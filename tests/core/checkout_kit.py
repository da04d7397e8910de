"""A member's story with checkouts: holds that are made, released, lapse, or are taken over by orders."""

from __future__ import annotations

from palier.core import holds
from palier.core.account import Cause
from palier.core.catch_up import catch_up
from palier.core.reconcile import reconcile
from palier.core.values import replace
from tests.core.kit import Known, Line, Order, Story, line


class Checkout(Story):
    """As Story, and ``hold``, ``release``, ``take``."""

    def hold(self, name: str, points: int = 0, *coupons: str, first: bool = False) -> Checkout:
        book = self._open()
        catch_up(book, self.now)
        holds.reserve(book, name, points=points, coupons=coupons, claims_first=first)
        self._absorb(book)
        return self

    def release(self, name: str) -> Checkout:
        book = self._open()
        catch_up(book, self.now)
        holds.release(book, book.holds[name])
        self.ended = book.ended_holds
        self._absorb(book)
        return self

    def take(
        self, order: str, hold: str, *lines: Line | float, status: str = "paid", **more: object
    ) -> Checkout:
        """The order becomes the owner of the hold."""
        given = tuple(item if isinstance(item, Line) else line(item) for item in lines)
        told = Order(order, status, "EUR", lines=given, updated=self.now, paid_at=self.now)  # type: ignore[arg-type]
        known = self.orders.get(order) or Known(told, self.versions[-1].id)
        known.order = replace(told, **more)  # type: ignore[arg-type]
        self.orders[order] = known
        known.reached.setdefault(status, self.now)
        book = self._open()
        catch_up(book, self.now)
        cause = Cause("order", order)
        answer = reconcile(book, holds.take_over(book, self._case(book, order, cause), book.holds[hold]))
        known.booking, known.frozen, known.worth = answer.booking, answer.frozen, answer.worth
        self._absorb(book)
        return self

    def open_holds(self) -> list[str]:
        return [hold.id for hold in self.state.holds]
