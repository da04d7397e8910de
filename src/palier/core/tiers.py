"""Which tier a member deserves, when that changes by itself, and what a change brings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from palier.core.account import Cause, Contribution, Override
from palier.core.book import Book, Post
from palier.core.coupons import is_unused, issue, revive, withdraw
from palier.core.period import add, local_day, start_of_day, subtract, zone
from palier.core.programme.values import Programme, Tier, Tiers


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a member has come. ``spent`` and ``missing`` count in the ladder's metric; ``percent`` is floored."""

    spent: int
    next: str | None
    threshold: int | None
    missing: int
    percent: int


def thresholds_at(tiers: Tiers, instant: datetime) -> tuple[tuple[int, Tier], ...]:
    """The enabled tiers with the thresholds in force at ``instant``, lowest first (ties: the order of the ladder)."""
    if not tiers.schedule:
        known = _steps.get(id(tiers))
        if known is None or known[0] is not tiers:
            if len(_steps) >= _STEPS_MAX:
                _steps.clear()
            known = _steps[id(tiers)] = (tiers, _thresholds(tiers, instant))
        return known[1]
    return _thresholds(tiers, instant)


_STEPS_MAX = 1000
_steps: dict[int, tuple[Tiers, tuple[tuple[int, Tier], ...]]] = {}
"""The steps of ladders without seasons, which are asked for at every decision; each beside the ladder, so that no other
value takes its place in memory."""


def _thresholds(tiers: Tiers, instant: datetime) -> tuple[tuple[int, Tier], ...]:
    seasonal = {
        tier: threshold
        for season in tiers.schedule
        if season.enabled and season.during.holds(instant)
        for tier, threshold in season.thresholds
    }
    steps = [(seasonal.get(tier.id, tier.threshold), tier) for tier in tiers.ladder if tier.enabled]
    return tuple(sorted(steps, key=lambda step: step[0]))


def deserved_tier(tiers: Tiers, value: int, instant: datetime) -> Tier | None:
    """The highest tier whose threshold ``value`` reaches; exactly the threshold reaches it. None below the lowest."""
    reached = [tier for threshold, tier in thresholds_at(tiers, instant) if value >= threshold]
    return reached[-1] if reached else None


_TOTAL = {"spend": "spend_minor", "points": "activity", "orders": "orders"}


def qualifying(book: Book, programme: Programme) -> int:
    """The value of the ladder's metric that counts now, in its window."""
    tiers = programme.tiers
    if tiers is None:
        return 0
    if tiers.window == "lifetime":
        return book.totals[_TOTAL[tiers.metric]]
    if tiers.window == "rolling":
        assert tiers.rolling is not None
        tz = zone(programme.timezone)
        # From the order forwards, as next_change does: months are clamped, so looking back is another window.
        counted = (c for c in book.contributions.values() if add(c.at, tiers.rolling, tz) > book.now)
    else:
        start = window_start(programme, book.now)
        counted = (c for c in book.contributions.values() if start is None or c.at >= start)
    return sum(_measure(tiers, c) for c in counted)


def window_start(programme: Programme, now: datetime) -> datetime | None:
    """Nothing before it counts (a rolling window ends by itself, order by order); None: everything counts."""
    tiers = programme.tiers
    if tiers is None or tiers.window == "lifetime":
        return None
    tz = zone(programme.timezone)
    if tiers.window == "rolling":
        assert tiers.rolling is not None
        return subtract(now, tiers.rolling, tz)
    return start_of_day(date(local_day(now, tz).year, 1, 1), tz)


def next_change(book: Book, programme: Programme) -> datetime | None:
    """The next instant after now at which time alone may change the tier: a window, a season or a grace that ends.

    Under an override only its own end does.
    """
    tiers = programme.tiers
    if tiers is None:
        return None
    if book.override is not None:
        return book.override.until
    tz = zone(programme.timezone)
    edges = [
        edge
        for season in tiers.schedule
        if season.enabled
        for edge in (season.during.start, season.during.end)
    ]
    instants = [edge for edge in edges if edge is not None and edge > book.now]
    if book.demote_at is not None:
        instants.append(book.demote_at)
    if tiers.window == "rolling" and tiers.rolling is not None:
        leaving = (add(c.at, tiers.rolling, tz) for c in book.contributions.values())
        instants.extend(instant for instant in leaving if instant > book.now)
    elif tiers.window == "calendar_year" and book.contributions:
        year = local_day(book.now, tz).year + 1
        instants.append(start_of_day(date(year, 1, 1), tz))
    return min(instants, default=None)


