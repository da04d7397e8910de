"""Files (docs/import.md): opening balances and past orders, read and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.model.ladder import Share
from tests.model.member import Member
from tests.model.purse import Lot
from tests.simulation.steps import Step

if TYPE_CHECKING:
    from tests.model.world import World

Facts = dict[str, Any]


@dataclass(slots=True)
class Opening:
    """What a file brought a member."""

    member: Member
    facts: Facts


def hear_opening(world: World, facts: Facts) -> None:
    """A credit pays debt and is no order's; a debit takes what is there and owes the rest. Nobody is told."""
    if facts["key"] in world.openings:
        return
    member = world.member_of(facts)
    world.openings[facts["key"]] = Opening(member, facts)
    before, told = _deserved(member), member.told.copy()
    purse, points = member.purse, facts["points"]
    purse.lifetime += points
    if points > 0:
        ends_at = facts["ends_at"] or member.end_anew(world.now)
        purse.add(Lot(("opening", facts["key"]), world.now, ends_at, points), world.now)
    _take(member, -points)
    if facts["spend"]:
        member.shares["opening", facts["key"]] = Share(world.now, spend=facts["spend"])
    member.happen_after_message(is_lowered=_deserved(member) < before)
    member.told = told


def hear_unopen(world: World, facts: Facts) -> None:
    """What was brought is taken, from whatever is there, and owed if it is not; a debit comes back. Nobody is told."""
    opening = world.openings.pop(facts["key"], None)
    if opening is None:
        return
    member, points = opening.member, opening.facts["points"]
    member.go_to(world.now)
    before, told = _deserved(member), member.told.copy()
    purse = member.purse
    purse.lifetime -= points
    _take(member, points)
    if points < 0:
        purse.put_back([(None, -points)], world.now)
    member.shares.pop(("opening", facts["key"]), None)
    member.happen_after_message(is_lowered=_deserved(member) < before)
    member.told = told


def hear_import(world: World, facts: Facts) -> None:
    """Each order happens at its own time, or when its member is already: past orders wait for nobody."""
    if facts["key"] in world.files:
        return
    world.files.add(facts["key"])
    now = world.now
    for do, one in facts["messages"]:
        world.now = min(now, one["updated"]) if do == "order" else now
        world.hear(Step(world.now, do, one))
    world.now = now


def hear_unimport(world: World, facts: Facts) -> None:
    """The newest of its orders is cancelled first; then they are unknown. Nobody is told."""
    if facts["key"] not in world.files:
        return
    world.files.remove(facts["key"])
    names = {(one["shop"], one["order"]) for do, one in facts["messages"] if do == "order"}
    orders = [order for name, order in world.orders.items() if name in names]
    for order in sorted(orders, key=lambda order: (order.at, order.key), reverse=True):
        member, basket = order.member, order.basket
        assert member is not None
        assert basket is not None
        member.go_to(world.now)
        told = member.told.copy()
        basket.status = "cancelled"
        world.book(order)
        order.forget()
        member.told = told


def _take(member: Member, points: int) -> None:
    if points > 0:
        pieces = member.purse.draw(points)
        member.purse.debt += points - sum(taken for _, taken in pieces)


def _deserved(member: Member) -> int:
    return member.rank(member.deserved())
