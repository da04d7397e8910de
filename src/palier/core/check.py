"""Everything that a valid programme should make its owner think twice about: its words, and carts at its edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from palier.core.drops import Drop, drops_of
from palier.core.money import from_minor, to_minor
from palier.core.plan import compile_plan
from palier.core.programme.canonical import canonical_json
from palier.core.programme.check import check as check_words
from palier.core.programme.check_warning import Warning
from palier.core.programme.values import Programme
from palier.core.some_goods import rounding_of, turns_of

__all__ = ["CASES", "Warning", "check"]

_ROUNDS = (
    "a discount before it may leave these goods a cent less when others cost a cent more: that cart costs two more",
    "nothing to do if a cent does not matter; else let it not combine, or be for the whole cart",
)
_BORDERS = ("discount_drops", "free_shipping_drops", "brackets_hole", "brackets_end")


def check(programme: Programme) -> tuple[Warning, ...]:
    """Every warning about this programme; the same programme gives the same ones.

    A warning never stops publishing. Of every place found where one cent more in a cart costs more than a cent there is
    one; the search is bounded (``drops.PROBES_MAX``). It may take a second or two; those of the last programmes are
    remembered, so that a page may ask again.
    """
    written = canonical_json(programme)
    known = _remembered.get(written)
    if known is None:
        known = _checked(programme)
        if len(_remembered) >= _REMEMBERED_MAX:
            _remembered.clear()
        _remembered[written] = known
    return known


_remembered: dict[str, tuple[Warning, ...]] = {}
_REMEMBERED_MAX = 32


def _checked(programme: Programme) -> tuple[Warning, ...]:
    said = check_words(programme)
    known = {_border(warning, programme.currency) for warning in said if warning.code in _BORDERS}
    drops = [_warning(drop, programme.currency) for drop in drops_of(programme, known=known)]
    # That of two codes the first one counts is a rule of Palier's: it is told once, not for every pair of coupons.
    first_codes = [drop for drop in drops if drop.code == "cent_first_code"]
    drops = [drop for drop in drops if drop not in first_codes[1:]]
    return (*said, *drops, *_of_some_goods(programme, drops))


def _of_some_goods(programme: Programme, told: Sequence[Warning]) -> Iterator[Warning]:
    """What carts that were tried have not shown."""
    plan = compile_plan(programme)
    shown = {(drop.facts["lost"], drop.facts["kept"]) for drop in told}
    for turn in turns_of(plan):
        if (turn.lost, turn.kept) not in shown:
            facts: dict[str, str | int] = {"lost": turn.lost, "kept": turn.kept}
            if turn.lost == turn.kept:
                reason = "a later bracket may give less than the one before it, depending on the goods"
                hint = "let it give at least as much, of the same goods"
                yield Warning(turn.path, "cent_lessens", reason, hint, facts)
                continue
            reason = f"{turn.kept} may take the place of {turn.lost} in carts with little of the goods that it is for"
            hint = "combine them, change their priority, or conflict: best"
            yield Warning(turn.path, "cent_turns", reason, hint, facts)
    rounded = rounding_of(plan)
    if rounded is not None:
        yield Warning(rounded, "cent_rounds", *_ROUNDS, {"lost": "", "kept": ""})


def _border(warning: Warning, currency: str) -> tuple[str, int]:
    """The list of brackets and the amount at which something drops there."""
    path = warning.path.partition(".brackets")[0] + ".brackets"
    if path == "redemption.brackets":
        return path, 0
    written = warning.facts["from" if warning.code == "brackets_hole" else "at"]
    at = to_minor(Decimal(str(written)), currency)
    return path, at + 1 if warning.code == "brackets_end" else at


def _warning(drop: Drop, currency: str) -> Warning:
    def amount(minor: int) -> str:
        return str(from_minor(minor, currency))

    facts: dict[str, str | int] = {
        "cart": amount(drop.at_minor),
        "costs": amount(drop.costs_minor),
        "lost": ", ".join(drop.lost),
        "gave": amount(drop.lost_minor),
        "kept": ", ".join(drop.kept),
        "gives": amount(drop.kept_minor),
        "case": drop.case,
    }

    cart, lost, gave, kept, gives = (facts[name] for name in ("cart", "lost", "gave", "kept", "gives"))
    case = f" ({CASES[drop.case]})" if drop.case else ""
    end = f": a cart costs {facts['costs']} more than with a cent less{case}"
    advice = "combine them, change their priority, or conflict: best"
    if drop.is_covered and drop.kept != drop.lost:
        reason = f"where a cart is just not paid whole, {kept} takes the place of {lost} ({gave} off){end}"
        return Warning(drop.path, "cent_beyond", reason, advice, facts)
    if not drop.kept or drop.kept == drop.lost:
        reason = f"from {cart} on, {lost} gives {gives} instead of {gave}{end}"
        return Warning(
            drop.path, "cent_shrinks", reason, "let what begins there give at least as much", facts
        )
    if all(name.startswith("coupon") for name in (*drop.kept, *drop.lost)):
        reason = (
            f"from {cart} on, {kept} ({gives} off) is used, and not {lost} ({gave} off) entered after it{end}"
        )
        return Warning(drop.path, "cent_first_code", reason, "a smaller minimum, or a larger discount", facts)
    reason = f"from {cart} on, {kept} ({gives} off) takes the place of {lost} ({gave} off){end}"
    return Warning(drop.path, "cent_replaces", reason, advice, facts)


CASES = {
    "lines": "when it holds only goods that a discount is for",
    "mixed": "when only some of its goods are what a discount is for",
    "tax": "at prices with tax",
    "excluded": "beside goods that count for nothing",
    "tier": "for members whose tier takes something off",
    "delivery": "with a delivery to pay",
    "carrier": "before a carrier is chosen",
}
"""What sort of cart shows a drop that not every cart has."""
