"""Files are understood as shops write them, or refused with a word that helps; no file takes more than its share."""

from __future__ import annotations

import gzip
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from palier.cli.importing import columns, files, mapping, values
from palier.cli.importing.errors import Problem, RowRefused, UnreadableFile
from palier.cli.importing.report import safe_cell, write_problems

pytestmark = pytest.mark.once


def look(tmp_path: Path, content: bytes, name: str = "file.csv", **how: str) -> files.Source:
    path = tmp_path / name
    path.write_bytes(content)
    return files.look_at(path, **how)


@pytest.mark.parametrize(
    ("content", "encoding", "delimiter"),
    [
        ("id,name\n1,Élodie\n".encode(), "utf-8", ","),
        (b"\xef\xbb\xbf" + "id;name\n1;Élodie\n".encode(), "utf-8-sig", ";"),
        ("id\tname\n1\tÉlodie\n".encode("cp1252"), "cp1252", "\t"),
        ("id,name\n1,Élodie\n".encode("utf-16"), "utf-16", ","),
        (b'"a,b";c\n1;\xc3\x89lodie\n', "utf-8", ";"),
    ],
)
def test_encoding_and_delimiter_are_found(tmp_path, content, encoding, delimiter):
    source = look(tmp_path, content)
    assert (source.encoding, source.delimiter) == (encoding, delimiter)
    assert source.sample[0][-1] == "Élodie"


def test_a_compressed_file_is_read_like_any_other(tmp_path):
    source = look(tmp_path, gzip.compress(b"id,name\n1,Ana\n2,Ben\n"), "file.csv.gz")
    assert list(files.rows(source)) == [(1, ["1", "Ana"]), (2, ["2", "Ben"])]


def test_a_compressed_file_that_is_broken_off_says_where(tmp_path):
    whole = gzip.compress(b"id,name\n" + b"1,Ana\n" * 50_000)
    source = look(tmp_path, whole[: len(whole) // 2], "file.csv.gz")
    number, last = list(files.rows(source))[-1]
    assert number > 1
    assert "broken off" in last


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\n\n", "no header"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b",".join(b"c%d" % i for i in range(2000)) + b"\n", "columns"),
        (b"," * 3_000_000, "no header"),
        (b'{"a', ""),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path, content, word):
    if not word:
        source = look(tmp_path, content)
        assert source.kind == "jsonl"
        return
    with pytest.raises(UnreadableFile, match=word):
        look(tmp_path, content)


def test_a_missing_file_and_a_broken_parquet_file_are_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="no file"):
        files.look_at(tmp_path / "nothing.csv")
    pytest.importorskip("duckdb")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        look(tmp_path, b"PAR1 and then nothing", "file.parquet")


def test_a_hostile_row_is_listed_and_the_next_one_read(tmp_path):
    hostile = [b"1," + b"x" * 150_000, b"2,a\0b", b"3," + b"," * 50, b"4", b"x" * 3_000_000, b"6,good"]
    source = look(tmp_path, b"id,name\n" + b"\n".join(hostile) + b"\n")
    found = list(files.rows(source))
    assert [isinstance(row, str) for _, row in found] == [True, True, True, True, True, False]
    assert found[-1] == (6, ["6", "good"])


def test_an_endless_line_takes_little_memory(tmp_path):
    path = tmp_path / "endless.csv"
    with path.open("wb") as file:
        file.write(b"id,name\n")
        for _ in range(40):
            file.write(b"," * 1_000_000)
    tracemalloc.start()
    source = files.look_at(path)
    assert [isinstance(row, str) for _, row in files.rows(source)] == [True]
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Order ID,Order Date,Customer ID,SKU,Qty,Unit Price", "order date customer product quantity price"),
        (
            "Numéro de commande,Date de commande,Client,Article,Quantité,Prix unitaire",
            "order date customer product quantity price",
        ),
        (
            "Bestellnummer,Bestelldatum,Kundennummer,Artikelnummer,Menge,Einzelpreis",
            "order date customer product quantity price",
        ),
        ("invoice_no,invoiceDate,client_id,total", "order date customer total"),
    ],
)  # fmt: skip
def test_columns_are_guessed_in_three_languages(header, found):
    guessed = columns.guess("orders", header.split(","), [])
    assert set(found.split()) <= set(guessed)


