"""Texts to plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from palier.core.programme.load import load_json, load_yaml
from palier.core.programme.parse import parse_text
from palier.core.programme.problems import InvalidProgramme


def refusal(text: str, *, json: bool = False) -> str:
    with pytest.raises(InvalidProgramme) as caught:
        (load_json if json else load_yaml)(text)
    return str(caught.value.problems[0])


def test_only_true_and_false_are_booleans() -> None:
    read = load_yaml("a: [true, false, on, off, yes, no, NO, True]")
    assert read["a"] == [True, False, "on", "off", "yes", "no", "NO", "True"]


def test_the_key_on_stays_a_word() -> None:
    assert load_yaml("{on: visit}") == {"on": "visit"}


def test_decimals_are_read_from_their_text() -> None:
    read = load_yaml("{a: 0.1, b: 10.50, c: 1e3, d: 12, e: '12'}")
    assert read == {"a": Decimal("0.1"), "b": Decimal("10.50"), "c": Decimal(1000), "d": 12, "e": "12"}
    assert str(read["b"]) == "10.50"
    assert load_json('{"a": 0.1}') == {"a": Decimal("0.1")}


def test_a_number_with_a_leading_zero_stays_a_text() -> None:
    assert load_yaml("{a: 007, b: 0x1F, c: 1_000, d: .nan, e: .inf}") == {
        "a": "007",
        "b": "0x1F",
        "c": "1_000",
        "d": ".nan",
        "e": ".inf",
    }


def test_days_and_instants_are_read() -> None:
    read = load_yaml("{a: 2026-12-05, b: 2026-12-05T08:00:00Z, c: 2026-02-30}")
    assert read == {"a": date(2026, 12, 5), "b": datetime(2026, 12, 5, 8, tzinfo=UTC), "c": "2026-02-30"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key 'a' is given twice"),
        ("a: {b: 1, b: 1}", "line 1, column 11: the key 'b' is given twice"),
        ("a: !!python/object:os.system x", "tags such as"),
        ("a: !include x", "tags such as"),
        ("a: &x [*x]", "stands for nothing that is complete"),
        ("? [1, 2]\n: 3", "a key must be a plain text"),
        ("a: 1\n---\nb: 2", "one text holds one document"),
        ("%YAML 1.1\n---\na: 1", "only YAML 1.2"),
        ("a: [1", "this is not YAML"),
        ("a: \0", "this is not YAML"),
        ("", "this text is empty"),
        ("- 1", "a document is a map"),
        ("a: " + "[" * 100_000, "nest too deep"),
        ("a: " + "{b: " * 100_000, "nest too deep"),
        ("a: " + "9" * 5000, "too long"),
        ("a: " + "x" * 1_000_001, "too long"),
    ],
)
def test_a_hostile_or_broken_yaml_text_is_refused(text: str, said: str) -> None:
    assert said in refusal(text)


def test_aliases_may_repeat_a_part_but_not_grow_without_end() -> None:
    assert load_yaml("a: &x {b: 1}\nc: *x") == {"a": {"b": 1}, "c": {"b": 1}}
    bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n"
    bomb += "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert "too many values" in refusal(bomb)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "a": 2}', "the key 'a' is given twice"),
        ('{"a": NaN}', "no number"),
        ('{"a": -Infinity}', "no number"),
        ('{"a": 1e999999999}', "too long"),
        ('{"a": ' + "9" * 5000 + "}", "too long"),
        ("[" * 100_000, "nest too deep"),
        ('{"a": ', "line 1, column 7"),
        ("[]", "a document is a map"),
    ],
)
def test_a_hostile_or_broken_json_text_is_refused(text: str, said: str) -> None:
    assert said in refusal(text, json=True)


def test_a_yaml_map_in_braces_with_a_quoted_key_is_no_broken_json() -> None:
    assert parse_text('{"name": Demo, currency: EUR}').name == "Demo"
    with pytest.raises(InvalidProgramme, match="given twice"):
        parse_text('{"name": "a", "name": "b"}')


def test_a_json_text_and_a_yaml_text_give_the_same_programme() -> None:
    yaml = parse_text("{name: Demo, currency: EUR, redemption: {min_total: 80.5, brackets: []}}")
    assert (
        parse_text('{"name": "Demo", "currency": "EUR", "redemption": {"min_total": 80.5, "brackets": []}}')
        == yaml
    )
