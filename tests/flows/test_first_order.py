"""The benefit of the first order is had once: by one open checkout, placed order or paid one (R-STK-6, I-22)."""

import pytest

from palier.core.explain.quotes import explain_quote
from palier.core.formats import formats_for
from palier.flows.members.close_account import CloseAccount, close_account
from palier.store.models import Account, Order
from tests.flows.checkout import cart, discounts, found_in, held, prove, quoted, released, shop
from tests.flows.test_checkout_races import answers
from tests.flows.world import OrderDiscount, World, order, refund, statements

FIRST = {"brackets": [{"from": 0, "discount": {"percent": 10}}]}
GIVEN = [("first_order", 1000, 0)]


def first_shop(**changes):
    """Nothing but the first order gives anything."""
    return shop(**{"first_order": FIRST, "redemption": None, "rewards": None, **changes})


@pytest.fixture
def world(db):
    found = World.new(first_shop())
    yield found
    prove(found)


def told(world, asked=None, **parts):
    """Discounts of a quote, and the sources and reasons of what it refuses."""
    quote = quoted(world, asked or cart(), **parts).quote
    return discounts(quote), [(refused.source, refused.reason) for refused in quote.refused]


FREE = (GIVEN, [])
TAKEN = ([], [("first_order", "used")])


def test_a_hold_has_it_until_it_is_released(world):
    hold = held(world, cart())
    assert discounts(hold.quote) == GIVEN
    assert told(world) == TAKEN
    assert told(world, hold=hold.id) == FREE
    assert discounts(held(world, cart(), "k2").quote) == []
    released(world, hold.id)
    assert told(world) == FREE


def test_a_hold_has_it_until_it_lapses_by_the_clock(world):
    held(world, cart())
    world.later(minutes=59)
    assert told(world) == TAKEN
    world.later(minutes=1)
    assert told(world) == FREE


def test_a_placed_order_has_it_until_it_is_cancelled(world):
    assert discounts(world.pay("1", status="placed", use_quote=True).quote) == GIVEN
    assert told(world) == TAKEN
    assert discounts(world.pay("2", status="placed", use_quote=True).quote) == []
    world.later(minutes=1).pay("1", status="cancelled", lines=None)
    assert told(world) == FREE
    assert discounts(world.pay("3", status="placed", use_quote=True).quote) == GIVEN


def test_the_order_that_has_it_keeps_it_when_it_is_paid_whatever_came_before(world):
    world.pay("1", status="placed", use_quote=True)
    world.later(minutes=1).pay("2")
    world.later(minutes=1).pay("1", status="paid", lines=None)
    assert world.row("1").discounts[0]["amount_minor"] == 1000
    assert told(world) == ([], [])


def test_a_first_order_that_is_cancelled_or_refunded_leaves_it_to_the_next(world):
    world.pay("1", use_quote=True)
    assert told(world) == ([], [])
    world.later(minutes=1).pay("1", status="cancelled", lines=None)
    assert told(world) == FREE
    world.later(minutes=1).pay("2", use_quote=True)
    world.tell(refund("2", full=True))
    assert told(world) == FREE


def test_an_order_takes_over_what_its_hold_has(world):
    hold = held(world, cart())
    world.pay("1", status="placed", hold=hold.id)
    assert told(world) == TAKEN
    assert world.state().first_claims == {f"order:{world.row().id}"}
    world.later(minutes=1).pay("1", status="cancelled", lines=None)
    assert told(world) == FREE


def test_a_cart_that_is_changed_at_the_checkout_keeps_it(world):
    first = held(world, cart())
    assert discounts(held(world, cart(50), "k2", replaces=first.id).quote) == [("first_order", 500, 0)]


def test_a_placed_order_that_is_quoted_anew_is_not_in_its_own_way(world):
    world.pay("1", status="placed", use_quote=True)
    again = world.later(minutes=1).pay("1", 50, status="placed", use_quote=True)
    assert discounts(again.quote) == [("first_order", 500, 0)]


def test_an_order_whose_discounts_the_shop_names_has_it_too(world):
    world.pay("1", status="placed", discounts=(OrderDiscount("first_order", amount_minor=1000),))
    assert told(world) == TAKEN


