"""A function fits a screen, a file a sitting, and no file is a drawer for everything."""

import ast

from tests.house.checkout import PACKAGE, ROOT, python_files, shown, syntax

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
DRAWERS = {"util", "utils", "helper", "helpers", "misc", "common"}


def written():
    return python_files(PACKAGE, ROOT / "tests", ROOT / "bench")


def test_no_file_is_longer_than_400_lines():
    lengths = {shown(file): len(file.read_text(encoding="utf-8").splitlines()) for file in written()}
    assert {file: lines for file, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_no_function_is_longer_than_70_lines():
    too_long = {
        f"{shown(file)}:{node.lineno} {node.name}": lines
        for file in written()
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES_MAX
    }
    assert too_long == {}


def test_no_file_is_a_drawer():
    names = [(file, {file.stem, *file.parent.relative_to(ROOT).parts}) for file in written()]
    assert [shown(file) for file, parts in names if parts & DRAWERS] == []
