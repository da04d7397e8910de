"""The merchant's reference, the schema and the parser say the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings

from palier.core.programme.canonical import to_document
from palier.core.programme.parse import FIELDS, parse, parse_text
from palier.core.programme.schema import schema
from tests.core.programme.documents import DOCUMENTS, REFERENCE, scenario_programmes, whole_document

SCHEMA = schema()


def faults(value: Any, against: Mapping[str, Any], path: str = "") -> list[str]:
    """Where a value breaks the schema; only the words that our schema uses are understood."""
    if "$ref" in against:
        return faults(value, SCHEMA["$defs"][against["$ref"].removeprefix("#/$defs/")], path)
    if "anyOf" in against:
        tries = [faults(value, each, path) for each in against["anyOf"]]
        return [] if any(not found for found in tries) else min(tries, key=len)
    if "const" in against:
        return [] if value == against["const"] else [f"{path}: not {against['const']}"]
    if "enum" in against:
        return [] if value in against["enum"] else [f"{path}: {value!r} not in {against['enum']}"]
    types = {
        "object": isinstance(value, Mapping),
        "array": isinstance(value, list),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | Decimal) and not isinstance(value, bool),
        "string": isinstance(value, str | date),
    }
    wanted = against.get("type", list(types))
    if not any(types[each] for each in ([wanted] if isinstance(wanted, str) else wanted)):
        return [f"{path}: {value!r} is no {wanted}"]
    found: list[str] = []
    if isinstance(value, str) and "pattern" in against and "\\p" not in against["pattern"]:
        found += (
            []
            if re.search(against["pattern"], value)
            else [f"{path}: {value!r} against {against['pattern']}"]
        )
    if types["number"]:
        found += [f"{path}: too small"] if value < against.get("minimum", value) else []
        found += [f"{path}: too large"] if value > against.get("maximum", value) else []
    if isinstance(value, Mapping):
        known, others = against.get("properties", {}), against.get("additionalProperties", {})
        found += [f"{path}.{key}: missing" for key in against.get("required", []) if key not in value]
        for key, item in value.items():
            inner = known.get(key, others)
            found += [f"{path}.{key}: unknown"] if inner is False else faults(item, inner, f"{path}.{key}")
    if isinstance(value, list):
        found += [f"{path}: too short"] if len(value) < against.get("minItems", 0) else []
        for index, item in enumerate(value):
            found += faults(item, against.get("items", {}), f"{path}[{index}]")
    return found


def test_every_example_of_the_reference_is_a_valid_programme() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", REFERENCE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 6
    for block in blocks:
        parse_text(block)


def test_the_reference_names_every_key() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    keys = {key for key in _keys(SCHEMA) if not re.search(rf"(?<![a-z_]){key}(?![a-z_])", text)}
    assert keys == set()


def _keys(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        here = set(value["properties"]) if isinstance(value.get("properties"), Mapping) else set()
        return here.union(*(_keys(item) for item in value.values()))
    return set().union(*(_keys(item) for item in value)) if isinstance(value, list) else set()


def test_the_schema_has_every_section_and_is_plain_json() -> None:
    assert set(SCHEMA["properties"]) == set(FIELDS)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA
    assert SCHEMA["required"] == ["name", "currency"]


def test_the_whole_example_and_every_scenario_hold_to_the_schema() -> None:
    assert faults(whole_document(), SCHEMA) == []
    documents = scenario_programmes()
    if not documents:
        pytest.skip("the shared scenarios are not here")
    for file, document in documents:
        assert faults(document, SCHEMA) == [], file


@settings(max_examples=40)
@given(DOCUMENTS)
def test_what_parses_holds_to_the_schema_in_its_canonical_form_too(document: Any) -> None:
    assert faults(document, SCHEMA) == []
    assert faults(to_document(parse(document)), SCHEMA) == []


def test_the_schema_refuses_an_unknown_key_and_a_wrong_word() -> None:
    assert faults({"name": "a", "currency": "EUR", "erning": []}, SCHEMA) == [".erning: unknown"]
    assert faults({"name": "a", "currency": "EUR", "conflict": "worst"}, SCHEMA) != []
