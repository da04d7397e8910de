"""Members as shops tell of them, and guest orders that find theirs (R-CUS)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from palier.core.errors import Refusal, UnknownMember
from palier.core.member import MemberFacts
from palier.flows.members.register_members import RegisterMembers, register_members
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from palier.store.members.models import Profile
from palier.store.models import Account, Entry, Identity
from tests.flows.world import DAY, START, World, document, order, refund, statements


def register(world: World, *members: MemberFacts):
    return register_members(RegisterMembers(world.shop_id, members), now=world.now)


def said(customer: str = "anna", **facts) -> MemberFacts:
    """A message that says just this."""
    return MemberFacts(customer, said=frozenset(facts), **facts)


FULL = said(
    name="Anna Öz", email="Anna@Example.com", language="fr", company=True, groups=("pro",), tags=("a", "b"),
    born=date(1990, 2, 28), signed_up=datetime(2025, 1, 2, 3, 4, 5, 6, tzinfo=UTC), prices="net",
)  # fmt: skip


def claim(world: World, *, customer="anna", email="guest@example.com", is_verified=True):
    command = ClaimGuestOrders(world.shop_id, customer, email, is_verified)
    return claim_guest_orders(command, now=world.now)


# Profiles


def test_a_member_gets_an_account_at_first_sight(world):
    assert register(world, FULL, said("bea", name="Bea")).new == 2
    assert world.account().tier == "bronze"
    assert Entry.objects.count() == 0
    profile = Profile.objects.get(account_id=world.id_of())
    assert (profile.name, profile.email, profile.email_folded) == (
        "Anna Öz",
        "Anna@Example.com",
        "anna@example.com",
    )
    assert (profile.born, profile.signed_up_at, profile.groups) == (FULL.born, FULL.signed_up, ["pro"])
    assert "anna oz" in profile.search
    world.prove()


def test_the_same_message_again_changes_nothing(world):
    register(world, FULL)
    again = register(world, FULL)
    assert (again.new, again.changed) == (0, 0)


def test_what_a_message_does_not_say_is_kept(world):
    register(world, FULL)
    assert register(world, said(email="new@example.com", tags=())).changed == 1
    profile = Profile.objects.get()
    assert (profile.name, profile.email, profile.tags, profile.language) == (
        "Anna Öz",
        "new@example.com",
        [],
        "fr",
    )
    assert (profile.is_company, profile.prices, profile.born) == (True, "net", FULL.born)


def test_one_batch_may_tell_of_a_member_twice(world):
    told = register(world, said(name="Anna"), said(language="de"), said(name="Anna B"))
    assert (told.new, told.changed) == (1, 1)
    profile = Profile.objects.get()
    assert (profile.name, profile.language) == ("Anna B", "de")


def test_an_address_that_changes_keeps_everything(world):
    """R-CUS-1."""
    register(world, FULL)
    world.pay("1")
    register(world, said(email="other@example.com"))
    assert world.account().available == 100
    assert Account.objects.count() == 1


def test_five_hundred_members_cost_a_fixed_number_of_statements(world):
    register(world, FULL)
    with statements() as made:
        register(world, *[said(f"m{i}", name=f"M {i}") for i in range(500)])
    assert len(made) <= 8


def test_whether_prices_are_net_is_frozen_with_the_order(db):
    """R-TAX-1, D2."""
    from fractions import Fraction

    from tests.flows.world import line

    world = World.new(document(spend={"tax": "as_displayed"}))
    register(world, said(prices="net"))
    taxed = (line(120, other_per_amount=Fraction(100, 120)),)
    assert world.pay("1", lines=taxed).points == 100
    assert world.pay("2", lines=taxed, customer="bea").points == 120
    register(world, said(prices="gross"))
    world.later(days=1).pay("1", lines=taxed, status="delivered")
    assert world.account().available == 100


def test_an_unknown_member_is_not_shown(world):
    with pytest.raises(UnknownMember):
        world.view("nobody")
    assert not Account.objects.exists()


# Guests


def test_an_address_that_is_not_verified_shows_nothing(world):
    """R-CUS-2, P106, P107."""
    world.pay("g", customer=None, email="guest@example.com")
    for email in ("guest@example.com", "unknown@example.com"):
        with pytest.raises(Refusal) as refused:
            claim(world, email=email, is_verified=False)
        assert str(refused.value) == "email: the address is not verified (verify it first)"
    assert not Account.objects.exists()


def test_guest_orders_of_ninety_days_join_their_member(world):
    for days, name in ((91, "old"), (90, "edge"), (2, "new")):
        at = START - days * DAY
        world.tell(
            order(name, customer=None, email="Guest@Example.com", placed_at=at, paid_at=at), is_history=True
        )
    world.pay("other", customer=None, email="else@example.com")
    claimed = claim(world, email=" GUEST@example.com ")
    assert (claimed.orders, claimed.points) == (("edge", "new"), 200)
    assert claimed.account_id == world.id_of()
    assert world.account().orders == 2
    assert (world.row("old").account_id, world.row("other").account_id) == (None, None)
    again = claim(world, email="guest@example.com")
    assert (again.orders, again.points) == ((), 0)
    world.prove()


def test_a_claimed_order_stands_with_its_refunds(world):
    world.pay("g", 100, customer=None, email="guest@example.com")
    world.tell(refund("g", euros=40))
    world.pay("c", 100, "cancelled", customer=None, email="guest@example.com")
    assert claim(world).points == 60
    world.tell(refund("g", "r2", euros=10))
    assert world.account().available == 50
    world.prove()


def test_a_claimed_order_is_nobody_elses(world):
    world.pay("g", customer=None, email="guest@example.com")
    claim(world)
    assert claim(world, customer="bea").orders == ()
    assert world.pay("g", customer=None, email="guest@example.com").kind == "repeat"
    assert world.row("g").account_id == world.id_of("anna")


def test_an_empty_address_claims_nothing(world):
    world.pay("g", customer=None)
    assert claim(world, email=" ").orders == ()


def test_a_claim_of_a_new_customer_makes_the_member(world):
    claim(world, customer="carl")
    assert Identity.objects.get().customer_id == "carl"
    assert world.later(hours=1).pay("1", customer="carl").points == 100
    assert world.now == START + timedelta(hours=1)


def test_an_address_that_becomes_longer_without_accents_is_kept_and_found(world):
    """One sign of Arabic becomes eighteen letters; PostgreSQL refused the member and the order."""
    long = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 100 + "@example.com"
    register(world, said(email=long))
    world.pay("1", customer=None, email=long)
    assert claim(world, email=long).orders == ("1",)
    assert Profile.objects.get().email == long
