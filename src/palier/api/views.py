"""The API's own pages: its OpenAPI document, and the answer at addresses where nothing is."""

from __future__ import annotations

import json
from functools import cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from palier.api.problems import Problem
from palier.api.replies import problem_reply
from palier.api.router import api

DOCUMENT_MAX_AGE_S = 300


@cache
def document_text() -> str:
    """The OpenAPI document, the same for everybody."""
    return json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), ensure_ascii=False, default=str)


@csrf_exempt
def openapi(request: HttpRequest) -> HttpResponse:
    """The document; it says nothing that is not public."""
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    response = HttpResponse(document_text(), content_type="application/json")
    response["Cache-Control"] = f"public, max-age={DOCUMENT_MAX_AGE_S}"
    return response


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """No such address."""
    return problem_reply(Problem("not_found", hint="the addresses are in /api/v1/openapi.json"))
