"""A document's text as somebody wrote it, with one section written anew and every other line kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, SequenceNode

from palier.core.programme.canonical import to_document
from palier.core.programme.parse import parse_text
from palier.core.programme.problems import InvalidProgramme
from palier.core.programme.text import to_yaml
from palier.core.programme.values import Programme

_KEY = re.compile(r"(?:\"([a-z_]+)\"|'([a-z_]+)'|([a-z_]+))\s*:(?:\s|$)")

_STEP = re.compile(r"\[([0-9]+)\]|(?:^|\.|\[)([^.\[\]]+)\]?")

LINES_TEXT_MAX = 200_000
"""In longer texts (in characters) nobody waits for the line of a problem: its path has to do."""


def as_written(source: str, programme: Programme) -> str:
    """``source`` where it says this programme, else the programme written out."""
    return source if source and _says(source, programme) else to_yaml(to_document(programme))


def with_section(source: str, section: str, programme: Programme) -> str:
    """``source`` with the section as ``programme`` has it; comments and all else stay, byte for byte.

    What stood within the section is lost, comments too. Empty where the text cannot be kept: it is no block YAML, or
    it differs from ``programme`` in other sections.
    """
    if not source:
        return ""
    written = _section(to_yaml(to_document(programme)), section)
    start, end = _place(source, section)
    gap = "\n" if start == end and not source.endswith("\n") else ""
    changed = source[:start] + gap + written + source[end:]
    return changed if _says(changed, programme) else ""


def _section(text: str, section: str) -> str:
    start, end = _place(text, section)
    return text[start:end]


def _place(text: str, section: str) -> tuple[int, int]:
    """Where the section's lines begin and end; both the text's end when it has no such section.

    Comments and blank lines at the margin after it belong to what follows.
    """
    position, start, end = 0, None, len(text)
    for line in text.splitlines(keepends=True):
        found = _KEY.match(line)
        if start is None and found and section in found.groups():
            start = end = position
        if start is not None:
            at_margin = line[:1] not in (" ", "\t", "-", "]", "}")
            if position > start and at_margin and line.strip() and not line.startswith("#"):
                break
            if not at_margin or position == start:
                end = position + len(line)
        position += len(line)
    return (len(text), len(text)) if start is None else (start, end)


def _says(text: str, programme: Programme) -> bool:
    try:
        return parse_text(text) == programme
    except InvalidProgramme:
        return False


def lines_of(source: str, paths: Sequence[str]) -> tuple[int | None, ...]:
    """The line (from 1) where the value of each path, such as ``tiers.ladder[1].from``, is written.

    Where a step of a path is not there, as with a key that is missing, it is the line of what holds it. None where
    the text cannot be read, or is longer than ``LINES_TEXT_MAX``. It is read once, however many paths there are.
    """
    if len(source) > LINES_TEXT_MAX:
        return (None,) * len(paths)
    try:
        node: Any = YAML(typ="rt", pure=True).compose(source.removeprefix("\ufeff"))
    except (YAMLError, ValueError, RecursionError):
        node = None
    return tuple(None if node is None else _line_of(node, path) for path in paths)


def _line_of(node: Any, path: str) -> int:
    line = int(node.start_mark.line) + 1
    for index, key in _STEP.findall(path):
        inner, at = _within(node, key, int(index) if index else None)
        if at is None:
            break
        node, line = inner, at
    return line


def _within(node: Any, key: str, index: int | None) -> tuple[Any, int | None]:
    """What stands in a map or list under a key or at a place, and its line; a map's entry begins with its key."""
    if index is not None:
        items = node.value if isinstance(node, SequenceNode) else []
        return (items[index], items[index].start_mark.line + 1) if index < len(items) else (None, None)
    pairs = node.value if isinstance(node, MappingNode) else []
    found = [(value, name.start_mark.line + 1) for name, value in pairs if name.value == key.strip("'\"")]
    return found[-1] if found else (None, None)
