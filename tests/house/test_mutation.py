"""The runner of ``python -m tests.mutation`` makes the changes that it says, and hears the tests that notice them."""

import ast
import subprocess
import sys

import pytest

from tests.mutation.__main__ import modules
from tests.mutation.changes import changes
from tests.mutation.equivalent import EQUIVALENT
from tests.mutation.measure import CORE
from tests.mutation.score import share, wilson
from tests.mutation.session import ROOT

TOY = '''
LEAST = 3

def is_enough(values: list[int], flag: bool = False) -> bool:
    """Says 1 == 1 and changes nothing."""
    assert values is not None
    if not values or flag:
        return False
    total = sum(each for each in values if each > 0)
    return min(total, 9) >= LEAST
'''


def told(text):
    return [(change.function, change.said) for change in changes(ast.parse(text))]


def changed(text, said):
    tree = ast.parse(text)
    next(change for change in changes(tree) if change.said == said).make()
    return ast.unparse(ast.fix_missing_locations(tree))


def test_every_kind_of_change_is_found_in_a_toy_and_declarations_are_left_alone():
    found = told(TOY)
    assert ("", "3 => 4") in found
    assert ("", "False => True") in found
    for said in (
        "if not values or flag => if True", "if not values or flag => if False",
        "not values or flag => not values and flag",
        "not values or flag => flag", "not values or flag => not values", "not values => values",
        "return False => return True", "each > 0 => each >= 0", "each > 0 => each <= 0", "0 => 1", "0 => -1",
        "for … if each > 0 => for … if True", "min(total, 9) => max(total, 9)", "9 => 8",
        "min(total, 9) >= LEAST => min(total, 9) > LEAST", "return min(total, 9) >= LEAST => return True",
    ):  # fmt: skip
        assert ("is_enough", said) in found
    assert not [said for _, said in found if "1 == 1" in said or "is not None" in said or "list[int]" in said]


@pytest.mark.parametrize("place", range(len(told(TOY))))
def test_every_change_leaves_code_that_is_not_what_was_there(place):
    tree = ast.parse(TOY)
    changes(tree)[place].make()
    text = ast.unparse(ast.fix_missing_locations(tree))
    compile(text, "toy", "exec")
    assert text != ast.unparse(ast.parse(TOY))


def test_a_change_of_a_condition_looks_at_the_lines_of_the_condition_only():
    tree = ast.parse("def f(a):\n    if (a\n            and 1):\n        a = [2]\n        return 3\n")
    lines = {change.said: change.lines for change in changes(tree)}
    assert set(lines["if a and 1 => if True"]) == {2}
    assert set(lines["3 => 4"]) == {5}


NOTICES = """
import ast, sys
from tests.mutation.changes import changes
from tests.mutation.session import module_file, try_tests
assert not [name for name in sys.modules if name.startswith("palier")]
tests = ["tests/core/test_money.py::test_num_3_the_parts_add_up_to_the_whole"]
def tried(said):
    tree = ast.parse(module_file("palier.core.money").read_text())
    for change in changes(tree):
        if change.said == said:
            change.make()
    return try_tests(tests, lambda test: 30, module="palier.core.money", tree=ast.fix_missing_locations(tree))
print(tried("nothing"), tried("total - sum(shares) => total + sum(shares)"))
"""


def test_a_test_that_passes_on_the_code_as_it_is_fails_on_the_changed_module():
    run = subprocess.run(
        [sys.executable, "-c", NOTICES], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["0", "1"]


STANDS = """
from tests.mutation.__main__ import CORE, changes, _tree
from tests.mutation.standing import CANNOT, Standing
tests = ["tests/core/test_money.py::test_num_3_the_parts_add_up_to_the_whole"]
standing, file = Standing(tests), CORE / "money.py"
def tried(said):
    place = next(i for i, change in enumerate(changes(_tree(file))) if change.said == said)
    return standing.try_change(file, place, [(tests[0], 1.0)])
changed = "total - sum(shares) => total + sum(shares)"
print([tried("value >= 0 => value > 0"), tried(changed), tried(changed)])
standing.close()
tests = ["tests/core/test_approved.py::test_what_is_priced_and_said_is_what_was_last_looked_at[kinds]"]
standing, file = Standing(tests), CORE / "programme" / "parse_parts.py"
within = "not {'from', 'over'} & limits.keys() => {'from', 'over'} & limits.keys()"
print(tried(within)[0], tried("'over' in values => 'over' not in values")[0])
standing.close()
"""


def test_the_standing_session_hears_a_change_of_what_a_test_runs_and_of_nothing_else():
    run = subprocess.run([sys.executable, "-c", STANDS], cwd=ROOT, capture_output=True, text=True, check=True)
    test = "tests/core/test_money.py::test_num_3_the_parts_add_up_to_the_whole"
    assert run.stdout.splitlines() == [str([(0, test), (1, test), (1, test)]), "1 1"]


def test_the_interval_of_a_share_is_wilsons():
    low, high = wilson(364, 400)
    assert (round(low, 4), round(high, 4)) == (0.8779, 0.9343)
    assert share(364, 400) == "364 of 400: 91.0 % (87.8 to 93.4)"
    assert wilson(0, 0) == (0.0, 1.0)


def test_every_change_that_is_said_to_change_nothing_is_one_that_can_be_drawn():
    known = set()
    for file in modules():
        text = file.read_text(encoding="utf-8")
        name, lines = file.relative_to(CORE).as_posix(), text.splitlines()
        known |= {(name, c.function, lines[c.line - 1].strip(), c.said) for c in changes(ast.parse(text))}
    assert [name for name in EQUIVALENT if name not in known] == []
    assert all(len(reason) > 15 for reason in EQUIVALENT.values())
