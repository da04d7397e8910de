"""An account derived once more from the rows of its ledger, to be compared with what is stored of it.

Where the rows leave more than one answer, what is stored stands if it is one of them: the end of a lot that was born at
the very instant of a renewal; the details of a last order that was told again; rules given once whose event brought
nothing; the tier and the closing of an account that was erased. What stands in no row is kept: until when the account
is caught up, and whether its contributions are to be read anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from palier.core import tiers
from palier.core.account import (
    AccountState,
    Contribution,
    Coupon,
    Entry,
    Hold,
    LastOrder,
    Lot,
    NewLot,
    Override,
    Piece,
    Renewal,
    Timeline,
)
from palier.core.book import Book
from palier.core.catch_up import horizon_of, next_due
from palier.core.entry_kinds import ACTIVITY, MERGES, totals_of
from palier.core.erase import withdrawn_since
from palier.core.period import add, local_day, start_of_day, zone
from palier.core.programme.values import Tiers
from palier.core.renewals import end_at, of_person
from palier.core.rewards import is_reached
from palier.core.values import replace


@dataclass(slots=True)
class Accepted:
    """What the derivation looks at of an order that was accepted, or waits; ``last`` is None unless it counts."""

    id: int
    order_at: datetime | None
    last: LastOrder | None
    is_told_once: bool
    claims_first: bool
    settles_at: datetime | None
    lots: tuple[tuple[int, int], ...] = ()


@dataclass(slots=True)
class Rows:
    """All rows of one account. Coupons, holds, orders and identities of a merged one are the kept account's."""

    entries: list[Entry] = field(default_factory=list)
    lots: list[NewLot] = field(default_factory=list)
    renewals: list[Renewal] = field(default_factory=list)
    coupons: list[Coupon] = field(default_factory=list)
    holds: dict[str, tuple[datetime, tuple[str, ...], bool]] = field(default_factory=dict)
    """Open ones: when they lapse, the codes quoted, and whether they have the benefit of a first order."""
    orders: list[Accepted] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    closed: list[datetime | None] = field(default_factory=list)
    last_hash: str = ""
    merged_into: int | None = None
    caught_up_at: datetime | None = None
    """A merged account stands at its merge for ever."""
    erased_at: datetime | None = None


