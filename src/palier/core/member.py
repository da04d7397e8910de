"""What a shop says about a member: the facts that rules and segments look at, and how to reach them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """The person behind a shop's customer id. ``said`` names what the message said; the rest stays as it is known."""

    customer: str
    name: str = ""
    email: str = ""
    language: str = ""
    company: bool = False
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    born: date | None = None
    signed_up: datetime | None = None
    prices: Literal["gross", "net"] = "gross"
    said: frozenset[str] = frozenset()


ADDRESS_MAX = 254
"""No address has more characters (RFC 5321)."""


def folded_address(email: str) -> str:
    """An e-mail address as two are compared; without accents some signs become several, so that it is cut."""
    return folded(email)[:ADDRESS_MAX]


def folded(text: str) -> str:
    """``text`` without case and accents, single-spaced: "  ÉLODIE  Müller" becomes "elodie muller"."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
