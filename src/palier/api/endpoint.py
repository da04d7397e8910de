"""One operation of the API: who may call it, what it reads, how often it works, and how it is documented."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, get_type_hints

from django.http import HttpRequest, HttpResponse
from django_scopes import scope
from ninja import Router, Schema
from ninja.security import HttpBearer

from palier.api import limits
from palier.api.amounts import asked_language
from palier.api.bodies import read_body, read_object, refuse_twice
from palier.api.keys import Caller, authenticate
from palier.api.once import HEADER, KEY_MAX, answered_once, digest_of, read_key
from palier.api.problems import Problem, Refused
from palier.api.replies import reply
from palier.api.schemas.parts import ProblemAnswer
from palier.core.access import ABOUT
from palier.core.programme.reader import meant

Handler = Callable[..., dict[str, Any]]


beside: set[tuple[str, str]] = set()
"""Addresses where an id is such a word, and their methods: the document knows them by the id alone."""


@dataclass(frozen=True, slots=True)
class Body:
    """What an operation reads: a named schema of the document, and an example that works."""

    name: str
    schema: Mapping[str, Any]
    example: Mapping[str, Any]
    parts: Mapping[str, Any] = field(default_factory=dict)
    """Schemas that it refers to."""
    is_document: bool = False
    """People write it: a key that is given twice is a mistake of theirs, and not the last one's turn."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. ``now`` is the time in the programme, ``world`` the world's; ``key`` the Idempotency-Key."""

    caller: Caller
    now: datetime
    world: datetime
    body: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    accepted: str = ""

    def language(self, chosen: str, *fallbacks: str) -> str:
        """What to answer in: the ``chosen`` language, else the best accepted one, else the first fallback there is."""
        fallback = next((each for each in fallbacks if each), "en")
        return asked_language(self.accepted, chosen, fallback=fallback)

    @property
    def shows_codes(self) -> bool:
        """Whether the key may see codes of personal coupons."""
        return "members:read" in self.caller.scopes


class ApiKey(HttpBearer):
    """A shop's API key. It must have one of ``scopes``, unless there are none."""

    openapi_description = "A key of your shop: `palier key issue`, or the page API keys of the back-office."

    def __init__(self, scopes: tuple[str, ...]) -> None:
        super().__init__()
        self.scopes = frozenset(scopes)

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller; None for a key that is not good."""
        world = datetime.now(UTC)
        caller = authenticate(request.headers.get("Authorization", ""), now=world)
        if caller is None:
            return None
        wait = 0 if request.META.get(limits.COUNTED) else limits.admit(caller.key_id, now=world)
        if wait:
            raise Refused(Problem("too_many_requests", headers={"Retry-After": str(wait)}))
        if self.scopes and not caller.scopes & self.scopes:
            needed = " or ".join(sorted(self.scopes))
            raise Refused(
                Problem("scope_missing", f"The key lacks the scope {needed}", hint="issue another key")
            )
        return caller


def endpoint(
    router: Router,
    method: str,
    path: str,
    *,
    scopes: tuple[str, ...],
    answer: type[Schema],
    summary: str,
    body: Body | None = None,
    once: bool = False,
    refuses: tuple[int, ...] = (),
    also: tuple[str, ...] = (),
) -> Callable[[Handler], Handler]:
    """Put a handler at an address. Its docstring is the documentation, its parameters those of path and query.

    ``once``: it needs an Idempotency-Key. ``refuses``: statuses beyond those that every operation may answer. ``also``:
    words that other operations have in the place of the id; an id that is such a word is answered all the same.
    """

    def register(handler: Handler) -> Handler:
        for word in also:
            named = path[path.rindex("{") + 1 : -1]
            there = path.replace(f"{{{named}}}", word)
            beside.add((there, method))
            router.add_api_operation(
                there,
                [method],
                _view(handler, path, body, once, fixed={named: word}),
                auth=ApiKey(scopes),
                include_in_schema=False,
            )
        view = _view(handler, path, body, once)
        router.add_api_operation(
            path,
            [method],
            view,
            auth=ApiKey(scopes),
            response={200: answer, **dict.fromkeys(_statuses(path, body, once, refuses), ProblemAnswer)},
            operation_id=handler.__name__,
            summary=summary,
            description=_description(handler, scopes, once),
            openapi_extra=_extra(scopes, body, once),
        )
        return handler

    return register


def _statuses(path: str, body: Body | None, once: bool, refuses: tuple[int, ...]) -> list[int]:
    found = {401, 403, 422, 429, *refuses}
    if "{" in path:
        found.add(404)
    if body is not None:
        found |= {400, 413, 415}
    if once:
        found |= {400, 409}
    return sorted(found)


def _description(handler: Handler, scopes: tuple[str, ...], once: bool) -> str:
    told = inspect.cleandoc(handler.__doc__ or "")
    if scopes:
        needed = " or ".join(f"`{scope}` ({ABOUT[scope]})" for scope in scopes)
        told += f"\n\nScope: {needed}."
    if once:
        told += (
            f"\n\nNeeds an `{HEADER}`: the same key with the same body is answered the same and works once."
        )
    return told


def _extra(scopes: tuple[str, ...], body: Body | None, once: bool) -> dict[str, Any]:
    extra: dict[str, Any] = {"x-scopes": list(scopes)}
    if body is not None:
        extra["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{body.name}"},
                    "examples": {"usual": {"value": body.example}},
                }
            },
        }
        extra["x-body"] = body
    if once:
        extra["parameters"] = [
            {
                "in": "header",
                "name": HEADER,
                "required": True,
                "schema": {"type": "string", "pattern": f"^[!-~]{{1,{KEY_MAX}}}$"},
                "description": "New for each request, such as a UUID; kept for 30 days",
                "example": "5f0c6a52-6f0e-4a53-9a0f-3f0e3c1d2b1a",
            }
        ]
    return extra


def _view(
    handler: Handler, path: str, reads: Body | None, once: bool, fixed: Mapping[str, str] | None = None
) -> Callable[..., HttpResponse]:
    given = fixed or {}
    hints = get_type_hints(handler, include_extras=True)
    parameters = list(inspect.signature(handler).parameters.values())[1:]
    own = [each.replace(annotation=hints[each.name]) for each in parameters if each.name not in given]
    known = tuple(each.name for each in own if f"{{{each.name}}}" not in path)

    def view(request: HttpRequest, **values: Any) -> HttpResponse:
        _refuse_unknown(request, known)
        raw = _raw_body(request) if reads else b""
        body = read_object(raw) if reads else {}
        if reads and reads.is_document:
            refuse_twice(raw)
        key = read_key(request.headers.get(HEADER)) if once else ""
        caller: Caller = request.auth  # type: ignore[attr-defined]
        world = datetime.now(UTC)
        accepted = request.headers.get("Accept-Language", "")
        call = Call(caller, caller.now(world), world, body, key, accepted)
        with scope(programme=caller.programme_id):
            if not once:
                return reply(handler(call, **given, **values))
            digest = digest_of(request.method or "", request.get_full_path(), raw)
            told, is_replay = answered_once(
                caller, key, digest, partial(handler, call, **given, **values), now=world
            )
        return reply(told, headers={"Idempotent-Replayed": "true"} if is_replay else None)

    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=HttpRequest)
    view.__signature__ = inspect.Signature([request, *own])  # type: ignore[attr-defined]
    view.__name__ = handler.__name__
    return view


def _refuse_unknown(request: HttpRequest, known: tuple[str, ...]) -> None:
    for name in request.GET:
        if name not in known:
            close = meant(name, known)
            listed = ", ".join(known) or "none"
            detail = f"The query parameter is not known; known here: {listed}"
            raise Refused(
                Problem(
                    "invalid_request",
                    detail,
                    path=f"query.{name[:64]}",
                    hint=f"meant: {close}" if close else "",
                )
            )


def _raw_body(request: HttpRequest) -> bytes:
    if request.content_type not in ("application/json", ""):
        raise Refused(Problem("unsupported_media_type", hint="send Content-Type: application/json"))
    return read_body(request)
