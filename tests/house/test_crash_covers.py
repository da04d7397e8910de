"""Every flow that writes is killed at each of its statements: ``python -m tests.crash``."""

import ast
from pathlib import Path

from tests.crash.cases import CASES, NOT_TRIED

FLOWS = Path(__file__).parents[2] / "src" / "palier" / "flows"


def verbs() -> set[str]:
    """``room.verb`` of each file of flows that holds a function of its own name."""
    found = set()
    for file in FLOWS.glob("*/*.py"):
        names = {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}
        if file.stem in names:
            found.add(f"{file.parent.name}.{file.stem}")
    return found


def test_every_flow_is_tried_or_named_with_a_reason():
    tried = {case.flow for case in CASES}
    assert len(verbs()) > 50
    assert verbs() - tried == NOT_TRIED.keys()


def test_no_case_is_there_twice():
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_flow_that_is_not_idempotent_says_why():
    assert all(case.once is True or len(case.once) > 5 for case in CASES)
