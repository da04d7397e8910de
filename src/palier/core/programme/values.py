"""The programme document as frozen values: what ``parse`` returns and everything else reads.

Money is integer minor units of the programme's currency, percentages are basis points, instants are UTC.
Bounds are inclusive integers: ``over`` and ``under`` were turned into the next and the previous unit by the parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Literal

from palier.core.period import Duration


@dataclass(frozen=True, slots=True)
class Text:
    """A text that a person reads: one string for all languages (key ``""``), or one for each."""

    by_language: tuple[tuple[str, str], ...]

    def read(self, language: str, *, fallback: str) -> str:
        """The text in ``language``, else in ``fallback``, else the first there is."""
        texts = dict(self.by_language)
        return texts.get(language) or texts.get("") or texts.get(fallback) or self.by_language[0][1]


@dataclass(frozen=True, slots=True)
class Bounds:
    """``at_least`` <= value <= ``at_most``, each unbounded when None; both ends count."""

    at_least: int | None = None
    at_most: int | None = None

    def hold(self, value: int) -> bool:
        """Whether ``value`` lies within, both ends included."""
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )


@dataclass(frozen=True, slots=True)
class Interval:
    """``start`` <= instant < ``end``, each unbounded when None (dates were turned into local midnights)."""

    start: datetime | None = None
    end: datetime | None = None

    def holds(self, instant: datetime) -> bool:
        """Whether the instant lies within; the start counts, the end does not."""
        return (self.start is None or instant >= self.start) and (self.end is None or instant < self.end)


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines count: one of ``products`` or ``categories`` (all when both are empty), and ``on_sale`` if said."""

    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    on_sale: bool | None = None


@dataclass(frozen=True, slots=True)
class Spend:
    """What counts, for tiers, points and thresholds alike."""

    tax: Literal["included", "excluded", "as_displayed"] = "included"
    shipping: Literal["excluded", "included"] = "excluded"
    exclude: LineFilter | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """Points wait until the order is ``on`` (or later) and ``after`` has passed since."""

    on: Literal["paid", "shipped", "delivered"] = "paid"
    after: Duration = Duration()


