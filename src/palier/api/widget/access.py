"""Who looks at a widget: the customer whom the shop's token names, and nobody else.

A token is a JWT (HS256) signed with one of the shop's two newest widget secrets: ``iss`` is the shop's public id,
``sub`` its customer's id, ``aud`` palier-widget; it lives for fifteen minutes at most.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt
from django_scopes import scopes_disabled

from palier.api.problems import Problem, Refused
from palier.store.access.load import load_widget_secrets
from palier.store.programmes.models import Shop

AUDIENCE = "palier-widget"
LIFE_MAX_S = 15 * 60
LEEWAY_S = 10
"""How far the shop's clock may be off."""
TOKEN_MAX = 4096
CUSTOMER_MAX = 200

_ISSUER = re.compile(r"[0-9a-f-]{36}")

_SIGNED: dict[str, Any] = {
    "algorithms": ["HS256"],
    "audience": AUDIENCE,
    # Times are compared with the entrance's own clock, below.
    "options": {
        "require": ["iss", "sub", "aud", "exp", "iat"],
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
    },
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """The customer of a shop. ``language``: what the token says, or empty. ``world`` is the world's time."""

    shop_id: int
    programme_id: int
    currency: str
    customer: str
    language: str
    world: datetime
    clock_offset_s: int

    @property
    def now(self) -> datetime:
        """The time in the programme."""
        return self.world + timedelta(seconds=self.clock_offset_s)


def visitor(header: str, *, now: datetime) -> Visitor:
    """Whom the ``Authorization`` header speaks for. Whatever is wrong with the token, the answer is the same."""
    scheme, _, token = header.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not 0 < len(token) <= TOKEN_MAX:
        raise _refused()
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
    except jwt.InvalidTokenError:
        raise _refused() from None
    with scopes_disabled():
        shop = (
            Shop.objects.filter(public_id=issuer).select_related("programme").first()
            if isinstance(issuer, str) and _ISSUER.fullmatch(issuer)
            else None
        )
    claims = _verified(token, load_widget_secrets(shop.pk)) if shop is not None else None
    if shop is None or claims is None or not _is_in_time(claims, now):
        raise _refused()
    customer, language = claims["sub"], claims.get("lang", "")
    if not 0 < len(customer) <= CUSTOMER_MAX or not customer.isprintable():
        raise _refused()
    return Visitor(
        shop_id=shop.pk,
        programme_id=shop.programme_id,
        currency=shop.programme.currency,
        customer=customer,
        language=language if isinstance(language, str) else "",
        world=now,
        clock_offset_s=shop.programme.clock_offset_s,
    )


def _verified(token: str, secrets: tuple[str, ...]) -> dict[str, Any] | None:
    for secret in secrets:
        try:
            return jwt.decode(token, secret, **_SIGNED)
        except jwt.InvalidTokenError:
            continue
    return None


def _is_in_time(claims: dict[str, Any], now: datetime) -> bool:
    issued, expires = claims["iat"], claims["exp"]
    if not (_is_second(issued) and _is_second(expires)):
        return False
    at = now.timestamp()
    return issued <= at + LEEWAY_S and at < expires + LEEWAY_S and 0 < expires - issued <= LIFE_MAX_S


def _is_second(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _refused() -> Refused:
    return Refused(Problem("invalid_token", headers={"WWW-Authenticate": "Bearer"}))
