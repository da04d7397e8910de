"""What a process remembers has an end: a server that runs for months must not grow with what it is told."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.checkout import PACKAGE, python_files, syntax

MOST = 1 << 14
"""So many values at most: of what is remembered by instant or by word, some three megabytes."""
FEW = {
    "api/amounts.py: written": "a currency",
    "api/views.py: _file_text": "a file of Palier's",
    "cli/verification/rows.py: _shape": "a table",
    "core/programme/tell_problem.py: _pattern": "a sentence of Palier's",
    "store/rows.py: _question_marks": "a statement as it stands in the code; lists are one parameter",
    "store/rows.py: untyped": "columns as they stand in the code",
}
"""What is remembered without an end, and what there is one value for: nothing that anybody tells."""


def caches() -> Iterator[tuple[str, int | None]]:
    """Every remembered function that has arguments, and how many values of it are kept."""
    for file in python_files(PACKAGE):
        where = file.relative_to(PACKAGE).as_posix()
        for node in ast.walk(syntax(file)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.args:
                yield from ((f"{where}: {node.name}", kept_by(each)) for each in node.decorator_list)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
                yield f"{where}: {ast.unparse(node)}", kept_by(node.func)


def kept_by(decorator: ast.expr) -> int | None:
    """0: it remembers nothing; None: everything."""
    text = ast.unparse(decorator)
    name = text.partition("(")[0].removeprefix("functools.")
    if name == "cache":
        return None
    if name != "lru_cache":
        return 0
    if not isinstance(decorator, ast.Call):
        return 128
    given = [*decorator.args, *(each.value for each in decorator.keywords if each.arg == "maxsize")]
    return eval(ast.unparse(given[0])) if given else 128


def test_what_is_remembered_has_an_end():
    found = {name: most for name, most in caches() if most != 0}
    assert {name for name, most in found.items() if most is None} == FEW.keys()
    assert {name: most for name, most in found.items() if most is not None and most > MOST} == {}
    assert found["store/codec.py: instant"] == 1 << 10


@pytest.mark.parametrize(
    ("written", "kept"),
    [("cache", None), ("functools.cache", None), ("lru_cache(maxsize=None)", None), ("lru_cache", 128),
     ("lru_cache(1 << 3)", 8), ("lru_cache(maxsize=9)", 9), ("property", 0), ("cached_property", 0)],
)  # fmt: skip
def test_the_search_knows_what_remembers(written, kept):
    assert kept_by(ast.parse(written, mode="eval").body) == kept