def progress(book: Book) -> Progress:
    """What the member has in the window, and what is missing to the tier above the one held (meaning 14)."""
    programme = book.programme
    value = qualifying(book, programme)
    if programme.tiers is None:
        return Progress(value, None, None, 0, 100)
    steps = thresholds_at(programme.tiers, book.now)
    held = next((i for i, (_, tier) in enumerate(steps) if tier.id == book.tier), -1)
    if held + 1 >= len(steps):
        return Progress(value, None, None, 0, 100)
    threshold, tier = steps[held + 1]
    missing = max(0, threshold - value)
    # Who has less than nothing misses something even to a tier that begins at 0.
    percent = 100 if missing == 0 else min(99, max(0, value) * 100 // max(1, threshold))
    return Progress(value, tier.id, threshold, missing, percent)


def enter(book: Book) -> None:
    """Give a new account the tier that nothing at all deserves; no message and no coupon goes with it."""
    tiers = book.programme.tiers
    tier = deserved_tier(tiers, 0, book.now) if tiers else None
    book.tier = tier.id if tier else None
    book.tier_since = book.now if tier else None


def deserved_rank(book: Book) -> int:
    """The step of the ladder that the account deserves now; 0 is the lowest, -1 none."""
    programme = book.programme
    if programme.tiers is None:
        return -1
    value = qualifying(book, programme)
    rank = -1
    for threshold, _ in thresholds_at(programme.tiers, book.now):
        if value < threshold:
            break
        rank += 1
    return rank


def requalify(book: Book, cause: Cause, *, because: str, silent: bool = False) -> None:
    """Move the account to the tier it deserves now.

    Upwards at once. Downwards at once when a refund lowered what is deserved (``because="refund"``) or after a new
    ladder (``"publish"``); when only time passed, after the grace, to the deserved tier or one step (``landing``).
    An override stands until its end, or until the ladder has its tier no more.
    """
    if book.override is not None:
        if _stands(book, book.override):
            return
        is_time = book.override.until is not None and book.override.until <= book.now
        end_override(book, Cause("time", book.now.isoformat()) if is_time else cause, silent=silent)
    tiers = book.programme.tiers
    if tiers is None:
        book.demote_at = book.stepped_at = None
        if book.tier is not None:
            _move(book, None, cause, silent=True)
        return
    steps = [tier for _, tier in thresholds_at(tiers, book.now)]
    rank = {tier.id: i for i, tier in enumerate(steps)}
    aim = deserved_rank(book)
    deserved = steps[aim] if aim >= 0 else None
    held = rank.get(book.tier, -1) if book.tier else -1
    if book.tier is not None and book.tier not in rank:
        book.demote_at = book.stepped_at = None
        _move(book, deserved, cause, silent=True)
    elif aim >= held:
        book.demote_at = book.stepped_at = None
        if aim > held:
            _move(book, deserved, cause, up=True, silent=silent)
    elif because == "publish" or (because == "refund" and not tiers.grace_refunds):
        book.demote_at = book.stepped_at = None
        _move(book, deserved, cause, silent=silent, withdraws=because == "refund")
    else:
        _demote_in_time(book, tiers, cause, steps, held=held, aim=aim)


def override(book: Book, given: Override, cause: Cause, *, silent: bool = False) -> None:
    """Put the account at once into a tier of the ladder, deserved or not, and keep it there until the override ends.

    The entry says so even when the tier stays the same. Moving up brings the tier's coupon, as always.
    """
    steps, held = _steps_and_held(book)
    aim = [step.id for step in steps].index(given.tier)
    book.override = given
    book.demote_at = book.stepped_at = None
    until = given.until.isoformat() if given.until else None
    more = {"override": True, "until": until}
    _move(book, steps[aim], cause, up=aim > held, silent=silent, more=more)


def end_override(book: Book, cause: Cause, *, silent: bool = False) -> None:
    """Let the account go at once to the tier that it deserves: the override's end was known, so no grace follows."""
    steps, held = _steps_and_held(book)
    aim = deserved_rank(book)
    book.override = None
    deserved = steps[aim] if aim >= 0 else None
    # As from any tier that the ladder has no more: no promotion.
    is_gone = book.tier is not None and held < 0
    up, silent = aim > held and not is_gone, silent or is_gone
    _move(book, deserved, cause, up=up, silent=silent, more={"override": False})


def is_step(book: Book, tier: str) -> bool:
    """Whether the ladder in force has that tier, enabled."""
    return any(step.id == tier for step in _steps_and_held(book)[0])


def _steps_and_held(book: Book) -> tuple[list[Tier], int]:
    """The ladder in force, lowest first, and the step that the account is on; -1 for none."""
    tiers = book.programme.tiers
    steps = [tier for _, tier in thresholds_at(tiers, book.now)] if tiers else []
    return steps, next((i for i, tier in enumerate(steps) if tier.id == book.tier), -1)


def _stands(book: Book, given: Override) -> bool:
    return (given.until is None or given.until > book.now) and is_step(book, given.tier)


def _demote_in_time(
    book: Book, tiers: Tiers, cause: Cause, steps: list[Tier], *, held: int, aim: int
) -> None:
    """Start the grace, or at its end go down: to the deserved step, or one, and then one after each window more."""
    if book.demote_at is None:
        book.demote_at = add(book.now, tiers.grace, zone(book.programme.timezone))
    if book.demote_at > book.now:
        return
    target = aim if tiers.landing == "deserved" else held - 1
    _move(book, steps[target] if target >= 0 else None, cause)
    book.demote_at = _next_step(book, tiers) if target > aim else None
    book.stepped_at = book.now if target > aim else None


def _next_step(book: Book, tiers: Tiers) -> datetime:
    """When a soft landing takes its next step: a window after this one and its grace; without window the grace only."""
    tz = zone(book.programme.timezone)
    looked_at = book.now
    if tiers.window == "rolling":
        assert tiers.rolling is not None
        looked_at = add(book.now, tiers.rolling, tz)
    elif tiers.window == "calendar_year":
        looked_at = start_of_day(date(local_day(book.now, tz).year + 1, 1, 1), tz)
    return add(looked_at, tiers.grace, tz)


def _move(
    book: Book,
    tier: Tier | None,
    cause: Cause,
    *,
    up: bool = False,
    silent: bool = False,
    withdraws: bool = False,
    more: dict[str, Any] | None = None,
) -> None:
    before, book.tier = book.tier, tier.id if tier else None
    facts = {"from": before, "to": book.tier}
    entry = book.commit(Post("tier", cause, tier=book.tier or "", facts=facts | (more or {})))
    assert entry is not None
    if before == book.tier:
        return
    book.tier_since = book.now
    if not silent:
        book.tell("tier_up" if up else "tier_down", str(entry.sequence), **facts)
    if up and tier is not None and tier.coupon is not None:
        _grant(book, tier, silent=silent)
    if withdraws:
        _withdraw_above(book, tier)


def _grant(book: Book, tier: Tier, *, silent: bool) -> None:
    """Issue the tier's coupon, or bring back the one that a demotion withdrew; nobody gets it twice."""
    assert tier.coupon is not None
    known = book.tier_coupons.get(tier.id)
    if known is None:
        coupon = issue(book, tier.coupon, origin="tier", origin_id=tier.id, silent=silent)
        book.tier_coupons[tier.id] = (coupon.id, False)
    elif known[1]:
        revive(book, known[0])
        book.tier_coupons[tier.id] = (known[0], False)


def _withdraw_above(book: Book, tier: Tier | None) -> None:
    """Withdraw the unused coupons of tiers above the one that is left."""
    tiers = book.programme.tiers
    assert tiers is not None
    ladder = [step.id for _, step in thresholds_at(tiers, book.now)]
    lost = ladder[ladder.index(tier.id) + 1 :] if tier else ladder
    for tier_id in lost:
        coupon_id, is_withdrawn = book.tier_coupons.get(tier_id, ("", True))
        coupon = book.coupons.get(coupon_id)
        if not is_withdrawn and coupon is not None and is_unused(coupon):
            withdraw(book, coupon)
            book.tier_coupons[tier_id] = (coupon_id, True)


def _measure(tiers: Tiers, contribution: Contribution) -> int:
    return {"spend": contribution.spend_minor, "points": contribution.points, "orders": contribution.orders}[
        tiers.metric
    ]
