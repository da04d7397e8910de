"""Every operation is asked what its document allows and what it forbids: no crash, no answer that is not documented."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from palier.api.views import document_text
from tests.entrances.api_shop import CART, ORDER, Api, fresh, make_api

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
_fresh = pytest.fixture(autouse=True)(fresh)

IS_SQLITE = os.environ.get("PALIER_TEST_DATABASE", "sqlite") == "sqlite"
CASES = int(os.environ.get("PALIER_API_CASES", "50" if IS_SQLITE else "10"))
"""So many cases of each operation, half of them forbidden. From 100 on there is also one for every constraint of the
document, thousands in all: minutes."""


class _Site:
    """Django as a WSGI application whose requests all see this test's transaction."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)
        try:
            return self.handler(environ, start_response)
        finally:
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)


KNOWN = {
    "customer_id": "anna", "order_id": "A-1", "product_id": "mug", "segment_id": "paris", "number": 1,
}  # fmt: skip
"""What there is."""
COLLECTS = {f"/api/v1/{each}/batch" for each in ("orders", "events", "members")}
"""What is wrong with one message of these batches is answered beside the others, with 200."""

CONFIG = {
    "phases": {"coverage": {"enabled": CASES >= 100}},
    "checks": {
        # Some rules have no words in JSON Schema: shares that add up, currencies, tiers that exist …
        "positive_data_acceptance": {"expected-statuses": ["2xx", "401", "403", "404", "409", "422", "429"]},
    },
}


def _document() -> dict[str, Any]:
    """The document; here an answer may not have a key that it does not name."""
    document: dict[str, Any] = json.loads(document_text())
    for name, each in document["components"]["schemas"].items():
        if name.endswith(("Answer", "Page")) and name not in OPEN:
            each["additionalProperties"] = False
    return document


OPEN = {"ExportAnswer", "SchemaAnswer"}
"""What is in them is written elsewhere."""

schema = schemathesis.openapi.from_dict(_document(), config=schemathesis.Config.from_dict(CONFIG))
schema.app = _Site()


@pytest.fixture
def api(settings: Any) -> Api:
    settings.PALIER_API_RATE = 0
    made = make_api()
    made.good("PUT", "/orders/A-1", ORDER)
    made.good("PUT", "/members/anna", {"name": "Anna", "email": "anna@example.com"})
    made.good("PUT", "/members/anna/cart", {key: value for key, value in CART.items() if key != "member"})
    made.good("PUT", "/products/mug", {"name": "Mug"})
    return made


def _loses_a_part(case: Any) -> bool:
    """Whether a parameter of it, an empty list, cannot be written in an address: what is sent may well be allowed."""
    return any(value in ([], {}, ()) for value in (case.query or {}).values())


@schema.parametrize()
@settings(
    max_examples=CASES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_documented_whatever_it_is_sent(api: Api, case: Any) -> None:
    if case.meta.generation.mode is GenerationMode.POSITIVE:
        # Ids out of thin air would all be answered with 404.
        case.path_parameters = {name: KNOWN.get(name, value) for name, value in case.path_parameters.items()}
    excluded = [negative_data_rejection] if case.operation.path in COLLECTS or _loses_a_part(case) else []
    case.call_and_validate(headers={"Authorization": f"Bearer {api.key}"}, excluded_checks=excluded)
