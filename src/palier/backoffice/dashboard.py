"""The figures of a period as the home page shows them: points, sales by tier, coupons, and what happened last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from palier.backoffice import formats
from palier.backoffice.access import Viewpoint
from palier.backoffice.periods import Period, Step
from palier.backoffice.timeline import ICONS
from palier.core.explain.sentences import title
from palier.core.money import allocate
from palier.core.tiers import thresholds_at
from palier.core.turnover import Turnover
from palier.store.ledger import statistics
from palier.store.ledger.lately import Happened, load_lately
from palier.store.ledger.statistics import Coupons, Move, Sales

LATELY = 6


@dataclass(frozen=True, slots=True)
class PointsRow:
    """The turnover of one step, and what members had at its end."""

    step: Step
    turnover: Turnover
    outstanding: int


@dataclass(frozen=True, slots=True)
class Points:
    """``rate``: of the points issued and not taken back, how many were used, in words; empty when none were issued."""

    rows: tuple[PointsRow, ...]
    whole: Turnover
    before: int
    after: int
    rate: str

    @property
    def has_any(self) -> bool:
        return self.whole != Turnover() or any(row.turnover != Turnover() for row in self.rows)


@dataclass(frozen=True, slots=True)
class TierSales:
    """What members of a tier bought. ``average`` is None without orders."""

    name: str
    spend_minor: int
    orders: int
    average_minor: int | None
    share: int
    share_text: str


@dataclass(frozen=True, slots=True)
class SalesRow:
    """Spend in one step by tier, in the order of the tiers."""

    step: Step
    spend_minor: tuple[int, ...]
    whole_minor: int


@dataclass(frozen=True, slots=True)
class SalesFigures:
    """Sales by tier, and by step and tier."""

    tiers: tuple[TierSales, ...]
    rows: tuple[SalesRow, ...]
    spend_minor: int
    orders: int
    average_minor: int | None
    buyers: int

    @property
    def has_any(self) -> bool:
        return bool(self.tiers)


@dataclass(frozen=True, slots=True)
class Moves:
    """How often members went up and down the ladder; changes from or to tiers that are no more count as neither."""

    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Lately:
    """One row of what happened last."""

    public_id: str
    name: str
    icon: str
    title: str
    at: datetime
    gain: int
    tier: str


def points_of(period: Period, viewpoint: Viewpoint) -> Points:
    """Two statements, however many steps."""
    programme_id = viewpoint.programme.pk
    before = statistics.outstanding_at(programme_id, period.whole[0])
    rows = []
    whole, outstanding = Turnover(), before
    turnovers = statistics.turnovers(programme_id, period.stretches)
    for step, turnover in zip(period.steps, turnovers, strict=True):
        whole = whole.plus(turnover)
        outstanding += turnover.change
        rows.append(PointsRow(step, turnover, outstanding))
    kept = whole.issued - whole.taken_back
    rate = formats.percent(max(0, whole.used), kept, language=viewpoint.language) if kept > 0 else ""
    return Points(tuple(rows), whole, before, outstanding, rate)


def sales_of(period: Period, viewpoint: Viewpoint) -> SalesFigures:
    """Two statements, however many steps and tiers."""
    found = statistics.sales(viewpoint.programme.pk, period.stretches)
    tiers = _tiers(found, viewpoint)
    by_cell = {(sale.stretch, sale.tier): sale.spend_minor for sale in found}
    rows = []
    for number, step in enumerate(period.steps):
        cells = tuple(by_cell.get((number, tier), 0) for tier in tiers)
        rows.append(SalesRow(step, cells, sum(cells)))
    spend = {tier: sum(sale.spend_minor for sale in found if sale.tier == tier) for tier in tiers}
    orders = {tier: sum(sale.orders for sale in found if sale.tier == tier) for tier in tiers}
    is_positive = all(amount >= 0 for amount in spend.values()) and sum(spend.values()) > 0
    shares = allocate(100, list(spend.values())) if is_positive else (0,) * len(tiers)
    return SalesFigures(
        tiers=tuple(
            TierSales(
                name=viewpoint.tier_name(tier),
                spend_minor=spend[tier],
                orders=orders[tier],
                average_minor=_average(spend[tier], orders[tier]),
                share=share,
                share_text=formats.percent(share, 100, language=viewpoint.language),
            )
            for tier, share in zip(tiers, shares, strict=True)
        ),
        rows=tuple(rows),
        spend_minor=sum(spend.values()),
        orders=sum(orders.values()),
        average_minor=_average(sum(spend.values()), sum(orders.values())),
        buyers=statistics.buyers(viewpoint.programme.pk, period.whole),
    )


def moves_of(period: Period, viewpoint: Viewpoint) -> Moves:
    """Promotions and demotions along the ladder as it stands now, where none is below all."""
    rank = {tier: place for place, tier in enumerate(_ladder(viewpoint), start=1)}
    rank[""] = 0
    up = down = 0
    for move in statistics.moves(viewpoint.programme.pk, period.whole):
        step = _climbed(move, rank)
        up += move.times if step > 0 else 0
        down += move.times if step < 0 else 0
    return Moves(up, down)


def coupons_of(period: Period, viewpoint: Viewpoint) -> Coupons:
    """The coupons issued in the period, and what has become of them."""
    return statistics.coupons(viewpoint.programme.pk, period.whole)


def lately_of(viewpoint: Viewpoint) -> tuple[Lately, ...]:
    """The last things that happened to anybody; a fixed number of statements."""
    return tuple(_lately(happened, viewpoint) for happened in load_lately(LATELY))


def _lately(happened: Happened, viewpoint: Viewpoint) -> Lately:
    movement = happened.movement
    last = movement.last.entry
    kind = last.kind if movement.cause.kind == "time" else movement.cause.kind
    return Lately(
        public_id=happened.public_id,
        name=happened.name or _("Member without a name"),
        icon=ICONS.get(kind, "schedule"),
        title=title(movement, viewpoint.timeline, viewpoint.language, viewpoint.formats),
        at=movement.when,
        gain=movement.change.total,
        tier=viewpoint.tier_name(movement.tier[1]) if movement.tier else "",
    )


def _tiers(found: tuple[Sales, ...], viewpoint: Viewpoint) -> tuple[str, ...]:
    """Those that anything was sold to: the ladder from the top, then tiers that are no more, then none."""
    sold = {sale.tier for sale in found}
    ladder = [tier for tier in reversed(_ladder(viewpoint)) if tier in sold]
    return (*ladder, *sorted(sold - {*ladder, ""}), *([""] if "" in sold else []))


def _ladder(viewpoint: Viewpoint) -> list[str]:
    tiers = viewpoint.rules.tiers
    return [tier.id for _value, tier in thresholds_at(tiers, viewpoint.now)] if tiers else []


def _climbed(move: Move, rank: dict[str, int]) -> int:
    if move.origin not in rank or move.target not in rank:
        return 0
    return rank[move.target] - rank[move.origin]


def _average(spend_minor: int, orders: int) -> int | None:
    """Rounded half up to the minor unit."""
    return (2 * spend_minor + orders) // (2 * orders) if orders > 0 else None
