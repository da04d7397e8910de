"""What a key opens: a first call to try."""

from __future__ import annotations

from typing import Any

from ninja import Router

from palier.api.amounts import instant
from palier.api.endpoint import Call, endpoint
from palier.api.schemas.parts import KeyAnswer
from palier.store.programmes.load import current_version_id, load_timeline
from palier.store.programmes.models import Shop

router = Router()


@endpoint(router, "GET", "/key", scopes=(), answer=KeyAnswer, summary="What your key opens")
def get_key(call: Call) -> dict[str, Any]:
    """The shop, its programme, and what the key may do: a first call to try."""
    programme_id = call.caller.programme_id
    rules = load_timeline(programme_id, current_version_id(programme_id)).versions[-1].programme
    return {
        "shop": Shop.objects.get(pk=call.caller.shop_id).slug,
        "programme": rules.name,
        "currency": rules.currency,
        "timezone": rules.timezone,
        "languages": list(rules.languages),
        "scopes": sorted(call.caller.scopes),
        "now": instant(call.now),
    }
