"""What a stretch of time did to the points of a programme, from the sums of its entries by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Column = Literal["issued", "taken_back", "used", "expired", "waived", "moved"]

COLUMNS: Mapping[str, tuple[Column, int]] = {
    "earn": ("issued", 1),
    "event": ("issued", 1),
    "gift": ("issued", 1),
    "opening": ("issued", 1),
    "take_back": ("taken_back", -1),
    "use": ("used", -1),
    "capture": ("used", -1),
    "return": ("used", -1),
    "reward": ("used", -1),
    "withdraw": ("used", -1),
    "reissue": ("used", -1),
    "expire": ("expired", -1),
    "lapse": ("expired", -1),
    "waive": ("waived", 1),
    "merge_in": ("moved", 1),
    "merge_out": ("moved", 1),
}
"""Kind of entry → what it is counted as, and the sign with which its amount counts there. Other kinds move nothing in
or out: they have no amount."""


@dataclass(frozen=True, slots=True)
class Turnover:
    """Points that came and went, pending and held ones included.

    ``outstanding`` at the end is that at the beginning plus ``change``. What is used is net of what came back, what is
    taken back is net of what was reinstated; either may be negative in a stretch in which more came back. ``moved`` is
    what merges moved between accounts: nothing, over a whole programme.
    """

    issued: int = 0
    taken_back: int = 0
    used: int = 0
    expired: int = 0
    waived: int = 0
    moved: int = 0

    @property
    def change(self) -> int:
        """What it comes to."""
        return self.issued - self.taken_back - self.used - self.expired + self.waived + self.moved

    def plus(self, other: Turnover) -> Turnover:
        """Both stretches together."""
        return Turnover(
            self.issued + other.issued,
            self.taken_back + other.taken_back,
            self.used + other.used,
            self.expired + other.expired,
            self.waived + other.waived,
            self.moved + other.moved,
        )


def turnover(amounts: Mapping[str, int]) -> Turnover:
    """The turnover of a stretch from its sums of ``amount`` by kind of entry; kinds without an amount may be there.

    >>> turnover({"earn": 120, "take_back": -20, "use": -50, "return": 10, "settle": 0})
    Turnover(issued=120, taken_back=20, used=40, expired=0, waived=0, moved=0)
    """
    sums: dict[str, int] = {}
    for kind, amount in amounts.items():
        if kind in COLUMNS:
            column, sign = COLUMNS[kind]
            sums[column] = sums.get(column, 0) + sign * amount
        else:
            assert amount == 0, kind
    return Turnover(**sums)
