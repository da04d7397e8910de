"""Carts quoted over HTTP: ten lines, a member read from the database, bytes in and bytes out of ``palier serve``.

The programme is that of ``bench.quote``: five tiers, ten earning rules, five segments, a redemption.
"""

from __future__ import annotations

import statistics
import sys

from bench.http_server import Load, Request, choose_database, load, say, served, shop_with_key
from bench.quote import DOCUMENT

MEMBERS = 500

CART = {
    "member": "MEMBER",
    "lines": [
        {
            "id": str(i),
            "product": f"p{i}",
            "quantity": 1 + i % 3,
            "price": f"{9.99 + 7.31 * i:.2f}",
            "categories": [f"c{i % 4}", "all"],
        }
        for i in range(10)
    ],
    "shipping": {"carrier": "colissimo", "amount": "4.90"},
    "payment_method": "card",
    "use_points": 100,
    "delivery": {"city": "Paris", "country": "FR"},
}


def main(seconds: int = 4, turns: int = 5, connections: int = 16, workers: int = 1) -> float:
    """Print the median rate and latencies; returns the rate."""
    choose_database()
    key = shop_with_key(DOCUMENT, members=MEMBERS, orders=6)
    request = Request("POST", "/api/v1/quotes", CART, MEMBERS)
    loads: list[Load] = []
    with served(workers=workers) as (address, pid):
        load(address, pid, request, key, connections=connections, seconds=2)
        for _ in range(turns):
            loads.append(load(address, pid, request, key, connections=connections, seconds=seconds))
    say(f"quotes, {connections} connections", loads)
    return statistics.median(each.rate for each in loads)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
