"""What an account is at an instant, and the rows that a decision about it leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from msgspec import Struct, field

from palier.core.programme.values import CouponTerms, Programme

EntryKind = Literal[
    "earn", "take_back", "spend", "hold", "capture", "release", "use", "return", "settle", "expire", "gift", "event",
    "reward", "withdraw", "reissue", "tier", "opening", "merge_out", "merge_in", "lapse", "waive",
]  # fmt: skip


class Lot(Struct, frozen=True):
    """Points credited together: what is left of them, and when they live.

    ``starts_at`` is the time of their order, event or gift; ``born_at`` the instant at which they were booked, which
    decides what renews them and which a merge keeps. ``available_at`` is None while the order has not reached the state
    that settles it.
    ``own_end`` is the end that the lot was born with, ``ends_at`` the one after renewals; dead when
    ``ends_at <= now``; None never ends.
    ``origin`` is (account, number) of the lot that these points first were, when they moved or came back late.
    """

    number: int
    remaining: int
    starts_at: datetime
    born_at: datetime
    settled: bool
    available_at: datetime | None
    own_end: datetime | None
    ends_at: datetime | None
    origin: tuple[int, int] | None = None


def spend_order(lot: Lot) -> tuple[datetime, datetime, int]:
    """The key by which points are used: soonest end first, those without an end last; then oldest; then by number."""
    return (lot.ends_at or _NEVER, lot.starts_at, lot.number)


_NEVER = datetime.max.replace(tzinfo=UTC)


class Piece(Struct, frozen=True):
    """Points that one posting took: from a lot (kept here as it was, to come back to it), or as ``debt``.

    ``ended``: they had expired unused before, and the expiry was undone so that they could be taken.
    """

    points: int
    account: int = 0
    lot: Lot | None = None
    ended: bool = False


class Coupon(Struct, frozen=True):
    """A personal coupon that can still change by itself: issued or reserved."""

    id: str
    code: str
    origin: Literal["reward", "tier", "voucher"]
    origin_id: str
    state: Literal["issued", "reserved", "used", "expired", "cancelled"]
    terms: CouponTerms
    issued_at: datetime
    ends_at: datetime | None
    points: int = 0
    pieces: tuple[Piece, ...] = ()
    remaining_minor: int | None = None


class Hold(Struct, frozen=True):
    """Points and coupons reserved for a checkout, until an order takes it over, it is released, or it lapses.

    What the shopper was quoted is kept beside it, by its id; no change of rates, tiers or ends touches it.
    """

    id: str
    lapses_at: datetime
    pieces: tuple[Piece, ...] = ()
    coupons: tuple[str, ...] = ()


class Contribution(Struct, frozen=True):
    """What one order or event brings to windows and caps, at its own instant."""

    cause: str
    at: datetime
    spend_minor: int
    points: int
    orders: int


class LastOrder(Struct, frozen=True):
    """Facts of the member's last accepted order, for segments."""

    at: datetime
    city: str = ""
    country: str = ""
    carrier: str = ""
    payment_method: str = ""


class Renewal(Struct, frozen=True):
    """An accepted order moved the end of all points alive at ``at`` to ``until``; active until ``undone_at``.

    ``next_lot`` is the number of the first lot that came after it on its account: of those born at its very instant it
    reached the others. None: booked before that was kept.
    ``accounts`` are those whose lots it reached, where members were merged, and ``account`` is its own; None and 0: the
    one at hand.
    """

    order: str
    at: datetime
    until: datetime
    undone_at: datetime | None = None
    next_lot: int | None = None
    accounts: frozenset[int] | None = None
    account: int = 0


class Override(Struct, frozen=True):
    """A tier that staff gave, whatever is deserved; over at ``until``, None: when staff end it."""

    tier: str
    until: datetime | None = None


