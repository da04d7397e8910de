"""I-10: the tier a member holds is the one that the entries deserve, from ladder, window, season and grace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger, Version, instant_of, us_of
from palier.core.period import add, local_day, zone
from palier.core.programme.values import Programme, Tiers

ACTIVITY = {"earn", "take_back", "event"}


@dataclass(frozen=True, slots=True)
class Step:
    """A tier with the threshold in force."""

    tier: str
    threshold: int


def check_history(ledger: Ledger, holdings: Holdings) -> Iterator[Problem]:
    """I-10: the entries about tiers follow from each other, and the last one names the tier held."""
    account = ledger.account
    moves = [entry for entry in ledger.entries if entry.kind == "tier"]
    starts = _entered(ledger, holdings)
    held = (moves[0].facts.get("from") or "") if moves else account.tier
    if held not in starts and account.merged_into_id is None:
        yield Problem(
            "I-10", ledger.name, "tier at first", " or ".join(sorted(starts)) or "none", held or "none"
        )
    for entry in moves:
        before = entry.facts.get("from") or ""
        if before != held:
            yield Problem(
                "I-10", ledger.name, f"entry {entry.sequence}: tier before", held or "none", before or "none"
            )
        held = entry.tier or ""
    if account.tier != held and account.merged_into_id is None:
        yield Problem("I-10", ledger.name, "tier by its entries", held or "none", account.tier or "none")


def _entered(ledger: Ledger, holdings: Holdings) -> set[str]:
    """What nothing at all deserved when the account was made (an import makes it at its first order's own time).

    A version that came into force at that very instant may have come before or after.
    """
    first = [ledger.account.created_at, *(entry.effective_at for entry in ledger.entries[:1])]
    first += [at - timedelta(microseconds=1) for at in first]
    return {
        _deserved(holdings.versions.at(at).programme, 0, at) or ""
        for at in [*first, ledger.account.caught_up_at]
    }


def check_deserved(holdings: Holdings) -> Iterator[Problem]:
    """I-10: the tier held is the one deserved as of ``caught_up_at``; above it only in a grace or a soft landing.

    Without a grace and with ``landing: deserved`` this is exact for every window. With them the held tier must not
    lie under the deserved one, and where it lies above, the state must name the instant at which that ends, in
    reach of the grace (or of the window, for a step). A tier that staff gave is held whatever is deserved, as long as
    the entries say.
    """
    ledger = holdings.ledgers[0]
    account = ledger.account
    if account.erased_at is not None:
        return
    version = holdings.versions.at(account.caught_up_at)
    tiers = version.programme.tiers
    given = _given(ledger)
    if given != ledger.state.get("override"):
        yield Problem(
            "I-10", ledger.name, "tier given by staff", str(given), str(ledger.state.get("override"))
        )
    if given is not None:
        ladder = [step.tier for step in _steps(tiers, account.caught_up_at)] if tiers else []
        if account.tier != given[0] or given[0] not in ladder:
            yield Problem(
                "I-10", ledger.name, "tier held", f"{given[0]} as staff gave it", account.tier or "none"
            )
        return
    if tiers is None:
        if account.tier:
            yield Problem("I-10", ledger.name, "tier without a ladder", "none", account.tier)
        return
    value = _value(holdings, version)
    deserved = _deserved(version.programme, value, account.caught_up_at)
    if (deserved or "") == account.tier:
        return
    ladder = [step.tier for step in _steps(tiers, account.caught_up_at)]
    is_above = account.tier in ladder and (
        deserved is None or ladder.index(account.tier) > ladder.index(deserved)
    )
    if is_above and _may_stay(ledger, tiers, version):
        return
    what = f"tier for {value} ({tiers.metric}) at {account.caught_up_at}"
    yield Problem("I-10", ledger.name, what, deserved or "none", account.tier or "none")


def _given(ledger: Ledger) -> list[Any] | None:
    """What staff gave and what is not over: tier and end (microseconds), by the newest entry that speaks of it."""
    told = [entry for entry in ledger.entries if entry.kind == "tier" and "override" in entry.facts]
    if not told or told[-1].facts["override"] is not True:
        return None
    until = told[-1].facts.get("until")
    ends = datetime.fromisoformat(until) if until else None
    return [told[-1].tier, us_of(ends)] if ends is None or ends > ledger.account.caught_up_at else None


def _may_stay(ledger: Ledger, tiers: Tiers, version: Version) -> bool:
    now = ledger.account.caught_up_at
    tz = zone(version.programme.timezone)
    ends = instant_of(ledger.state.get("demote_at"))
    if ends is not None and not tiers.grace.is_zero and now < ends <= add(now, tiers.grace, tz):
        return True
    stepped = instant_of(ledger.state.get("stepped_at"))
    if stepped is None or tiers.landing != "one_step":
        return False
    if tiers.window == "rolling" and tiers.rolling is not None:
        return now < add(stepped, tiers.rolling, tz)
    if tiers.window == "calendar_year":
        return local_day(now, tz).year == local_day(stepped, tz).year
    return now < add(stepped, tiers.grace, tz)


def _value(holdings: Holdings, version: Version) -> int:
    """What counts now, by the instants at which orders and events qualify; refunds count at their order's."""
    tiers = version.programme.tiers
    assert tiers is not None
    now = holdings.ledgers[0].account.caught_up_at
    tz = zone(version.programme.timezone)
    total = 0
    for entry in (entry for ledger in holdings.ledgers for entry in ledger.entries):
        if entry.kind in ("merge_in", "merge_out"):
            continue
        measure = {"spend": entry.spend_minor, "orders": entry.orders, "points": 0}[tiers.metric]
        if tiers.metric == "points" and entry.kind in ACTIVITY:
            measure = entry.amount
        if not measure:
            continue
        at = entry.qualifies_at or entry.effective_at
        if _is_within(tiers, at, now, tz):
            total += measure
    return total


def _is_within(tiers: Tiers, at: datetime, now: datetime, tz: ZoneInfo) -> bool:
    if tiers.window == "rolling":
        assert tiers.rolling is not None
        return add(at, tiers.rolling, tz) > now
    if tiers.window == "calendar_year":
        return local_day(at, tz).year >= local_day(now, tz).year
    return True


def _steps(tiers: Tiers, instant: datetime) -> list[Step]:
    seasonal: dict[str, int] = {}
    for season in tiers.schedule:
        during = season.during
        starts, ends = during.start or instant, during.end or instant + timedelta(days=1)
        if season.enabled and starts <= instant < ends:
            seasonal |= dict(season.thresholds)
    steps = [Step(tier.id, seasonal.get(tier.id, tier.threshold)) for tier in tiers.ladder if tier.enabled]
    return sorted(steps, key=lambda step: step.threshold)


def _deserved(programme: Programme, value: int, instant: datetime) -> str | None:
    deserved = None
    for step in _steps(programme.tiers, instant) if programme.tiers else ():
        if step.threshold <= value:
            deserved = step.tier
    return deserved
