"""What an order earns (programme.md: earning, meanings 1, 2, 6, 8, 15 and 19)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil, floor
from typing import Any

from palier.core.programme.values import Conditions, EarningRule, Programme, Segment
from tests.model.goods import (
    PIECE_G,
    Basket,
    Kept,
    Piece,
    counted,
    half_up,
    matches,
    shipping_that_counts,
    spend_of,
    to_programme,
)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The facts that an order keeps from the moment when it first was valid."""

    at: datetime
    number: int
    tier: str | None
    is_excluded: bool
    room: int | None
    is_net: bool = False


BARS_EARNING = {"promo_code", "coupon", "points", "first_order", "segment"}


def points_of(kept: Kept, basket: Basket, programme: Programme, facts: Accepted) -> int:
    """The points that the order is worth, under its own programme version."""
    barred = {
        source for source, amount, _ in basket.discounts if amount
    } & BARS_EARNING - programme.points.earn_with
    if kept.is_all_gone or barred or facts.is_excluded:
        return 0
    if facts.number == 1 and not programme.points.earn_on_first_order:
        return 0
    earned = _Earned(kept, basket, programme, facts)
    points = earned.total()
    return points if facts.room is None else min(points, facts.room)


def round_points(value: Fraction, programme: Programme) -> int:
    """To whole points, as the programme says."""
    how = programme.points.rounding
    return floor(value) if how == "down" else ceil(value) if how == "up" else half_up(value)


@dataclass(frozen=True, slots=True)
class About:
    """What segments ask of a member: the carrier of the cart, or else of the last order; what other orders bought."""

    carrier: str
    bought: frozenset[str]
    orders: int


def first_segment(programme: Programme, about: About) -> Segment | None:
    """The first segment that matches. Simulated ones ask for a carrier, for goods that were bought, or for orders."""
    for segment in programme.segments:
        facts: tuple[Any, ...] = getattr(segment.where, "parts", (segment.where,))
        if segment.enabled and all(_is_so(fact, about) for fact in facts):
            return segment
    return None


def _is_so(fact: Any, about: About) -> bool:
    if fact.name == "bought":
        return any(matches(product, fact.test) for product in about.bought)
    return fact.test.hold(about.orders) if fact.name == "orders" else about.carrier in fact.test


def is_excluded(programme: Programme, about: About) -> bool:
    """Whether the first matching segment earns nothing."""
    segment = first_segment(programme, about)
    return segment is not None and not segment.earn_points


class _Earned:
    """The sum of an order's awards, each with the lines that earned it."""

    def __init__(self, kept: Kept, basket: Basket, programme: Programme, facts: Accepted) -> None:
        self.kept, self.basket, self.programme, self.facts = kept, basket, programme, facts
        self.lines = [piece for piece in counted(kept, programme) if not piece.is_free]
        self.rules = [rule for rule in programme.earning if rule.enabled and rule.on is None]

    def total(self) -> int:
        """All awards, multiplied, rounded once more."""
        general = self._general()
        special = [rule for rule in self.rules if rule.multiply is not None and rule.lines is not None]
        special = [rule for rule in special if self._applies(rule)]
        total = Fraction(0)
        for rule in self.rules:
            if rule.award is None or not self._applies(rule):
                continue
            points, shares = self._award(rule)
            if not special or not shares:
                total += points * general
                continue
            whole = sum(weight for _, weight in shares)
            for piece, weight in shares:
                best = self._best(piece, general, special)
                total += Fraction(points) * weight / whole * best if whole else 0
        return round_points(total, self.programme)

    def _best(self, piece: Piece | None, general: Fraction, special: list[EarningRule]) -> Fraction:
        if piece is None:
            return general
        found = [rule.multiply for rule in special if rule.lines and matches(piece.product, rule.lines)]
        return max([general, *(multiply for multiply in found if multiply is not None)])

    def _general(self) -> Fraction:
        found = [
            rule.multiply
            for rule in self.rules
            if rule.multiply is not None and rule.lines is None and self._applies(rule)
        ]
        ladder = self.programme.tiers.ladder if self.programme.tiers else ()
        found += [
            tier.multiply for tier in ladder if tier.id == self.facts.tier and tier.multiply is not None
        ]
        return max((multiply for multiply in found if multiply is not None), default=Fraction(1))

    def _of(self, rule: EarningRule) -> list[Piece]:
        return [p for p in self.lines if rule.lines is None or matches(p.product, rule.lines)]

    def _award(self, rule: EarningRule) -> tuple[int, list[tuple[Piece | None, Fraction]]]:
        """The rule's rounded award, and what of it each line earned (None: shipping); no shares for a flat one."""
        award, lines = rule.award, self._of(rule)
        assert award is not None
        if award.per_item:
            return award.points * sum(p.quantity for p in lines), [(p, Fraction(p.quantity)) for p in lines]
        if award.per_minor is None:
            return award.points, []
        shares: list[tuple[Piece | None, Fraction]] = [
            (p, to_programme(p.paid, self.basket, self.programme)) for p in lines
        ]
        amount = half_up(sum((share for _, share in shares), Fraction(0)))
        if rule.lines is None:
            amount = spend_of(self.kept, self.basket, self.programme)
            shares.append((None, shipping_that_counts(self.kept, self.basket, self.programme)))
        if award.whole_steps:
            return award.points * (amount // award.per_minor), shares
        return round_points(Fraction(amount * award.points, award.per_minor), self.programme), shares

    def _applies(self, rule: EarningRule) -> bool:
        lines = self._of(rule)
        return bool(lines) and self._holds(rule.when, lines)

    def _holds(self, when: Conditions, lines: list[Piece]) -> bool:
        total = half_up(sum((to_programme(p.price, self.basket, self.programme) for p in lines), Fraction(0)))
        quantity = sum(p.quantity for p in lines)
        measured = [
            (when.total, total),
            (when.quantity, quantity),
            (when.weight, quantity * PIECE_G),
            (when.order_number, self.facts.number),
        ]
        named = [
            (when.payment_method, self.basket.payment_method),
            (when.carrier, self.basket.carrier),
            (when.tier, self.facts.tier),
        ]
        return (
            all(bounds is None or bounds.hold(value) for bounds, value in measured)
            and all(wanted is None or value in wanted for wanted, value in named)
            and (when.during is None or when.during.holds(self.facts.at))
        )
