"""Hostile files: bombs, lies about what is inside, bytes that mean nothing: refused in words, whole or by row."""

import gzip
import json
import random
import resource
import struct
import zlib

import pytest

from palier.cli.importing import files
from palier.cli.importing.errors import UnreadableFile
from palier.store.models import Account, Entry, ImportBatch, Profile
from tests.entrances.import_fixtures import Shop

pytestmark = pytest.mark.once

MEMBERS = "id,name,email\n" + "".join(f"{n},Name {n},m{n}@example.com\n" for n in range(1, 300))


def parquet(tmp_path, query):
    duckdb = pytest.importorskip("duckdb")
    path = tmp_path / "made.parquet"
    duckdb.connect().execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path.read_bytes()


def deed(shop: Shop, name: str, content: bytes, *words: str):
    """The whole command on a file: its status and its report; it never ends in another way."""
    status, report = shop.command("members", shop.file(name, content), *words)
    assert status in (0, 1, 2), (name, status)
    return status, report


def gzip_bomb(megabytes: int, *, lines: bool = False) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = (b"," * 99 + b"\n") * 10_000 if lines else b"\0" * 1_000_000
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


def test_a_small_file_that_unpacks_to_a_huge_line_takes_little_memory(shop: Shop):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    status, _ = deed(shop, "bomb.csv.gz", gzip_bomb(200))
    assert status != 0
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60_000
    assert not ImportBatch.objects.exists()


def test_a_bomb_within_a_bomb_is_a_table_without_columns(shop: Shop):
    status, _ = deed(shop, "bomb.csv.gz", gzip.compress(gzip_bomb(20)))
    assert (status != 0, Account.objects.count()) == (True, 0)


def test_a_million_columns_are_refused_in_words(shop: Shop, tmp_path):
    header = ",".join(f"c{n}" for n in range(100_000))
    with pytest.raises(UnreadableFile, match="columns"):
        files.look_at(_written(tmp_path, header.encode() + b"\n"))
    with pytest.raises(UnreadableFile):
        files.look_at(_written(tmp_path, b"," * 1_000_000 + b"\n1\n"))
    status, _ = deed(shop, "wide.jsonl", json.dumps({f"c{n}": n for n in range(100_000)}).encode())
    assert (status != 0, Account.objects.count()) == (True, 0)


def _written(tmp_path, content):
    path = tmp_path / "hostile.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("seed", range(4))
def test_bytes_that_are_damaged_anywhere_end_in_words_or_in_rows(tmp_path, seed):
    """Every kind of file, a few bytes changed, cut short, or with another piece in its middle."""
    rng, told = random.Random(seed), []
    plain = MEMBERS.encode()
    kinds = {
        "a.csv": plain, "b.csv.gz": gzip.compress(plain), "c.csv": MEMBERS.encode("utf-16"),
        "d.jsonl": b'{"id": "1", "name": "A"}\n' * 50,
        "e.parquet": parquet(tmp_path, "SELECT range AS id, 'Name ' || range AS name FROM range(3000)"),
    }  # fmt: skip
    for name, content in kinds.items():
        for _ in range(25):
            broken = bytearray(content)
            for _ in range(rng.choice([1, 4, 40])):
                broken[rng.randrange(len(broken))] = rng.randrange(256)
            if rng.random() < 0.3:
                del broken[rng.randrange(len(broken)) :]
            path = tmp_path / name
            path.write_bytes(bytes(broken))
            try:
                source = files.look_at(path)
                read = files.json_rows(source) if source.kind == "jsonl" else files.rows(source)
                assert sum(1 for _ in read) < 100_000
            except UnreadableFile as refused:
                told.append(str(refused))
    assert all(each.strip() for each in told)


def test_a_parquet_file_that_lies_about_its_rows_is_refused_in_words(shop: Shop, tmp_path):
    """Its end says that there is more than there is, or something else than there is."""
    content = parquet(tmp_path, "SELECT range AS id, 'Name ' || range AS name FROM range(3000)")
    (length,) = struct.unpack("<I", content[-8:-4])
    for lie in (
        content[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1",
        content[:-8] + struct.pack("<I", 0) + b"PAR1",
        content[: -8 - length] + b"\xff" * length + content[-8:],
        b"PAR1" + b"\0" * (len(content) - length - 12) + content[-8 - length :],
        b"PAR1" + content[-8 - length :],
        content[:100] + b"PAR1",
    ):
        status, report = deed(shop, "lie.parquet", lie)
        assert status != 0, report
        assert Account.objects.count() == 0


def test_names_and_values_of_a_parquet_file_are_only_names_and_values(shop: Shop, tmp_path):
    query = """SELECT '1' AS id, 'Robert''); DROP TABLE store_account;--' AS name, 'a' AS "x"", y FROM z--",
               [1, 2] AS list, {'a': 1} AS map, 'NaN'::DOUBLE AS number, NULL AS nothing, ''::BLOB AS bytes"""
    status, report = deed(shop, "names.parquet", parquet(tmp_path, query))
    assert (status, report["counts"]["members"]) == (0, 1)
    assert Profile.objects.get().name == "Robert'); DROP TABLE store_account;--"


HOSTILE_ROWS = [
    "1,a\0b,a@example.com",
    '2,"never closed,b@example.com',
    "3,x,y,z,too,many",
    "4",
    f"5,{'x' * 150_000},c@example.com",
    "6,\ud800,d@example.com".encode("utf-8", "surrogatepass").decode("latin-1"),
]


@pytest.mark.parametrize("row", HOSTILE_ROWS, ids=range(len(HOSTILE_ROWS)))
def test_a_hostile_row_is_listed_and_nothing_of_it_is_done(shop: Shop, row):
    content = f"id,name,email\n{row}\n9,Good,good@example.com\n"
    deed(shop, "rows.csv", content.encode("utf-8", "surrogatepass"))
    assert not any("\0" in name for name in Profile.objects.values_list("name", flat=True))
    assert Entry.objects.count() == 0


def test_two_encodings_in_one_file_are_read_as_one_and_lose_no_row(shop: Shop):
    content = "id,name\n1,Élodie\n".encode() + "2,Jürgen\n".encode("cp1252") + "3,Zoë\n".encode()
    status, report = deed(shop, "mixed.csv", content)
    assert (status, report["counts"]["members"]) == (0, 3)
    assert Account.objects.count() == 3


def test_a_formula_is_a_name_and_leaves_as_a_text(shop: Shop):
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("https://evil.example")']
    lines = [json.dumps({"id": str(n), "name": each}) for n, each in enumerate(formulas, 1)]
    status, report = deed(shop, "formulas.jsonl", "\n".join(lines).encode())
    assert (status, report["counts"]["members"]) == (0, len(formulas))
    assert "=1+1" in Profile.objects.values_list("name", flat=True)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"id": NaN}',
        '{"id": true}',
        '{"id": null}',
        '{"id": [1]}',
        '{"id": ' + "9" * 5000 + "}",
        '{"id": {"a": 1}}',
        '"id"',
        "null",
    ],
    ids=range(9),
)
def test_a_hostile_line_of_json_is_listed_and_the_next_one_read(shop: Shop, line):
    status, report = deed(shop, "lines.jsonl", f'{line}\n{{"id": "9", "name": "Good"}}\n'.encode())
    assert (status, report["counts"]["members"]) in ((0, 1), (1, 1))
    assert sum(found["rows"] for found in report["problems"].values()) == 1
