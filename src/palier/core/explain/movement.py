"""What a member is shown of the ledger: one movement for each cause, with everything that it moved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from palier.core.account import Cause, Entry


@dataclass(frozen=True, slots=True)
class Balance:
    """Points in each bucket: what an account has, or how much that changed."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0

    @property
    def total(self) -> int:
        """What it comes to: the points in all buckets, less what is owed."""
        return self.available + self.pending + self.held - self.debt

    def plus(self, other: Balance) -> Balance:
        """Both together, bucket by bucket."""
        return Balance(
            self.available + other.available,
            self.pending + other.pending,
            self.held + other.held,
            self.debt + other.debt,
        )


@dataclass(frozen=True, slots=True)
class Credit:
    """A lot that an entry brought. ``ends_at`` is the end it was born with; ``is_return``: it came back late."""

    number: int
    points: int
    available_at: datetime | None = None
    ends_at: datetime | None = None
    is_return: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with the balance after it, the lots it brought, and what a person wrote about it."""

    entry: Entry
    balance: Balance
    credits: tuple[Credit, ...] = ()
    reason: str = ""
    author: str = ""

    @property
    def change(self) -> Balance:
        """What the entry moved."""
        return Balance(self.entry.points, self.entry.pending, self.entry.held, self.entry.debt)


@dataclass(frozen=True, slots=True)
class Step:
    """What one cause moved at one instant, in the order in which it was booked."""

    shown: tuple[Shown, ...]

    @property
    def when(self) -> datetime:
        """When it happened."""
        return self.shown[0].entry.effective_at

    @property
    def change(self) -> Balance:
        """What it moved altogether."""
        return _summed(shown.change for shown in self.shown)

    @property
    def balance(self) -> Balance:
        """What the account had after it."""
        return self.shown[-1].balance


@dataclass(frozen=True, slots=True)
class Movement:
    """Everything that one cause moved, oldest step first: an order that is paid, edited and settled is one movement.

    ``order`` and ``refund`` are the shop's ids, ``coupon`` is the code with all but its end masked; each is empty
    when the cause has none.
    """

    cause: Cause
    steps: tuple[Step, ...]
    order: str = ""
    refund: str = ""
    coupon: str = ""

    @property
    def shown(self) -> tuple[Shown, ...]:
        """All its entries."""
        return tuple(shown for step in self.steps for shown in step.shown)

    @property
    def last(self) -> Shown:
        """The entry that gives the movement its place and date: the newest one that is no settlement."""
        weighty = [shown for shown in self.shown if shown.entry.kind != "settle"]
        return (weighty or self.shown)[-1]

    @property
    def sequence(self) -> int:
        """Its place in the account's history; unique among the movements of an account."""
        return self.last.entry.sequence

    @property
    def when(self) -> datetime:
        """When it last moved anything."""
        return self.last.entry.effective_at

    @property
    def change(self) -> Balance:
        """What it moved from first to last."""
        return _summed(step.change for step in self.steps)

    @property
    def balance(self) -> Balance:
        """What the account had after it."""
        return self.last.balance

    @property
    def tier(self) -> tuple[str, str] | None:
        """The tier before and after (empty: none), if it changed."""
        moves = [shown.entry for shown in self.shown if shown.entry.kind == "tier"]
        if not moves:
            return None
        return str(moves[0].facts.get("from") or ""), moves[-1].tier or ""


def movement(
    cause: Cause, shown: Sequence[Shown], *, order: str = "", refund: str = "", coupon: str = ""
) -> Movement:
    """The movement of one cause from all its entries; those of one instant are one step."""
    assert shown
    in_order = sorted(shown, key=lambda each: each.entry.sequence)
    steps = tuple(Step(tuple(group)) for _, group in groupby(in_order, key=lambda s: s.entry.effective_at))
    return Movement(cause, steps, order, refund, coupon)


def movements_of(entries: Iterable[Entry], credits: Mapping[int, Sequence[Credit]]) -> tuple[Movement, ...]:
    """The movements of one account from all its entries, newest first. ``credits`` are by sequence.

    A settlement belongs to the cause that brought its lot; time that settles points is no movement of its own.
    """
    causes: dict[Cause, list[Shown]] = {}
    born: dict[int, Cause] = {}
    balance = Balance()
    for entry in sorted(entries, key=lambda each: each.sequence):
        balance = balance.plus(Balance(entry.points, entry.pending, entry.held, entry.debt))
        own = tuple(credits.get(entry.sequence, ()))
        shown = Shown(entry, balance, own)
        cause = entry.cause
        if entry.kind == "settle":
            lot = entry.facts.get("lot")
            cause = born.get(lot, cause) if isinstance(lot, int) else cause
        born.update((credit.number, cause) for credit in own)
        causes.setdefault(cause, []).append(shown)
    found = (movement(cause, shown) for cause, shown in causes.items())
    return tuple(sorted(found, key=lambda each: each.sequence, reverse=True))


def masked(code: str) -> str:
    """A coupon's code as it may be shown in a list: only its last three characters."""
    return f"…{code[-3:]}" if code else ""


def _summed(balances: Iterable[Balance]) -> Balance:
    total = Balance()
    for balance in balances:
        total = total.plus(balance)
    return total
