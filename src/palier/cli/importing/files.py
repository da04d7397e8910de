"""Opening a file: what it is, how it is encoded, and its rows as texts, in a stream of flat memory."""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from palier.cli.importing.errors import UnreadableFile
from palier.cli.importing.parquet import parquet_header, parquet_rows

LINE_CHARACTERS_MAX = 1_000_000
FIELD_CHARACTERS_MAX = 100_000
COLUMNS_MAX = 1000
SAMPLE_ROWS = 200

Row = list[str] | str
"""The texts of a row, or, for a row that cannot be read, why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was looked at: its kind, and for texts how to read them. ``digest`` is of its bytes."""

    path: Path
    kind: Literal["csv", "jsonl", "parquet"]
    digest: str
    encoding: str = ""
    delimiter: str = ""
    header: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()


def look_at(path: Path, *, encoding: str = "", delimiter: str = "") -> Source:
    """What kind of file this is, from its name and its first bytes, and how it is encoded."""
    if not path.is_file():
        raise UnreadableFile(f"There is no file {path}.")
    if path.stat().st_size == 0:
        raise UnreadableFile(f"{path.name} is empty.")
    with path.open("rb") as file:
        first = file.read(4)
    if first == b"PAR1":
        digest = _digest(path)
        header = parquet_header(path)
        source = Source(path, "parquet", digest, header=tuple(header))
        return _with_sample(source)
    if first == b"PK\x03\x04" or first == b"\xd0\xcf\x11\xe0":
        raise UnreadableFile(
            f"{path.name} is a spreadsheet.", "Save it as CSV (in Excel: “CSV UTF-8”) and import that."
        )
    digest, guessed = _digest_and_encoding(path)
    encoding = encoding or guessed
    if _is_json_lines(path):
        return Source(path, "jsonl", digest, encoding)
    source = Source(path, "csv", digest, encoding, delimiter or _delimiter(path, encoding))
    with _text(source) as file:
        first_row: Row = next(_csv_rows(file, source.delimiter), "it holds no line")
    if isinstance(first_row, str):
        raise UnreadableFile(f"{path.name} has no header line: {first_row}.")
    header = [name.strip() for name in first_row]
    if len(header) > COLUMNS_MAX:
        raise UnreadableFile(f"{path.name} has {len(header)} columns; {COLUMNS_MAX} are the most.")
    if not any(header):
        raise UnreadableFile(f"{path.name} has no header line: its first line is blank.")
    return _with_sample(Source(path, "csv", digest, encoding, source.delimiter, tuple(header)))


def rows(source: Source) -> Iterator[tuple[int, Row]]:
    """The rows below the header with their number, 1 for the first; blank ones are counted and skipped."""
    if source.kind == "parquet":
        yield from enumerate(parquet_rows(source.path), 1)
        return
    width = len(source.header)
    number = 0
    try:
        with _text(source) as file:
            reader = _csv_rows(file, source.delimiter)
            next(reader)
            for row in reader:
                number += 1
                if isinstance(row, str):
                    yield number, row
                elif not any(row):
                    continue
                elif len(row) == width:
                    yield number, row
                elif len(row) < width:
                    yield number, f"it has {len(row)} of {width} columns"
                else:
                    yield number, f"it has {len(row)} columns, the header has {width}"
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        yield number + 1, f"the file is broken off or damaged here: {error}"


def json_rows(source: Source) -> Iterator[tuple[int, object]]:
    """The values of a file of JSON lines with their number; a line that is no JSON comes as a ValueError."""
    number = 0
    with _text(source) as file:
        for line in bounded_lines(file):
            number += 1
            if line is None:
                yield number, ValueError(f"the line is longer than {LINE_CHARACTERS_MAX} characters")
            elif line.strip():
                try:
                    yield number, json.loads(line, parse_float=str, parse_constant=_refuse_constant)
                except (ValueError, RecursionError) as error:
                    yield number, ValueError(f"this line is no JSON: {str(error)[:200]}")


def _refuse_constant(text: str) -> object:
    raise ValueError(f"{text} is no number of JSON")


def bounded_lines(file: IO[str]) -> Iterator[str | None]:
    """The lines of a text; None for one that is too long, of which no more than a piece is ever in memory."""
    while line := file.readline(LINE_CHARACTERS_MAX):
        if len(line) == LINE_CHARACTERS_MAX and not line.endswith("\n"):
            while (rest := file.readline(LINE_CHARACTERS_MAX)) and not rest.endswith("\n"):
                pass
            yield None
        else:
            yield line


def _csv_rows(file: IO[str], delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(FIELD_CHARACTERS_MAX)
    too_long = "the line is too long"

    def lines() -> Iterator[str]:
        for line in bounded_lines(file):
            yield "\0\n" if line is None else line

    reader = csv.reader(lines(), delimiter=delimiter, strict=False)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"it is no CSV: {error}"
            continue
        if row == ["\0"]:
            yield too_long
        elif any("\0" in field for field in row):
            yield "it holds a NUL character"
        else:
            yield row


@contextmanager
def _text(source: Source) -> Iterator[IO[str]]:
    with _open_bytes(source.path) as file:
        # Bytes that the encoding lacks become U+FFFD instead of stopping a long import in its middle.
        text = io.TextIOWrapper(file, encoding=source.encoding, errors="replace", newline="")
        yield text


def _open_bytes(path: Path) -> io.BufferedReader | gzip.GzipFile:
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return gzip.GzipFile(path, "rb") if is_gzip else path.open("rb")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest_and_encoding(path: Path) -> tuple[str, str]:
    """The encoding is that which reads the whole file: UTF-8, with or without its mark, or else Windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    first, is_utf8 = b"", True
    try:
        with _open_bytes(path) as file:
            while block := file.read1(1 << 20):
                first = first or block
                if is_utf8:
                    try:
                        decoder.decode(block)
                    except UnicodeDecodeError:
                        is_utf8 = False
            if is_utf8:
                try:
                    decoder.decode(b"", True)
                except UnicodeDecodeError:
                    is_utf8 = False
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        if not first:
            raise UnreadableFile(f"{path.name} is damaged: {error}") from error
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return _digest(path), "utf-16"
    if is_utf8:
        return _digest(path), "utf-8-sig" if first.startswith(codecs.BOM_UTF8) else "utf-8"
    return _digest(path), "cp1252"


def _is_json_lines(path: Path) -> bool:
    names = [suffix.lower() for suffix in path.suffixes]
    if {".jsonl", ".ndjson", ".json"} & set(names):
        return True
    with _open_bytes(path) as file:
        return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def _delimiter(path: Path, encoding: str) -> str:
    with _open_bytes(path) as file:
        text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
        line = text.readline(LINE_CHARACTERS_MAX)
    outside = "".join(line.split('"')[::2])
    return max(",;\t|", key=outside.count)


def _with_sample(source: Source) -> Source:
    sample = []
    for number, row in rows(source):
        if isinstance(row, list):
            sample.append(tuple(row))
        if number >= SAMPLE_ROWS:
            break
    return Source(
        source.path,
        source.kind,
        source.digest,
        source.encoding,
        source.delimiter,
        source.header,
        tuple(sample),
    )
