"""No key sees or touches what another shop or programme has: every operation of the document with foreign ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from django_scopes import scopes_disabled

from palier.api.views import document_text
from palier.core.access import SCOPES
from palier.store import models
from tests.entrances.api_shop import (
    CART,
    ORDER,
    Api,
    another_key,
    another_shop,
    forget_everything,
    fresh,
    make_api,
)

pytestmark = pytest.mark.django_db
_fresh = pytest.fixture(autouse=True)(fresh)

DOCUMENT = json.loads(document_text())
OPERATIONS = [
    (method.upper(), path.removeprefix("/api/v1"), operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
UNSHARED = {"customer_id", "order_id", "refund_id", "hold_id", "product_id", "webhook_id", "delivery_id"}
"""Ids of things that a shop does not share with the other shops of its programme."""
SECRETS = ("Beatrix", "beatrix@example.com", "secret-product", "secret-line", "beatrix.example.com")
"""What only the foreign shop knows."""

_DUE = {"next_due_at", "is_stale"}
"""A new version makes the accounts of its programme due, whichever shop published it: that is shared on purpose."""

_TABLES = [
    model
    for model in vars(models).values()
    if isinstance(model, type)
    and hasattr(model, "_meta")
    and model.__name__ not in ("ApiKey", "Answer", "Programme")
]


@pytest.fixture
def ours() -> Api:
    return make_api()


@pytest.fixture(params=["another programme", "another shop of the programme"])
def theirs(request: pytest.FixtureRequest, ours: Api) -> Api:
    foreign = make_api() if request.param == "another programme" else another_shop(ours)
    foreign.good("PUT", "/orders/their-order", {**ORDER, "member": "beatrix", "lines": [_line()]})
    foreign.good("PUT", "/orders/their-order/refunds/their-refund", {"amount": 1})
    foreign.good("PUT", "/members/beatrix", {"name": "Beatrix", "email": "beatrix@example.com"})
    foreign.good("PUT", "/members/beatrix/cart", {"lines": [_line()]})
    foreign.good("PUT", "/products/their-product", {"name": "secret-product"})
    foreign.good("POST", "/members/beatrix/gifts", {"points": 100, "reason": "Beatrix"})
    webhook = foreign.good("POST", "/webhooks", {"url": "https://beatrix.example.com/"})["id"]
    delivery = foreign.good("POST", f"/webhooks/{webhook}/test", None)["delivery"]
    with scopes_disabled():
        models.WebhookEndpoint.objects.filter(public_id=webhook).update(public_id="their-webhook")
        models.Delivery.objects.filter(public_id=delivery).update(public_id="their-delivery")
    return foreign


def _line() -> dict[str, Any]:
    return {"product": "secret-line", "quantity": 3, "price": "100.00"}


@pytest.fixture
def hold(theirs: Api) -> str:
    return str(theirs.good("POST", "/holds", {**CART, "member": "beatrix", "use_points": 20})["id"])


def _addressed(path: str, hold: str) -> str:
    foreign = {
        "customer_id": "beatrix", "order_id": "their-order", "refund_id": "their-refund", "hold_id": hold,
        "product_id": "their-product", "segment_id": "paris", "number": "1",
        "webhook_id": "their-webhook", "delivery_id": "their-delivery",
    }  # fmt: skip
    return re.sub(r"{(\w+)}", lambda found: foreign[found[1]], path)


def _body(operation: dict[str, Any], hold: str) -> Any:
    """The documented example, with foreign ids wherever there is a place for one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    example = json.loads(json.dumps(content["examples"]["usual"]["value"]))
    names = DOCUMENT["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]["properties"]
    if "hold" in names:
        example["hold"] = hold
    if "member" in names and "reason" not in names and "points" not in names:
        example["member"] = "beatrix"
    if operation["operationId"] == "post_merge":
        example = {"kept": "anna", "merged": "beatrix"}
    return example


def _rows(theirs: Api) -> dict[str, list[Any]]:
    """Everything stored that is the foreign shop's, or the programme's when that is foreign."""
    found = {}
    with scopes_disabled():
        accounts = set(
            models.Identity.objects.filter(shop_id=theirs.shop_id).values_list("account_id", flat=True)
        )
        orders = set(models.Order.objects.filter(shop_id=theirs.shop_id).values_list("pk", flat=True))
        for model in _TABLES:
            names = {field.name for field in model._meta.fields}
            kept = {
                "account": ("account__in", accounts),
                "shop": ("shop_id", theirs.shop_id),
                "order": ("order__in", orders),
            }
            filters = [kept[name] for name in ("shop", "account", "order") if name in names]
            if model.__name__ == "Account":
                filters = [("pk__in", accounts)]
            if filters:
                rows = model.objects.filter(**dict(filters[:1])).order_by("pk").values()
                found[model.__name__] = [{k: v for k, v in row.items() if k not in _DUE} for row in rows]
    return found


def test_rows_are_compared_in_every_table_that_has_some(theirs: Api, hold: str) -> None:
    rows = _rows(theirs)
    filled = {name for name, found in rows.items() if found}
    assert {
        "Account",
        "Identity",
        "Profile",
        "Order",
        "OrderLine",
        "Refund",
        "Entry",
        "Lot",
        "Hold",
    } <= filled
    assert {"Product", "KeptCart", "Happening"} <= filled


def test_frd_7_mul_1_no_operation_shows_or_touches_what_is_foreign(ours: Api, theirs: Api, hold: str) -> None:
    ours.good("PUT", "/orders/our-order", ORDER)
    before = _rows(theirs)
    for method, path, operation in OPERATIONS:
        with _undone():
            response = ours(method, _addressed(path, hold), _body(operation, hold))
            text = f"{method} {path}: {response.status_code} {response.content.decode()}"
            assert response.status_code < 500, text
            assert not any(secret in text for secret in SECRETS), text
            # What is told under our own key makes things of our own, whatever they are called; theirs stay.
            assert _rows(theirs) == before, text
            if method in ("GET", "DELETE") and any(f"{{{name}}}" in path for name in UNSHARED):
                assert response.status_code == 404, text


@contextmanager
def _undone() -> Iterator[None]:
    """What happens in here is forgotten after, by the database and by the process."""
    forget_everything()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    forget_everything()


def test_frd_7_what_is_foreign_is_refused_like_what_never_was(ours: Api, theirs: Api, hold: str) -> None:
    for method, path, _ in OPERATIONS:
        if method != "GET" or not any(f"{{{name}}}" in path for name in UNSHARED):
            continue
        foreign = ours("GET", _addressed(path, hold)).json()
        never = ours(
            "GET", re.sub(r"{(\w+)}", lambda found: "7" if found[1] == "number" else "never", path)
        ).json()
        assert _without_ids(foreign) == _without_ids(never), path


def _without_ids(problem: dict[str, Any]) -> dict[str, Any]:
    return {**problem, "detail": re.sub(r"'[^']*'|\d+|never|[0-9a-f-]{36}", "…", str(problem["detail"]))}


def test_every_operation_answers_only_to_its_scopes(ours: Api) -> None:
    assert {scope for *_, operation in OPERATIONS for scope in operation["x-scopes"]} == set(SCOPES)
    keys = {scope: another_key(ours, scope) for scope in SCOPES}
    for method, path, operation in OPERATIONS:
        needed = set(operation["x-scopes"])
        body = _body(operation, "h")
        for scope in SCOPES:
            with _undone():
                response = ours(method, _addressed(path, "h"), body, key=keys[scope])
                text = f"{method} {path} with {scope}: {response.content.decode()}"
                assert response.status_code != 401, text
                assert (response.status_code == 403) == bool(needed and scope not in needed), text
                assert response.status_code < 500, text
        assert ours(method, _addressed(path, "h"), body, key="palier_" + "x" * 43).status_code == 401
