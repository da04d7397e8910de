"""One shopper: tells Palier what a shop tells, in a mixture drawn from a seed, and knows what must come of it.

Whatever is told is sent again, under the same name, until it is answered: so does a shop that loses nothing. Nobody
else speaks of this shopper's members, so that their points are known exactly at any time.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tools.running.line import Answer, Line
from tools.running.notebook import Notebook, Write

MEMBERS = 8
AGAIN_AFTER_S = 0.5
_TRY_AGAIN = frozenset({0, 429, 500, 502, 503, 504})


@dataclass(slots=True)
class Sold:
    """An order as this shopper knows it: pieces left of each line, what it has earned and what it used."""

    id: str
    member: str
    prices: dict[str, int]
    left: dict[str, int]
    status: str = "paid"
    earned: int = 0
    used: int = 0
    refunds: int = 0

    @property
    def lines(self) -> list[dict[str, Any]]:
        """As they were bought."""
        return [
            {"id": id, "product": f"p{price}", "quantity": self.left[id], "price": price}
            for id, price in self.prices.items()
        ]

    @property
    def worth(self) -> int:
        """Whole euros of what is left."""
        return sum(price * self.left[id] for id, price in self.prices.items())


@dataclass(slots=True)
class Run:
    """What the shoppers of a run share. ``phase`` names what is being done to Palier at the moment."""

    notebook: Notebook
    shop: dict[str, Any]
    choose: Callable[[], int]
    seed: int
    pause_s: float
    is_lost: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    phase: str = "calm"
    erases: bool = True


class Teller(threading.Thread):
    """Sends writes until they are answered, and notes it."""

    def __init__(self, run: Run, number: int) -> None:
        super().__init__(name=f"shopper {number}")
        self.shared, self.number = run, number
        self.draw = random.Random(f"{run.seed} {number}")
        self.line = Line(run.choose, run.shop["key"])
        self.count = 0

    def new_name(self, what: str) -> str:
        """A name that nothing had before."""
        self.count += 1
        return f"{what}-{self.number}-{self.count}"

    def tell(self, write: Write) -> Answer:
        """Send it until it is answered; the answer counts from then on."""
        self.shared.notebook.begin(write)
        while True:
            write.tries += 1
            answer = self.ask(write.method, write.path, write.body, key=write.key)
            if answer.status in _TRY_AGAIN or answer.code == "idempotency_in_flight":
                if self.shared.is_lost.is_set():
                    return answer
                time.sleep(AGAIN_AFTER_S)
                continue
            if 200 <= answer.status < 300:
                write.answer, write.acknowledged_at = answer.body, time.time()
                if write.kind == "voucher":  # whole steps of what was asked for
                    write.effect = -answer.body["points"]
            else:
                write.refusal, write.effect = answer.code or str(answer.status), 0
            return answer

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        """One request; its answer is counted."""
        phase = self.shared.phase
        answer = self.line.ask(method, path, body, **options)
        self.shared.notebook.answered(phase, answer.said, answer.took_s)
        return answer

    def expect(self, is_so: bool, told: str, answer: Answer) -> None:
        """Note a broken promise."""
        if not is_so and not self.shared.is_lost.is_set():
            self.shared.notebook.violation(f"{told}: {answer.said} {str(answer.body)[:300]}")


def stamp() -> str:
    """Now, as a shop writes the time of a version."""
    return datetime.now(UTC).isoformat()
