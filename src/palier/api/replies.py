"""Answers as HTTP: JSON, and problem details."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from palier.api.bodies import encode
from palier.api.problems import CONTENT_TYPE, Problem


def reply(body: Any, *, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A good answer."""
    return HttpResponse(encode(body), content_type="application/json", headers=dict(headers or {}))


def problem_reply(problem: Problem) -> HttpResponse:
    """What went wrong, with the status that belongs to it."""
    response = HttpResponse(
        encode(problem.body()),
        content_type=CONTENT_TYPE,
        status=problem.status,
        headers=dict(problem.headers),
    )
    if problem.status < 500:
        # Django would log the address, which names the customer; a refusal is no event of ours.
        response._has_been_logged = True  # type: ignore[attr-defined]
    if problem.status == 401:
        response.headers.setdefault("WWW-Authenticate", 'Bearer realm="Palier"')
    return response
