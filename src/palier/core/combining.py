"""Which benefits stand together: greedily by priority, or the allowed set that saves the member most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from palier.core.benefits import Offer, Till, apply, needs_lines
from palier.core.plan import COUPON, EVERY_SET, FIRST_ORDER, POINTS, PROMO_CODE, SEGMENT, Stacking

APPLICATION = (SEGMENT, FIRST_ORDER, PROMO_CODE, COUPON, POINTS)
"""In this order their discounts are applied (meaning 5)."""


def applied(till: Till, offers: Mapping[int, Offer], kept: int) -> Till:
    """A till after the kept offers, in the order of their application; it spreads only if one asks for lines."""
    after = till.copy(spreads=any(needs_lines(offers[bit]) for bit in APPLICATION if bit & kept))
    for bit in APPLICATION:
        if bit & kept:
            apply(after, offers[bit])
    return after


def choose(
    till: Till,
    offers: Mapping[int, Offer],
    contending: int,
    stacking: Stacking,
    conflict: Literal["priority", "best"],
    is_roomy: bool = False,
) -> int:
    """The set of those ``contending`` that stays; ``is_roomy`` when none can leave nothing to another."""
    if not contending & (contending - 1):
        return contending
    if conflict == "best":
        return _best(till, offers, contending, stacking)
    if stacking.allowed[contending]:
        return contending
    return _by_priority(till, offers, contending, stacking, is_roomy=is_roomy)


def _by_priority(
    till: Till, offers: Mapping[int, Offer], contending: int, stacking: Stacking, *, is_roomy: bool
) -> int:
    """In the order of priority each one stays that may stand beside those before it and still gives something."""
    kept = 0
    for bit in stacking.order:
        together = kept | bit
        if not bit & contending or not stacking.allowed[together]:
            continue
        if not kept or is_roomy or _still_gives(till, offers, together, bit):
            kept = together
    return kept


def _still_gives(till: Till, offers: Mapping[int, Offer], together: int, bit: int) -> bool:
    """Whether one of those together finds something to give when its turn comes."""
    after = till.copy(spreads=any(needs_lines(offers[each]) for each in APPLICATION if each & together))
    for each in APPLICATION:
        if each & together:
            given = apply(after, offers[each])
            if each == bit:
                return given.is_something or given.touches
    return False


def _best(till: Till, offers: Mapping[int, Offer], contending: int, stacking: Stacking) -> int:
    """Every allowed set is priced; of those that save equally much the one of the highest priority stays."""
    best = 0
    best_rank: tuple[int, tuple[bool, ...]] = (-1, ())
    for kept in EVERY_SET:
        if kept & ~contending or not stacking.allowed[kept]:
            continue
        after = applied(till, offers, kept)
        saving = till.total - after.total + till.shipping_left - after.shipping_left
        rank = (saving, tuple(bool(kept & bit) for bit in stacking.order))
        if rank > best_rank:
            best, best_rank = kept, rank
    return best
