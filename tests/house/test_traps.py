"""``docs/traps.md`` keeps its word: what it names is there, and no line of its groups is left out."""

import ast
import re
from functools import cache

import pytest

from tests.house.checkout import ROOT, syntax

TABLE = ROOT / "docs" / "traps.md"
SPEC = ROOT.parent / "shared" / "spec" / "correctness.md"
GROUPS = ("EVT", "EARN", "NUM", "TAX", "TIME", "REF", "EXP", "TIER", "RED", "VOU", "STK", "CUS", "MUL", "IMP")
ROW = re.compile(r"^\| (R-[A-Z]+-\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
ROWS = dict(ROW.findall(TABLE.read_text(encoding="utf-8")))


@cache
def claims_of(path):
    file = ROOT / "tests" / path
    nodes = ast.walk(syntax(file)) if file.is_file() else ()
    return {
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("line", ROWS)
def test_the_tests_that_a_line_names_are_there(line):
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", ROWS[line])
    scenarios = re.findall(r"`(scenarios/[^`]+)`", ROWS[line])
    assert [name for path, name in named if name not in claims_of(path)] == []
    assert [path for path in scenarios if not (ROOT / path).is_file()] == []
    assert named or scenarios or "later: " in ROWS[line]


def test_every_line_stands_once():
    lines = [line for line, _ in ROW.findall(TABLE.read_text(encoding="utf-8"))]
    assert len(lines) == len(set(lines)) > 70


@pytest.mark.skipif(not SPEC.is_file(), reason="the list of traps is not beside this checkout")
def test_no_line_of_these_groups_is_forgotten():
    told = re.findall(r"\*\*(R-([A-Z]+)-\d+)\*\*", SPEC.read_text(encoding="utf-8"))
    assert {line for line, group in told if group in GROUPS} - ROWS.keys() == set()
