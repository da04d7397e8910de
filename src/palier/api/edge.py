"""What every address under /api has in common: a request id, no caches, HEAD and OPTIONS, problems instead of pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from palier.api.endpoint import beside
from palier.api.problems import CONTENT_TYPE, Problem, codes_of
from palier.api.replies import problem_reply

PREFIX = "/api/"
REQUEST_ID = "X-Request-Id"
CSP = "default-src 'none'; frame-ancestors 'none'"
"""Nothing here is a page."""

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def api_edge(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Django middleware; other addresses pass through untouched."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return get_response(request)
        asked = request.method or "GET"
        if asked == "HEAD":
            request.method = "GET"
        response = _told(get_response(request), asked, request.path_info)
        if asked == "HEAD":
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        response[REQUEST_ID] = request_id(request.headers.get(REQUEST_ID, ""))
        response.headers.setdefault("Cache-Control", "no-store")
        if response.headers.get("Cache-Control") == "no-store":
            response["Content-Security-Policy"] = CSP
        del response["Content-Language"]  # that of the framework's own texts, not of the answer's
        return response

    return answer


def request_id(given: str) -> str:
    """What the answer is known by: the caller's own id if it has a good form, else a new one."""
    return given if given and _ID.fullmatch(given) else str(uuid4())


def _told(response: HttpResponse, method: str, path: str) -> HttpResponse:
    """Pages of the framework become problems; OPTIONS is answered with what the address takes."""
    if response.status_code == 405:
        allowed = _allowed(response.headers.get("Allow", ""), path)
        if method == "OPTIONS":
            nothing = HttpResponse(status=204, headers={"Allow": allowed})
            del nothing["Content-Type"]
            return nothing
        return problem_reply(Problem("method_not_allowed", headers={"Allow": allowed}))
    if response.status_code >= 400 and response.headers.get("Content-Type") != CONTENT_TYPE:
        codes = codes_of(response.status_code) or ("internal_error",)
        if response.status_code == 400:
            hint = "is it sent to the host that PALIER_PUBLIC_URL names? Palier answers to no other"
            return problem_reply(Problem("invalid_request", hint=hint, status=400))
        return problem_reply(Problem(codes[0], status=response.status_code))
    return response


def _allowed(header: str, path: str) -> str:
    """The methods that the document knows at this address, and those that every address has."""
    own = path.removeprefix("/api/v1")
    known = sorted(each.strip() for each in header.split(",") if each.strip())
    methods = [each for each in known if (own, each) not in beside]
    return ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])
