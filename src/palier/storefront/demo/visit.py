"""What the pretend shop remembers of a visit: who is here, the basket, what was chosen, and the last words.

It has a cookie and a place of its own: signing in to the back-office empties the session there.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse

COOKIE = "palier_demo_shop"
PATH = "/demo/"
LIFE_S = 14 * 86_400


@dataclass(slots=True)
class Visit:
    """One browser's visit. ``customer`` is empty for a guest."""

    store: SessionStore
    customer: str = ""
    basket: dict[str, int] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    promo: str = ""
    use_points: int = 0
    carrier: str = "post"
    payment: str = "card"
    log: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, str]] = field(default_factory=list)

    @property
    def pieces(self) -> int:
        """How many things lie in the basket."""
        return sum(self.basket.values())

    def say(self, text: str, kind: str = "good") -> None:
        """Something to be read on the next page; ``kind``: good, bad."""
        self.said.append({"text": text, "kind": kind})

    def heard(self) -> list[dict[str, str]]:
        """What was to be read, which is then forgotten."""
        said, self.said = self.said, []
        return said

    def enter(self, customer: str) -> None:
        """Somebody else is here now: the basket stays, their codes and points go."""
        self.customer = customer
        self.codes, self.use_points = [], 0

    def leave_basket(self) -> None:
        """The basket became an order."""
        self.basket, self.codes, self.promo, self.use_points = {}, [], "", 0


_KEPT = (
    "customer",
    "basket",
    "codes",
    "promo",
    "use_points",
    "carrier",
    "payment",
    "log",
    "said",
)


def open_visit(request: HttpRequest) -> Visit:
    """The visit of that browser, or a new one."""
    store = SessionStore(session_key=request.COOKIES.get(COOKIE))
    # Copies: what changes must differ from what is kept.
    kept = {name: deepcopy(store[name]) for name in _KEPT if name in store}
    return Visit(store, **kept)


def keep_visit(visit: Visit, response: HttpResponse, *, is_https: bool) -> None:
    """Write down what has changed."""
    now = {name: getattr(visit, name) for name in _KEPT}
    if all(visit.store.get(name) == value for name, value in now.items()):
        return
    for name, value in now.items():
        visit.store[name] = value
    visit.store.set_expiry(LIFE_S)
    visit.store.save()
    response.set_cookie(
        COOKIE,
        str(visit.store.session_key),
        max_age=LIFE_S,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=is_https,
    )
