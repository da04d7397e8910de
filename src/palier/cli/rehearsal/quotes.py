"""The facts of a quote as scenarios name them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from palier.cli.rehearsal.expectations import Carriers
from palier.core.money import from_minor
from palier.core.programme.values import Programme
from palier.core.quote_values import Hint, Quote


def quote_facts(quote: Quote, programme: Programme, *, currency: str) -> Mapping[str, Any]:
    """Amounts of the cart in its ``currency``; what is missing to thresholds in the programme's."""
    counts_money = programme.tiers is None or programme.tiers.metric == "spend"
    step = quote.next_tier
    return {
        "discounts": [
            {
                "source": discount.source,
                "id": discount.id,
                "amount": from_minor(discount.amount_minor, currency),
                "points": discount.points,
                "lines": [from_minor(share, currency) for share in discount.lines_minor],
            }
            for discount in quote.discounts
        ],
        "free_shipping": _carriers(quote),
        "total": from_minor(quote.total_minor, currency),
        "earns": quote.earns,
        "next_tier": step
        and {
            "id": step.id,
            "missing": from_minor(step.missing, programme.currency) if counts_money else step.missing,
        },
        "hints": [_hint(hint, programme.currency) for hint in quote.hints],
        "refused": [{"source": refused.source, "reason": refused.reason} for refused in quote.refused],
    }


def _carriers(quote: Quote) -> str | Carriers:
    return "all" if quote.free_shipping == "all" else Carriers(tuple(sorted(quote.free_shipping)))


def _hint(hint: Hint, currency: str) -> Mapping[str, Any]:
    missing = from_minor(hint.missing, currency) if hint.of == "amount" else hint.missing
    return {"kind": hint.kind, "missing": missing}
