"""Comparing what a scenario expects with what there is: only what it names, numbers by value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Missed:
    """One expectation that does not hold: where, what was expected, and what there is."""

    path: str
    expected: Any
    got: Any


@dataclass(frozen=True, slots=True)
class End:
    """The end of a coupon: ``at`` is the instant from which it is gone, ``last_day`` the last on which it is good.

    A scenario may expect either: a day is compared with the day, an instant with the instant.
    """

    at: datetime
    last_day: date

    def __str__(self) -> str:
        return f"{self.last_day.isoformat()} (gone at {self.at.isoformat()})"


@dataclass(frozen=True, slots=True)
class Carriers:
    """Those whose delivery is free; a scenario may name them in any order."""

    names: tuple[str, ...]

    def are(self, expected: Any) -> bool:
        """Whether exactly these are expected, each once."""
        return isinstance(expected, list | tuple) and sorted(map(str, expected)) == sorted(self.names)

    def __str__(self) -> str:
        return told(list(self.names))


def compare(path: str, expected: Any, got: Any) -> list[Missed]:
    """What does not hold: maps by the keys that are named, lists by length and position, numbers by value."""
    if isinstance(got, Carriers):
        return [] if got.are(expected) else [Missed(path, expected, got)]
    if isinstance(expected, Mapping):
        return _compare_maps(path, expected, got)
    if isinstance(expected, list | tuple):
        return _compare_lists(path, expected, got)
    return [] if _equal(expected, got) else [Missed(path, expected, got)]


def _compare_maps(path: str, expected: Mapping[Any, Any], got: Any) -> list[Missed]:
    if not isinstance(got, Mapping):
        return [Missed(path, expected, got)]
    found: list[Missed] = []
    for key, value in expected.items():
        where = f"{path}.{key}" if path else str(key)
        if key in got:
            found += compare(where, value, got[key])
        else:
            found.append(Missed(where, value, None))
    return found


def _compare_lists(path: str, expected: list[Any] | tuple[Any, ...], got: Any) -> list[Missed]:
    if not isinstance(got, list | tuple) or len(expected) != len(got):
        return [Missed(path, expected, got)]
    return [
        missed
        for index, (value, there) in enumerate(zip(expected, got, strict=True))
        for missed in compare(f"{path}[{index}]", value, there)
    ]


def _equal(expected: Any, got: Any) -> bool:
    if isinstance(got, End):
        if isinstance(expected, str):
            return expected == got.last_day.isoformat()
        return bool(expected == (got.at if isinstance(expected, datetime) else got.last_day))
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, int | Decimal) and isinstance(got, int | Decimal):
        return Decimal(expected) == Decimal(got)
    return type(expected) is type(got) and bool(expected == got)


def plain(value: Any) -> Any:
    """The value as JSON knows it: exact decimals as texts."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Carriers):
        return list(value.names)
    return value.isoformat() if isinstance(value, date) else str(value)


def told(value: Any) -> str:
    """The value on one line, as it would stand in a scenario."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {told(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(told(item) for item in value) + "]"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)
