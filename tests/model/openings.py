"""Opening balances (docs/import.md): points and spend from an earlier programme, and the file that is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.model.ladder import Share
from tests.model.member import Member
from tests.model.purse import Lot

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


def _take(member: Member, points: int) -> None:
    if points > 0:
        pieces = member.purse.draw(points)
        member.purse.debt += points - sum(taken for _, taken in pieces)


def _deserved(member: Member) -> int:
    return member.rank(member.deserved())
