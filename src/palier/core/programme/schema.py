"""The JSON Schema of a programme document, made from the same tables that read it."""

from __future__ import annotations

from typing import Any

from palier.core.programme.parse import FIELDS
from palier.core.programme.parse_segments import where_schema
from palier.core.programme.reader import record

_TOP = record(FIELDS, lambda context, path, values: values, about="A loyalty programme, format 1")


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of format 1, for editors and other tools; a new copy each time.

    What it refuses ``parse`` refuses too. It cannot say everything: references, contradictions between keys and the
    currency's decimals are found by ``parse`` alone.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:palier:programme:1",
        "title": "Palier programme",
        **_copy(_TOP.schema),
        "$defs": {"where": _copy(where_schema())},
    }


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list | tuple) else value
