"""How messages arrive: at which instants, how often, in which order; some are lost, and polled in the end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from tests.deliveries.told import Told

TIMES = (0, 1, 1, 1, 1, 2, 2, 3, 4, 5)
"""How often a message is delivered: one in ten is lost."""
LATEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message that arrives at ``at``."""

    at: datetime
    told: Told


Schedule = tuple[Arrival, ...]


def draw_deliveries(random: Random, told: Sequence[Told]) -> Schedule:
    """Each message nought to five times, up to a month late; then a poll that brings the newest of everything."""
    found = [Arrival(each.at + _lateness(random), each) for each in told for _ in range(random.choice(TIMES))]
    random.shuffle(found)
    found.sort(key=lambda arrival: arrival.at)
    return (*found, *_poll(told, max((arrival.at for arrival in found), default=told[-1].at)))


def _lateness(random: Random) -> timedelta:
    kind = random.random()
    if kind < 0.5:
        return timedelta(seconds=random.randint(0, 300))
    if kind < 0.85:
        return timedelta(seconds=random.randint(0, 3 * 86400))
    return timedelta(seconds=random.randint(0, int(LATEST.total_seconds())))


def _poll(told: Sequence[Told], last: datetime) -> Schedule:
    """What a shop tells when it is asked for all it has: of each order the newest version, and everything else."""
    at = max(last, told[-1].at) + timedelta(days=1)
    newest = {each.order: each for each in told if each.kind == "order"}
    return tuple(Arrival(at, each) for each in told if each.kind != "order" or newest[each.order] is each)


def without_repeats(schedule: Schedule) -> Schedule:
    """The same without what was there before: the same message again, and versions older than one that came."""
    known: set[str] = set()
    newest: dict[str, datetime] = {}
    found = []
    for arrival in schedule:
        told = arrival.told
        if told.id in known or (told.kind == "order" and told.at < newest.get(told.order, told.at)):
            continue
        known.add(told.id)
        if told.kind == "order":
            newest[told.order] = told.at
        found.append(arrival)
    return tuple(found)


def members_once(schedule: Schedule) -> Schedule:
    """The same, each profile once: profiles have no version, so that only the inbox knows a repeat by its push's id."""
    known: set[str] = set()
    found = []
    for arrival in schedule:
        if arrival.told.kind != "member" or arrival.told.id not in known:
            found.append(arrival)
        known.add(arrival.told.id)
    return tuple(found)


def as_it_happened(told: Sequence[Told]) -> Schedule:
    """Each message once, when it came about."""
    return tuple(Arrival(each.at, each) for each in told)


def draw_blocks(random: Random, told: Sequence[Told]) -> tuple[Schedule, Schedule]:
    """Messages of one order arrive together, once or twice in its life: as they came about, and in any order with
    repeats. What is about no order arrives as it came about, in both."""
    straight, mixed = [], []
    of_order: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        if each.is_of_order:
            of_order[each.order].append(each)
        else:
            straight.append(Arrival(each.at, each))
            mixed.append(Arrival(each.at, each))
    last = told[-1].at
    for messages in of_order.values():
        cut = random.randint(1, len(messages))
        for block in (messages[:cut], messages[cut:]):
            if not block:
                continue
            # One instant for the whole block, and none for two blocks.
            at = max(block[-1].at, *(each.at for each in block)) + timedelta(
                microseconds=random.randrange(1, 10**6)
            )
            last = max(last, at)
            straight += [Arrival(at, each) for each in block]
            mixed += [Arrival(at, each) for each in _mixed(random, block)]
    return _in_order(straight), _in_order(mixed)


def _in_order(arrivals: list[Arrival]) -> Schedule:
    return tuple(sorted(arrivals, key=lambda arrival: arrival.at))


def _mixed(random: Random, block: list[Told]) -> list[Told]:
    """The block in another order, each message up to five times; so that the order is accepted in it all the same.

    An order is accepted when it first becomes valid (meaning 6): a version which was valid, and arrives after one that
    is not any more, never made it so. That is another history, not another order of the same.
    """
    found = [each for each in block for _ in range(random.randint(1, 5))]
    for _ in range(20):
        random.shuffle(found)
        if _accepts(found) == _accepts(block):
            return found
    return block


def _accepts(block: Sequence[Told]) -> bool:
    newest: Told | None = None
    for each in block:
        if each.kind == "order" and (newest is None or each.at >= newest.at):
            newest = each
            if each.is_valid:
                return True
    return False
