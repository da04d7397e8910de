"""Every reason that the parser can give is said in French and German too."""

import ast
import re

import pytest

from palier.core.programme.parse import parse_text
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.tell_problem import TABLES, tell_reason
from tests.house.checkout import PACKAGE

NAMES = {"fail": 1, "note": 1, "Problem": 1, "_refuse": 0, "_refuse_at": 0}
GATHERED = {
    "<reason>",
    "line <line>, column <column>: <reason>",
    "<error.msg>: <_NO_JSON>",
    "<value[:40]> is <error>",
    "expected <'a map with ' + ', '.join(list(fields)[:6])>; found <shown(value)>",
}
"""Reasons whose words stand elsewhere; below they are told one by one."""


def texts_of(node, names):
    """Every text that an expression can be, with its gaps as ``<…>``."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.JoinedStr):
        texts = [""]
        for part in node.values:
            value = getattr(part, "value", part)
            is_gap = isinstance(part, ast.FormattedValue)
            inner = texts_of(value, names) if is_gap else [str(value)]
            texts = [text + more for text in texts for more in inner]
        return texts
    if isinstance(node, ast.IfExp):
        return texts_of(node.body, names) + texts_of(node.orelse, names)
    if isinstance(node, ast.Name) and node.id in names and node.id != "found":
        return [text for value in names[node.id] for text in texts_of(value, {})]
    return [f"<{ast.unparse(node)}>"]


def reasons_of_the_parser():
    found = {}
    for file in sorted((PACKAGE / "core" / "programme").glob("*.py")):
        if file.name.startswith(("check", "warnings", "words", "problems", "tell")):
            continue
        for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                names = {}
                for node in ast.walk(function):
                    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                        names.setdefault(node.targets[0].id, []).append(node.value)
                for call in ast.walk(function):
                    name = (
                        getattr(call.func, "attr", getattr(call.func, "id", ""))
                        if isinstance(call, ast.Call)
                        else ""
                    )
                    if name in NAMES and len(call.args) > NAMES[name]:
                        for text in texts_of(call.args[NAMES[name]], names):
                            found[text] = f"{file.name}:{call.lineno}"
    return found


@pytest.mark.parametrize("language", sorted(TABLES))
def test_every_reason_of_the_parser_has_words(language):
    unsaid = {
        reason: where
        for reason, where in reasons_of_the_parser().items()
        if reason not in GATHERED
        and not re.fullmatch(r"<[^<>]+>", reason)
        and tell_reason(reason, language) == reason
    }
    assert unsaid == {}


@pytest.mark.parametrize("language", sorted(TABLES))
def test_words_have_the_gaps_of_their_reason(language):
    problems, found = TABLES[language]
    for table in (problems, found):
        assert [key for key, text in table.items() if key.count("{}") != text.count("{}")] == []


def problems(text, language):
    with pytest.raises(InvalidProgramme) as refused:
        parse_text(text)
    return [tell_reason(problem.reason, language) for problem in refused.value.problems]


def test_a_reason_is_told_with_what_was_found():
    text = "{name: a, currency: EUR, earning: [{id: b, award: {points: x}}, {id: c, awrd: 1}], tiers: [1]}"
    assert problems(text, "fr") == [
        "un nombre entier est attendu\u00a0; trouvé le texte 'x'",
        "clé inconnue\u00a0; connues ici\u00a0: id, enabled, on, once, lines, when, award, multiply, cap",
        "les clés metric, window, grace, grace_refunds, landing, ladder sont attendues\u00a0; trouvé une liste",
    ]
    assert problems("{name: a, currency: EUR, tiers: {window: P1X, ladder: []}}", "de")[0].startswith(
        "ein gleitender Zeitraum"
    )
    assert problems("{name: a}", "en") == ["this key is required"]


def test_reasons_that_are_put_together_are_told_too():
    assert (
        tell_reason("Expecting value: this is not JSON", "fr")
        == "Expecting value\u00a0: ce n’est pas du JSON"
    )
    assert problems("{name: a, currency: EUR, points: {valid_for: P0X}}", "de") == [
        "'P0X' ist keine Dauer nach ISO 8601 wie P12M, P2W, P14D oder PT1H"
    ]
    assert problems("{name: a, currency: EUR, points: {valid_for: P999Y}}", "fr") == [
        "'P999Y' dure plus de cent ans"
    ]
    assert problems("a: &x !tag 1", "de")[0].endswith("werden nicht gelesen")


def test_a_reason_without_words_stays_as_it_is():
    assert tell_reason("something quite new", "fr") == "something quite new"
