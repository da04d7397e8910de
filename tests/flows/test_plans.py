"""No statement that a member's message sets off reads a whole table: a large programme is as quick as a small one.

SQLite says how it finds rows; both databases have the same indexes.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from palier.flows.checkout.hold_cart import HoldCart, hold_cart
from palier.flows.checkout.release_hold import ReleaseHold, release_hold
from palier.flows.members.close_account import CloseAccount, close_account
from palier.flows.members.erase_member import EraseMember, erase_member
from palier.flows.orders.claim_guest_orders import ClaimGuestOrders, claim_guest_orders
from tests.flows.checkout import cart
from tests.flows.world import World, document, line, order, refund

pytestmark = pytest.mark.once


@contextmanager
def scans() -> Iterator[list[str]]:
    """The statements of the block that go through every row of a table, each with how."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells how it finds rows")
    found: list[str] = []
    explaining: list[bool] = []

    def look(execute, sql, parameters, many, context):
        if not explaining and sql.split()[0] in ("SELECT", "WITH", "UPDATE", "DELETE"):
            explaining.append(True)
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters[0] if many else parameters)
                plan = [row[-1] for row in cursor.fetchall()]
            explaining.pop()
            tables = {word for word in sql.replace("(", " ").split() if word.startswith("store_")}
            aliases = {alias for _, alias in zip(sql.split(), sql.split()[1:]) if _ in tables}
            read = tables | aliases
            if any(step.startswith("SCAN") and step.split()[1] in read for step in plan):
                found.append(f"{sql}\n{plan}")
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        yield found


def test_orders_and_refunds_of_points_that_ended_were_renewed_and_moved_find_their_rows(db):
    world = World.new(document(points={"valid_for": "P12M"}))
    for customer in ("anna", "bea"):
        world.pay(f"{customer} 1", 100, customer=customer, lines=(line(60, id="a"), line(40, id="b")))
    world.later(days=200).pay("anna 2", 50)
    world.later(days=500).work()
    world.pay("anna 3", 50)
    world.merge()
    with scans() as found:
        world.tell(refund("anna 1", euros=10), refund("bea 1", euros=10))
        world.pay("anna 3", 50, status="cancelled")
        world.pay("anna 3", 50, status="paid")
        world.pay("bea 1", 100, status="cancelled", customer="bea")
        world.later(days=400).work()
    assert not found, "\n\n".join(found)


def test_checkouts_claims_closing_and_erasing_find_their_rows(db):
    world = World.new()
    world.pay("1", 300)
    world.tell(order("g", customer=None, email="anna@example.org"))
    with scans() as found:
        hold = hold_cart(HoldCart(world.shop_id, "anna", cart(50), "k"), now=world.now)
        release_hold(ReleaseHold(world.shop_id, hold.id), now=world.now)
        world.give(10, key="g1")
        world.event()
        claim_guest_orders(ClaimGuestOrders(world.shop_id, "anna", "anna@example.org", True), now=world.now)
        close_account(CloseAccount(world.shop_id, "anna"), now=world.now)
        world.view()
        erase_member(EraseMember(world.shop_id, "anna"), now=world.now)
    assert not found, "\n\n".join(found)


def test_a_guest_s_orders_are_found_among_a_million_of_other_guests(db):
    """Those without a member have no account to be found by."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite tells how it finds rows")
    world = World.new()
    asked = []

    def look(execute, sql, parameters, many, context):
        if "email_folded = " in sql:
            asked.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        claim_guest_orders(ClaimGuestOrders(world.shop_id, "anna", "anna@example.org", True), now=world.now)
    [(sql, parameters)] = asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = [row[-1] for row in cursor.fetchall()]
    assert "order_of_guest" in plan[0], plan
