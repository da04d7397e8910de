"""Sequences of operations, each with what the one before answered: no crash, no answer that is not documented.

``PALIER_API_SEQUENCES=1000`` is the nightly number.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.specs.openapi.checks import negative_data_rejection

from tests.entrances.api_shop import CART, ORDER, Api, forget_everything, fresh, make_api
from tests.entrances.test_api_schemathesis import COLLECTS, CONFIG, _document, _Site

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
_fresh = pytest.fixture(autouse=True)(fresh)

SEQUENCES = int(os.environ.get("PALIER_API_SEQUENCES", "15"))
STEPS = 8
SOURCES = {
    "customer_id": ("put_member", "$request.path.customer_id"),
    "order_id": ("put_order", "$request.path.order_id"),
    "refund_id": ("put_refund", "$request.path.refund_id"),
    "product_id": ("put_product", "$request.path.product_id"),
    "hold_id": ("post_hold", "$response.body#/id"),
    "webhook_id": ("post_webhook", "$response.body#/id"),
    "delivery_id": ("post_webhook_test", "$response.body#/delivery"),
    "number": ("publish", "$response.body#/number"),
    "segment_id": ("get_programme", "$response.body#/document/segments/0/id"),
}
"""Where each name in an address comes from."""
NAMED = {
    "put_order": "member", "post_event": "member", "post_hold": "member", "post_quote": "member",
    "explain_cart": "member", "post_merge": "kept",
}  # fmt: skip
"""Operations that name a member in their body, and the key."""


def _linked() -> dict[str, Any]:
    """The document with links from what makes a thing to everything that can be done with it."""
    document = _document()
    operations = {
        operation["operationId"]: (path, operation)
        for path, item in document["paths"].items()
        for operation in item.values()
    }
    for name, (source, expression) in SOURCES.items():
        links = operations[source][1]["responses"]["200"].setdefault("links", {})
        for target, (path, _) in operations.items():
            if f"{{{name}}}" in path:
                links[f"{target}_by_{name}"] = {
                    "operationId": target, "parameters": {f"path.{name}": expression},
                }  # fmt: skip
        if name == "customer_id":
            for target, key in NAMED.items():
                links[f"{target}_of"] = {"operationId": target, "requestBody": {key: expression}}
        if name == "hold_id":
            links["order_with"] = {"operationId": "put_order", "requestBody": {"hold": expression}}
    return document


schema = schemathesis.openapi.from_dict(_linked(), config=schemathesis.Config.from_dict(CONFIG))
schema.app = _Site()


def test_every_name_in_an_address_has_a_source() -> None:
    names = {
        parameter["name"]
        for item in _document()["paths"].values()
        for operation in item.values()
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "path"
    }
    assert names == set(SOURCES)


@pytest.fixture
def api(settings: Any) -> Api:
    settings.PALIER_API_RATE = 0
    made = make_api()
    made.good("PUT", "/orders/A-1", ORDER)
    made.good("POST", "/holds", {**CART, "use_points": 20})
    return made


def test_whatever_is_done_after_one_another_is_answered_as_documented(api: Api) -> None:
    done: list[tuple[str, int]] = []

    class Shop(schema.as_state_machine()):  # type: ignore[misc]
        def setup(self) -> None:
            """Every sequence begins with the same shop: a failing one can be repeated."""
            forget_everything()
            self.undone = transaction.atomic()
            self.undone.__enter__()

        def teardown(self) -> None:
            transaction.set_rollback(True)
            self.undone.__exit__(None, None, None)
            super().teardown()

        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": {"Authorization": f"Bearer {api.key}"}}

        def validate_response(self, response: Any, case: Any, **more: Any) -> None:
            done.append((case.operation.definition.raw["operationId"], response.status_code))
            excluded = [negative_data_rejection] if case.operation.path in COLLECTS else []
            case.validate_response(response, excluded_checks=excluded, **more)

    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{len(done)} steps, {sum(status == 200 for _, status in done)} of them good")
    assert len(done) > SEQUENCES
    assert sum(status == 200 for _, status in done) > SEQUENCES // 2
