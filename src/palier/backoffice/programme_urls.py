"""Addresses of the programme's pages: its ladder, its draft, its versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from palier.backoffice import (
    ladder,
    ladder_climbing,
    ladder_season,
    ladder_tier,
    programme_page,
    programme_publish,
    programme_text,
)


def programme_paths(behind_sign_in: Callable[[Any], Any]) -> list[URLPattern]:
    """The addresses, each behind the site's sign-in."""
    views: list[tuple[str, Any, str]] = [
        ("ladder/", ladder.ladder, "ladder"),
        ("ladder/new/", ladder_tier.new_tier, "ladder_new"),
        ("ladder/tiers/<str:tier_id>/", ladder_tier.tier, "ladder_tier"),
        ("ladder/tiers/<str:tier_id>/remove/", ladder_tier.remove_tier, "ladder_tier_remove"),
        ("ladder/climbing/", ladder_climbing.climbing, "ladder_climbing"),
        ("ladder/seasons/new/", ladder_season.new_season, "ladder_season_new"),
        ("ladder/seasons/<int:index>/", ladder_season.season, "ladder_season"),
        ("programme/versions/", programme_page.programme, "programme_page"),
        ("programme/versions/<int:number>/", programme_page.version, "programme_version"),
        ("programme/versions/<int:number>/download/", programme_page.download, "programme_download"),
        ("programme/versions/<int:number>/roll-back/", programme_publish.roll_back, "programme_roll_back"),
        ("programme/draft/download/", programme_page.download, "programme_download_draft"),
        ("programme/draft/publish/", programme_publish.publish, "programme_publish"),
        ("programme/draft/discard/", programme_page.discard, "programme_discard"),
        ("programme/draft/text/", programme_text.text, "programme_text"),
    ]
    return [path(address, behind_sign_in(view), name=name) for address, view, name in views]
