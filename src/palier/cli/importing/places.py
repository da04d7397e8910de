"""Names of countries to their codes, in the languages that shops write them in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

from palier.core.member import folded


def country_code(text: str, own: Mapping[str, str]) -> str:
    """The ISO 3166 code of a country; blank for one that nobody knows. ``own`` names win."""
    if text in own:
        return own[text]
    if len(text) == 2 and text.isascii() and text.isalpha():
        return text.upper()
    return _codes().get(folded(text), "")


@cache
def _codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    for language in ("en", "fr", "de"):
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                codes.setdefault(folded(name), code)
    return codes
