"""What texts are read as, YAML and JSON: numbers, days, tags, anchors and all that is refused, at every limit."""

# ruff: noqa: E501  (tables of texts)

from __future__ import annotations

from collections.abc import Iterator, Mapping

from palier.core.programme import load
from palier.core.programme.check import days_about
from palier.core.programme.parse import parse
from palier.core.programme.problems import InvalidProgramme
from tests.core.approved.kinds import short
from tests.core.programme.documents import problems

SCALARS = (
    "1", "-1", "+1", "0", "00", "01", "-0", "1_000", "0x1F", "0o7", "1.5", "-1.50", "+.5", "5.", ".", "1e3", "1E+3", "1e-3", "1.5e999",
    "1e1000", "e3", "1e", ".e3", "1.2.3", "true", "false", "True", "yes", "no", "on", "~", "null", "Null", "NULL", "nULL", "", "2026-02-03",
    "2026-02-30", "2026-2-3", "2026-02-03T10:00", "2026-02-03 10:00:00Z", "2026-02-03t10:00:00+02:00", "2026-02-03T10:99", "2026-02-03T1",
    "'1'", '"true"', "'2026-02-03'", "!!str 5", "! 5", "!!int 5", "!own 5", ".inf", ".nan", "a b", "a: b", "- a", "[1, a]", "{b: 1}", "|\n  a\n  b",
    "9" * 40, "9" * 41, "0." + "9" * 38, "0." + "9" * 39, "-" + "9" * 39, "-" + "9" * 40, "'" + "9" * 41 + "'", "*b", "&b 5", "# c", "@", "%", "`",
)  # fmt: skip
JSON = (
    "1", "-1", "1.5", "1e3", "1E-3", "1e999", "1e1000", "1.5e1000", "9" * 40, "9" * 41, "0." + "9" * 38, "0." + "9" * 39, "NaN", "Infinity",
    "-Infinity", "true", "null", '"a"', "[1, [2]]", '{"b": 1}', '{"b": 1, "b": 2}', "01", "'a'", "", "True", '"\\ud800"', "[" * 30 + "]" * 30,
)  # fmt: skip
_LIST = ", ".join("1" * 500)


def _map(value: str) -> str:
    return '{"a": ' + value + "}"


def _aliases(nodes: int) -> str:
    """A text of so many values: a list of 500 that is named again and again, and single ones."""
    again, rest = divmod(nodes - 505, 501)
    return f"a: &a [{_LIST}]\nb: [{', '.join(['*a'] * again + ['1'] * rest)}]"


def _deep(depth: int) -> str:
    return "a: " + "[" * (depth - 1) + "]" * (depth - 1)


YAML = (
    "", "# nothing", "---", "--- 5", "- a", "5", "a", "a: 1\n---\nb: 2", "a: 1\n...", "%YAML 1.2\n---\na: 1", "%YAML 1.1\n---\na: 1", "\ufeffa: 1",
    "a: 1\na: 2", "a: 1\n'a': 2", "1: a\n1: b", "[a]: 1", "{a: 1}: 1", "? [a]\n: 1", "? a\n: 1", "a: &x [1, 2]\nb: *x", "a: *x", "a: &x [*x]", "a: &x 1\nb: *x\nc: *x",
    "&x a: 1\nb: *x", "*x : 1", "a: !!map {}", "a: !!seq []", "a: !!set {}", "!own\na: 1", "a: {b: 1, b: 2}", "a: [1, 2", "a: 'b", "\ta: 1", "a:\n\t- 1",
    "a: b: c", "a: |\n  x\n  y\n", "a: >\n  x\n  y\n", "{\"a\": 1}", "{a: 1}", "{}", "{ }", "{'a': 1}", "a: \"\\u00e9\"", "a: \x00", "a: \x85", "true: 1", "1.5: a",
    "2026-02-03: a", "~: a", ": a", "? ", _deep(40), _deep(41),
)  # fmt: skip
TEXTS = (
    *YAML,
    '{"a": 1} x',
    ' {"a": NaN}',
    '\ufeff {"a": 1}',
    '{"a": 1',
    '{a: 1, "b": 2}',
    '[{"a": 1}]',
)
SPANS = ("P1D", "P1M", "P12M", "P13M", "P1Y2M3D", "PT86399S", "PT86400S", "P1DT172800S", "P30D", "P1W")


def load_lines() -> Iterator[str]:
    """Each text with what it is read as, or where and why not."""
    for text in SCALARS:
        yield f"scalar {short(text)} -> {_read(load.load_yaml, f'a: {text}')}"
    for text in JSON:
        yield f"JSON {short(text)} -> {_read(load.load_json, _map(text))}"
    for text in TEXTS:
        yield f"YAML {short(text)} -> {_read(load.load_yaml, text)}"
        yield f"JSON {short(text)} -> {_read(load.load_json, text)}"
        yield f"text {short(text)} -> {_read(load.load_text, text)}"
    for nodes in (50_000, 50_001):
        yield f"{nodes} values -> {_read(load.load_yaml, _aliases(nodes), 60)}"
    for length in (load.TEXT_MAX, load.TEXT_MAX + 1):
        yield f"{length} characters -> {_read(load.load_text, _map('1') + ' ' * (length - 8))}"
    for span in SPANS:
        programme = parse({"name": "A", "currency": "EUR", "points": {"valid_for": span}})
        assert programme.points.valid_for is not None
        yield f"{span} is about {days_about(programme.points.valid_for)} days"
    many = {f"k{i}": 1 for i in range(250)}
    yield f"so many problems are told: {len(problems(many))}"


def _read(read: object, text: str, length: int = 150) -> str:
    assert callable(read)
    try:
        found: Mapping[object, object] = read(text)
    except InvalidProgramme as refusal:
        return "; ".join(str(problem) for problem in refusal.problems)
    return short(dict(found), length)
