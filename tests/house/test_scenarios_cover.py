"""Every requirement about points, quotes and benefits has a scenario of our own, and the list of them is true."""

import re

import pytest

from tests.house.checkout import ROOT

OWN = ROOT / "scenarios" / "own"
LINES = [
    *(f"R{n}" for n in range(1, 9)),
    *(f"N{n}" for n in range(1, 6)),
    *(f"S{n}" for n in range(1, 5)),
    *(f"E{n}" for n in range(1, 15)),
    "T7",
    "T8",
]
CODES = re.compile(r"# ((?:[A-Z]\d+)(?:, [A-Z]\d+)*)\b")
ROW = re.compile(r"^\| (?P<line>[A-Z]\d+) \| [^|]+ \| (?P<files>[^|]+) \|$", re.MULTILINE)
FILE = re.compile(r"\[[^\]]+\]\(([^)]+)\)")


def named():
    """The files that name a requirement in their first line, by requirement."""
    found = {}
    for file in sorted(OWN.glob("*.yaml")):
        first = file.read_text(encoding="utf-8").splitlines()[0]
        codes = CODES.match(first)
        for code in codes.group(1).split(", ") if codes else ():
            found.setdefault(code, []).append(file.name)
    return found


@pytest.mark.parametrize("line", LINES)
def test_the_requirement_has_a_scenario(line):
    assert named().get(line), f"no file in scenarios/own begins with '# {line}: …'"


def test_the_list_names_the_same_files():
    listed = {
        row["line"]: FILE.findall(row["files"])
        for row in ROW.finditer((OWN / "README.md").read_text(encoding="utf-8"))
    }
    assert listed == {line: files for line, files in named().items() if line in LINES}