@pytest.mark.parametrize("benefit", [{"free_shipping": "all"}, {"gift": {"product": "pin", "quantity": 1}}])
def test_free_delivery_or_a_present_counts_as_well_as_a_discount(db, benefit):
    world = World.new(first_shop(first_order={"brackets": [{"from": 0, **benefit}]}))
    hold = held(world, cart())
    assert told(world) == TAKEN
    world.pay("1", status="placed", hold=hold.id)
    assert told(world) == TAKEN
    world.later(minutes=1).pay("1", status="paid", lines=None)
    assert told(world) == ([], [])
    prove(world)


def test_earning_counts_valid_orders_only(db):
    """``order_number`` and ``earn_on_first_order`` go by valid orders, whatever waits."""
    first = [{"id": "first", "when": {"order_number": {"to": 1}}, "award": {"points": 7}}]
    world = World.new(first_shop(earning=first))
    world.pay("1", status="placed", use_quote=True)
    assert quoted(world, cart()).quote.earns == 7
    assert world.pay("2", use_quote=True).points == 7


def test_it_goes_with_a_member_who_is_merged(world):
    held(world, cart(), customer="bea")
    world.give(1)
    world.merge("anna", "bea")
    assert told(world) == TAKEN
    world.later(hours=1)
    assert told(world) == FREE


def test_a_closed_account_leaves_nothing_taken(world):
    world.pay("1", status="placed", use_quote=True)
    world.later(minutes=1)
    close_account(CloseAccount(world.shop_id, "anna"), now=world.now)
    assert world.state().first_claims == frozenset()
    prove(world)
    world.tell(order("2", status="placed", use_quote=True))


def test_a_quote_that_says_why_still_reads_one_statement(world):
    held(world, cart())
    told(world)
    with statements() as made:
        assert told(world) == TAKEN
    assert len(made) == 1


def test_the_shopper_reads_why_in_each_language(world):
    held(world, cart())
    found = quoted(world, cart())
    said = [
        explain_quote(
            found.quote, found.programme, found.buyer, language, formats_for(language, "EUR", "UTC")
        ).refused[0]
        for language in ("fr", "de", "en")
    ]
    assert said == [
        "L’avantage de première commande est déjà pris par une autre de vos commandes ou un autre panier.",
        "Der Vorteil zur ersten Bestellung ist schon an eine andere Bestellung oder einen anderen Warenkorb vergeben.",
        "The benefit for a first order is taken already, by another order or another cart of yours.",
    ]


@pytest.fixture
def shared(transactional_db):
    found = World.new(first_shop())
    found.give(1)
    yield found
    prove(found)


def having(quotes):
    return sum(any(d.source == "first_order" for d in quote.discounts) for quote in quotes)


MANY = 64


def test_of_many_holds_at_once_exactly_one_has_it(shared):
    got = answers(*[lambda i=i: held(shared, cart(), f"k{i}") for i in range(MANY)])
    assert having([answer.quote for answer in got]) == 1
    assert told(shared)[1] == [("first_order", "used")]


def test_of_many_placed_orders_at_once_exactly_one_has_it(shared):
    got = answers(*[lambda i=i: shared.pay(str(i), status="placed", use_quote=True) for i in range(MANY)])
    assert having([answer.quote for answer in got]) == 1


def test_of_many_paid_orders_at_once_of_somebody_new_exactly_one_has_it(shared):
    got = answers(*[lambda i=i: shared.pay(str(i), customer="new", use_quote=True) for i in range(16)])
    assert having([answer.quote for answer in got]) == 1


DAMAGE = {
    "nobody is said to have what an order has": lambda w: _claims(w, []),
    "a hold is said to have it that ended": lambda w: _claims(w, ["hold:gone"]),
    "a paid order has it": lambda w: Order.objects.filter(external_id="1").update(status="paid"),
}


def _claims(world, claims):
    account = world.account()
    Account.objects.filter(pk=account.pk).update(state=account.state | {"first_claims": claims})


@pytest.mark.damages("to see that it is found")
@pytest.mark.parametrize("damage", DAMAGE)
def test_verify_finds_damage(db, damage):
    world = World.new(first_shop())
    world.pay("1", status="placed", use_quote=True)
    prove(world)
    DAMAGE[damage](world)
    assert "I-22" in {problem.invariant for problem in found_in(world)}
