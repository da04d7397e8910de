"""Every operation of the API that writes: where it is, what it is sent, and a shop in which all of them find work."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

from palier.api.views import document_text
from tests.entrances.api_shop import CART, DOCUMENT, ORDER, Api, make_api

READS = {"post_quote", "explain_cart", "search_members", "check_programme", "preview_segment"}
"""Operations that are no GET and write nothing all the same."""

CHANGED = {**DOCUMENT, "earning": [{"id": "spend", "award": {"points": 2, "per": 1}}, DOCUMENT["earning"][1]]}
"""The document with another rate: an order after it earns twice as much as one before."""


@dataclass(frozen=True, slots=True)
class Write:
    """A request that changes something; names in braces stand for what the shop has."""

    operation: str
    method: str
    path: str
    body: Any = None

    def named(self, names: Mapping[str, str]) -> Write:
        """The same with the shop's own names in it."""
        text = json.dumps([self.path, self.body])
        for name, value in names.items():
            text = text.replace(f"{{{name}}}", value)
        path, body = json.loads(text)
        return Write(self.operation, self.method, path, body)


_CART = {**CART, "member": "{member}"}
_ORDER = {**ORDER, "member": "{member}"}
_LINES = {"lines": CART["lines"]}
_EVENT = {"member": "{member}", "name": "review"}
_PERSON = {"name": "Anna Ernst", "email": "{member}@example.com", "language": "de"}

WRITES = (
    Write("put_order", "PUT", "/orders/{member}-new", _ORDER),
    Write("put_refund", "PUT", "/orders/{order}/refunds/{order}-r", {"amount": "20.00"}),
    Write("post_orders", "POST", "/orders/batch", {"messages": [{"order": {"id": "{member}-new", **_ORDER}}]}),
    Write("post_event", "POST", "/events", _EVENT),
    Write("post_events", "POST", "/events/batch", {"events": [_EVENT] * 2}),
    Write("put_member", "PUT", "/members/{member}", _PERSON),
    Write("post_members", "POST", "/members/batch", {"members": [{"id": "{member}", "name": "Anna"}]}),
    Write("delete_member", "DELETE", "/members/{member}"),
    Write("close_member", "POST", "/members/{member}/close"),
    Write("post_claim", "POST", "/members/{member}/guest-orders",
          {"email": "{friend}@example.com", "verified": True}),
    Write("post_merge", "POST", "/merges", {"kept": "{member}", "merged": "{friend}"}),
    Write("post_gift", "POST", "/members/{member}/gifts", {"points": 50, "reason": "Sorry"}),
    Write("post_voucher", "POST", "/members/{member}/vouchers", {"points": 30}),
    Write("post_hold", "POST", "/holds", {**_CART, "use_points": 20}),
    Write("delete_hold", "DELETE", "/holds/{hold}"),
    Write("put_cart", "PUT", "/members/{member}/cart", {"lines": ORDER["lines"]}),
    Write("delete_cart", "DELETE", "/members/{member}/cart"),
    Write("put_product", "PUT", "/products/mug", {"name": "Mug", "price": "12.50"}),
    Write("post_products", "POST", "/products/batch", {"products": [{"id": "mug", "name": "Cup"}]}),
    Write("publish", "POST", "/programme/publish", {"document": CHANGED}),
    Write("roll_back", "POST", "/programme/versions/1/publish"),
    Write("post_webhook", "POST", "/webhooks", {"url": "https://one.example.com/", "events": []}),
    Write("put_webhook", "PUT", "/webhooks/{webhook}", {"name": "CRM", "events": ["member.tier_up"]}),
    Write("delete_webhook", "DELETE", "/webhooks/{webhook}"),
    Write("post_webhook_secret", "POST", "/webhooks/{webhook}/secret"),
    Write("post_webhook_test", "POST", "/webhooks/{webhook}/test"),
    Write("post_replay", "POST", "/webhooks/{webhook}/replay", {"since": "2020-01-01T00:00:00Z"}),
)  # fmt: skip
KEYED = tuple(write for write in WRITES if write.method == "POST")
"""Those that need an Idempotency-Key; the others are idempotent by their address."""


def operations_that_write() -> dict[str, tuple[str, str]]:
    """Method and address of every operation of the document that is not one that only reads."""
    return {
        operation["operationId"]: (method.upper(), path.removeprefix("/api/v1"))
        for path, item in json.loads(document_text())["paths"].items()
        for method, operation in item.items()
        if method != "get" and operation["operationId"] not in READS
    }


def operations_with_key() -> set[str]:
    """Those that the document says need an Idempotency-Key."""
    return {
        operation["operationId"]
        for item in json.loads(document_text())["paths"].values()
        for operation in item.values()
        if any(each["name"] == "Idempotency-Key" for each in operation["parameters"])
    }


def busy_shop() -> tuple[Api, dict[str, str]]:
    """A shop where everything that ``WRITES`` touches is there, and the names of it."""
    api = make_api()
    names = {"member": "anna", "friend": "bob", "order": "1"}
    api.good("PUT", "/orders/1", ORDER)
    api.good("PUT", "/orders/2", {**ORDER, "member": "bob"})
    api.good("PUT", "/members/anna/cart", _LINES)
    guests = {key: value for key, value in ORDER.items() if key != "member"}
    api.good("PUT", "/orders/guest", {**guests, "email": "bob@example.com"})
    api.good("POST", "/programme/publish", {"document": {**DOCUMENT, "name": "Lune"}})
    names["hold"] = api.good("POST", "/holds", {**CART, "use_points": 20})["id"]
    names["webhook"] = api.good("POST", "/webhooks", {"url": "https://crm.example.com/"})["id"]
    api.good("POST", f"/webhooks/{names['webhook']}/test")
    return api, names


_BESIDE = {"Answer", "ApiKey"}
"""What is kept of requests themselves: their answers, and when a key was used last."""


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table of ours as it is stored: what a second effect could change."""
    with connection.cursor() as cursor:
        return {
            model.__name__: list(_rows(cursor, model._meta))
            for model in apps.get_app_config("store").get_models()
            if model.__name__ not in _BESIDE
        }


def _rows(cursor: Any, table: Any) -> Iterator[dict[str, Any]]:
    keys = ", ".join(f'"{field.column}"' for field in table.pk_fields)
    cursor.execute(f'SELECT * FROM "{table.db_table}" ORDER BY {keys}')
    names = [column[0] for column in cursor.description]
    for row in cursor.fetchall():
        yield dict(zip(names, row))


def changes(
    before: Mapping[str, list[Any]], after: Mapping[str, list[Any]], beside: Collection[tuple[str, str]] = ()
) -> dict[str, list[Any]]:
    """The rows that are new, different or gone, by table; (table, column)s ``beside`` may differ."""
    found = {}
    for name in after:
        left = {column for table, column in beside if table == name}
        old, new = (
            [{k: v for k, v in row.items() if k not in left} for row in rows[name]]
            for rows in (before, after)
        )
        if old != new:
            found[name] = [row for row in new if row not in old] + [row for row in old if row not in new]
    return found
