"""What the short way answers: quotes, orders and refunds."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from django_scopes import scope

from palier.api.hot.lanes import Lanes
from palier.api.hot.together import Together
from palier.api.keys import Caller, authenticate, remembered
from palier.api.orders_json import read_order, read_refund, recorded_json
from palier.api.quotes_json import Asked, answer_quotes
from palier.core.order import Order, Refund
from palier.flows.orders.record_orders import Recorded, RecordOrders, record_orders

R = TypeVar("R")

READERS = 2
"""So many threads work on quotes at once in a process, the second one only while the first waits for long."""
QUOTES_MAX = 8
"""So many quotes share a statement and a thread at most. While that waits for the database, the answers before go out:
fewer would keep the interpreter waiting, more the shoppers."""
PAGES = 8
"""So many other requests are in Django at once, each with a connection. With the two kinds above a process has twelve
connections at most, however many requests wait for their turn."""
TOGETHER_MAX = 100
"""So many orders are booked in one transaction at most: nobody waits for more."""


@dataclass(frozen=True, slots=True)
class Handler:
    """Answers one address for a caller who has one of the scopes."""

    scopes: frozenset[str]
    answer: Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Told:
    """A message that waits to be booked, and when it came, in the programme's time."""

    message: Order | Refund
    programme_id: int
    now: datetime


class Busy:
    """The handlers, with the connections, threads and queues that they share in this process."""

    def __init__(self) -> None:
        # SQLite has one writer: a second one would only wait for it, and unfairly.
        writers = 2 if connection.vendor == "postgresql" else 1
        self.reading = Lanes(READERS)
        self.others = Lanes(PAGES)
        self.writing = Lanes(writers)
        self._together = Together(self._book, at_once=writers, most=TOGETHER_MAX)
        self._quoting = Together(self._answer_quotes, at_once=READERS, most=QUOTES_MAX)
        self._asking = ThreadPoolExecutor(READERS, thread_name_prefix="asking")
        self.quote = Handler(frozenset({"carts"}), self._quote)
        self.order = Handler(frozenset({"orders:write"}), self._order)
        self.refund = Handler(frozenset({"orders:write"}), self._refund)

    async def caller(self, header: str, *, world: datetime) -> Caller | None:
        """Who calls; the database is asked in a thread, and over a connection of ours."""
        known = remembered(header, now=world)
        if known is not None:
            return known
        return await self._ask(lambda: authenticate(header, now=world))

    def close(self) -> None:
        """Close the connections and end the threads (tests, whose databases come and go)."""
        for threads in (self._together, self._quoting):
            threads.close()
        self._asking.shutdown()
        for lanes in (self.reading, self.writing, self.others):
            lanes.close()

    async def _ask(self, question: Callable[[], R]) -> R:
        return await get_running_loop().run_in_executor(self._asking, self.reading.over(question))

    async def _quote(
        self, caller: Caller, names: Mapping[str, str], message: Mapping[str, Any], *, world: datetime
    ) -> dict[str, Any]:
        return await self._quoting.do(caller.shop_id, Asked(caller, message, world))

    def _answer_quotes(self, shop_id: int, asked: Sequence[Asked]) -> Sequence[dict[str, Any] | Exception]:
        with self.reading.lent(), scope(programme=asked[0].caller.programme_id):
            return answer_quotes(shop_id, asked)

    async def _order(
        self, caller: Caller, names: Mapping[str, str], message: Mapping[str, Any], *, world: datetime
    ) -> dict[str, Any]:
        return await self._tell(caller, read_order(caller, names["order"], message), world)

    async def _refund(
        self, caller: Caller, names: Mapping[str, str], message: Mapping[str, Any], *, world: datetime
    ) -> dict[str, Any]:
        def read() -> Refund:
            with scope(programme=caller.programme_id):
                return read_refund(caller, names["order"], names["refund"], message)

        return await self._tell(caller, await self._ask(read), world)

    async def _tell(self, caller: Caller, message: Order | Refund, world: datetime) -> dict[str, Any]:
        recorded = await self._together.do(
            caller.shop_id, Told(message, caller.programme_id, caller.now(world))
        )
        if recorded.refusal is not None:
            raise recorded.refusal
        return recorded_json(recorded, message)

    def _book(self, shop_id: int, told: Sequence[Told]) -> Sequence[Recorded | Exception]:
        """Book what came while others were booked, in one transaction; the answers are known after its COMMIT.

        What is refused is answered as such and keeps nobody else from being booked. If the whole fails, each is tried
        alone: what was committed all the same is then a repeat.
        """
        # The latest: a batch must not happen before one of its messages came.
        now = max(each.now for each in told)
        with self.writing.lent(), scope(programme=told[0].programme_id):
            try:
                messages = tuple(each.message for each in told)
                return record_orders(RecordOrders(shop_id, messages, collects=True), now=now)
            except Exception as error:
                if len(told) == 1:
                    return (error,)
        return [self._book(shop_id, [each])[0] for each in told]
