"""Programme documents: as they are written out, what is doubtful in them, and how they differ."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from palier.core.programme.canonical import canonical_json, to_document
from palier.core.programme.check import check
from palier.core.programme.diff import diff
from palier.core.programme.load import load_yaml
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.source import as_written, lines_of, with_section
from palier.core.programme.tell import tell
from palier.core.programme.text import to_json, to_yaml
from palier.core.programme.values import Programme
from tests.core.approved.doubts import MALL
from tests.core.approved.problems import paths, with_one
from tests.core.approved.rules import GRACE, ORDERS, SCORE
from tests.core.approved.shops import BEST, CORNER, MARKET, example
from tests.core.programme.test_tell import DOUBTFUL


def _documents() -> dict[str, Any]:
    texts = {
        "corner": CORNER, "market": MARKET, "best": BEST, "doubtful": DOUBTFUL, "mall": MALL, "grace": GRACE,
        "score": SCORE, "orders": ORDERS,
    }  # fmt: skip
    return {"nothing": {"name": "Nothing", "currency": "EUR"}, "example": example()} | {
        name: load_yaml(text) for name, text in texts.items()
    }


def document_lines() -> Iterator[str]:
    """Each document by itself, then each against the next one, both ways."""
    documents = _documents()
    read = {name: parse(document) for name, document in documents.items()}
    for name, programme in read.items():
        yield f"{name}: as YAML"
        yield from (f"  {said}" for said in to_yaml(to_document(programme)).splitlines())
        yield f"{name}: canonical, and in the form in which it was written"
        yield f"  {canonical_json(programme)}"
        text = to_yaml(to_document(programme))
        yield f"  {len(to_json(to_document(programme)))} {as_written(text, programme) == text}"
        found = check(programme)
        yield f"{name}: doubts"
        for warning in found:
            told = tell(warning, programme, "en")
            facts = sorted(warning.facts.items())
            yield f"  {warning.code} {warning.path}: {warning.reason}; {warning.suggestion} {facts}"
            yield f"  | {told.place}: {told.sentence} {told.advice}"
        yield f"  lines {lines_of(text, [warning.path for warning in found])}"
    names = list(read)
    for place, (old, new) in enumerate(zip(names, [*names[1:], names[0]])):
        for one, other in ((old, new), (new, old)):
            language = "en" if place < 5 else ("fr", "de", "en")[place % 3]
            yield f"from {one} to {other}"
            yield from (f"  {said}" for said in diff(read[one], read[other], language))
    for name in ("example", "corner", "market", "doubtful", "grace"):
        yield from _without_one(name, documents[name], read[name])
    for section in ("points", "tiers", "earning", "messages"):
        yield f"{section} of market put into the text of corner"
        yield from (f"  {said}" for said in with_section(CORNER, section, read["market"]).splitlines())


def _without_one(name: str, document: Any, whole: Programme) -> Iterator[str]:
    """How a document in which one thing is left out, or said of another number, differs from the whole."""
    usual = check(whole)
    for path in paths(document):
        gone = with_one(document, path, lambda inner, key: inner.pop(key))
        other = with_one(document, path, _another)
        for what, changed in (("without", gone), ("another", other)):
            try:
                programme = parse(changed)
            except InvalidProgramme:
                continue
            if programme != whole:
                yield f"{name} {what} {'.'.join(map(str, path))}"
                yield from (f"  {said}" for said in diff(whole, programme, "en"))
                yield from (f"  back: {said}" for said in diff(programme, whole, "en"))
                doubts = [doubt for doubt in check(programme) if doubt not in usual]
                yield from (
                    f"  doubt {each.code} {each.path}: {each.reason} {each.suggestion}" for each in doubts
                )


def _another(inner: Any, key: Any) -> None:
    value = inner[key]
    if isinstance(value, bool):
        inner[key] = not value
    elif isinstance(value, int | Decimal):
        inner[key] = 3 * value if len(str(key)) % 2 else value / 5 if value % 5 == 0 else value + 1
