"""An import of Online Retail II checked by other means: plain SQL over the file, and a second way to attach credits.

    python -m bench.check_year ../shared/data/online_retail_2009_2010.parquet

It looks at the database of ``PALIER_DATABASE_URL``, whose programme gives spend its plain meaning (gross, goods only).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb

CARRIAGE = ("POST", "DOT", "C2", "C3")
NOT_GOODS = (
    *CARRIAGE, "D", "M", "m", "ADJUST", "ADJUST2", "B", "S", "BANK CHARGES", "AMAZONFEE", "TEST001", "TEST002", "PADS",
)  # fmt: skip
# A price × quantity in pence, rounded half up; prices are exact decimals of at most three places.
_LINES = """
    SELECT file_row_number + 1 AS row, Invoice, StockCode, Quantity, InvoiceDate, "Customer ID" AS customer,
        sign(Quantity) * sign(Price) * ((abs(Quantity) * CAST(round(abs(Price) * 1000) AS BIGINT) + 5) // 10) AS pence
    FROM {source}
"""


def lines_of(path: Path) -> duckdb.DuckDBPyConnection:
    """The file as a table ``line``, each with its worth in pence."""
    connection = duckdb.connect()
    if path.suffix == ".parquet":
        source = f"read_parquet('{path}', file_row_number = true)"
    else:
        source = (
            "(SELECT *, row_number() OVER () - 1 AS file_row_number FROM"
            f" read_csv('{path}', parallel = false, types = {{'Invoice': 'VARCHAR', 'StockCode': 'VARCHAR',"
            " 'InvoiceDate': 'VARCHAR', 'Customer ID': 'BIGINT', 'Price': 'DOUBLE'}))"
        )
    connection.execute("CREATE TABLE line AS " + _LINES.format(source=source))
    return connection


def net_spend(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Per member: goods sold minus credits as far as they can be attached, at the price that was charged."""
    goods = f"customer IS NOT NULL AND StockCode NOT IN {NOT_GOODS} AND Invoice NOT LIKE 'A%'"
    spend: dict[str, int] = defaultdict(int)
    sold: dict[Any, list[list[Any]]] = defaultdict(list)
    for customer, product, at, _, quantity, pence in connection.execute(
        "SELECT customer, StockCode, min(InvoiceDate) OVER (PARTITION BY Invoice, customer) AS moment, row, Quantity,"
        f" pence FROM line WHERE {goods} AND Invoice NOT LIKE 'C%' ORDER BY moment, row"
    ).fetchall():
        spend[str(customer)] += pence
        sold[customer, product].append([at, quantity, quantity, pence])
    for customer, product, at, quantity in connection.execute(
        "SELECT customer, StockCode, min(InvoiceDate) OVER (PARTITION BY Invoice, customer) AS moment, -Quantity"
        f" FROM line WHERE {goods} AND Invoice LIKE 'C%' ORDER BY moment, row"
    ).fetchall():
        for sale in reversed(sold[customer, product]):
            taken = min(quantity, sale[1]) if sale[0] <= at else 0
            if taken:
                spend[str(customer)] -= _kept(sale, sale[1]) - _kept(sale, sale[1] - taken)
                sale[1] -= taken
                quantity -= taken
    return dict(spend)


def _kept(sale: list[Any], left: int) -> int:
    _, _, quantity, pence = sale
    return int((2 * pence * left + quantity) // (2 * quantity))


def all_lines(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Per member the sum over every line, whatever it is."""
    query = "SELECT customer, sum(pence) FROM line WHERE customer IS NOT NULL GROUP BY customer"
    return {str(customer): int(pence) for customer, pence in connection.execute(query).fetchall()}


def stored_spend() -> dict[str, int]:
    """What the accounts say now, by the shop's customer id."""
    from palier.store.members.models import Identity

    return dict(Identity.objects.values_list("customer_id", "account__spend_minor"))


def listed(connection: duckdb.DuckDBPyConnection, batch_id: int) -> dict[str, int]:
    """Per member what the import listed instead of moving it, and what it took for carriage."""
    from palier.store.imports.models import ImportProblem
    from palier.store.members.models import Identity
    from palier.store.orders.models import Order

    customer_of = dict(
        connection.execute("SELECT row, customer FROM line WHERE customer IS NOT NULL").fetchall()
    )
    sums: dict[str, int] = defaultdict(int)
    for row, pence in ImportProblem.objects.filter(batch_id=batch_id).values_list("row", "amount_minor"):
        if row in customer_of:
            sums[str(customer_of[row])] += pence
    names = dict(Identity.objects.values_list("account_id", "customer_id"))
    orders = Order.objects.filter(batch_id=batch_id, account__isnull=False)
    for account, pence in orders.values_list("account_id", "shipping_minor"):
        sums[names[account]] += pence
    return dict(sums)


def differences(path: Path, batch_id: int) -> list[str]:
    """Every member whose spend is not what the file says, in one way or the other."""
    connection = lines_of(path)
    found = stored_spend()
    wrong = []
    for customer, pence in net_spend(connection).items():
        if found.get(customer, 0) != pence:
            wrong.append(
                f"member {customer}: {found.get(customer)} pence in the account, {pence} by the file"
            )
    missed = listed(connection, batch_id)
    for customer, pence in all_lines(connection).items():
        if pence - missed.get(customer, 0) != found.get(customer, 0):
            wrong.append(
                f"member {customer}: all lines {pence}, listed {missed.get(customer, 0)}, in the account "
                f"{found.get(customer, 0)}"
            )
    return wrong


def main() -> int:
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.config.settings")
    django.setup()
    from django_scopes import scopes_disabled

    from palier.store.imports.models import ImportBatch

    with scopes_disabled():
        batch = ImportBatch.objects.filter(kind="orders", undone_at=None).latest("id")
        wrong = differences(Path(sys.argv[1]), batch.pk)
    for line in wrong[:20]:
        print(line)
    print(f"batch {batch.pk}: {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
