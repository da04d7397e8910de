"""A history as a scenario file, as ``palier rehearse`` reads it; what is expected at its end is what the model says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.model.member import Member
from tests.model.world import DECIMALS, World, tell
from tests.simulation.shapes import PRODUCTS
from tests.simulation.steps import History, Step

SAYABLE = {"order", "refund", "batch", "event", "gift", "publish", "erase", "work"}
"""Steps that a scenario file has words for."""

Said = dict[str, Any]


def as_scenario(history: History) -> str | None:
    """The text of the file; None when a scenario cannot say it.

    A scenario has one shop: members and orders of the second get names of their own. Coupons that orders name by
    their codes cannot be said, nor amounts of a foreign order where the two currencies have not the same decimals.
    """
    model = tell(history)
    told = [message for step in history.steps for message in _messages(step.do, step.facts)]
    is_foreign = any("rate" in facts for _, facts in told) and DECIMALS[model.programme.currency] != 2
    if any(step.do not in SAYABLE for step in history.steps) or any(model.codes.values()) or is_foreign:
        return None
    steps = [_dated(step.at, said) for step in _sayable(history) for said in _say(step.do, step.facts, model)]
    if not steps:
        return None
    expect = {_name(*who): _facts(member, model) for who, member in model.members.items()}
    steps.append({"at": history.ends_at.isoformat(), "expect": expect})
    head = [f"# Source: simulation, seed {history.seed}", f"scenario: Seed {history.seed}"]
    lines = [*head, f"programme: {json.dumps(history.document)}", "steps:"]
    return "\n".join([*lines, *(f"  - {json.dumps(step)}" for step in steps)]) + "\n"


def _sayable(history: History) -> Iterator[Step]:
    """The steps without what a scenario would take otherwise: gifts told before (its gifts have no key that makes
    them repeats), and members erased who are not known (a refusal)."""
    model, gifts = World(history.document, history.starts_at), set()
    for step in history.steps:
        is_repeated = step.do == "gift" and step.facts["key"] in gifts
        is_refused = step.do == "erase" and (step.facts["shop"], step.facts["customer"]) not in model.members
        if step.do == "gift":
            gifts.add(step.facts["key"])
        if not is_repeated and not is_refused:
            yield step
        model.hear(step)


def _messages(do: str, facts: Said) -> list[tuple[str, Said]]:
    return list(facts["messages"]) if do == "batch" else [(do, facts)]


def _dated(at: datetime, said: Said) -> Said:
    return {"at": at.isoformat(), **said}


def _say(do: str, facts: Said, model: World) -> Iterator[Said]:
    for what, one in _messages(do, facts):
        if what == "order":
            yield {"order": _order(one, model)}
        elif what == "refund":
            yield {"refund": _refund(one, model)}
        elif what == "publish":
            yield {"publish": one["document"]}
        elif what != "work":
            member = {"member": _name(one["shop"], one["customer"])}
            more = {"event": {"name": one.get("name"), "id": one.get("key")}, "erase": {}}
            more["gift"] = {"points": one.get("points"), "reason": one.get("key")}
            yield {what: member | more[what]}


def _name(shop: int, name: str) -> str:
    return f"{name}-2" if shop else name


def _amount(minor: int, model: World) -> str:
    return str(Decimal(minor).scaleb(-DECIMALS[model.programme.currency]))


def _order(facts: Said, model: World) -> Said:
    order = {
        "id": _name(facts["shop"], facts["order"]),
        "status": facts["status"],
        "updated": facts["updated"].isoformat(),
        "prices": facts["prices"],
        "lines": [
            {"product": product, "categories": PRODUCTS[product], "quantity": quantity, "weight": 100}
            | {"price": _amount(price, model), "tax_rate": 20}
            for product, quantity, price in facts["lines"]
        ],
        "shipping": {"carrier": facts["carrier"], "amount": _amount(facts.get("shipping", 0), model)},
        "discounts": list(_discounts(facts, model)),
        "payment_method": facts["payment_method"],
    }
    if facts["customer"] is not None:
        order["member"] = _name(facts["shop"], facts["customer"])
    if "paid_at" in facts:
        order["paid_at"] = facts["paid_at"].isoformat()
    if "rate" in facts:
        above, below = facts["rate"].split("/")
        order |= {"currency": "USD", "rate": str(Decimal(above) / Decimal(below))}
    return order


def _discounts(facts: Said, model: World) -> Iterator[Said]:
    if facts.get("first_order"):
        yield {"source": "first_order", "amount": _amount(facts["first_order"], model)}
    if facts.get("promo"):
        yield {"source": "promo_code", "code": "PROMO", "amount": _amount(facts["promo"], model)}
    if facts.get("use_points"):
        amount = _amount(facts["points_amount"], model)
        yield {"source": "points", "points": facts["use_points"], "amount": amount}
    if facts.get("free_shipping"):
        yield {"source": "tier", "free_shipping": True}


def _refund(facts: Said, model: World) -> Said:
    refund = {"order": _name(facts["shop"], facts["order"]), "id": facts["id"]}
    refund |= {name: facts[name] for name in ("full", "shipping") if facts.get(name)}
    if facts.get("pieces"):
        refund["lines"] = facts["pieces"]
    if facts.get("amount"):
        refund["amount"] = _amount(facts["amount"], model)
    return refund


def _facts(member: Member, model: World) -> Said:
    purse = member.purse
    shares = member.shares.values()
    facts = {
        "points": {
            name: getattr(purse, name)
            for name in ("available", "pending", "debt", "lifetime", "spent", "expired")
        },
        "spend": float(_amount(sum(share.spend for share in shares), model)),
        "orders": sum(share.orders for share in shares),
        "coupons": [{"state": c.state} for c in sorted(purse.coupons, key=lambda coupon: coupon.number)],
    }
    return facts if member.tier is None else facts | {"tier": member.tier}
