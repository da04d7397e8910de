"""Time comes from outside: only entrances read the clock (R-TIME-3)."""

import ast

from tests.house.checkout import PACKAGE, python_files, shown, syntax

READS = {"now", "utcnow", "today"}
FLOORS = [PACKAGE / name for name in ("core", "store", "flows")]


def test_time_3_no_floor_below_the_entrances_reads_the_clock():
    """``time.time_ns`` in the making of ids decides nothing but their order."""
    reading = [
        f"{shown(file)}:{node.lineno}"
        for file in python_files(*FLOORS)
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in READS
    ]
    assert reading == []


def test_time_3_no_column_and_no_statement_takes_the_databases_time():
    words = ("auto_now", "NOW()", "CURRENT_TIMESTAMP", "CURRENT_DATE")
    reading = [
        f"{shown(file)}: {word}"
        for file in python_files(*FLOORS)
        for word in words
        if word in file.read_text(encoding="utf-8")
    ]
    assert reading == []
