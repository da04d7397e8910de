"""Time is reconciled too: everything that is due by an instant, in the order in which it fell due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from palier.core import coupons, holds, lots, rewards, tiers
from palier.core.account import Cause, Contribution
from palier.core.book import Book
from palier.core.period import Duration, last_day, local_day, start_of_day, subtract, subtract_from_date, zone
from palier.core.programme.values import Programme


def catch_up(book: Book, until: datetime) -> datetime | None:
    """Book what fell due since the account was last caught up, each thing at its own instant, and stand at ``until``.

    At one instant: a new version's ladder, lapsed holds, ended points, settled lots, rewards, ended coupons,
    reminders, tiers.
    The result does not depend on how often or how late it is called. ``until`` in the past changes nothing.
    Returns when something is due next.
    """
    if _is_known_to_be_idle(book, until):
        book.now = max(book.now, until)
        forget(book)
        return book.state.next_due_at
    unmet_since = _unmet_since(book)
    rewards.grant(book)
    if unmet_since is not None:
        _climb_new_ladder(book, unmet_since - timedelta(microseconds=1))
    while True:
        due = next_due(book)
        if due is None or due > until:
            break
        previous, book.now = book.now, max(due, book.now)
        _happen(book, previous)
    if until > book.now:
        book.now = until
    forget(book)
    return book.now if rewards.is_reached(book) else due


def _is_known_to_be_idle(book: Book, until: datetime) -> bool:
    """Whether it was said when the account was last closed that nothing falls due by ``until``, and still holds."""
    due = book.state.next_due_at
    if due is None or due <= max(until, book.now) or not _is_untouched(book):
        return False
    upcoming = book.timeline.next_after(book.now)
    is_met = book.timeline.at(book.now).published_at < book.now
    return is_met and (upcoming is None or upcoming > until)


def _is_untouched(book: Book) -> bool:
    """Whether the account still stands as it was read: nothing was posted, and no coupon, hold or grace changed."""
    state = book.state
    return (
        book.sequence == state.last_sequence
        and book.now is state.caught_up_at
        and book.demote_at is state.demote_at
        and book.stepped_at is state.stepped_at
        and book.override is state.override
        and not book.touched
        and not book.ended_holds
        and len(book.holds) == len(state.holds)
        # A lot whose instant became known leaves no entry.
        and all(book.lots.get(lot.number) is lot for lot in state.lots)
    )


def next_due(book: Book) -> datetime | None:
    """The next instant at which something happens to the account by itself; it may have passed already."""
    programme = book.programme
    instants: list[datetime] = []
    version = book.timeline.next_after(book.now)
    if version is not None:
        instants.append(version)
    reminds = bool(programme.points.remind)
    for lot in book.lots.values():
        if not lot.remaining:
            continue
        if lot.ends_at is not None:
            instants.append(lot.ends_at)
            if reminds:
                told = reminders(lot.ends_at, programme)
                instants.extend([day_at for _, day_at in told if day_at > book.now])
        if not lot.settled and lot.available_at is not None:
            instants.append(lot.available_at)
    instants.extend(c.ends_at for c in book.coupons.values() if c.ends_at is not None and c.state == "issued")
    instants.extend(hold.lapses_at for hold in book.holds.values())
    tier_change = tiers.next_change(book, programme)
    if tier_change is not None:
        instants.append(tier_change)
    return min(instants, default=None)


def _happen(book: Book, previous: datetime) -> None:
    now = book.now
    holds.lapse_due(book)
    lots.expire_ended(book)
    lots.settle_due(book)
    rewards.grant(book)
    coupons.expire_ended(book)
    _remind(book)
    if not _climb_new_ladder(book, previous):
        tiers.requalify(book, Cause("time", now.isoformat()), because="time")


def _unmet_since(book: Book) -> datetime | None:
    """The instant, not after the one at which the account stands, since which a publication may not have been met.

    Publishing makes an account due that stands there already, or was led beyond it meanwhile. What changed the account
    since it was read has met it.
    """
    due = book.state.next_due_at
    return due if due is not None and due <= book.now and _is_untouched(book) else None


def _climb_new_ladder(book: Book, previous: datetime) -> bool:
    """Requalify if a version came into force since ``previous`` that changed the tiers."""
    if not _is_new_ladder(book, previous):
        return False
    cause = Cause("publish", str(book.timeline.at(book.now).id))
    tiers.requalify(book, cause, because="publish", silent=True)
    return True


def _is_new_ladder(book: Book, previous: datetime) -> bool:
    """Whether a version came into force since ``previous`` that changed the tiers; others leave a grace alone."""
    return any(
        previous < new.published_at <= book.now and old.programme.tiers != new.programme.tiers
        for old, new in pairwise(book.timeline.versions)
    )


def reminders(ends_at: datetime | None, programme: Programme) -> tuple[tuple[date, datetime], ...]:
    """(last day, instant) of each reminder before points end: the start of its local day."""
    if not programme.points.remind or ends_at is None:
        return ()
    return _reminders(ends_at, programme.points.remind, zone(programme.timezone))


@lru_cache(maxsize=4096)
def _reminders(
    ends_at: datetime, leads: tuple[Duration, ...], tz: ZoneInfo
) -> tuple[tuple[date, datetime], ...]:
    day = last_day(ends_at, tz)
    return tuple((day, start_of_day(subtract_from_date(day, lead), tz)) for lead in leads)


def _remind(book: Book) -> None:
    """One message for all points of one last day; a reminder that would lie before its lot never comes."""
    points: dict[date, int] = defaultdict(int)
    for lot in book.lots.values():
        if lot.remaining and any(
            instant == book.now for _, instant in reminders(lot.ends_at, book.programme)
        ):
            assert lot.ends_at is not None
            points[last_day(lot.ends_at, zone(book.programme.timezone))] += lot.remaining
    today = local_day(book.now, zone(book.programme.timezone))
    for day in sorted(points):
        book.tell(
            "points_expiring",
            f"{day.isoformat()}:{today.isoformat()}",
            points=points[day],
            last_day=day.isoformat(),
        )


def recall(book: Book, earned: Iterable[Contribution], *, since: datetime) -> None:
    """Take up again what was earned after ``since``, for something that is told late; kept until ``let_go``."""
    for contribution in earned:
        book.contributions.setdefault(contribution.cause, contribution)
    book.keeps_since = since


def let_go(book: Book) -> None:
    """Drop what was recalled, now that nothing late is to come."""
    if book.keeps_since is not None:
        book.keeps_since = None
        forget(book)


def forget(book: Book) -> None:
    """Drop contributions that no window and no cap looks at any more, but for those that were recalled."""
    if not book.contributions:
        return
    horizon = horizon_of(book.programme, book.now)
    if book.keeps_since is not None:
        horizon = min(horizon, book.keeps_since)
    for cause, contribution in list(book.contributions.items()):
        if contribution.at <= horizon:
            del book.contributions[cause]


def horizon_of(programme: Programme, now: datetime) -> datetime:
    """Contributions at or before this instant matter to no window and no cap any more (a cap ``ever`` needs none)."""
    tz = zone(programme.timezone)
    starts = [tiers.window_start(programme, now) or now]
    for rule in programme.earning:
        if rule.cap is not None and not isinstance(rule.cap.every, str):
            starts.append(subtract(now, rule.cap.every, tz))
    return min(starts) - timedelta(days=1)
