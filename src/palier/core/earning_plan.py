"""The earning rules of one programme version, indexed: a cart looks only at those that could concern it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Literal

from palier.core.programme.values import Bounds, EarningRule, LineFilter, Programme

Unit = Literal["amount", "pieces", "grams"]
"""What rules measure of goods."""


@dataclass(frozen=True, slots=True)
class IndexedRule:
    """A rule at its place in the document.

    ``asked`` is what it measures of the goods, ``asks_more`` whether there are conditions besides that its place in the
    index does not answer; ``flat`` are the points of a flat award.
    """

    position: int
    rule: EarningRule
    lines: LineFilter | None
    asked: tuple[tuple[Unit, Bounds], ...]
    asks_more: bool
    flat: int


@dataclass(frozen=True, slots=True)
class EarningPlan:
    """Which rules may apply: each stands in one place, under what it asks for that fewest carts have.

    ``by_product`` and ``by_category`` (and ``by_sale``, for those that ask nothing else of a line) hold rules with
    ``lines``; the others ask the whole cart. ``over_at`` is sorted by the end of ``during``. ``flat`` is the sum of the
    awards that every order has.
    """

    flat: int
    always: tuple[IndexedRule, ...]
    by_product: Mapping[str, tuple[IndexedRule, ...]]
    by_category: Mapping[str, tuple[IndexedRule, ...]]
    by_sale: Mapping[bool, tuple[IndexedRule, ...]]
    by_word: Mapping[tuple[str, str], tuple[IndexedRule, ...]]
    by_time: tuple[IndexedRule, ...]
    over_at: tuple[datetime, ...]
    has_caps: bool
    tier_multipliers: Mapping[str, Fraction]


def compile_earning(programme: Programme) -> EarningPlan:
    """The index of a programme's enabled rules for orders."""
    always: list[IndexedRule] = []
    timed: list[tuple[datetime, IndexedRule]] = []
    by_product: dict[str, list[IndexedRule]] = {}
    by_category: dict[str, list[IndexedRule]] = {}
    by_sale: dict[bool, list[IndexedRule]] = {}
    by_word: dict[tuple[str, str], list[IndexedRule]] = {}
    rules = [rule for rule in programme.earning if rule.enabled and rule.on is None]
    flat = 0
    for position, rule in enumerate(rules):
        if rule.cap is not None:
            continue
        words = _words(rule)
        indexed = _indexed(position, rule, is_answered=rule.lines is None and len(words) > 0)
        during = rule.when.during
        if rule.lines is not None:
            for product in rule.lines.products:
                by_product.setdefault(product, []).append(indexed)
            for category in rule.lines.categories:
                by_category.setdefault(category, []).append(indexed)
            if not rule.lines.products and not rule.lines.categories:
                assert rule.lines.on_sale is not None
                by_sale.setdefault(rule.lines.on_sale, []).append(indexed)
        elif words:
            for word in words:
                by_word.setdefault(word, []).append(indexed)
        elif during is not None and during.end is not None:
            timed.append((during.end, indexed))
        elif indexed.flat and not indexed.asked and not indexed.asks_more:
            flat += indexed.flat
        else:
            always.append(indexed)
    timed.sort(key=lambda item: item[0])
    tiers = programme.tiers.ladder if programme.tiers else ()
    return EarningPlan(
        flat=flat,
        always=tuple(always),
        by_product={key: tuple(found) for key, found in by_product.items()},
        by_category={key: tuple(found) for key, found in by_category.items()},
        by_sale={key: tuple(found) for key, found in by_sale.items()},
        by_word={key: tuple(found) for key, found in by_word.items()},
        by_time=tuple(indexed for _, indexed in timed),
        over_at=tuple(end for end, _ in timed),
        has_caps=any(rule.cap is not None for rule in rules),
        tier_multipliers={
            tier.id: tier.multiply for tier in tiers if tier.enabled and tier.multiply is not None
        },
    )


def _indexed(position: int, rule: EarningRule, *, is_answered: bool) -> IndexedRule:
    """``is_answered``: one of its conditions holds whenever the index names it."""
    when = rule.when
    measures: tuple[tuple[Unit, Bounds | None], ...] = (
        ("amount", when.total),
        ("pieces", when.quantity),
        ("grams", when.weight),
    )
    asked = tuple((unit, bounds) for unit, bounds in measures if bounds is not None)
    others = (when.order_number, when.payment_method, when.carrier, when.tier, when.segment, when.during)
    more = sum(each is not None for each in others) > (1 if is_answered else 0)
    award = rule.award
    flat = award.points if award is not None and award.per_minor is None and not award.per_item else 0
    return IndexedRule(position, rule, rule.lines, asked, more, flat)


def _words(rule: EarningRule) -> list[tuple[str, str]]:
    """Under which words a rule stands: those of one condition that names what it wants."""
    when = rule.when
    for kind, asked in (
        ("carrier", when.carrier),
        ("payment_method", when.payment_method),
        ("segment", when.segment),
        ("tier", when.tier),
    ):
        if asked is not None:
            return [(kind, word) for word in sorted(asked)]
    return []
