"""Texts to plain values: YAML 1.2 and JSON, strictly, with decimals read from their text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from palier.core.programme.problems import InvalidProgramme, Problem

TEXT_MAX = 1_000_000
"""Longer texts (in characters) are refused."""
DEPTH_MAX = 40
"""Maps and lists nest at most so deep."""
NODES_MAX = 50_000
"""A text with more values than this, aliases counted with all that they stand for, is refused."""
_NUMBER_MAX = 40
_NO_JSON = "this is not JSON"

_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}.*")
_PLAIN_TAGS = {None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


def load_yaml(text: str) -> Mapping[Any, object]:
    """The map in a YAML 1.2 text, as plain values.

    Only ``true`` and ``false`` are booleans; decimals become Decimal from their text; days and instants
    become date and datetime. Raises InvalidProgramme, with line and column, for keys given twice, custom
    tags, several documents, texts that are too long, too deep or grow too large by their aliases, and all
    that is no YAML.
    """
    _refuse_long(text)
    try:
        builder = _Builder()
        for event in YAML(typ="safe", pure=True).parse(text.removeprefix("\ufeff")):
            builder.take(event)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        _refuse(f"this is not YAML: {reason}", mark)
    except (ValueError, RecursionError, OverflowError) as error:
        _refuse(f"this is not YAML: {str(error)[:100]}")
    if not builder.done:
        _refuse("this text is empty")
    return _mapping(builder.result)


def load_text(text: str) -> Mapping[Any, object]:
    """The map in a text that is YAML 1.2 or JSON, as ``load_yaml`` and ``load_json`` read it."""
    if re.match(r'\ufeff?\s*\{\s*["}]', text):
        try:
            return load_json(text)
        except InvalidProgramme as refused:
            if not refused.problems[0].reason.endswith(_NO_JSON):
                raise
    return load_yaml(text)


def load_json(text: str) -> Mapping[Any, object]:
    """The map in a JSON text, as plain values; decimals become Decimal.

    Raises InvalidProgramme for keys given twice, NaN and Infinity, texts that are too long or too deep, and
    all that is no JSON.
    """
    _refuse_long(text)
    try:
        value = json.loads(
            text.removeprefix("\ufeff"),
            parse_float=_json_decimal,
            parse_int=_json_integer,
            parse_constant=_refuse_constant,
            object_pairs_hook=_pairs,
        )
    except json.JSONDecodeError as error:
        _refuse_at(f"{error.msg}: {_NO_JSON}", error.lineno, error.colno)
    except RecursionError:
        _refuse("maps and lists nest too deep")
    return _mapping(value)


def _mapping(value: object) -> Mapping[Any, object]:
    if not isinstance(value, Mapping):
        _refuse("a document is a map that begins with keys such as name: and currency:")
    return value


def _refuse_long(text: str) -> None:
    if len(text) > TEXT_MAX:
        _refuse(f"this text is too long; at most {TEXT_MAX} characters")


def _refuse(reason: str, mark: Any = None) -> NoReturn:
    if mark is not None:
        _refuse_at(reason, mark.line + 1, mark.column + 1)
    raise InvalidProgramme((Problem("", reason),))


def _refuse_at(reason: str, line: int, column: int) -> NoReturn:
    raise InvalidProgramme((Problem("", f"line {line}, column {column}: {reason}"),))


def _json_decimal(text: str) -> Decimal:
    if len(text) > _NUMBER_MAX or not re.fullmatch(r"[^eE]*(?:[eE][-+]?[0-9]{1,3})?", text):
        _refuse(f"this number is too long: {text[:30]}…")
    return Decimal(text)


def _json_integer(text: str) -> int:
    if len(text) > _NUMBER_MAX:
        _refuse(f"this number is too long: {text[:30]}…")
    return int(text)


def _refuse_constant(text: str) -> NoReturn:
    _refuse(f"{text} is no number of JSON")


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            _refuse(f"the key {key[:80]!r} is given twice in one map")
        found[key] = value
    return found


@dataclass(slots=True)
class _Open:
    """A map or list under construction; ``key`` waits for its value."""

    value: dict[Any, object] | list[object]
    anchor: str | None
    start: int
    key: Any = None
    has_key: bool = False


@dataclass(slots=True)
class _Builder:
    """Builds plain values from parser events, one after the other, without recursion."""

    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[object, int]] = field(default_factory=dict)
    nodes: int = 0
    result: object = None
    done: bool = False

    def take(self, event: Any) -> None:
        """Take the next event."""
        mark = event.start_mark
        if isinstance(event, ScalarEvent):
            _refuse_tag(event, mark)
            self.count(1, mark)
            value = _scalar(event, mark)
            self.add(value, mark)
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            _refuse_tag(event, mark)
            self.count(1, mark)
            if len(self.open) >= DEPTH_MAX:
                _refuse("maps and lists nest too deep", mark)
            start: dict[Any, object] | list[object] = {} if isinstance(event, MappingStartEvent) else []
            if self.open and isinstance(self.open[-1].value, dict) and not self.open[-1].has_key:
                _refuse("a key must be a plain text", mark)
            self.open.append(_Open(start, event.anchor, self.nodes))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            closed = self.open.pop()
            if closed.anchor:
                self.anchors[closed.anchor] = (closed.value, self.nodes - closed.start + 1)
            self.add(closed.value, mark)
        elif isinstance(event, AliasEvent):
            if event.anchor not in self.anchors:
                _refuse(f"the alias *{event.anchor} stands for nothing that is complete", mark)
            value, size = self.anchors[event.anchor]
            self.count(size, mark)
            self.add(value, mark)
        elif isinstance(event, DocumentStartEvent):
            if self.done:
                _refuse("one text holds one document", mark)
            if event.version not in (None, (1, 2)):
                _refuse("only YAML 1.2 is read", mark)

    def count(self, nodes: int, mark: Any) -> None:
        """Count values; a text that grows too large is refused."""
        self.nodes += nodes
        if self.nodes > NODES_MAX:
            _refuse(f"this text holds too many values; at most {NODES_MAX}", mark)

    def add(self, value: object, mark: Any) -> None:
        """Put a complete value where it belongs."""
        if not self.open:
            self.result, self.done = value, True
            return
        parent = self.open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.has_key:
            parent.value[parent.key] = value
            parent.has_key = False
        else:
            if isinstance(value, dict | list):
                _refuse("a key must be a plain text", mark)
            if value in parent.value:
                _refuse(f"the key {str(value)[:80]!r} is given twice in one map", mark)
            parent.key, parent.has_key = value, True


def _refuse_tag(event: Any, mark: Any) -> None:
    tag = None if event.tag is None else str(event.tag)
    if tag not in _PLAIN_TAGS:
        _refuse(f"tags such as {tag[:60] if tag else ''} are not read", mark)


def _scalar(event: Any, mark: Any) -> object:
    text = str(event.value)
    is_plain = event.style is None or event.style == ""
    if not is_plain or event.tag is not None:
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        if len(text) > _NUMBER_MAX:
            _refuse("this number is too long", mark)
        return int(text) if _INTEGER.fullmatch(text) else Decimal(text)
    if _DAY.fullmatch(text) or _INSTANT.fullmatch(text):
        return _day_or_instant(text)
    return text


def _day_or_instant(text: str) -> date | datetime | str:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else datetime.fromisoformat(text)
    except ValueError:
        return text
