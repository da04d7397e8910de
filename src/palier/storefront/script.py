"""The script with the web components, as shops load it: one file, no Node, cached by whoever likes."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import resources

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

FRESH_S = 3600
STALE_S = 86_400
"""For an hour nobody asks again; for a day the old script serves while the new one is fetched."""


@require_safe
def script(request: HttpRequest) -> HttpResponse:
    """The script, or 304 for who has it already. Any page may load it: it holds nothing of anybody."""
    content, tag = _built()
    known = {each.strip() for each in request.headers.get("If-None-Match", "").split(",")}
    response: HttpResponse
    if known & {tag, f"W/{tag}"}:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="text/javascript; charset=utf-8")
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={FRESH_S}, stale-while-revalidate={STALE_S}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _built() -> tuple[bytes, str]:
    """The file as it was built, and its tag."""
    file = resources.files("palier.storefront") / "static" / "palier" / "widget" / "palier.js"
    content = file.read_bytes()
    return content, f'"{sha256(content).hexdigest()[:32]}"'
