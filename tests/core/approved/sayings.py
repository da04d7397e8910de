"""What is said of entries with all sorts of facts, drawn by their number; and times and amounts in words."""

# ruff: noqa: E501  (tables)

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any, get_args

from palier.core.account import Cause, Entry, EntryKind, Timeline, Version
from palier.core.explain import phrases
from palier.core.explain.movement import Balance, Credit, Shown, movement
from palier.core.explain.sentences import sentences, title
from palier.core.explain.speech import Speech, singular
from palier.core.explain.standing import _span
from palier.core.formats import LANGUAGES, formats_for
from palier.core.period import Duration
from palier.core.programme.values import Award, Cap, Conditions, Discount, EarningRule, LineFilter, Settle
from palier.core.values import replace
from tests.core.test_explain import NOW, PROGRAMME

SAYINGS = 700
_OPEN = replace(
    PROGRAMME,
    points=replace(PROGRAMME.points, valid_for=None, settle=Settle("paid", Duration())),
    earning=(
        *PROGRAMME.earning[:3],
        EarningRule("shirts", lines=LineFilter(products=frozenset({"tee"})), multiply=Fraction(3)),
        EarningRule("big", when=Conditions(tier=frozenset({"silver"})), award=Award(9)),
    ),
    tiers=None,
)
_CAPPED = replace(
    PROGRAMME,
    points=replace(PROGRAMME.points, settle=Settle("shipped", Duration(months=1))),
    earning=(
        *PROGRAMME.earning[:4],
        EarningRule("all", cap=Cap(50, "order")),
        EarningRule("x", cap=Cap(9, "ever")),
    ),
)
_ONCE = replace(PROGRAMME, earning=(*PROGRAMME.earning[:2], EarningRule("all", cap=Cap(50, "order"))))
PROGRAMMES = (PROGRAMME, _OPEN, _CAPPED, _ONCE)
CAUSES = (
    "order", "refund", "event", "gift", "reward", "coupon", "time", "publish", "import", "merge", "hold", "staff",
)  # fmt: skip
FACTS: dict[str, tuple[Any, ...]] = {
    "why_not": ("", "discount", "first_order", "segment", "placed", "refunded", "cancelled", "else", 5),
    "worth": (None, 0, 12, 40, True), "uncapped": (None, 12, 13, 90, "x"), "multiplier": ("", "3/2", "2", "3", "1/3", "0/0", 7),
    "multiplied_by": (None, {"tier": "silver"}, {"rule": "weekend"}, {"tier": "gone"}, {}, "x"),
    "event": ("", "visit", "birthday", "own thing", 5), "at": (None, 30, 1), "lot": (1, 2, None), "last_day": ("", "2026-02-28", "x"),
    "from": ("", "bronze", "silver", "gold"), "to": ("", "bronze", "silver", "gold"), "override": (None, True, False),
    "until": (None, "2026-05-01T00:00:00+00:00", "x"), "undone": ("7",),
}  # fmt: skip
AWARDS: tuple[Any, ...] = (
    {"rule": "spend", "points": 12, "base": 1240}, {"rule": "steps", "points": 10, "base": 5000}, {"rule": "tees", "points": 4, "pieces": 2},
    {"rule": "tees", "points": 2, "pieces": 1}, {"rule": "spend", "points": 3, "pieces": 3}, {"rule": "gone", "points": 1}, {"points": 5},
    {"rule": "gone", "points": 7, "base": 700}, {"rule": "tees", "points": 7, "base": 700}, {"rule": "big", "points": 9}, {"rule": "spend"}, "x",
)  # fmt: skip
SPANS = (
    Duration(1), Duration(2), Duration(12), Duration(18), Duration(24), Duration(days=1), Duration(days=30), Duration(seconds=3600),
    Duration(seconds=7200), Duration(seconds=90), Duration(1, 1), Duration(12, 1), Duration(0, 1, 3600), Duration(1, 0, 3600), Duration(),
)  # fmt: skip
OFFS = (
    None, Discount(percent_bp=1000), Discount(percent_bp=1250, max_minor=500), Discount(amount_minor=500),
    Discount(amount_minor=100, points=10), Discount(amount_minor=100, points=1, max_minor=900), Discount(),
    Discount(amount_minor=50, lines=LineFilter(products=frozenset({"tee"}))), Discount(points=5),
)  # fmt: skip
NAMES = (
    "points",
    "Points",
    "stars",
    "étoiles",
    "points bonus",
    "étoiles d’or",
    "Treuepunkte",
    "kisses",
    "bonus",
    "s",
    "cherries",
)