def test_dates_and_addresses_are_known_by_what_they_hold():
    header = ("Ref", "When", "Contact", "Prix")
    guessed = columns.guess("orders", header, [("A1", "31/12/2025 10:00", "ana@example.org", "3")] * 3)
    assert guessed["date"] == "When"
    assert guessed["email"] == "Contact"


def test_a_missing_column_is_named_with_the_way_to_say_it(tmp_path):
    source = look(tmp_path, b"A,B\n1,2\n")
    with pytest.raises(UnreadableFile, match="--map order=COLUMN"):
        mapping.understand("orders", source)
    with pytest.raises(UnreadableFile, match="no column 'C'"):
        mapping.understand("orders", source, columns={"order": "C"})
    with pytest.raises(UnreadableFile, match="cannot mean"):
        mapping.understand("orders", source, columns={"colour": "A"})


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("colums: {}", "no key"),
        ("currency: XXX", "no currency"),
        ("timezone: Mars/Base", "no time zone"),
        ("products: [{are: [A], as: nothing}]", "no rule"),
        ("status: done", "status"),
        ("- a", "cannot be read"),
    ],
)
def test_a_wrong_mapping_is_refused_in_words(tmp_path, document, word):
    path = tmp_path / "mapping.yaml"
    path.write_text(document)
    with pytest.raises(UnreadableFile, match=word):
        mapping.load_document(path)


@pytest.mark.parametrize(
    ("samples", "form"),
    [
        (["2026-01-31 10:00:00"], "%Y-%m-%d %H:%M:%S"),
        (["01/02/2026", "13/02/2026"], "%d/%m/%Y"),
        (["01/02/2026", "02/13/2026"], "%m/%d/%Y"),
        (["31.01.2026 10:00"], "%d.%m.%Y %H:%M"),
        (["2026-01-31T10:00:00Z"], "iso"),
        (["soon"], ""),
    ],
)
def test_the_form_of_dates_is_the_one_that_fits_all(samples, form):
    assert values.guess_date_format(samples) == form


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1,234.56", ".", "1234.56"),
        ("1.234,56", ",", "1234.56"),
        ("1 234,56 €", ",", "1234.56"),
        ("£12.50", ".", "12.50"),
        ("(3.10)", ".", "-3.10"),
        ("-2", ".", "-2"),
        ("1'000.00", ".", "1000.00"),
    ],
)
def test_numbers_are_read_as_people_write_them(text, mark, number):
    assert values.parse_number(text, mark) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "NaN", "Infinity", "1e999", "9" * 50, "0x10"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(RowRefused):
        values.parse_number(text)


def test_the_decimal_mark_is_told_by_the_amounts():
    assert values.guess_decimal_mark(["1,234", "5,00"]) == ","
    assert values.guess_decimal_mark(["1,234", "5.00"]) == "."
    assert values.guess_decimal_mark(["1.234,50"]) == ","
    assert values.guess_decimal_mark([]) == "."


def test_local_times_become_instants_through_both_clock_changes():
    london = ZoneInfo("Europe/London")
    form = "%Y-%m-%d %H:%M"
    assert values.parse_instant("2010-07-01 09:00", form, london) == datetime(2010, 7, 1, 8, 0, tzinfo=UTC)
    # The doubled hour is its first one; the skipped hour moves on.
    assert values.parse_instant("2010-10-31 01:30", form, london) == datetime(2010, 10, 31, 0, 30, tzinfo=UTC)
    assert values.parse_instant("2010-03-28 01:30", form, london) == datetime(2010, 3, 28, 1, 30, tzinfo=UTC)
    for text in ("0001-01-01 00:00", "9999-12-31 23:59", "never"):
        with pytest.raises(RowRefused):
            values.parse_instant(text, form, london)


def test_no_cell_of_the_list_of_problems_is_a_formula(tmp_path):
    for text in ('=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1"):
        assert safe_cell(text).startswith("'")
    assert safe_cell("489434 POST") == "489434 POST"
    path = tmp_path / "problems.csv"
    write_problems(path, [Problem(1, "=cmd|'/c calc'!A1", "x", "@why")])
    assert "'=cmd" in path.read_text("utf-8-sig")
    assert "'@why" in path.read_text("utf-8-sig")
