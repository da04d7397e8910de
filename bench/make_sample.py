"""Makes the sample that ships with Palier from the whole year: the same lines again, byte for byte.

python -m bench.make_sample ../shared/data/online_retail_2009_2010.parquet
"""

from __future__ import annotations

import csv
import gzip
import io
import sys
from pathlib import Path

import duckdb

TARGET = Path(__file__).resolve().parent.parent / "src" / "palier" / "data" / "online_retail_sample.csv.gz"
MEMBERS = 400
GUESTS = 60
COLUMNS = (
    '"Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"'
)
# A fixed, arbitrary choice: by the digest of the id, so that neither large nor early customers are preferred.
_CHOSEN = f"""
    "Customer ID" IN (
        SELECT "Customer ID" FROM (SELECT DISTINCT "Customer ID" FROM year WHERE "Customer ID" IS NOT NULL)
        ORDER BY md5(CAST("Customer ID" AS VARCHAR)) LIMIT {MEMBERS})
    OR Invoice IN (
        SELECT Invoice FROM (SELECT Invoice, count(*) AS lines FROM year WHERE "Customer ID" IS NULL
            AND Price > 0 AND Quantity > 0 GROUP BY Invoice) WHERE lines <= 40
        ORDER BY md5(Invoice) LIMIT {GUESTS})
"""


def main() -> None:
    connection = duckdb.connect()
    source = Path(sys.argv[1])
    connection.execute(
        f"CREATE TABLE year AS SELECT {COLUMNS}, file_row_number AS row"
        f" FROM read_parquet('{source}', file_row_number = true)"
    )
    rows = connection.execute(f"SELECT {COLUMNS} FROM year WHERE {_CHOSEN} ORDER BY row").fetchall()
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(name.strip('" ') for name in COLUMNS.split(","))
    writer.writerows(rows)
    with TARGET.open("wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
        packed.write(text.getvalue().encode())
    print(f"{TARGET.name}: {len(rows)} lines, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
