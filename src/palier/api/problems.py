"""Refusals as machines read them over HTTP: problem details (RFC 9457), each code with its one status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from palier.core.errors import Refusal
from palier.core.programme.problems import Problem as Wrong

CONTENT_TYPE = "application/problem+json"
PROBLEMS_MAX = 50
"""So many of the things that are wrong with one message are listed."""

_KINDS: Mapping[str, tuple[int, str]] = {
    "invalid_json": (400, "The body is no JSON"),
    "idempotency_key_missing": (400, "An Idempotency-Key is needed"),
    "unauthorized": (401, "The API key is missing or not valid"),
    "invalid_token": (401, "The widget token is missing or not valid"),
    "scope_missing": (403, "The key may not do this"),
    "forbidden": (403, "This is not allowed"),
    "not_found": (404, "There is nothing at this address"),
    "unknown_member": (404, "There is no such member"),
    "unknown_order": (404, "There is no such order"),
    "unknown_hold": (404, "There is no such hold"),
    "unknown_cart": (404, "The member has left no cart"),
    "unknown_product": (404, "There is no such product"),
    "unknown_segment": (404, "There is no such segment"),
    "unknown_movement": (404, "There is no such movement"),
    "unknown_version": (404, "There is no such version"),
    "unknown_shop": (404, "There is no such shop"),
    "unknown_webhook": (404, "There is no such webhook"),
    "unknown_delivery": (404, "There is no such delivery"),
    "method_not_allowed": (405, "The address does not answer this method"),
    "not_acceptable": (406, "None of the wanted forms can be answered"),
    "idempotency_in_flight": (409, "The same request is being worked on"),
    "insufficient_points": (409, "There are not enough points"),
    "cannot_redeem": (409, "Points cannot be redeemed now"),
    "quote_changed": (409, "The quote has changed"),
    "hold_taken": (409, "An order has taken the hold over"),
    "programme_changed": (409, "The programme was changed meanwhile"),
    "draft_changed": (409, "The draft was changed meanwhile"),
    "nothing_owed": (409, "There is no debt"),
    "too_large": (413, "The body is too large"),
    "unsupported_media_type": (415, "The body has to be JSON"),
    "idempotency_conflict": (422, "The same key came before with another content"),
    "currency_mismatch": (422, "The currency does not fit"),
    "invalid_order": (422, "The order is not valid"),
    "invalid_refund": (422, "The refund is not valid"),
    "invalid_member": (422, "The member is not valid"),
    "invalid_event": (422, "The event is not valid"),
    "invalid_gift": (422, "The gift is not valid"),
    "unverified_address": (422, "The address is not verified"),
    "invalid_cart": (422, "The cart is not valid"),
    "invalid_programme": (422, "The programme is not valid"),
    "invalid_product": (422, "The product is not valid"),
    "invalid_merge": (422, "The merge is not valid"),
    "invalid_webhook": (422, "The webhook is not valid"),
    "invalid_request": (422, "The request is not valid"),
    "too_many_coupons": (422, "One message would issue too many coupons"),
    "too_many_requests": (429, "Too many requests"),
    "internal_error": (500, "Something went wrong on our side"),
    "unavailable": (503, "Palier is not ready"),
}
_OTHER = (422, "The request was refused")


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong with a request. ``headers`` go with the answer (``Retry-After`` and the like)."""

    code: str
    detail: str = ""
    path: str = ""
    hint: str = ""
    problems: tuple[Mapping[str, str], ...] = ()
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.status:
            object.__setattr__(self, "status", status_of(self.code))

    def body(self) -> dict[str, Any]:
        """The members of the JSON object; those with nothing to say are left out."""
        told: dict[str, Any] = {
            "type": f"urn:palier:problem:{self.code}",
            "title": _KINDS.get(self.code, _OTHER)[1],
            "status": self.status,
            "detail": self.detail or _KINDS.get(self.code, _OTHER)[1],
            "code": self.code,
        }
        if self.path:
            told["path"] = self.path
        if self.hint:
            told["hint"] = self.hint
        if self.problems:
            told["problems"] = list(self.problems)
        return told


class Refused(Exception):
    """A request that ends in this problem, raised anywhere between the address and the flow."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def status_of(code: str) -> int:
    """The one status of a refusal's code; 422 for a code that the table does not name."""
    return _KINDS.get(code, _OTHER)[0]


def codes_of(status: int) -> tuple[str, ...]:
    """The codes that are answered with this status, for the documentation."""
    return tuple(code for code, (own, _) in _KINDS.items() if own == status)


def problem_of(refusal: Refusal) -> Problem:
    """A refusal of the core or of a flow; what is malformed is 422 whatever its code says, and lists all that is wrong.

    More than one thing wrong: the detail says the first and how many follow.
    """
    wrong: tuple[Wrong, ...] = refusal.problems
    listed = tuple(_listed(each) for each in wrong[:PROBLEMS_MAX])
    detail = refusal.message
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        detail = f"{wrong[0].reason}{more}"
    hint = refusal.hint
    if len(wrong) > 1:
        hint = f"meant: {wrong[0].suggestion}" if wrong[0].suggestion else ""
    return Problem(
        refusal.code, detail, refusal.path, hint, listed, status=422 if wrong else status_of(refusal.code)
    )


def _listed(wrong: Wrong) -> Mapping[str, str]:
    told = {"path": wrong.path, "message": wrong.reason}
    return {**told, "hint": wrong.suggestion} if wrong.suggestion else told