@dataclass(frozen=True, slots=True)
class PointsValue:
    """``points`` points are worth ``amount_minor``."""

    points: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Points:
    """The ``points`` section; absent it takes these defaults."""

    name: Text = Text((("fr", "points"), ("de", "Punkte"), ("en", "points")))
    rounding: Literal["down", "nearest", "up"] = "down"
    valid_for: Duration | None = None
    expiry: Literal["sliding", "fixed", "year_end"] = "sliding"
    remind: tuple[Duration, ...] = ()
    settle: Settle = Settle()
    earn_with: frozenset[str] = frozenset()
    earn_on_first_order: bool = True
    value: PointsValue | None = None


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold (all of it); None asks nothing. ``total`` in minor units, ``weight`` in grams."""

    total: Bounds | None = None
    quantity: Bounds | None = None
    weight: Bounds | None = None
    order_number: Bounds | None = None
    payment_method: frozenset[str] | None = None
    carrier: frozenset[str] | None = None
    tier: frozenset[str] | None = None
    segment: frozenset[str] | None = None
    during: Interval | None = None


@dataclass(frozen=True, slots=True)
class Award:
    """Points: flat, ``per_item``, or per ``per_minor`` of what counts (in proportion, or in ``whole_steps``)."""

    points: int
    per_minor: int | None = None
    whole_steps: bool = False
    per_item: bool = False


@dataclass(frozen=True, slots=True)
class Cap:
    """At most ``points`` in that time."""

    points: int
    every: Duration | Literal["order", "ever"]


@dataclass(frozen=True, slots=True)
class EarningRule:
    """One rule: exactly one of ``award``, ``multiply`` and ``cap``. ``on`` names an event, else it is for orders."""

    id: str
    enabled: bool = True
    on: str | None = None
    once: bool = False
    lines: LineFilter | None = None
    when: Conditions = Conditions()
    award: Award | None = None
    multiply: Fraction | None = None
    cap: Cap | None = None


@dataclass(frozen=True, slots=True)
class Discount:
    """Exactly one of: ``percent_bp`` (100 = 1 %), ``amount_minor`` alone, or ``points`` points for ``amount_minor``."""

    percent_bp: int | None = None
    amount_minor: int | None = None
    points: int | None = None
    max_minor: int | None = None
    lines: LineFilter | None = None


@dataclass(frozen=True, slots=True)
class Gift:
    """A product given for nothing."""

    product: str
    quantity: int = 1


FreeShipping = Literal["all"] | frozenset[str] | None
"""``all`` carriers, those named, or none."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """A benefit for values within ``bounds`` (points for redemption, minor units of the cart elsewhere)."""

    bounds: Bounds
    strict: bool = False
    cost: int | None = None
    discount: Discount | None = None
    free_shipping: FreeShipping = None
    gift: Gift | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Redemption:
    """What points buy."""

    brackets: tuple[Bracket, ...]
    consume: Literal["used", "all", "none"] = "used"
    from_order: int = 1
    min_total_minor: int | None = None
    max_percent_bp: int | None = None
    apply: Literal["automatic", "on_request"] = "automatic"


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """What a coupon gives and asks for. Personal and single use; ``remainder_kept`` keeps what is left of an amount."""

    discount: Discount | None = None
    min_total_minor: int | None = None
    valid_for: Duration | None = None
    remainder_kept: bool = False
    free_shipping: FreeShipping = None
    gift: Gift | None = None


@dataclass(frozen=True, slots=True)
class Reward:
    """A coupon each time ``at`` points are available; the points are spent on it."""

    id: str
    at: int
    coupon: CouponTerms
    enabled: bool = True
    name: Text | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of the ladder. ``threshold`` counts in the ladder's metric (minor units for spend)."""

    id: str
    threshold: int
    name: Text | None = None
    group: str | None = None
    discount: Discount | None = None
    coupon: CouponTerms | None = None
    free_shipping: FreeShipping = None
    multiply: Fraction | None = None
    perks: tuple[tuple[str, tuple[str, ...]], ...] = ()
    gift: Gift | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Season:
    """Other thresholds while ``during`` holds, by tier id; tiers that it does not name keep theirs."""

    during: Interval
    thresholds: tuple[tuple[str, int], ...]
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Tiers:
    """The ladder, lowest threshold first, and how one moves on it. ``rolling`` is set for that window only."""

    ladder: tuple[Tier, ...]
    metric: Literal["spend", "points", "orders"] = "spend"
    window: Literal["lifetime", "rolling", "calendar_year"] = "lifetime"
    rolling: Duration | None = None
    grace: Duration = Duration()
    grace_refunds: bool = False
    landing: Literal["deserved", "one_step"] = "deserved"
    discount_by: Literal["group", "cart"] = "group"
    schedule: tuple[Season, ...] = ()


@dataclass(frozen=True, slots=True)
class Ago:
    """A time that lies ``within`` the last duration, or ``before`` it (longer ago); exactly one is set."""

    within: Duration | None = None
    before: Duration | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a segment: ``test`` is a bool, Bounds, Ago, frozenset of strings (any of), or a LineFilter (bought).

    Cities were folded (no case, no accents). ``spend`` is in minor units.
    """

    name: str
    test: bool | Bounds | Ago | frozenset[str] | LineFilter


@dataclass(frozen=True, slots=True)
class Where:
    """``all`` of, ``any`` of, or ``not`` the (one) part."""

    combine: Literal["all", "any", "not"]
    parts: tuple[Where | Fact, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Members for whom ``where`` holds."""

    id: str
    where: Where | Fact
    earn_points: bool = True
    brackets: tuple[Bracket, ...] = ()
    enabled: bool = True
    name: Text | None = None


SOURCES = ("promo_code", "coupon", "segment", "first_order", "points")
"""Who can give a discount that may not combine, in the default order of priority (the tier stands apart)."""


@dataclass(frozen=True, slots=True)
class Programme:
    """One whole programme. ``messages`` is kept as it was written: templates by event, channel and language."""

    name: str
    currency: str
    timezone: str = "UTC"
    languages: tuple[str, ...] = ("en",)
    spend: Spend = Spend()
    points: Points = Points()
    earning: tuple[EarningRule, ...] = ()
    redemption: Redemption | None = None
    rewards: tuple[Reward, ...] = ()
    tiers: Tiers | None = None
    first_order: tuple[Bracket, ...] = ()
    segments: tuple[Segment, ...] = ()
    combine: tuple[frozenset[str], ...] = ()
    priority: tuple[str, ...] = SOURCES
    conflict: Literal["priority", "best"] = "priority"
    messages: Mapping[str, object] = field(default_factory=dict)
