"""A programme document as text, written for people in the order of the documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from palier.core.programme.parse import parse, parse_text
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.schema import schema

ONE_LINE_MAX = 88
"""A part that fits is written on one line."""
_NUMBER = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?")
_NOTHING = re.compile(r"\.0+$")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Unquoted(str):
    """A number or a day, whose text is written as it is."""


def to_json(document: Mapping[str, Any]) -> str:
    """The document as JSON, in the order of the documentation."""
    return json.dumps(arranged(document), ensure_ascii=False, indent=2)


def to_yaml(document: Mapping[str, Any]) -> str:
    """The document as YAML, in the order of the documentation, with numbers and days unquoted.

    Reading it back gives an equal programme.
    """
    written = CommentedMap((key, _laid_out(value, 1)) for key, value in arranged(document).items())
    sink = _Sink()
    _writer().dump(written, sink)
    text = "".join(sink.parts)
    # A name that looks like a number in some way nobody thought of: JSON is YAML too, and leaves no doubt.
    return text if _says(text, document) else to_json(document) + "\n"


class _Sink:
    """What the writer writes to; it asks for no more than this of a stream, and writes bytes without ``encoding``."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, text: str) -> None:
        self.parts.append(text)


def _says(text: str, document: Mapping[str, Any]) -> bool:
    try:
        return parse_text(text) == parse(document)
    except InvalidProgramme:
        return False


def arranged(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its keys in the order in which the documentation explains them."""
    whole = schema()
    rank = {language: place for place, language in enumerate(document.get("languages", ()))}
    ordered: dict[str, Any] = _Order(whole["$defs"], rank).of(document, whole)
    return ordered


@dataclass(frozen=True, slots=True)
class _Order:
    """``definitions`` of the schema, and the place of each language among those of the programme."""

    definitions: Mapping[str, Any]
    rank: Mapping[str, int]

    def of(self, value: Any, rules: Mapping[str, Any]) -> Any:
        options = list(_options(rules, self.definitions))
        if isinstance(value, Mapping):
            for option in options:
                known = option.get("properties", {})
                if known and value.keys() <= known.keys():
                    return {key: self.of(value[key], known[key]) for key in known if key in value}
            free: Mapping[str, Any] = next(
                (o["additionalProperties"] for o in options if o.get("additionalProperties")), {}
            )
            keys = sorted(value, key=lambda key: self.rank.get(key, len(self.rank)))
            return {key: self.of(value[key], free) for key in keys}
        if isinstance(value, list):
            items: Mapping[str, Any] = next((option["items"] for option in options if "items" in option), {})
            return [self.of(item, items) for item in value]
        if isinstance(value, str):
            return next((plain for option in options if (plain := _unquoted(value, option))), value)
        return value


def _options(rules: Mapping[str, Any], defs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a value may be, one by one."""
    if "$ref" in rules:
        yield from _options(defs[rules["$ref"].rpartition("/")[2]], defs)
    elif "anyOf" in rules:
        for option in rules["anyOf"]:
            yield from _options(option, defs)
    else:
        yield rules


def _unquoted(text: str, rules: Mapping[str, Any]) -> Unquoted | None:
    """A number without the decimals that say nothing, or a day; None where the rules want a text."""
    kinds = rules.get("type", ())
    if "number" in ([kinds] if isinstance(kinds, str) else kinds):
        return Unquoted(_NOTHING.sub("", text)) if _NUMBER.fullmatch(text) else None
    is_day = str(rules.get("pattern", "")).startswith("^[0-9]{4}-") and _DAY.fullmatch(text)
    return Unquoted(text) if is_day else None


def _laid_out(value: Any, depth: int) -> Any:
    """Maps and lists on one line where they fit, else item by item."""
    if not isinstance(value, dict | list):
        return value
    made = CommentedMap(value) if isinstance(value, dict) else CommentedSeq(value)
    if _is_short(value, depth):
        made.fa.set_flow_style()
        return made
    for key in value if isinstance(value, dict) else range(len(value)):
        made[key] = _laid_out(value[key], depth + 1)
    return made


def _is_short(value: Any, depth: int) -> bool:
    if depth == 1 and not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
        return False  # sections stand item by item
    return not _lists_maps(value) and len(_one_line(value)) + 2 * depth <= ONE_LINE_MAX


def _lists_maps(value: Any) -> bool:
    """Rules, tiers and brackets stand one below the other, however short they are."""
    if isinstance(value, dict):
        return any(_lists_maps(item) for item in value.values())
    return isinstance(value, list) and any(isinstance(item, dict) or _lists_maps(item) for item in value)


def _one_line(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_one_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_one_line(item) for item in value) + "]"
    return str(value)


def _writer() -> YAML:
    yaml = YAML()
    yaml.width = 4096  # texts are not folded
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(Unquoted, _written_plain)
    return yaml


def _written_plain(representer: Any, value: Unquoted) -> Any:
    kind = "timestamp" if "-" in value else "float" if "." in value else "int"
    return representer.represent_scalar(f"tag:yaml.org,2002:{kind}", str(value))
