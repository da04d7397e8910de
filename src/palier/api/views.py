"""The API's own pages: its OpenAPI document, a page to read and try it, and the answer where nothing is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template import engines
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.views.decorators.csrf import csrf_exempt

from palier.api.problems import Problem
from palier.api.reference import by_tag
from palier.api.replies import problem_reply
from palier.api.router import api
from palier.core.values import replace

PUBLIC = "public, max-age=300"
PAGE_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'"
)
"""Nothing of the page comes from elsewhere, and nothing goes there."""

_FOLDER = Path(__file__).resolve().parent / "pages"


@cache
def document_text() -> str:
    """The OpenAPI document, the same for everybody."""
    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, default=str)


@cache
def page_text() -> str:
    """The page made from the document."""
    document = json.loads(document_text())
    template = engines["django"].from_string((_FOLDER / "reference.html").read_text(encoding="utf-8"))
    return template.render(
        {
            "version": document["info"]["version"],
            "description": _marked(document["info"]["description"]),
            "tags": [
                (tag, [replace(each, description=_marked(each.description)) for each in found])
                for tag, found in by_tag(document).items()
            ],
        }
    )


def _marked(text: str) -> SafeString:
    """The little Markdown that descriptions are written in: paragraphs, lists, code and bold words."""
    said = re.sub(r"\n {2,}", " ", conditional_escape(text.strip()))
    said = re.sub(r"`([^`]+)`", r"<code>\1</code>", said)
    said = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", said)
    blocks = []
    for block in re.split(r"\n{2,}", said):
        if block.startswith("* "):
            items = "".join(f"<li>{item}</li>" for item in re.split(r"(?:^|\n)\* ", block)[1:])
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append(f"<p>{block}</p>")
    return SafeString("\n".join(blocks))


@cache
def _file_text(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _public(text: Callable[[], str], content_type: str) -> Callable[[HttpRequest], HttpResponse]:
    """A view of something that is the same for everybody and says nothing that is not public."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        if request.method != "GET":
            return HttpResponse(status=405, headers={"Allow": "GET"})
        headers = {"Cache-Control": PUBLIC, "Content-Security-Policy": PAGE_CSP}
        return HttpResponse(text(), content_type=content_type, headers=headers)

    return view


openapi = _public(document_text, "application/json")
page = _public(page_text, "text/html; charset=utf-8")
script = _public(lambda: _file_text("reference.js"), "text/javascript; charset=utf-8")
style = _public(lambda: _file_text("reference.css"), "text/css; charset=utf-8")


@csrf_exempt
def to_page(request: HttpRequest) -> HttpResponse:
    """The page's address without its last stroke, as people type it."""
    return HttpResponsePermanentRedirect(f"{request.path}/")


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """No such address."""
    return problem_reply(Problem("not_found", hint="the addresses are in /api/v1/openapi.json"))
