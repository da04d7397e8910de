"""The core keeps its promises: no floats, and every public name says what it stands for."""

import ast

from tests.house.checkout import PACKAGE, python_files, shown, syntax

CORE = PACKAGE / "core"


def test_there_is_no_float_in_the_core():
    floats = [
        f"{shown(file)}:{node.lineno}"
        for file in python_files(CORE)
        for node in ast.walk(syntax(file))
        if _is_float(node)
    ]
    assert floats == []


def test_every_public_name_of_the_core_is_explained():
    silent = [
        f"{shown(file)}:{node.lineno} {node.name}"
        for file in python_files(CORE)
        for node in syntax(file).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_starts_with_what_lives_there():
    silent = [
        shown(file)
        for file in python_files(CORE)
        if syntax(file).body and not ast.get_docstring(syntax(file))
    ]
    assert silent == []


def _is_float(node: ast.AST) -> bool:
    """A float written down, or one made by ``float(…)``. Fractions may divide, and a check may refuse floats."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
