"""The shop of the back-office's tests with a ladder to edit, and short ways to do so."""

from __future__ import annotations

import re
from typing import Any

from django_scopes import scopes_disabled

from palier.core.programme.ladder import ladder_of, rungs
from palier.core.programme.parse import parse
from palier.core.programme.values import Programme as Rules
from palier.store.models import Programme, ProgrammeVersion
from palier.store.programmes.drafts import load_head
from tests.entrances.backoffice_shop import Shop

LADDER = "/admin/ladder/"
PAGE = "/admin/programme/versions/"
TEXT = "/admin/programme/draft/text/"
PUBLISH = "/admin/programme/draft/publish/"


def head(shop: Shop) -> ProgrammeVersion:
    """The draft, or the version in force."""
    return load_head(Programme.objects.select_related("current_version").get(pk=shop.programme_id))


def rules(shop: Shop) -> Rules:
    """What the head says."""
    return parse(head(shop).document)


def steps(shop: Shop) -> list[tuple[str, int]]:
    """The tiers that are on, lowest first, with their thresholds in euros."""
    return [(tier.id, tier.threshold // 100) for tier in rungs(ladder_of(rules(shop)))]


def in_force(shop: Shop) -> ProgrammeVersion:
    """The version in force."""
    with scopes_disabled():
        version = Programme.objects.get(pk=shop.programme_id).current_version
    assert version is not None
    return version


def fields_of(page: Any, **changes: str) -> dict[str, str]:
    """What the form of the page sends as it stands, with some fields changed; None leaves one out."""
    form = page.context["form"].values if "form" in page.context else _boxes(page)
    sent = {name: value for name, value in form if value}
    sent["base"] = str(page.context["head"].row.pk)
    return {name: value for name, value in {**sent, **changes}.items() if value is not None}


def _boxes(page: Any) -> list[tuple[str, str]]:
    return [(box.name, box.value) for box in page.context["boxes"].values()]


def says(page: Any) -> str:
    """The page's text without its tags, spaces made one."""
    bare = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", bare.replace("&#x27;", "'").replace("&amp;", "&"))
