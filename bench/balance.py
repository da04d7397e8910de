"""A member's balance as of now, beside one bare SELECT of the summary row."""

from __future__ import annotations

import sys

from bench.measure import NOW, an_order, in_turns, make_shop, set_up

MEMBERS = 200


def main(count: int = 200, turns: int = 9) -> float:
    """Print medians and the ratio; returns the speed beside bare SQL."""
    set_up()
    from django.db import connection

    from palier.flows.members.read_balance import read_balance
    from palier.flows.orders.record_orders import RecordOrders, record_orders

    _, shop_id = make_shop()
    for batch in range(5):
        orders = tuple(an_order(f"o-{batch}-{i}", f"c{i}") for i in range(MEMBERS))
        record_orders(RecordOrders(shop_id, orders), now=NOW)

    def flow(turn: int) -> int:
        for i in range(count):
            assert read_balance(shop_id, f"c{i % MEMBERS}", now=NOW).available == 300
        return count

    def direct(turn: int) -> int:
        for i in range(count):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT a.available FROM store_account a JOIN store_identity i ON i.account_id = a.id"
                    " WHERE i.shop_id = %s AND i.customer_id = %s",
                    [shop_id, f"c{i % MEMBERS}"],
                )
                assert cursor.fetchone()[0] == 300
        return count

    sample = in_turns(flow, direct, turns=turns)
    sample.say("balance")
    return sample.speed


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
