"""Carts that are quoted together get what each would get alone, over one statement."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import palier.flows.checkout.quote_cart as module
from palier.flows.checkout.quote_cart import QuoteCart, quote_cart, quote_carts
from tests.flows.checkout import cart, code, held, shop
from tests.flows.world import World, order

SEGMENTS = {
    "segments": [
        {
            "id": "mugs",
            "where": {"bought": {"products": ["mug"]}},
            "brackets": [{"from": 1, "discount": {"amount": 5}}],
        }
    ]
}


@pytest.fixture
def world(db):
    world = World.new(shop())
    world.tell(order("1", 1200), order("2", 300, customer="ben"))
    return world


def asked(world):
    """A cart of each kind: with and without points, a code, a hold, somebody unknown, a guest."""
    hold = held(world, cart(50, use_points=100), customer="ben").id
    return [
        QuoteCart(world.shop_id, customer, of, hold)
        for customer, of, hold in [
            ("anna", cart(100, use_points=50), ""),
            ("ben", cart(80, use_points=300), ""),
            ("anna", cart(40), ""),
            ("anna", cart(90, code(world)), ""),
            ("stranger", cart(70), ""),
            (None, cart(70), ""),
            ("ben", cart(80, use_points=300), hold),
        ]
    ]


def alone_and_together(world, carts):
    alone = [quote_cart(each, now=world.now).quote for each in carts]
    together = quote_carts(world.shop_id, [(each, world.now) for each in carts])
    return alone, [each.quote for each in together]


def test_each_gets_what_it_would_get_alone(world):
    alone, together = alone_and_together(world, asked(world))
    assert together == alone
    assert len({quote.total_minor for quote in alone}) > 3


def test_each_is_quoted_as_of_its_own_time(world):
    later = world.now.replace(year=world.now.year + 9)
    one = QuoteCart(world.shop_id, "anna", cart(100, use_points=50))
    both = quote_carts(world.shop_id, [(one, world.now), (one, later)])
    assert [each.quote for each in both] == [quote_cart(one, now=at).quote for at in (world.now, later)]


def test_carts_without_codes_share_one_statement(world):
    carts = [each for each in asked(world) if not each.cart.coupons]
    quote_cart(carts[0], now=world.now)
    with CaptureQueriesContext(connection) as caught:
        quote_carts(world.shop_id, [(each, world.now) for each in carts])
    assert len(caught) == 1


def test_one_that_fails_keeps_nobody_else_from_a_quote(world, monkeypatch):
    quoting = module.quote

    def quote(plan, asked, buyer):
        if asked.use_points == 13:
            raise ZeroDivisionError
        return quoting(plan, asked, buyer)

    monkeypatch.setattr(module, "quote", quote)
    good, bad = (QuoteCart(world.shop_id, "anna", cart(100, use_points=points)) for points in (50, 13))
    first, failed, last = quote_carts(world.shop_id, [(each, world.now) for each in (good, bad, good)])
    assert isinstance(failed, ZeroDivisionError)
    assert first.quote == last.quote == quote_cart(good, now=world.now).quote


def test_a_shop_that_asks_what_was_bought_is_answered_alike(db):
    world = World.new(shop(**SEGMENTS))
    world.tell(order("1", 1200), order("2", 300, customer="ben"))
    carts = [QuoteCart(world.shop_id, who, cart(100)) for who in ("anna", "ben", "stranger", None)]
    for _ in range(2):  # before and after the process knows that the shop asks
        alone, together = alone_and_together(world, carts)
        assert together == alone
