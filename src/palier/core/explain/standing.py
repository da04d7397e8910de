"""Why a member is in their tier and what their points are: what counts, until when, and what is missing."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from palier.core import tiers
from palier.core.account import Contribution
from palier.core.book import Book
from palier.core.explain import phrases
from palier.core.explain.speech import Speech
from palier.core.formats import Formats
from palier.core.period import Duration, add, local_day, start_of_day, zone
from palier.core.programme.values import Tiers

_UNITS = {"spend": "amount", "points": "points", "orders": "orders"}


def explain_tier(book: Book, language: str, formats: Formats) -> tuple[str, ...]:
    """Why the member has this tier as of the book's instant: what counts and since when, thresholds, grace, what next.

    Empty without a ladder. A tier that staff gave is explained by that alone, and by what is missing to the next.
    """
    ladder = book.programme.tiers
    if ladder is None:
        return ()
    speech = Speech(language, book.programme, formats)
    counts = [_counts(speech, book, ladder)]
    if book.override is None:
        counts += _threshold(speech, book, ladder)
        counts += _what_leaves(speech, book, ladder)
    return (_held(speech, book), *counts, _next(speech, book, ladder))


def explain_points(book: Book, language: str, formats: Formats) -> tuple[str, ...]:
    """What the points are: usable and until when, still to come and when, set aside, owed."""
    speech = Speech(language, book.programme, formats)
    totals = book.totals
    told = [_points(speech, "has.available", totals["available"])]
    value = book.programme.points.value
    if value is not None and totals["available"]:
        told.append(
            speech.say(
                "has.worth", amount=formats.money(totals["available"] * value.amount_minor // value.points)
            )
        )
    told += _ends(speech, book)
    told += _to_come(speech, book)
    told += [_points(speech, f"has.{name}", totals[name]) for name in ("held", "debt") if totals[name]]
    return tuple(told)


def _held(speech: Speech, book: Book) -> str:
    if book.tier is None:
        return speech.say("stands.none")
    name = speech.tier(book.tier)
    given = book.override
    if given is not None and given.until is not None:
        return speech.say("tier.given.until", after=name, date=speech.last_day(given.until))
    if given is not None:
        return speech.say("tier.given", after=name)
    since = book.tier_since or book.now
    return speech.say("stands.tier", tier=name, date=speech.formats.day(since))


def _measured(speech: Speech, ladder: Tiers, value: int) -> str:
    if ladder.metric == "spend":
        return speech.formats.money(value)
    return phrases.measured(speech, value, _UNITS[ladder.metric], speech.formats)


def _counts(speech: Speech, book: Book, ladder: Tiers) -> str:
    value = _measured(speech, ladder, tiers.qualifying(book, book.programme))
    return speech.say("stands.counts", value=value, window=_window(speech, book, ladder))


def _window(speech: Speech, book: Book, ladder: Tiers) -> str:
    if ladder.window == "lifetime":
        return speech.say("window.lifetime")
    if ladder.window == "calendar_year":
        return speech.say("window.since", date=speech.formats.day(_new_year(book, 0)))
    n, unit = _span(ladder.rolling or Duration())
    return (
        speech.say(f"window.{unit}", n, count=speech.formats.number(n)) if n else speech.say("window.rolling")
    )


def _span(rolling: Duration) -> tuple[int, str]:
    """A duration in its one unit; 0 when it takes several."""
    if rolling.months and not rolling.days and not rolling.seconds:
        years, rest = divmod(rolling.months, 12)
        return (years, "years") if years > 1 and not rest else (rolling.months, "months")
    return (rolling.days, "days") if not rolling.months and not rolling.seconds else (0, "")


def _threshold(speech: Speech, book: Book, ladder: Tiers) -> list[str]:
    """Where the tier held begins; under grace what is missing, and until when it is kept all the same."""
    found = next(((at, t) for at, t in tiers.thresholds_at(ladder, book.now) if t.id == book.tier), None)
    if found is None:
        return []
    threshold, tier = found
    name = speech.tier(tier.id)
    key = "stands.begins" if threshold == tier.threshold else "stands.season"
    told = [speech.say(key, tier=name, threshold=_measured(speech, ladder, threshold))] if threshold else []
    missing = threshold - tiers.qualifying(book, book.programme)
    if missing > 0 and book.demote_at is not None:
        n = 2 if ladder.metric == "spend" else missing
        until = speech.formats.day(book.demote_at)
        told.append(
            speech.say("stands.grace", n, tier=name, missing=_measured(speech, ladder, missing), date=until)
        )
    return told


def _what_leaves(speech: Speech, book: Book, ladder: Tiers) -> list[str]:
    """When a part of what counts will count no more."""
    if ladder.window == "calendar_year" and any(_value(ladder, c) for c in book.contributions.values()):
        return [speech.say("stands.restarts", date=speech.formats.day(_new_year(book, 1)))]
    if ladder.rolling is None:
        return []
    tz = zone(book.programme.timezone)
    leaving: Counter[date] = Counter()
    for contribution in book.contributions.values():
        end = add(contribution.at, ladder.rolling, tz)
        if end > book.now:
            leaving[local_day(end, tz)] += _value(ladder, contribution)
    first = min((day for day, value in leaving.items() if value > 0), default=None)
    if first is None:
        return []
    value = _measured(speech, ladder, leaving[first])
    return [speech.say("stands.leaves", date=speech.formats.day(first), value=value)]


def _next(speech: Speech, book: Book, ladder: Tiers) -> str:
    ahead = tiers.progress(book)
    if ahead.next is None:
        return speech.say("stands.top")
    n = 2 if ladder.metric == "spend" else ahead.missing
    return speech.say(
        "next_tier", n, tier=speech.tier(ahead.next), missing=_measured(speech, ladder, ahead.missing)
    )


def _value(ladder: Tiers, contribution: Contribution) -> int:
    return {"spend": contribution.spend_minor, "points": contribution.points, "orders": contribution.orders}[
        ladder.metric
    ]


def _new_year(book: Book, years: int) -> datetime:
    tz = zone(book.programme.timezone)
    return start_of_day(date(local_day(book.now, tz).year + years, 1, 1), tz)


def _ends(speech: Speech, book: Book) -> list[str]:
    """The last days of what is usable, the next one first; said only if there are any."""
    usable = [lot for lot in book.lots.values() if lot.settled and lot.remaining > 0]
    if not any(lot.ends_at for lot in usable):
        return []
    by_end: dict[datetime | None, int] = {}
    for lot in sorted(usable, key=lambda lot: (lot.ends_at is None, lot.ends_at or book.now)):
        by_end[lot.ends_at] = by_end.get(lot.ends_at, 0) + lot.remaining
    return [
        _points(speech, "has.for_ever", n)
        if end is None
        else _points(speech, "has.until", n, date=speech.last_day(end))
        for end, n in by_end.items()
    ]


def _to_come(speech: Speech, book: Book) -> list[str]:
    waiting = [lot for lot in book.lots.values() if not lot.settled and lot.remaining > 0]
    by_start: dict[datetime | None, int] = {}
    for lot in sorted(waiting, key=lambda lot: (lot.available_at is None, lot.available_at or book.now)):
        by_start[lot.available_at] = by_start.get(lot.available_at, 0) + lot.remaining
    return [
        _points(speech, "has.pending", n)
        if start is None
        else _points(speech, "has.pending.from", n, date=speech.formats.day(start))
        for start, n in by_start.items()
    ]


def _points(speech: Speech, key: str, n: int, **values: str) -> str:
    return speech.say(key, n, points=speech.points(n), **values)
