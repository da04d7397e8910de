"""How the widgets' API answers: to any page, never kept by anybody, refusals as problem details."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django_scopes import scope

from palier.api.problems import Problem, Refused, problem_of
from palier.api.replies import problem_reply
from palier.api.widget.access import Visitor, visitor
from palier.core.errors import Refusal
from palier.core.formats import LANGUAGES, spoken
from palier.store.members.models import Profile
from palier.store.programmes.models import Programme

log = logging.getLogger(__name__)

_PREFLIGHT_S = "86400"

View = Callable[[HttpRequest, Visitor], tuple[dict[str, Any], str]]
"""What to answer, and the language that it is in."""


def widget_view(method: str) -> Callable[[View], Callable[[HttpRequest], HttpResponse]]:
    """An address of the widgets' API: the token is read, the programme scoped, refusals are told.

    Every origin may ask (``Access-Control-Allow-Origin: *``, without credentials): only who holds a token gets an
    answer, no cookie is ever looked at, and a page that has stolen a token needs no browser to use it. A list of
    origins would protect nothing, and lock out the shop with a second domain.
    """

    def wrap(view: View) -> Callable[[HttpRequest], HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponse:
            if request.method == "OPTIONS":
                return _preflight(method)
            response = _told(request, method, view)
            response["Access-Control-Allow-Origin"] = "*"
            response["Cache-Control"] = "private, no-store"
            return response

        return answer

    return wrap


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """No such address; a page may read even that."""
    response = problem_reply(Problem("not_found"))
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _told(request: HttpRequest, method: str, view: View) -> HttpResponse:
    """The answer, or what is wrong: as a problem, which the page that asked may read, whoever is at fault."""
    try:
        return _answered(request, method, view)
    except Refused as refused:
        return problem_reply(refused.problem)
    except Refusal as refusal:
        return problem_reply(problem_of(refusal))
    except OperationalError as error:
        log.warning("%s: the database did not answer: %s", request.path, error)
        return problem_reply(Problem("unavailable", headers={"Retry-After": "1"}))
    except Exception as error:
        log.error("%s failed", request.path, exc_info=error)
        return problem_reply(Problem("internal_error"))


def _answered(request: HttpRequest, method: str, view: View) -> HttpResponse:
    if request.method != method and not (request.method == "HEAD" and method == "GET"):
        raise Refused(Problem("method_not_allowed", headers={"Allow": f"{method}, OPTIONS"}))
    who = visitor(request.headers.get("Authorization", ""), now=datetime.now(UTC))
    with scope(programme=Programme(pk=who.programme_id)):
        content, language = view(request, who)
    response = HttpResponse(json.dumps(content, ensure_ascii=False), content_type="application/json")
    response["Content-Language"] = language
    return response


def _preflight(method: str) -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Access-Control-Allow-Origin": "*",
            "Access-Control-Allow-Methods": method,
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Max-Age": _PREFLIGHT_S,
        },
    )


def language_for(request: HttpRequest, who: Visitor, account_id: int | None, fallback: str) -> str:
    """The language that was asked for, else the token's, the member's, the page's, the programme's first."""
    asked = (request.GET.get("language", ""), who.language)
    own = None
    if account_id is not None:
        own = Profile.objects.filter(account_id=account_id).values_list("language", flat=True).first()
    for language in (*asked, own or "", request.GET.get("page", ""), fallback):
        if language.replace("_", "-").split("-")[0].lower() in LANGUAGES:
            return spoken(language)
    return "en"