def saying_lines() -> Iterator[str]:
    """Words for numbers, times and discounts in each language; then what is said of each entry."""
    for language in LANGUAGES:
        speech = Speech(language, PROGRAMME, formats_for(language, "GBP", "UTC"))
        yield f"{language}: " + ", ".join(speech.points(n) for n in (-2, -1, 0, 1, 2, 1000))
        yield "  " + ", ".join(singular(name, language) for name in NAMES)
        yield "  " + ", ".join(f"{span} {speech.every(span)} {_span(span)}" for span in SPANS)
        yield "  " + ", ".join(speech.every(word) for word in ("order", "ever", "else"))
        numbers = (
            Fraction(1, 3),
            Fraction(3, 2),
            Fraction(2),
            Fraction(1001, 1000),
            Fraction(9999, 10000),
            Fraction(1234, 1),
        )
        yield "  " + ", ".join(speech.times(number) for number in numbers)
        yield "  " + "; ".join(phrases.off(speech, off) for off in OFFS)
        carriers = (None, "all", frozenset(), frozenset({"b"}), frozenset({"c", "b", "a"}))
        yield "  " + "; ".join(phrases.delivery(speech, each) for each in carriers)  # type: ignore[arg-type]
    for number in range(SAYINGS):
        yield from _saying(number)


def _saying(number: int) -> Iterator[str]:
    draw = Random(number)
    kinds = get_args(EntryKind)
    programme, language = (
        PROGRAMMES[number // len(kinds) % len(PROGRAMMES)],
        LANGUAGES[number % len(LANGUAGES)],
    )
    cause = Cause(draw.choice(CAUSES), "1")  # type: ignore[arg-type]
    facts = {key: draw.choice(values) for key, values in FACTS.items() if draw.random() < 0.5}
    if draw.random() < 0.7:
        facts["awards"] = draw.sample(AWARDS, draw.choice((0, 1, 1, 2, 3)))
    columns = {
        name: draw.choice((0, 0, 1, -1, 12, -12))
        for name in ("points", "pending", "held", "debt", "spend_minor", "orders")
    }
    moved = columns["points"] + columns["pending"] + columns["held"] - columns["debt"]
    first = Entry(
        1,
        kinds[number % len(kinds)],
        cause,
        NOW,
        moved,
        version=draw.choice((7, 7, 8, None)),
        facts=facts,
        **columns,
    )
    credits = tuple(
        Credit(
            n,
            draw.choice((1, 5)),
            draw.choice((None, NOW, NOW + timedelta(days=3))),
            draw.choice((None, NOW)),
            draw.random() < 0.4,
        )
        for n in range(1, draw.choice((1, 2, 4)))
    )
    shown = [Shown(first, Balance(), credits, draw.choice(("", "why")), draw.choice(("", "Ann")))]
    if draw.random() < 0.3:
        then = NOW + timedelta(days=draw.choice((0, 2)))
        shown.append(
            Shown(Entry(2, "settle", cause, then, 0, pending=-5, version=7, facts={"lot": 1}), Balance())
        )
    names = {name: draw.choice(("", f"{name[0].upper()}7")) for name in ("order", "refund", "coupon")}
    moves = movement(cause, shown, **names)
    timeline = Timeline((Version(7, NOW - timedelta(days=9), programme),))
    formats = formats_for(language, "GBP", "Europe/London")
    yield f"{number}: {first.kind} of {cause.kind}: {title(moves, timeline, language, formats)}"
    yield from (
        f"  {said}" for said in sentences(moves, timeline, language, formats, for_staff=number % 4 == 0)
    )
