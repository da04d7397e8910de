"""Orders from files: what counts, what is listed instead, and that nothing ever counts twice."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from palier.store.imports.models import ImportBatch, ImportProblem
from palier.store.ledger.models import Entry
from palier.store.members.models import Account
from palier.store.orders.models import Order, OrderLine, Refund
from palier.store.outbox.models import Intent
from tests.entrances.import_fixtures import Shop

DAY = "2010-01-04 10:00:00"
LATER = "2010-02-04 10:00:00"


def codes(report):
    return {code: found["rows"] for code, found in report["problems"].items()}


def test_lines_of_one_invoice_are_one_order_at_its_earliest_time(shop: Shop):
    path = shop.retail(
        "1,85048,Ball,2,2010-07-01 09:01:00,10.50,7,France",
        "1,85049,Star,1,2010-07-01 09:00:00,4.00,7,France",
        "1,85048,Ball,1,2010-07-01 09:01:00,10.50,7,France",
    )
    status, report = shop.command("orders", path)
    assert (status, report["status"], report["counts"]) == (0, "done", {"orders": 1})
    assert report["mapping"]["name"] == "online-retail"
    order = Order.objects.get()
    assert order.order_at.isoformat() == "2010-07-01T08:00:00+00:00"
    assert (order.delivery_country, order.currency) == ("FR", "GBP")
    assert list(
        OrderLine.objects.order_by("position").values_list("line_id", "quantity", "amount_minor")
    ) == [
        ("1", 2, 2100),
        ("2", 1, 400),
        ("3", 1, 1050),
    ]
    account = shop.account("7")
    assert (account.spend_minor, account.available, account.tier) == (3550, 35, "bronze")


def test_one_invoice_number_of_two_customers_is_two_orders(shop: Shop):
    path = shop.retail(f"1,85048,Ball,2,{DAY},10,7,France", f"1,85048,Ball,1,{DAY},10,8,France")
    assert shop.command("orders", path)[1]["counts"] == {"orders": 2}
    assert set(Order.objects.values_list("external_id", flat=True)) == {"1", "1/8"}
    assert (shop.account("7").spend_minor, shop.account("8").spend_minor) == (2000, 1000)


def test_a_credit_note_takes_from_the_newest_earlier_invoice_what_is_left_there(shop: Shop):
    path = shop.retail(
        f"1,85048,Ball,10,{DAY},1.00,7,France",
        "2,85048,Ball,4,2010-01-05 10:00:00,2.00,7,France",
        "3,85048,Ball,9,2010-03-05 10:00:00,9.00,7,France",
        f"C4,85048,Ball,-6,{LATER},2.00,7,France",
    )
    report = shop.command("orders", path)[1]
    assert report["counts"] == {"orders": 3, "refunds": 2}
    assert {(r.order.external_id, r.lines[0][0]) for r in Refund.objects.all()} == {("2", 4), ("1", 2)}
    # Order 2 is gone, 2 of the 10 of order 1 came back at what they cost: 0.02 differs from the note's own price.
    assert shop.account("7").spend_minor == 800 + 8100
    assert report["problems"] == {"credit_price_differs": {"rows": 1, "amount_minor": -200}}


def test_what_cannot_be_attached_is_listed_and_moves_nothing(shop: Shop):
    path = shop.retail(
        f"1,85048,Ball,3,{DAY},1.00,7,France",
        f"C2,85048,Ball,-5,{LATER},1.00,7,France",
        f"C3,85049,Star,-5,{LATER},1.00,7,France",
        f"C4,85048,Ball,-1,{LATER},1.00,,France",
        f"C5,D,Discount,-1,{LATER},1.00,7,France",
        f"C6,POST,Postage,-1,{LATER},1.00,7,France",
        "C7,85048,Ball,-1,2009-12-24 10:00:00,1.00,7,France",
    )
    report = shop.command("orders", path)[1]
    assert codes(report) == {
        "credit_partly_attached": 1,
        "credit_unattached": 2,
        "credit_of_guest": 1,
        "discount_unattached": 1,
        "shipping_unattached": 1,
    }
    assert shop.account("7").spend_minor == 0
    unattached = ImportProblem.objects.filter(code__startswith="credit_", code__endswith="attached")
    assert sum(problem.amount_minor for problem in unattached) == -(200 + 500 + 100)


def test_rows_that_are_no_goods_are_left_out_and_listed(shop: Shop):
    path = shop.retail(
        f"1,85048,Ball,1,{DAY},10.00,7,France",
        f"1,POST,Postage,1,{DAY},5.00,7,France",
        f"1,M,Manual,1,{DAY},99.00,7,France",
        f"1,gift_0001_20,Voucher,1,{DAY},20.00,7,France",
        f"1,85049,Star,1,{DAY},0.00,7,France",
        f"1,85050,Moon,3,{DAY},0.125,7,France",
        f"A2,B,Bad debt,1,{DAY},-500.00,,France",
        f"3,85048,Ball,-40,{DAY},0.00,,France",
        f"4,POST,Postage,1,{DAY},5.00,7,France",
        f"5,85048,Ball,1,{DAY},10.00,,France",
    )
    report = shop.command("orders", path)[1]
    assert codes(report) == {"left_out": 2, "negative_quantity": 1, "no_goods": 1}
    assert report["counts"] == {"orders": 2, "orders_of_guests": 1}
    order = Order.objects.get(external_id="1")
    assert order.shipping_minor == 500
    assert list(order.lines.order_by("position").values_list("amount_minor", flat=True)) == [
        1000,
        2000,
        0,
        38,
    ]
    # The voucher counts for nothing, and three at 0.125 are 0.375, rounded half up.
    assert (shop.account("7").spend_minor, Account.objects.count()) == (1038, 1)


def test_a_discount_of_the_invoice_is_the_orders_discount(shop: Shop):
    path = shop.retail(f"1,85048,Ball,1,{DAY},10.00,7,France", f"1,D,Discount,-1,{DAY},2.50,7,France")
    shop.command("orders", path)
    assert Order.objects.get().discounts[0]["amount_minor"] == 250
    assert shop.account("7").spend_minor == 750


def test_the_same_file_again_changes_nothing_and_says_so(shop: Shop):
    path = shop.retail(f"1,85048,Ball,1,{DAY},10.00,7,France")
    shop.command("orders", path)
    before = list(Entry.objects.values_list("hash", flat=True))
    status, report = shop.command("orders", path)
    assert (status, report["status"]) == (0, "unchanged")
    assert "was imported" in report["note"]
    # Read in another way it is another import: its orders are known, and repeat.
    report = shop.command(
        "orders", path, "--timezone", "Europe/London", "--prices", "gross", "--map", "name=Country"
    )[1]
    assert (report["status"], report["counts"]) == ("done", {"unchanged": 1})
    assert list(Entry.objects.values_list("hash", flat=True)) == before


def test_a_dry_run_tells_everything_and_writes_nothing(shop: Shop):
    path = shop.retail(f"1,85048,Ball,1,{DAY},10.00,7,France", f"C2,85048,Ball,-2,{LATER},10.00,7,France")
    status, report = shop.command("orders", path, "--dry-run")
    assert (status, report["status"], report["batch"]) == (0, "planned", None)
    assert report["counts"] == {"orders": 1, "refunds": 1}
    assert codes(report) == {"credit_partly_attached": 1}
    assert (Order.objects.count(), Account.objects.count(), ImportBatch.objects.count()) == (0, 0, 0)


def test_a_dry_run_tells_of_orders_in_another_currency_as_the_import_would(shop: Shop):
    path = shop.retail(f"1,85048,Ball,1,{DAY},10.00,7,France")
    dry, real = (shop.command("orders", path, "--currency", "SEK", *each)[1] for each in (["--dry-run"], []))
    assert dry["counts"] == real["counts"] == {"refused": 1}
    assert codes(dry) == codes(real) == {"currency_mismatch": 1}


def test_nobody_is_told_of_anything_imported(shop: Shop):
    shop.command("orders", shop.retail(f"1,85048,Ball,999,{DAY},10.00,7,France"))
    assert shop.account("7").tier == "gold"
    assert Intent.objects.count() == 0


def test_an_order_with_a_row_that_cannot_be_read_is_left_out_whole(shop: Shop):
    path = shop.retail(
        f"1,85048,Ball,1,{DAY},10.00,7,France",
        f"2,85048,Ball,1,{DAY},10.00,7,France",
        f"2,85048,Ball,1,{DAY},ten,7,France",
        "3,85048,Ball,1,yesterday,10.00,7,France",
        f"4,85048,Ball,1.5,{DAY},10.00,7,France",
        f"5,85048,Ball,1,{DAY},10.00,7",
        f",85048,Ball,1,{DAY},10.00,7,France",
        f"6,85048,Ball,1,{DAY},999999999999999,7,France",
    )
    report = shop.command("orders", path)[1]
    assert report["counts"] == {"orders": 1}
    assert codes(report) == {
        "unreadable_number": 1, "order_incomplete": 1, "unreadable_date": 1, "not_whole": 1, "unreadable_row": 2,
        "too_large": 1,
    }  # fmt: skip


def test_an_unknown_currency_and_one_without_its_rate_are_listed(shop: Shop):
    path = shop.file(
        "orders.csv",
        "order;date;customer;product;quantity;price;currency;rate\n"
        "1;04/01/2026;7;tee;1;10,00;GBP;\n2;04/01/2026;7;tee;1;10,00;XYZ;\n3;04/01/2026;7;tee;1;10,00;EUR;\n"
        "4;14/01/2026;7;tee;1;10,00;EUR;0,85\n",
    )
    report = shop.command("orders", path)[1]
    assert codes(report) == {"unknown_currency": 1, "currency_mismatch": 1}
    assert shop.account("7").spend_minor == 1850


def test_goods_given_back_on_the_same_invoice_are_a_refund_of_it(shop: Shop):
    path = shop.file(
        "orders.csv",
        "order,date,customer,product,quantity,price\n1,2026-01-04,7,tee,3,10\n1,2026-01-04,7,tee,-1,10\n",
    )
    report = shop.command("orders", path)[1]
    assert report["counts"] == {"orders": 1, "refunds": 1}
    assert shop.account("7").spend_minor == 2000


def test_only_orders_of_the_asked_days_are_imported(shop: Shop):
    path = shop.retail(*(f"{n},85048,Ball,1,2010-01-0{n} 23:30:00,10.00,7,France" for n in (1, 2, 3, 4)))
    report = shop.command("orders", path, "--from", "2010-01-02", "--to", "2010-01-03")[1]
    assert report["counts"] == {"orders": 2, "rows_outside_the_dates": 2}
    assert report["problems"] == {}


def test_an_empty_table_and_one_of_wrong_rows_only_import_nothing(shop: Shop):
    assert shop.command("orders", shop.retail())[0] == 1
    status, report = shop.command("orders", shop.retail(f"1,85048,Ball,x,{DAY},10.00,7,France"))
    assert (status, report["status"]) == (1, "refused")
    assert ImportBatch.objects.count() == 0


def test_missing_columns_are_refused_with_exit_status_2(shop: Shop):
    assert shop.command("orders", shop.file("a.csv", "A,B\n1,2\n"))[0] == 2
    assert shop.command("orders", str(shop.folder / "none.csv"))[0] == 2


def test_a_mapping_file_names_columns_and_rules(shop: Shop):
    mapping = shop.file(
        "mapping.yaml",
        "columns: {order: Nr, date: Tag, customer: Wer, product: Was, total: Summe}\n"
        "orders: [{begins_with: [G], as: credit_note}]\n"
        "products: [{are: [Versand], as: shipping}, {begins_with: [GUT-], as: goods, categories: [gift-cards]}]\n",
    )
    path = shop.file(
        "orders.csv",
        "Nr;Tag;Wer;Was;Summe\n1;04.01.2026;7;Tasse;12,50\n1;04.01.2026;7;Versand;4,90\n1;04.01.2026;7;GUT-20;20,00\n",
    )
    report = shop.command("orders", path, "--mapping", mapping)[1]
    assert report["status"] == "done"
    assert (shop.account("7").spend_minor, Order.objects.get().shipping_minor) == (1250, 490)
    assert ImportBatch.objects.get().mapping["columns"]["order"] == "Nr"


def test_json_lines_are_messages_as_scenarios_write_them(shop: Shop):
    lines = [
        {
            "refund": {
                "order": "A1", "id": "R1", "at": "2026-02-01T00:00:00Z", "lines": [{"product": "tee", "quantity": 1}],
            }
        },
        {
            "order": {
                "id": "A1", "member": "ana", "status": "paid", "paid_at": "2026-01-10T09:00:00Z",
                "lines": [{"product": "tee", "quantity": 2, "price": 30.10}],
            }
        },
        {"id": "A2", "member": "ana", "status": "done", "lines": []},
        {"hello": 1},
        [1],
    ]  # fmt: skip
    path = shop.file("orders.jsonl", "".join(json.dumps(line) + "\n" for line in lines) + "{broken\n")
    report = shop.command("orders", path)[1]
    assert report["counts"] == {"orders": 1, "refunds": 1}
    assert codes(report) == {"invalid_order": 1, "unreadable_row": 3}
    assert shop.account("ana").spend_minor == 3010


def test_the_list_of_problems_is_a_file_without_formulas(shop: Shop):
    path = shop.retail(f"=cmd,85048,Ball,x,{DAY},10.00,7,France", f"1,85048,Ball,1,{DAY},10.00,7,France")
    problems = shop.folder / "problems.csv"
    shop.command("orders", path, "--problems", str(problems))
    rows = list(csv.reader(problems.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["row", "subject", "code", "reason", "amount_minor"]
    assert rows[1][:3] == ["1", "'=cmd", "unreadable_number"]


def test_undo_books_everything_back_and_the_file_can_come_again(shop: Shop):
    other = shop.file(
        "other.csv", f"{'order,date,customer,product,quantity,price'}\nX,2010-01-01,7,tee,1,40\n"
    )
    shop.command("orders", other)
    path = shop.retail(
        f"1,85048,Ball,10,{DAY},100.00,7,France",
        f"C2,85048,Ball,-1,{LATER},100.00,7,France",
        f"3,85048,Ball,1,{DAY},10.00,,France",
    )
    batch = shop.command("orders", path)[1]["batch"]
    assert (shop.account("7").spend_minor, shop.account("7").tier) == (94000, "silver")
    status, report = shop.command("undo", str(batch))
    assert (status, report) == (0, {"batch": batch, "undone": 2})
    account = shop.account("7")
    assert (account.spend_minor, account.available, account.debt, account.orders, account.tier) == (
        4000,
        40,
        0,
        1,
        "bronze",
    )
    assert shop.command("undo", str(batch))[1]["undone"] == 0
    again = shop.command("orders", path)[1]
    assert (again["status"], again["batch"] != batch) == ("done", True)
    account = shop.account("7")
    assert (account.spend_minor, account.available, account.tier) == (94000, 940, "silver")
    assert [row["state"] for row in shop.command("list")[1]] == ["done", "undone", "done"]  # type: ignore[index]


def test_an_import_that_does_not_exist_cannot_be_taken_back(shop: Shop):
    assert shop.command("undo", "99")[0] == 2


def test_the_people_read_a_table_first_and_the_outcome_then(shop: Shop, capsys):
    from palier.cli import main

    path = shop.retail(f"1,85048,Ball,1,{DAY},10.00,7,France")
    assert main(["import", "orders", path]) == 0
    shown = capsys.readouterr()
    assert "Invoice" in shown.err
    assert "→  order" in shown.err
    assert "palier import undo" in shown.out


@pytest.mark.parametrize("name", ["duckdb"])
def test_parquet_is_read_like_csv(shop: Shop, name: str):
    duckdb = pytest.importorskip(name)
    path = Path(shop.retail(f"1,85048,Ball,1,{DAY},10.00,7,France"))
    parquet = shop.folder / "retail.parquet"
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{path}')) TO '{parquet}' (FORMAT parquet)")
    assert shop.command("orders", str(parquet))[1]["counts"] == {"orders": 1}
    assert shop.account("7").spend_minor == 1000
