"""Hypothesis tells the history: after every step the database must be what the model says.

``python -m tests.simulation.machine --examples 20000`` runs as many as one likes, on a database of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.simulation.campaign import set_up
from tests.simulation.shapes import CARRIERS, PAYMENTS, PRODUCTS, ZONES, draw_document
from tests.simulation.steps import History, Step
from tests.simulation.story import LAPSE

START = datetime(2026, 2, 1, 9, tzinfo=UTC)
CUSTOMERS = st.sampled_from(["ann", "bob", "cy"])
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
NUMBERS = st.integers(0, 5)
LINES = st.lists(
    st.tuples(st.sampled_from(sorted(PRODUCTS)), st.integers(1, 3), st.integers(0, 9000)),
    min_size=1, max_size=3, unique_by=lambda line: line[0],
)  # fmt: skip
GOODS = st.fixed_dictionaries({
    "lines": LINES, "carrier": st.sampled_from(CARRIERS), "payment_method": st.sampled_from(PAYMENTS),
    "prices": st.sampled_from(["gross", "net"]),
}, optional={"shipping": st.integers(1, 900), "rate": st.sampled_from(["9/10", "117/100"])})  # fmt: skip
DISCOUNTS = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"use_points": st.integers(1, 150), "points_amount": st.integers(1, 500)}),
    st.fixed_dictionaries({"coupon": st.sampled_from([-1, 0]), "coupon_amount": st.integers(0, 300)}),
    st.fixed_dictionaries({"first_order": st.integers(1, 300)}),
)
WISHES = st.fixed_dictionaries({}, optional={
    "enters": st.lists(st.sampled_from([-1, 0, 9]), min_size=1, max_size=2, unique=True),
    "promo": st.integers(1, 400), "asks_points": st.integers(1, 250),
})  # fmt: skip
STATUSES = st.sampled_from(["placed", "paid", "delivered", "cancelled"])
REFUNDS = st.one_of(
    st.just({"full": True}),
    st.fixed_dictionaries({"amount": st.integers(1, 9000)}),
    st.just({"pieces": [{"line": "1", "quantity": 1}]}),
)
SPANS = st.sampled_from([timedelta(seconds=1), timedelta(hours=1), timedelta(days=3), timedelta(days=31)])
AIMS = st.sampled_from([timedelta(microseconds=-1), timedelta(), timedelta(microseconds=1)])


class Shopping(RuleBasedStateMachine):
    """Members who shop, change their minds and let time pass."""

    def __init__(self) -> None:
        super().__init__()
        from tests.simulation.play import numbered_coupons
        from tests.simulation.trial import forgotten

        self.stack = ExitStack()
        self.stack.enter_context(forgotten())
        self.stack.enter_context(numbered_coupons())
        self.now, self.count = START, 0
        self.orders: list[dict[str, Any]] = []
        self.holds: list[dict[str, Any]] = []

    @initialize(
        shape=st.integers(0, 2000),
        currency=CURRENCIES,
        zone=st.sampled_from(ZONES),
    )
    def begin(self, shape: int, currency: str, zone: str) -> None:
        """A programme of that shape is in force."""
        from tests.model.world import World
        from tests.simulation.play import begin

        document = draw_document(Random(shape), currency=currency, timezone=zone, around=START)
        self.world = begin(History(0, document, START, START, ()))
        self.model = World(document, START, self.world.answers)

    def tell(self, do: str, **facts: Any) -> None:
        """One step for both."""
        from palier.core.errors import Refusal
        from tests.simulation.deeds import DO

        self.count += 1
        step = Step(self.now, do, facts)
        try:
            DO[do](self.world, step)
        except Refusal:
            pass
        self.model.hear(step)

    @rule(customer=CUSTOMERS, status=STATUSES, goods=GOODS, discounts=DISCOUNTS)
    def order(self, customer: str, status: str, goods: dict[str, Any], discounts: dict[str, Any]) -> None:
        """A shop tells of an order with discounts of its own."""
        self._first(goods | discounts | {"customer": customer, "status": status})

    @rule(customer=CUSTOMERS, status=STATUSES, goods=GOODS, wishes=WISHES)
    def quoted_order(self, customer: str, status: str, goods: dict[str, Any], wishes: dict[str, Any]) -> None:
        """An order asks for what Palier quotes."""
        self._first(goods | wishes | {"customer": customer, "status": status, "use_quote": True})

    def _first(self, facts: dict[str, Any]) -> None:
        message = {"shop": 0, "order": f"o{self.count}", "updated": self.now, **facts}
        self.orders.append(message)
        self.tell("order", **message)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, status=STATUSES)
    def move_on(self, number: int, status: str) -> None:
        """A newer version of an order: the same content in another state."""
        message = self.orders[number % len(self.orders)]
        message |= {"status": status, "updated": max(self.now, message["updated"] + timedelta(seconds=1))}
        self.tell("order", **message)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, goods=GOODS)
    def edit(self, number: int, goods: dict[str, Any]) -> None:
        """A newer version with other goods."""
        message = self.orders[number % len(self.orders)]
        message.pop("rate", None)
        message |= goods | {"updated": max(self.now, message["updated"] + timedelta(seconds=1))}
        self.tell("order", **message)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, how=REFUNDS)
    def refund(self, number: int, how: dict[str, Any]) -> None:
        """A refund of an order."""
        message = self.orders[number % len(self.orders)]
        self.tell("refund", shop=0, order=message["order"], id=f"r{self.count}", **how)

    @rule(customer=CUSTOMERS, points=st.integers(1, 400))
    def gift(self, customer: str, points: int) -> None:
        """Points by hand."""
        self.tell("gift", shop=0, customer=customer, points=points, key=f"g{self.count}")

    @rule(customer=CUSTOMERS, name=st.sampled_from(["visit", "newsletter"]))
    def event(self, customer: str, name: str) -> None:
        """Something that rules may give points for."""
        self.tell("event", shop=0, customer=customer, name=name, key=f"e{self.count}")

    @rule(customer=CUSTOMERS, goods=GOODS, wishes=WISHES)
    def hold(self, customer: str, goods: dict[str, Any], wishes: dict[str, Any]) -> None:
        """A cart goes to the checkout."""
        facts = {"shop": 0, "customer": customer, "key": f"h{self.count}", "cart": goods | wishes}
        self.holds.append(facts)
        self.tell("hold", **facts)

    @precondition(lambda self: self.holds)
    @rule(status=STATUSES)
    def take_over(self, status: str) -> None:
        """The last cart becomes an order."""
        hold = self.holds[-1]
        wishes = ("enters", "promo", "asks_points")
        content = {name: value for name, value in hold["cart"].items() if name not in wishes}
        self._first(content | {"customer": hold["customer"], "status": status, "hold": hold["key"]})

    @precondition(lambda self: self.holds)
    @rule(number=NUMBERS)
    def release(self, number: int) -> None:
        """A checkout is given up."""
        self.tell("release", shop=0, key=self.holds[number % len(self.holds)]["key"])

    @rule(customer=CUSTOMERS, points=st.integers(1, 300))
    def voucher(self, customer: str, points: int) -> None:
        """Points become a coupon."""
        self.tell("voucher", shop=0, customer=customer, points=points, key=f"v{self.count}")

    @rule(kept=CUSTOMERS, merged=CUSTOMERS)
    def merge(self, kept: str, merged: str) -> None:
        """Two are one person."""
        self.now += timedelta(milliseconds=1)
        self.tell("merge", shop=0, kept=kept, merged=merged)

    @rule(span=SPANS)
    def wait(self, span: timedelta) -> None:
        """Time passes."""
        self.now += span

    @precondition(lambda self: self.holds)
    @rule(slip=AIMS)
    def wait_for_the_lapse(self, slip: timedelta) -> None:
        """Around the instant at which a hold made now would end."""
        self.now += LAPSE + slip

    @invariant()
    def the_model_says_the_same(self) -> None:
        """Every figure, at every instant."""
        if hasattr(self, "world"):
            from tests.model.compare import unlike
            from tests.simulation.stage import work

            work(self.world, self.now)
            self.model.end(self.now)
            told = list(unlike(self.model, self.world.programme_id, self.world.shops))
            assert told == [], "\n".join(told)

    def teardown(self) -> None:
        """All checks of ``palier verify`` hold; then everything is forgotten."""
        from palier.cli.verification.whole import load_problems

        with self.stack:
            if hasattr(self, "world"):
                problems = [str(problem) for problem in load_problems(self.world.programme_id)]
                assert problems == []


def main() -> int:
    """As many examples as are asked for; a failing one is printed as Hypothesis shrinks it."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.machine")
    parser.add_argument("--examples", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--database", default=os.environ.get("PALIER_TEST_DATABASE") or "sqlite")
    options = parser.parse_args()
    set_up(options.database)
    from hypothesis.stateful import run_state_machine_as_test

    start = time.process_time()
    chosen = settings(
        max_examples=options.examples, stateful_step_count=options.steps, deadline=None, print_blob=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Shopping, settings=chosen)
    print(
        f"{options.examples} examples of {options.steps} steps, {time.process_time() - start:.0f} s of a processor"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
