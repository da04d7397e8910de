"""A history as a scenario file, as ``palier rehearse`` reads it; what is expected at its end is what the model says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.model.member import Member
from tests.model.world import DECIMALS, World, tell
from tests.simulation.answers import Answers
from tests.simulation.shapes import PRODUCTS
from tests.simulation.stage import NOBODYS, numbered
from tests.simulation.steps import History

SAYABLE = {"order", "refund", "batch", "event", "gift", "publish", "erase", "work", "quote", "voucher"}
"""Steps that a scenario file has words for."""

LAST = "$last"
Said = dict[str, Any]


class Unsayable(Exception):
    """A scenario has no words for it."""


def as_scenario(history: History, answers: Answers | None = None) -> str:
    """The text of the file. Raises ``Unsayable``.

    A scenario has one shop: members and orders of the second get names of their own. Of coupons only the one that was
    issued last can be named; amounts of a foreign order only where the two currencies have the same decimals.
    """
    model = tell(history, answers)
    told = [message for step in history.steps for message in _messages(step.do, step.facts)]
    is_foreign = any("rate" in facts or "rate" in facts.get("cart", {}) for _, facts in told)
    if is_foreign and DECIMALS[model.programme.currency] != 2:
        raise Unsayable("foreign amounts with other decimals")
    unsayable = {step.do for step in history.steps} - SAYABLE
    if unsayable:
        raise Unsayable(f"steps {', '.join(sorted(unsayable))}")
    steps = _told(history, answers)
    if not steps:
        raise Unsayable("nothing happens")
    expect = {_name(*who): _facts(member, model) for who, member in model.members.items()}
    steps.append({"at": history.ends_at.isoformat(), "expect": expect})
    head = [f"# Source: simulation, seed {history.seed}", f"scenario: Seed {history.seed}"]
    lines = [*head, f"programme: {json.dumps(history.document)}", "steps:"]
    return "\n".join([*lines, *(f"  - {json.dumps(step)}" for step in steps)]) + "\n"


def _told(history: History, answers: Answers | None) -> list[Said]:
    """The steps, each said as the model stands then; without what a scenario would take otherwise: gifts told before
    (its gifts have no key that makes them repeats)."""
    model, gifts, said = World(history.document, history.starts_at, answers), set(), []
    for step in history.steps:
        model.now = step.at
        is_repeated = step.do == "gift" and step.facts["key"] in gifts
        before = [_before(what, one, model) for what, one in _messages(step.do, step.facts)]
        count = len(model.refusals)
        model.hear(step)
        if step.do == "gift":
            gifts.add(step.facts["key"])
        told = [] if is_repeated else list(_say(step.do, step.facts, model, before))
        if len(model.refusals) > count and told:
            if len(told) > 1:
                raise Unsayable("a refusal among several messages")
            told[-1]["expect"] = {"error": model.refusals[-1]}
        said += [_dated(step.at, each) for each in told]
    return said


def _before(what: str, facts: Said, model: World) -> list[str]:
    """The codes that an order or a cart enters, as a scenario names them: said before the step changes anything."""
    cart = facts.get("cart", facts)
    wanted = [*cart.get("enters", ()), *([cart["coupon"]] if "coupon" in cart else [])]
    if what not in ("order", "quote") or not wanted:
        return []
    member = model.known(facts) if facts.get("customer") else None
    coupons = sorted(c.number for c in member.purse.coupons) if member is not None else []
    newest = max((c.number for m in model.all_members for c in m.purse.coupons), default=0)
    version = (facts.get("shop"), facts.get("order"), facts.get("updated"))
    codes = []
    for number in wanted:
        found = numbered(coupons, number)
        if version in model.codes or (found is not None and found != newest):
            raise Unsayable("a coupon that is not the last one issued")
        codes.append(LAST if found is not None else NOBODYS)
    return list(dict.fromkeys(codes))


def _messages(do: str, facts: Said) -> list[tuple[str, Said]]:
    return list(facts["messages"]) if do == "batch" else [(do, facts)]


def _dated(at: datetime, said: Said) -> Said:
    return {"at": at.isoformat(), **said}


def _say(do: str, facts: Said, model: World, before: list[list[str]]) -> Iterator[Said]:
    for (what, one), codes in zip(_messages(do, facts), before, strict=True):
        if what == "order":
            yield {"order": _order(one, model, codes)}
        elif what == "refund":
            yield {"refund": _refund(one, model)}
        elif what == "publish":
            yield {"publish": one["document"]}
        elif what == "quote":
            yield _quote(one, model, codes)
        elif what != "work":
            member = {"member": _name(one["shop"], one["customer"])}
            more = {"event": {"name": one.get("name"), "id": one.get("key")}, "erase": {}}
            more["gift"] = {"points": one.get("points"), "reason": one.get("key")}
            more["voucher"] = {"points": one.get("points"), "id": one.get("key")}
            yield {what: member | more[what]}


def _quote(facts: Said, model: World, codes: list[str]) -> Said:
    """A cart, and the total and points that the model says."""
    cart = facts["cart"]
    asked = _goods(cart, model) | {"coupons": codes}
    if facts["customer"] is not None:
        asked["member"] = _name(facts["shop"], facts["customer"])
    if "asks_points" in cart:
        asked["use_points"] = cart["asks_points"]
    if cart.get("promo"):
        asked["promo_codes"] = [{"code": "PROMO", "amount": _amount(cart["promo"], model)}]
    expect = {"total": float(_amount(model.last_quote.total, model)), "earns": model.last_quote.earns}
    return {"quote": asked, "expect": {"quote": expect}}


def _name(shop: int, name: str) -> str:
    return f"{name}-2" if shop else name


def _amount(minor: int, model: World) -> str:
    return str(Decimal(minor).scaleb(-DECIMALS[model.programme.currency]))


def _goods(facts: Said, model: World) -> Said:
    goods = {
        "prices": facts["prices"],
        "lines": [
            {"product": product, "categories": PRODUCTS[product], "quantity": quantity, "weight": 100}
            | {"price": _amount(price, model), "tax_rate": 20}
            for product, quantity, price in facts["lines"]
        ],
        "shipping": {"carrier": facts["carrier"], "amount": _amount(facts.get("shipping", 0), model)},
        "payment_method": facts["payment_method"],
    }
    if "rate" in facts:
        above, below = facts["rate"].split("/")
        goods |= {"currency": "USD", "rate": str(Decimal(above) / Decimal(below))}
    return goods


def _order(facts: Said, model: World, codes: list[str]) -> Said:
    order = {
        "id": _name(facts["shop"], facts["order"]),
        "status": facts["status"],
        "updated": facts["updated"].isoformat(),
        "discounts": list(_discounts(facts, model, codes)),
        **_goods(facts, model),
    }
    if facts["customer"] is not None:
        order["member"] = _name(facts["shop"], facts["customer"])
    if facts.get("email"):
        order["email"] = facts["email"]
    if "paid_at" in facts:
        order["paid_at"] = facts["paid_at"].isoformat()
    if facts.get("use_quote"):
        order |= {"use_quote": True, "coupons": codes}
        order |= {"use_points": facts["asks_points"]} if "asks_points" in facts else {}
    if "hold" in facts:
        raise Unsayable("an order with a hold")
    return order


def _discounts(facts: Said, model: World, codes: list[str]) -> Iterator[Said]:
    if facts.get("first_order"):
        yield {"source": "first_order", "amount": _amount(facts["first_order"], model)}
    if facts.get("promo"):
        yield {"source": "promo_code", "code": "PROMO", "amount": _amount(facts["promo"], model)}
    if "coupon" in facts and LAST in codes:
        yield {"source": "coupon", "code": LAST, "amount": _amount(facts["coupon_amount"], model)}
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