class Totals(Struct, frozen=True):
    """Running sums of an account. Identity: available + pending + held - debt == lifetime - spent - expired."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    lifetime: int = 0
    spent: int = 0
    expired: int = 0
    activity: int = 0
    """Points of orders and events, net of what was taken back: the metric ``points`` (gifts are not in it)."""
    spend_minor: int = 0
    orders: int = 0


class AccountState(Struct, frozen=True):
    """Everything that decisions need to know of an account; as of ``caught_up_at`` nothing is due before it."""

    id: int
    caught_up_at: datetime
    totals: Totals = Totals()
    lots: tuple[Lot, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    tier_coupons: tuple[tuple[str, str, bool], ...] = ()
    """(tier, coupon id, withdrawn): tier coupons ever issued; nobody gets one twice."""
    withdrawn: tuple[Coupon, ...] = ()
    """Coupons that a take-back or a demotion withdrew and that may come back."""
    contributions: tuple[Contribution, ...] = ()
    once: frozenset[str] = frozenset()
    tier: str | None = None
    tier_since: datetime | None = None
    demote_at: datetime | None = None
    stepped_at: datetime | None = None
    override: Override | None = None
    closed_at: datetime | None = None
    """When the last shop deleted the customer: no hold, no group and no message since."""
    last_order: LastOrder | None = None
    next_lot: int = 1
    last_sequence: int = 0
    last_hash: str = ""
    next_due_at: datetime | None = None
    is_stale: bool = False
    """Contributions may be incomplete (the window was changed): load them from the orders before deciding."""
    holds: tuple[Hold, ...] = ()
    """Those that no order has taken over yet. Lots that they emptied stay, to be there when points come back."""
    first_claims: frozenset[str] = frozenset()
    """Who has the benefit of the first order meanwhile: ``hold:<id>`` and ``order:<id>`` of carts and placed orders."""


class Cause(Struct, frozen=True):
    """Why an entry exists: exactly one of an order, a refund, an event, a gift, an import row, time itself …"""

    kind: Literal[
        "order",
        "refund",
        "event",
        "gift",
        "reward",
        "coupon",
        "time",
        "publish",
        "import",
        "merge",
        "erase",
        "override",
        "waive",
        "hold",
    ]
    id: str


class Entry(Struct, frozen=True):
    """One movement. ``amount == points + pending + held - debt`` always; positive amounts are the member's gain."""

    sequence: int
    kind: EntryKind
    cause: Cause
    effective_at: datetime
    amount: int = 0
    points: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    spend_minor: int = 0
    orders: int = 0
    qualifies_at: datetime | None = None
    tier: str | None = None
    version: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    draws: tuple[tuple[int, int], ...] = ()
    """(lot number, points): negative takes, positive gives back. A new lot's own amount is not a draw."""


class NewLot(Struct, frozen=True):
    """A lot as it is born, with the sequence of the entry that credits it."""

    sequence: int
    amount: int
    lot: Lot


class Settled(Struct, frozen=True):
    """A lot whose settlement instant became known, or that settled."""

    number: int
    available_at: datetime


class Intent(Struct, frozen=True):
    """Something a member may be told. ``key`` is unique for the account: the same thing is never told twice."""

    event: str
    key: str
    effective_at: datetime
    facts: Mapping[str, Any]


class Booked(Struct, frozen=True):
    """What a decision leaves to be recorded: the new state and the rows, all of one account."""

    state: AccountState
    entries: tuple[Entry, ...] = ()
    lots: tuple[NewLot, ...] = ()
    renewals: tuple[Renewal, ...] = ()
    undone: tuple[tuple[str, datetime], ...] = ()
    """(order, instant): renewals that were undone."""
    coupons: tuple[Coupon, ...] = ()
    """Coupons that were issued or changed, in their new state."""
    issued: frozenset[str] = frozenset()
    """Ids of those among ``coupons`` that are new."""
    intents: tuple[Intent, ...] = ()
    holds: tuple[tuple[str, str], ...] = ()
    """(hold, state): holds that ended, and how: captured by an order, released or lapsed."""


@dataclass(frozen=True, slots=True)
class Version:
    """A published programme, and since when it is in force."""

    id: int
    published_at: datetime
    programme: Programme


@dataclass(frozen=True, slots=True)
class Timeline:
    """The published versions of a programme, oldest first."""

    versions: tuple[Version, ...]

    def at(self, instant: datetime) -> Version:
        """The version in force at that instant; before the first one, the first."""
        for version in reversed(self.versions):
            if version.published_at <= instant:
                return version
        return self.versions[0]

    def by_id(self, version_id: int) -> Version:
        """The version with that id; ``KeyError`` if it is none of this programme's."""
        for version in self.versions:
            if version.id == version_id:
                return version
        raise KeyError(version_id)

    def next_after(self, instant: datetime) -> datetime | None:
        """When the next version after ``instant`` comes into force, if one is known."""
        for version in self.versions:
            if version.published_at > instant:
                return version.published_at
        return None


class Frozen(Struct, frozen=True):
    """What an order was accepted with; kept with it, so that later changes recompute with the same facts."""

    order_at: datetime
    number: int
    tier: str | None
    segments: tuple[str, ...]
    room: int | None
    """Most points that caps left; None when no cap applies."""
    is_net: bool = False
    """Whether ``as_displayed`` means net for this member."""


class Booking(Struct, frozen=True):
    """What is already booked for an order."""

    points: int = 0
    spend_minor: int = 0
    counts: bool = False
    lots: tuple[tuple[int, int], ...] = ()
    """(account, number) of the lots that the order was credited with."""
    taken: tuple[Piece, ...] = ()
    withdrawn: tuple[str, ...] = ()
    uses: tuple[Piece, ...] = ()
    is_held: bool = False
    coupons: tuple[str, ...] = ()
    coupon_amounts: tuple[tuple[str, int], ...] = ()
    """(coupon, minor units) that the order took of those coupons whose remainder is kept."""
    renews: bool = False
    missing: int = 0
    """Points that the order says it used and the member did not have when last it was told of (flagged)."""
    hold: str = ""
    """The hold that the order took over last."""
    named_hold: str = ""
    """The hold that the newest version names and whose quote it was not given: another's, an ended or unknown one."""
    is_quoted: bool = False
    """Its discounts are those that Palier quoted for its lines; they stand while the lines do."""
    claims_first: bool = False
    """It is placed and has the benefit of the first order: no other cart or order gets that meanwhile."""
