"""A member's tier and points, explained from what is stored, and nothing written."""

from datetime import timedelta

import pytest

from palier.core.errors import UnknownMember
from palier.flows.members.explain_standing import explain_standing
from palier.store.models import Entry
from tests.flows.world import statements


def test_a_member_is_explained_as_of_now(world):
    world.pay(euros=520)
    before = Entry.objects.count()
    with statements() as seen:
        told = explain_standing(world.shop_id, "anna", language="en", now=world.now)
    assert told.tier == (
        "You are in Silver since 2 March 2026.",
        "What counts: €520.00 in all.",
        "Silver begins at €500.00.",
        "So far, Gold is €1,480.00 away.",
    )
    assert told.points == (
        "You can use 520 points.",
        "That is worth €52.00.",
        "520 points of it: the last day is 2 March 2027.",
    )
    assert Entry.objects.count() == before
    assert all(statement.startswith("SELECT") for statement in seen)


def test_what_has_ended_meanwhile_is_not_told(world):
    world.pay(euros=520)
    told = explain_standing(world.shop_id, "anna", language="en", now=world.now + timedelta(days=366))
    assert told.points == ("You can use 0 points.",)


def test_nobody_is_unknown(world):
    with pytest.raises(UnknownMember):
        explain_standing(world.shop_id, "nobody", language="en", now=world.now)
