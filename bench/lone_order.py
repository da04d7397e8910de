"""One durable order at a time through the flow, beside six bare SQL statements that write the same rows."""

from __future__ import annotations

import json
import sys
from typing import Any

from bench.measure import DOCUMENT, NOW, an_order, in_turns, make_shop, set_up

MEMBERS = 200


class Bare:
    """BEGIN, lock the account, order, lines, entry, lot, account, COMMIT: no thinking, no hash, no state to read."""

    def __init__(self, shop_id: int, programme_id: int) -> None:
        from django_scopes import scopes_disabled

        from palier.store.models import Account, Entry, Order

        with scopes_disabled():
            self.accounts = list(
                Account.objects.filter(programme_id=programme_id).values_list("id", flat=True)
            )
            self.order = Order.objects.filter(programme_id=programme_id).values().first()
            self.entry = Entry.objects.filter(programme_id=programme_id).values().first()
        self.shop_id = shop_id
        self.sequence = 1000
        self.turn = 0

    def write(self, order_id: str) -> None:
        """The six statements in one durable transaction."""
        from django.db import connection, transaction

        from palier.store.ids import new_id

        self.turn += 1
        self.sequence += 1
        account = self.accounts[self.turn % len(self.accounts)]
        order = {**self.order, "id": new_id(), "external_id": order_id, "account_id": account}
        lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT state, available FROM store_account WHERE id = %s{lock}", [account])
            cursor.fetchone()
            self._insert(cursor, "store_order", order)
            self._lines(cursor, order["id"])
            self._insert(
                cursor, "store_entry", {**self.entry, "account_id": account, "sequence": self.sequence}
            )
            cursor.execute(
                "INSERT INTO store_lot (account_id, number, sequence, amount, starts_at, born_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [account, self.sequence, self.sequence, 60, self.stamp, self.stamp],
            )
            cursor.execute(
                "UPDATE store_account SET available = available + 60, lifetime = lifetime + 60, orders = orders + 1,"
                " spend_minor = spend_minor + 6000 WHERE id = %s",
                [account],
            )

    @property
    def stamp(self) -> Any:
        from palier.store.rows import to_time

        return to_time(NOW)

    def _insert(self, cursor: Any, table: str, row: dict[str, Any]) -> None:
        values = [json.dumps(v) if isinstance(v, dict | list) else v for v in row.values()]
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", values)

    def _lines(self, cursor: Any, order_id: int) -> None:
        rows = ", ".join(["(%s, %s, %s, %s, '[]', 2, 2000, '', 0, FALSE)"] * 3)
        values = [value for i in range(3) for value in (order_id, i, str(i), f"product-{i}")]
        cursor.execute(
            "INSERT INTO store_orderline (order_id, position, line_id, product, categories, quantity, amount_minor,"
            f" other, weight_g, on_sale) VALUES {rows}",
            values,
        )


def main(count: int = 100, turns: int = 9) -> float:
    """Print medians and the ratio; returns the speed beside bare SQL."""
    set_up()
    from palier.flows.orders.record_orders import RecordOrders, record_orders

    programme_id, shop_id = make_shop({**DOCUMENT, "points": {}})
    members = tuple(an_order(f"first-{i}", f"c{i}") for i in range(MEMBERS))
    record_orders(RecordOrders(shop_id, members), now=NOW)
    bare = Bare(shop_id, programme_id)

    # What the flow is given exists before it is timed, as the values of the bare statements do.
    orders = [
        [an_order(f"flow-{turn}-{i}", f"c{i % MEMBERS}") for i in range(count)] for turn in range(turns + 1)
    ]

    def flow(turn: int) -> int:
        for order in orders[turn]:
            record_orders(RecordOrders(shop_id, (order,)), now=NOW)
        return count

    def direct(turn: int) -> int:
        for i in range(count):
            bare.write(f"bare-{turn}-{i}")
        return count

    sample = in_turns(flow, direct, turns=turns)
    sample.say("lone order")
    return sample.speed


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
