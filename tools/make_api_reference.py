"""docs/api.md, written from the OpenAPI document.

    .venv/bin/python tools/make_api_reference.py [FILE]

A test says when the page is stale.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "api.md"


def main() -> None:
    """Write the page."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palier.config.settings")
    django.setup()
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else PAGE
    target.write_text(page(), encoding="utf-8")
    print(target)


def page() -> str:
    """The whole page as Markdown."""
    from palier.api.reference import by_tag
    from palier.api.views import document_text

    document = json.loads(document_text())
    tags = by_tag(document)
    count = sum(len(found) for found in tags.values())
    lines = [
        "# The API",
        "",
        "<!-- Written by tools/make_api_reference.py from the OpenAPI document. Do not edit. -->",
        "",
        document["info"]["description"].strip(),
        "",
        f"The [integration guide](integration-guide.md) begins with the first call. Here are all {count} operations.",
        "A running Palier has them as OpenAPI 3.1 at `/api/v1/openapi.json`, and as a page to try them at `/api/v1/`.",
        "",
        *_contents(tags),
        *_problems(),
    ]
    for tag, found in tags.items():
        lines += [f"## {tag}", ""]
        for each in found:
            lines += _operation(each)
    return "\n".join(lines).rstrip() + "\n"


def _contents(tags: dict) -> Iterator[str]:
    for tag, found in tags.items():
        yield f"**{tag}**"
        yield ""
        yield "| | |"
        yield "|---|---|"
        for each in found:
            yield f"| [`{each.method} {each.path}`](#{_anchor(each)}) | {each.summary} |"
        yield ""


def _anchor(each) -> str:
    heading = _heading(each).lower()
    return "".join(c for c in heading if c.isalnum() or c in "_- ").replace(" ", "-")


def _heading(each) -> str:
    return f"{each.summary} ({each.id})"


def _problems() -> Iterator[str]:
    from palier.api.problems import codes_of

    yield "## Refusals"
    yield ""
    yield "Every refusal is `application/problem+json` (RFC 9457) and changed nothing:"
    yield ""
    yield "```json"
    example = {
        "type": "urn:palier:problem:invalid_order",
        "title": "The order is not valid",
        "status": 422,
        "detail": "unknown key; known here: id, product, … (and 1 more)",
        "code": "invalid_order",
        "path": "lines[0].prodct",
        "hint": "meant: product",
        "problems": [
            {
                "path": "lines[0].prodct",
                "message": "unknown key; known here: id, product, …",
                "hint": "product",
            }
        ],
    }
    yield json.dumps(example, ensure_ascii=False, indent=2)
    yield "```"
    yield ""
    yield "`code` is stable, sentences are not. `problems` lists all that is wrong with a message."
    yield ""
    yield "| status | codes |"
    yield "|---|---|"
    for status in (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503):
        yield f"| {status} | {', '.join(f'`{code}`' for code in codes_of(status))} |"
    yield ""


def _operation(each) -> Iterator[str]:
    yield f"### {_heading(each)}"
    yield ""
    yield f"`{each.method} {each.path}`"
    yield ""
    yield each.description
    yield ""
    if each.parameters:
        yield from _table("parameter", each.parameters)
    if each.body:
        yield from _table("body", each.body)
        yield "```json"
        yield each.example
        yield "```"
        yield ""
    yield from _table("answer", each.answer, marks_needed=False)
    yield f"Refused with {', '.join(each.refusals)}."
    yield ""


def _table(title: str, rows: Sequence, *, marks_needed: bool = True) -> Iterator[str]:
    if not rows:
        return
    yield f"| {title} | | |"
    yield "|---|---|---|"
    for row in rows:
        needed = " **needed**" if marks_needed and row.is_required else ""
        yield f"| `{row.path}`{needed} | {_cell(row.kind)} | {_cell(row.about)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()
