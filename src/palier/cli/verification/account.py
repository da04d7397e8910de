"""I-1, I-10, I-11, I-14: the account's own columns, and the instants that its state waits for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from palier.cli.verification.problem import Problem
from palier.cli.verification.rows import Holdings, Ledger, instant_of
from palier.core.period import add, local_day, start_of_day, zone
from palier.core.programme.values import Tiers


def check_columns(holdings: Holdings) -> Iterator[Problem]:
    """I-1: an account stands at or after its last entry, was made by its first, and belongs where its rows do."""
    for ledger in holdings.ledgers:
        account, entries = ledger.account, ledger.entries
        latest = max((entry.effective_at for entry in entries), default=account.caught_up_at)
        if account.caught_up_at < latest:
            yield Problem("I-1", ledger.name, "caught_up_at", f"at least {latest}", str(account.caught_up_at))
        # A request that waited for another has the earlier clock; what it books happens at the later instant.
        first = max(entries[0].recorded_at, entries[0].effective_at) if entries else account.created_at
        if account.created_at > first:
            told = f"at most {first}"
            yield Problem("I-1", ledger.name, "created_at", told, str(account.created_at))
        strangers = {entry.programme_id for entry in entries} - {account.programme_id}
        if strangers:
            yield Problem(
                "I-17", ledger.name, "programme of its entries", str(account.programme_id), str(strangers)
            )
        gone = [entry for entry in entries if entry.kind == "merge_out"]
        # One that had nothing at all leaves no entry.
        if gone and str(account.merged_into_id) != gone[-1].cause:
            yield Problem("I-13", ledger.name, "merged into", gone[-1].cause, str(account.merged_into_id))
        # It stands at its merge for ever: what renewals reached its points is told by that.
        if gone and account.caught_up_at != gone[-1].effective_at:
            at = str(gone[-1].effective_at)
            yield Problem(
                "I-13", ledger.name, "caught_up_at of a merged account", at, str(account.caught_up_at)
            )
        # A request that waited for another erases at the later instant; 0.1.0 wrote the clock of the request.
        erased = [(entry.effective_at, entry.recorded_at) for entry in entries if entry.cause_kind == "erase"]
        if erased and account.erased_at not in erased[-1]:
            yield Problem("I-14", ledger.name, "erased_at", str(erased[-1][0]), str(account.erased_at))
    account = holdings.ledgers[0].account
    identities = [row for ledger in holdings.ledgers for row in ledger.identities]
    if account.erased_at is None and not identities:
        yield Problem("I-14", holdings.name, "identities of a member who is not erased", "some", "none")


def check_tier_since(ledger: Ledger) -> Iterator[Problem]:
    """I-10: the tier is held since its entry; one that was never left since before the first entry."""
    account = ledger.account
    if account.merged_into_id is not None:
        return
    moves = [
        entry.effective_at
        for entry in ledger.entries
        if entry.kind == "tier" and (entry.facts.get("from") or "") != (entry.tier or "")
    ]
    if moves and account.tier_since != moves[-1]:
        yield Problem("I-10", ledger.name, "tier_since", str(moves[-1]), str(account.tier_since))
    if moves or (not account.tier and account.tier_since is None):
        return
    first = min((entry.effective_at for entry in ledger.entries), default=account.caught_up_at)
    if not account.tier or account.tier_since is None or account.tier_since > first:
        yield Problem("I-10", ledger.name, "tier_since", f"at most {first}", str(account.tier_since))


def check_closed(holdings: Holdings) -> Iterator[Problem]:
    """I-14: an account is closed when every shop has deleted its customer, and since the last of them did."""
    ledger = holdings.ledgers[0]
    identities = [row for each in holdings.ledgers for row in each.identities]
    if not identities:
        return
    closed = {row.closed_at for row in identities}
    found = instant_of(ledger.state.get("closed_at"))
    if (None in closed and found is not None) or (None not in closed and found not in closed):
        expected = "open" if None in closed else " or ".join(sorted(map(str, closed)))
        yield Problem("I-14", ledger.name, "closed_at in the state", expected, str(found))


def check_waits(holdings: Holdings) -> Iterator[Problem]:
    """I-10: a demotion is dated from an instant at which the member may have fallen below; nothing else is."""
    ledger = holdings.ledgers[0]
    demote_at, stepped_at = (instant_of(ledger.state.get(name)) for name in ("demote_at", "stepped_at"))
    version = holdings.versions.at(ledger.account.caught_up_at)
    tiers, tz = version.programme.tiers, zone(version.programme.timezone)
    moves = [entry.effective_at for entry in ledger.entries if entry.kind == "tier"]
    if stepped_at is not None and (demote_at is None or stepped_at not in moves[-1:]):
        yield Problem("I-10", ledger.name, "stepped_at in the state", str(moves[-1:]), str(stepped_at))
    if demote_at is None:
        return
    if tiers is None or demote_at <= ledger.account.caught_up_at:
        yield Problem("I-10", ledger.name, "demote_at in the state", "none that has passed", str(demote_at))
        return
    starts = _moments(holdings, tiers, tz)
    if stepped_at is not None:
        starts = {_looked_at(tiers, stepped_at, tz)}
    graces = {v.programme.tiers.grace for v in holdings.versions.versions if v.programme.tiers is not None}
    if not any(add(at, grace, tz) == demote_at for at in starts for grace in graces):
        yield Problem("I-10", ledger.name, "demote_at in the state", "a grace after a fall", str(demote_at))


def _moments(holdings: Holdings, tiers: Tiers, tz: ZoneInfo) -> set[datetime]:
    """When a member may fall below the tier held: with an entry, a window that ends, a season, a year, a version."""
    entries = [entry for ledger in holdings.ledgers for entry in ledger.entries]
    found = {entry.effective_at for entry in entries} | {v.published_at for v in holdings.versions.versions}
    qualified = {entry.qualifies_at or entry.effective_at for entry in entries}
    for version in holdings.versions.versions:
        ladder = version.programme.tiers
        if ladder is not None and ladder.rolling is not None:
            found |= {add(at, ladder.rolling, tz) for at in qualified}
        for season in ladder.schedule if ladder is not None else ():
            found |= {edge for edge in (season.during.start, season.during.end) if edge is not None}
    if entries:
        first = local_day(min(qualified), tz).year
        last = local_day(holdings.ledgers[0].account.caught_up_at, tz).year
        found |= {start_of_day(date(year, 1, 1), tz) for year in range(first, last + 2)}
    return found


def _looked_at(tiers: Tiers, stepped_at: datetime, tz: ZoneInfo) -> datetime:
    """When a soft landing that took a step is looked at again, before its grace."""
    if tiers.window == "rolling" and tiers.rolling is not None:
        return add(stepped_at, tiers.rolling, tz)
    if tiers.window == "calendar_year":
        return start_of_day(date(local_day(stepped_at, tz).year + 1, 1, 1), tz)
    return stepped_at


def check_due(holdings: Holdings) -> Iterator[Problem]:
    """I-11: the account is looked at again no later than anything happens to it by itself.

    Earlier costs a look and breaks no promise; an account that was merged or erased without anything left waits for
    nothing.
    """
    for ledger in holdings.ledgers:
        account = ledger.account
        if account.merged_into_id is not None or account.erased_at is not None:
            if account.next_due_at is not None and account.merged_into_id is not None:
                yield Problem("I-11", ledger.name, "next_due_at", "never", str(account.next_due_at))
            continue
        waited = [at for at in _instants(holdings, ledger) if at > account.caught_up_at - timedelta(days=400)]
        soonest = min(waited, default=None)
        if soonest is not None and (account.next_due_at is None or account.next_due_at > soonest):
            found = str(account.next_due_at)
            yield Problem("I-11", ledger.name, "next_due_at", f"at most {soonest}", found)


def _instants(holdings: Holdings, ledger: Ledger) -> Iterator[datetime]:
    """What the state waits for: ends and settlements of lots, ends of coupons, holds, windows, seasons, demotions."""
    state, now = ledger.state, ledger.account.caught_up_at
    programme = holdings.versions.at(now).programme
    tiers, tz = programme.tiers, zone(programme.timezone)
    waits: list[int | None] = []
    for lot in state.get("lots", ()):
        waits += [lot[7], None if lot[4] else lot[5]] if lot[1] else []
    waits += [coupon["ends_at"] for coupon in state.get("coupons", ()) if coupon["state"] == "issued"]
    waits += [hold[1] for hold in state.get("holds", ())]
    override = state.get("override")
    waits.append(override[1] if override else state.get("demote_at"))
    yield from (at for at in map(instant_of, waits) if at is not None)
    if tiers is None or override:
        return
    contributions = state.get("contributions", ())
    if tiers.rolling is not None:
        leaving = [add(at, tiers.rolling, tz) for at in map(instant_of, (c[1] for c in contributions)) if at]
        yield from (at for at in leaving if at > now)
    if tiers.window == "calendar_year" and contributions:
        yield start_of_day(date(local_day(now, tz).year + 1, 1, 1), tz)
    for season in tiers.schedule:
        edges = (season.during.start, season.during.end)
        yield from (edge for edge in edges if season.enabled and edge is not None and edge > now)
