"""The API under /api/v1: its routers, its document, and what becomes of errors."""

from __future__ import annotations

import logging
from copy import deepcopy
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from palier import __version__
from palier.api.problems import CONTENT_TYPE, Problem, Refused, problem_of
from palier.api.replies import problem_reply
from palier.api.routes import (
    carts,
    events,
    health,
    key,
    members,
    orders,
    products,
    programme,
    segments,
    standing,
    webhooks,
)
from palier.core.errors import Refusal

log = logging.getLogger(__name__)

_DESCRIPTION = """\
Points, tiers, coupons and carts of one shop, told and asked by the shop's own programs.

* Send the key of your shop: `Authorization: Bearer palier_…`. A key sees its own shop and nothing else.
* A member is addressed by **your** customer id, an order by your order id.
* Amounts are exact decimals: send numbers or texts, read texts (`"12.50"`). Instants are RFC 3339 in UTC.
* `PUT` may be repeated as it is. `POST` that writes needs an `Idempotency-Key`: the same key with the same body is
  answered the same, with `Idempotent-Replayed: true`, and works once.
* Every answer has an `X-Request-Id`: yours, if you send one. 429 and 503 say in `Retry-After` how many seconds to wait.
* What is wrong is told as `application/problem+json`, all at once, with the path of each place.
* Lists are read page by page: send `next` of a page as `cursor`.
* Within `v1` keys may be added to answers, and optional keys to requests. Nothing is taken away, no meaning changes.
* Names and sentences are in fr, de or en: `?language=` or `Accept-Language`.
"""


class Api(NinjaAPI):
    """ninja's API, with its errors told as problem details in the document too."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """The document, OpenAPI 3.1."""
        document = super().get_openapi_schema(**options)
        components = document.setdefault("components", {}).setdefault("schemas", {})
        for item in document["paths"].values():
            for operation in item.values():
                body = operation.pop("x-body", None)
                if body is not None:
                    components[body.name] = deepcopy(dict(body.schema))
                    components.update(deepcopy(dict(body.parts)))
                for status, answer in operation["responses"].items():
                    content = answer.get("content", {})
                    if int(status) >= 400 and "application/json" in content:
                        answer["content"] = {CONTENT_TYPE: content["application/json"]}
        return document


api = Api(
    title="Palier",
    version=__version__,
    description=_DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    openapi_url=None,
)
api.add_router("", key.router, tags=["Key"])
api.add_router("", orders.router, tags=["Orders"])
api.add_router("", events.router, tags=["Events"])
api.add_router("", members.router, tags=["Members"])
api.add_router("", standing.router, tags=["Members"])
api.add_router("", carts.router, tags=["Carts"])
api.add_router("", products.router, tags=["Products"])
api.add_router("", programme.router, tags=["Programme"])
api.add_router("", segments.router, tags=["Segments"])
api.add_router("", webhooks.router, tags=["Webhooks"])
api.add_router("", health.router, tags=["Health"])


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    return problem_reply(refused.problem)


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return problem_reply(problem_of(refusal))


@api.exception_handler(AuthenticationError)
def _unauthorized(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem_reply(Problem("unauthorized", hint="send Authorization: Bearer palier_…"))


@api.exception_handler(ValidationError)
def _parameters(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = tuple(
        {"path": ".".join(str(part) for part in each["loc"]), "message": str(each["msg"])}
        for each in error.errors
    )
    first = wrong[0]
    return problem_reply(Problem("invalid_request", first["message"], first["path"], problems=wrong))


@api.exception_handler(Http404)
def _not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem_reply(Problem("not_found"))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem_reply(Problem("invalid_request", str(error), status=error.status_code))


@api.exception_handler(OperationalError)
def _busy(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """SQLite has one writer, and a database may be away for a moment: nothing was done, try again."""
    log.warning("%s %s: the database did not answer: %s", request.method, request.path, error)
    return problem_reply(Problem("unavailable", headers={"Retry-After": "1"}))


@api.exception_handler(Exception)
def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem_reply(Problem("internal_error"))