class Rebuilt:
    """One account in the making; ``state`` is the result. ``person``: the rows of the accounts merged into it too."""

    def __init__(
        self, stored: AccountState, rows: Rows, timeline: Timeline, person: Mapping[int, Rows]
    ) -> None:
        self.stored, self.rows, self.timeline, self.person = stored, rows, timeline, person
        self.now = stored.caught_up_at
        self.programme = timeline.at(self.now).programme
        self.everyone = [entry for each in person.values() for entry in each.entries]
        self.merges = [
            (account_id, each.merged_into, each.caught_up_at)
            for account_id, each in person.items()
            if each.merged_into is not None and each.caught_up_at is not None
        ]

    def state(self) -> AccountState:
        """The whole state, and when something is due next."""
        rows, stored = self.rows, self.stored
        holds = self._holds()
        is_gone = rows.merged_into is not None
        state = replace(
            stored,
            totals=totals_of(rows.entries),
            lots=self._lots(holds),
            coupons=tuple(c for c in rows.coupons if c.state in ("issued", "reserved")),
            withdrawn=withdrawn_since(rows.erased_at, rows.coupons, rows.entries, stored.withdrawn),
            tier_coupons=self._tier_coupons(),
            contributions=() if is_gone else self._contributions(),
            once=stored.once if is_gone else self._once(),
            override=None if is_gone else self._override(),
            closed_at=self._closed_at(),
            last_order=None if is_gone else self._last_order(),
            next_lot=len(rows.lots) + 1,
            last_sequence=len(rows.entries),
            last_hash=rows.last_hash,
            holds=holds,
            first_claims=self._first_claims(),
            **({"tier": None} if is_gone else self._tier()),
        )
        waits = {"demote_at": None, "stepped_at": None} if is_gone or rows.erased_at else self._waits(state)
        state = replace(state, **({} if rows.erased_at else waits))
        return replace(state, next_due_at=self._due(state))

    def _lots(self, holds: tuple[Hold, ...]) -> tuple[Lot, ...]:
        left = {new.lot.number: new.amount for new in self.rows.lots}
        for entry in self.rows.entries:
            for number, points in entry.draws:
                left[number] = left.get(number, 0) + points
        pieces = (piece for hold in holds for piece in hold.pieces)
        kept = {p.lot.number for p in pieces if p.lot and p.account == self.stored.id}
        cached = {lot.number: lot for lot in self.stored.lots}
        settled = self._settled()
        found = []
        for new in self.rows.lots:
            number = new.lot.number
            if not left[number] and number not in kept:
                continue
            found.append(self._lot(new.lot, left[number], cached.get(number), is_settled=number in settled))
        return tuple(found)

    def _renewals_of(self, account_id: int) -> Sequence[Renewal]:
        if len(self.person) == 1:
            return self.rows.renewals
        return of_person(account_id, {id: each.renewals for id, each in self.person.items()}, self.merges)

    def _settled(self) -> set[int]:
        """Lots that an entry settled, or to which points came back as available ones while their instant passed."""
        settled = {entry.facts["lot"] for entry in self.rows.entries if entry.kind == "settle"}
        unknown = {new.lot.number for new in self.rows.lots if new.lot.available_at is None} - settled
        waiting: dict[int, int] = defaultdict(int)
        instants = {entry.sequence: entry.effective_at for entry in self.rows.entries}
        for new in self.rows.lots:
            at, born = new.lot.available_at, instants.get(new.sequence)
            waiting[new.sequence] += 0 if at is not None and born is not None and at <= born else new.amount
        for entry in self.rows.entries:
            if entry.pending == waiting[entry.sequence]:
                settled |= {number for number, points in entry.draws if points > 0 and number in unknown}
        return settled

    def _lot(self, lot: Lot, remaining: int, cached: Lot | None, *, is_settled: bool) -> Lot:
        key = lot.origin or (self.stored.id, lot.number)
        told = [
            order.settles_at
            for each in self.person.values()
            for order in each.orders
            if key in order.lots or (self.stored.id, lot.number) in order.lots
        ]
        available_at = next((at for at in told if at is not None), lot.available_at)
        if cached is not None and cached.available_at in (lot.available_at, *told):
            available_at = cached.available_at
        renewals = self._renewals_of(self.stored.id)
        ends = [end_at(lot, renewals, self.now, at_birth=birth) for birth in (False, True)]
        ends_at = cached.ends_at if cached is not None and cached.ends_at in ends else ends[0]
        is_there = is_settled or (available_at is not None and available_at <= self.now)
        return replace(lot, remaining=remaining, ends_at=ends_at, available_at=available_at, settled=is_there)

    def _holds(self) -> tuple[Hold, ...]:
        known = {hold.id: hold for hold in self.stored.holds}
        found = []
        for hold_id, (lapses_at, codes, _) in self.rows.holds.items():
            pieces = self._pieces_of(hold_id, known.get(hold_id))
            coupons = tuple(c.id for c in self.rows.coupons if c.state == "reserved" and c.code in codes)
            cached = known.get(hold_id)
            if cached is not None and set(cached.coupons) == set(coupons):
                coupons = cached.coupons
            if cached is not None and {(p.points, p.account, p.lot) for p in cached.pieces} == {*pieces}:
                kept = cached.pieces
            else:
                kept = tuple(Piece(points, account, lot) for points, account, lot in pieces)
            found.append(Hold(hold_id, lapses_at, kept, coupons))
        return tuple(found)

    def _pieces_of(self, hold_id: str, cached: Hold | None) -> list[tuple[int, int, Lot]]:
        pieces: list[tuple[int, int, Lot]] = []
        for account_id, each in self.person.items():
            lots, renewals = {new.lot.number: new for new in each.lots}, self._renewals_of(account_id)
            instants = {entry.sequence: entry.effective_at for entry in each.entries}
            for entry in each.entries:
                if (entry.kind, entry.cause.kind, entry.cause.id) != ("hold", "hold", hold_id):
                    continue
                for number, points in entry.draws:
                    lot = lots[number].lot
                    ends_at = end_at(lot, renewals, entry.effective_at, at_birth=True)
                    if account_id != self.stored.id:
                        ends_at = self._end_held_elsewhere(lot, account_id, cached)
                    since = self._availability_of(lot, account_id, instants[lots[number].sequence])
                    taken = replace(lot, remaining=0, settled=True, ends_at=ends_at, available_at=since)
                    pieces.append((-points, account_id, taken))
        far = max((lot.ends_at for _, _, lot in pieces if lot.ends_at), default=None)
        return sorted(
            pieces, key=lambda p: (p[2].ends_at is None, p[2].ends_at or far, p[2].starts_at, p[2].number)
        )

    def _end_held_elsewhere(self, lot: Lot, account_id: int, cached: Hold | None) -> datetime | None:
        """Of points that a hold took on an account before that was merged: renewals move their end all the same."""
        pieces = cached.pieces if cached is not None else ()
        told = [
            p.lot.ends_at for p in pieces if p.lot and (p.account, p.lot.number) == (account_id, lot.number)
        ]
        moved = replace(lot, origin=lot.origin or (account_id, lot.number))
        renewals = self._renewals_of(self.stored.id)
        ends = [end_at(moved, renewals, self.now, at_birth=birth) for birth in (True, False)]
        return next((at for at in told if at in ends), ends[0])

    def _availability_of(self, lot: Lot, account_id: int, credited_at: datetime) -> datetime | None:
        """Of a lot that had to wait when it was credited its order knows since when it does no more."""
        if lot.available_at is not None and lot.available_at <= credited_at:
            return lot.available_at
        key = lot.origin or (account_id, lot.number)
        told = (o.settles_at for each in self.person.values() for o in each.orders if key in o.lots)
        return next((at for at in told if at is not None), lot.available_at)

    def _tier_coupons(self) -> tuple[tuple[str, str, bool], ...]:
        known = {row[0]: row for row in self.stored.tier_coupons}
        found: dict[str, tuple[str, str, bool]] = {}
        own = {(entry.tier, entry.effective_at) for entry in self.rows.entries if entry.kind == "tier"}
        issued = [coupon for coupon in self.rows.coupons if coupon.origin == "tier"]
        # Of two that a merge brought together, the kept account's own counts.
        for coupon in sorted(issued, key=lambda c: (c.origin_id, c.issued_at) not in own):
            tier = coupon.origin_id
            is_withdrawn = coupon.state == "cancelled"
            if self.rows.erased_at and tier in known and known[tier][1] == coupon.id:
                is_withdrawn = known[tier][2]
            rival = known.get(tier)
            if tier not in found or (rival is not None and rival[1] == coupon.id):
                found[tier] = (tier, coupon.id, is_withdrawn)
        return tuple(found.values())

    def _contributions(self) -> tuple[Contribution, ...]:
        if self.stored.is_stale:
            return self.stored.contributions
        sums: dict[str, Contribution] = {}
        for entry in self.everyone:
            if entry.qualifies_at is None or entry.kind not in (
                "earn",
                "take_back",
                "spend",
                "event",
                "opening",
            ):
                continue
            cause = f"order:{entry.cause.id.partition(':')[0]}"
            if entry.kind in ("event", "opening"):
                named = entry.facts.get("undone", entry.cause.id)
                cause = f"event:{named}" if entry.kind == "event" else f"import:{named}"
            known = sums.get(cause) or Contribution(cause, entry.qualifies_at, 0, 0, 0)
            points = entry.amount if entry.kind in ACTIVITY else 0
            sums[cause] = Contribution(
                cause, known.at, known.spend_minor + entry.spend_minor, known.points + points,
                known.orders + entry.orders,
            )  # fmt: skip
        horizon = horizon_of(self.programme, self.now)
        return tuple(c for c in sums.values() if c.at > horizon and (c.spend_minor or c.points or c.orders))

    def _once(self) -> frozenset[str]:
        given, possible = set(), set()
        events = {name for each in self.person.values() for name in each.events}
        for version in self.timeline.versions:
            possible |= {r.id for r in version.programme.earning if r.once and r.on in events}
        for entry in self.everyone:
            if entry.kind == "event" and entry.version is not None:
                rules = self.timeline.by_id(entry.version).programme.earning
                once = {rule.id for rule in rules if rule.once}
                given |= {award["rule"] for award in entry.facts["awards"]} & once
        return frozenset(given | (self.stored.once & possible))

    def _override(self) -> Override | None:
        told = [entry for entry in self.rows.entries if entry.kind == "tier" and "override" in entry.facts]
        if not told or told[-1].facts["override"] is not True:
            return None
        until = told[-1].facts.get("until")
        ends_at = datetime.fromisoformat(until) if until else None
        return Override(told[-1].tier or "", ends_at) if ends_at is None or ends_at > self.now else None

    def _closed_at(self) -> datetime | None:
        closed = [at for at in self.rows.closed if at is not None]
        if not self.rows.closed:
            return self.stored.closed_at
        if len(closed) < len(self.rows.closed):
            return None
        return self.stored.closed_at if self.stored.closed_at in closed else max(closed)

    def _last_order(self) -> LastOrder | None:
        if self.rows.erased_at:
            return self.stored.last_order
        accepted = [
            order for order in self.rows.orders if order.order_at is not None and order.last is not None
        ]
        newest = max((order.order_at for order in accepted if order.order_at), default=None)
        candidates = [order for order in accepted if order.order_at == newest]
        stored = self.stored.last_order
        is_told_again = not all(order.is_told_once for order in candidates)
        if stored is not None and stored.at == newest:
            candidates += [replace(candidates[0], last=stored)] if is_told_again else []
            candidates += [order for order in candidates if order.last == stored]
        return candidates[-1].last if candidates else None

    def _first_claims(self) -> frozenset[str]:
        claims = {f"hold:{hold_id}" for hold_id, (_, _, gives) in self.rows.holds.items() if gives}
        return frozenset(claims | {f"order:{order.id}" for order in self.rows.orders if order.claims_first})

    def _tier(self) -> dict[str, object]:
        told = [entry for entry in self.rows.entries if entry.kind == "tier"]
        moves = [e for e in told if (e.facts.get("from") or "") != (e.tier or "")]
        first = self.rows.entries[0].effective_at if self.rows.entries else self.now
        since = self.stored.tier_since
        if moves:
            return {"tier": told[-1].tier or None, "tier_since": moves[-1].effective_at}
        if told:
            tier = told[-1].tier or None
        else:
            ladder = self.timeline.at(first).programme.tiers
            deserved = tiers.deserved_tier(ladder, 0, first) if ladder else None
            tier = deserved.id if deserved else None
        return {"tier": tier, "tier_since": (since if since and since <= first else first) if tier else since}

    def _waits(self, state: AccountState) -> dict[str, datetime | None]:
        """When a grace, or a soft landing's next step, ends: from the instant at which the member fell below."""
        nothing: dict[str, datetime | None] = {"demote_at": None, "stepped_at": None}
        ladder = self.programme.tiers
        if ladder is None or state.override is not None or state.tier is None:
            return nothing
        tz, since = zone(self.programme.timezone), state.tier_since or self.now
        below = [(at, self._is_below(ladder, state.tier, at)) for at in self._moments(ladder, since)]
        if not below or not below[-1][1]:
            return nothing
        began = next(at for i, (at, _) in enumerate(below) if all(is_below for _, is_below in below[i:]))
        last = next((entry for entry in reversed(self.rows.entries) if entry.kind == "tier"), None)
        if last is not None and last.effective_at == since == began and _steps_down(ladder, last):
            book = Book(state, self.timeline, new_code=lambda: ("", ""))
            book.now = began
            return {"demote_at": tiers._next_step(book, ladder), "stepped_at": began}
        return {"demote_at": add(began, ladder.grace, tz), "stepped_at": None}

    def _moments(self, ladder: Tiers, since: datetime) -> list[datetime]:
        tz = zone(self.programme.timezone)
        found = {since, self.now} | {entry.effective_at for entry in self.rows.entries}
        found |= {version.published_at for version in self.timeline.versions}
        for entry in self.everyone:
            at = entry.qualifies_at or entry.effective_at
            if ladder.rolling is not None:
                found.add(add(at, ladder.rolling, tz))
        for season in ladder.schedule:
            found |= {edge for edge in (season.during.start, season.during.end) if edge is not None}
        for year in range(local_day(since, tz).year, local_day(self.now, tz).year + 1):
            found.add(start_of_day(local_day(self.now, tz).replace(year=year, month=1, day=1), tz))
        return sorted(at for at in found if since <= at <= self.now)

    def _is_below(self, ladder: Tiers, tier: str, at: datetime) -> bool:
        tz = zone(self.programme.timezone)
        value = 0
        for entry in self.everyone:
            if entry.kind in MERGES or entry.effective_at > at:
                continue
            measure = {"spend": entry.spend_minor, "orders": entry.orders}.get(
                ladder.metric, entry.amount if entry.kind in ACTIVITY else 0
            )
            qualified = entry.qualifies_at or entry.effective_at
            if ladder.window == "rolling":
                assert ladder.rolling is not None
                measure = measure if add(qualified, ladder.rolling, tz) > at else 0
            elif ladder.window == "calendar_year":
                measure = measure if local_day(qualified, tz).year >= local_day(at, tz).year else 0
            value += measure
        steps = [step.id for _, step in tiers.thresholds_at(ladder, at)]
        deserved = tiers.deserved_tier(ladder, value, at)
        rank = steps.index(deserved.id) if deserved else -1
        return tier in steps and rank < steps.index(tier)

    def _due(self, state: AccountState) -> datetime | None:
        """The stored instant stands while it is not too late: a publication may have made the account due earlier."""
        if self.rows.merged_into is not None:
            return None
        if self.rows.erased_at:
            return self.stored.next_due_at
        known = tuple(v for v in self.timeline.versions if v.published_at <= self.now)
        book = Book(state, Timeline(known or self.timeline.versions[:1]), new_code=lambda: ("", ""))
        due = self.now if is_reached(book) else next_due(book)
        stored = self.stored.next_due_at
        return stored if stored is not None and (due is None or stored <= due) else due


def _steps_down(ladder: Tiers, last: Entry) -> bool:
    """Whether a soft landing's step is what the entry was; without a grace a refund takes the first one by itself."""
    return ladder.landing == "one_step" and (last.cause.kind == "time" or ladder.grace.is_zero)
