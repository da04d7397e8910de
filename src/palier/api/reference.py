"""The OpenAPI document as people read it: operations, and the fields of what they read and answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

DEPTH_MAX = 4
"""Fields are told so many levels deep; the OpenAPI document has them all."""

ELSEWHERE = {
    "BatchOrder", "BatchRefund", "BatchMember", "BatchProduct", "Event", "ProblemAnswer", "PricedAnswer",
    "CouponAnswer", "MovementAnswer",
}  # fmt: skip
"""Parts that are told where they are read or answered by themselves."""

ABOUT_AMOUNT = "An exact decimal, as text"
"""What is said of amounts once, at the top, and not at each of them."""

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A field or a parameter. ``path`` reads like ``lines[].product``."""

    path: str
    kind: str
    about: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, ready to be shown. ``example`` is the body as JSON text, empty without one."""

    id: str
    method: str
    path: str
    tag: str
    summary: str
    description: str
    parameters: tuple[Row, ...]
    body: tuple[Row, ...]
    example: str
    answer: tuple[Row, ...]
    refusals: tuple[str, ...]


def operations(document: Mapping[str, Any]) -> tuple[Operation, ...]:
    """Every operation, in the document's order."""
    schemas = document["components"]["schemas"]
    return tuple(
        _operation(method.upper(), path, each, schemas)
        for path, item in document["paths"].items()
        for method, each in item.items()
    )


def by_tag(document: Mapping[str, Any]) -> dict[str, list[Operation]]:
    """The operations of each tag, tags in the order in which they first come."""
    found: dict[str, list[Operation]] = {}
    for each in operations(document):
        found.setdefault(each.tag, []).append(each)
    # The usual before the many at once.
    return {tag: sorted(those, key=lambda each: each.path.endswith("/batch")) for tag, those in found.items()}


def _operation(method: str, path: str, told: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Operation:
    content = told.get("requestBody", {}).get("content", {}).get("application/json")
    example = content["examples"]["usual"]["value"] if content else None
    answer = told["responses"]["200"]["content"]["application/json"]["schema"]
    return Operation(
        id=told["operationId"],
        method=method,
        path=path,
        tag=told["tags"][0],
        summary=told["summary"],
        description=told["description"],
        parameters=tuple(_parameter(each, schemas) for each in told["parameters"]),
        body=tuple(_rows(content["schema"], schemas)) if content else (),
        example=json.dumps(example, ensure_ascii=False, indent=2) if content else "",
        answer=tuple(_rows(answer, schemas)),
        refusals=tuple(status for status in told["responses"] if status != "200"),
    )


def _parameter(told: Mapping[str, Any], schemas: Mapping[str, Schema]) -> Row:
    where = {"path": "address", "query": "query", "header": "header"}[told["in"]]
    kind = _kind(told["schema"], schemas)
    return Row(told["name"], f"{where}, {kind}", told.get("description", ""), bool(told.get("required")))


def _rows(schema: Schema, schemas: Mapping[str, Schema], path: str = "", depth: int = 0) -> Iterator[Row]:
    """The fields of a map, and those of the maps in it."""
    schema = _resolved(schema, schemas)
    needed = schema.get("required", ())
    for key, told in schema.get("properties", {}).items():
        here = f"{path}.{key}" if path else key
        about = _plain(told.get("description") or _resolved(told, schemas).get("description", ""))
        about = "" if about == ABOUT_AMOUNT else about
        yield Row(here, _kind(told, schemas), about, key in needed)
        inner = _inner(told, schemas, is_page=key == "items" and not path)
        if inner is not None and depth + 1 < DEPTH_MAX:
            marks = "[]" if _bare(told, schemas).get("type") == "array" else ""
            yield from _rows(inner, schemas, here + marks, depth + 1)


def _name(told: Schema) -> str:
    """The name of the part that a field holds, or holds a list of; empty when it has none."""
    options = [each for each in told.get("anyOf", ()) if "$ref" in each] or [told]
    items = options[0].get("items", {})
    return str(options[0].get("$ref") or items.get("$ref", "")).rpartition("/")[2]


def _inner(told: Schema, schemas: Mapping[str, Schema], *, is_page: bool) -> Schema | None:
    """The map that a field holds, or holds a list of; None when it holds none, or one that holds itself."""
    found = _bare(told, schemas)
    if _name(told) in ELSEWHERE and not is_page:
        return None
    if found.get("type") == "array":
        found = _bare(found.get("items", {}), schemas)
    is_tree = any(
        "$ref" in json.dumps(each) for each in found.get("properties", {}).values() if "items" in each
    )
    return found if found.get("properties") and not (is_tree and "not" in found["properties"]) else None


def _bare(told: Schema, schemas: Mapping[str, Schema]) -> Schema:
    """Without null and without references."""
    found = _resolved(told, schemas)
    options = [each for each in found.get("anyOf", ()) if each.get("type") != "null"]
    return _bare(options[0], schemas) if len(options) == 1 else found


def _resolved(told: Schema, schemas: Mapping[str, Schema]) -> Schema:
    reference = told.get("$ref")
    return schemas[reference.rpartition("/")[2]] if reference else told


def _kind(told: Schema, schemas: Mapping[str, Schema]) -> str:
    found = _resolved(told, schemas)
    options = found.get("anyOf")
    if options:
        return " or ".join(dict.fromkeys(_kind(each, schemas) for each in options))
    if "enum" in found:
        return ", ".join(f'"{each}"' for each in found["enum"] if each != "")
    if "const" in found:
        return f'"{found["const"]}"'
    kind = found.get("type", "anything")
    if isinstance(kind, list):
        # An id may be written as a number; an amount as a text.
        return ("text" if "integer" in kind else "amount") + _limits(found)
    if kind == "array":
        return f"list of {_plural(_kind(found.get('items', {}), schemas))}"
    if found.get("format") in _FORMATS:
        return _FORMATS[found["format"]]
    if found.get("pattern", "").startswith("^-?[0-9]+("):
        return "amount"
    return _NAMES.get(str(kind), str(kind)) + _limits(found)


_NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "map",
    "null": "null",
}
_FORMATS = {"date-time": "instant", "date": "day"}


def _limits(found: Schema) -> str:
    told = []
    if "maxLength" in found:
        told.append(f"at most {found['maxLength']} characters")
    least, most = found.get("minimum"), found.get("maximum")
    if isinstance(least, int) and least >= 0 and found.get("type") in ("integer", "number"):
        told.append(f"from {least}" + (f" to {most}" if isinstance(most, int) and most < 10**9 else ""))
    return f" ({', '.join(told)})" if told else ""


def _plural(kind: str) -> str:
    return {"map": "maps", "text": "texts", "amount": "amounts", "whole number": "whole numbers"}.get(
        kind, kind
    )


def _plain(text: str) -> str:
    return " ".join(text.split())
