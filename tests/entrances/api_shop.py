"""A programme with a shop, a key that may everything, and a client that speaks JSON."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django_scopes import scopes_disabled

from palier.api import keys, limits
from palier.core.access import SCOPES
from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.programmes import load
from palier.store.programmes.models import Shop

DOCUMENT: dict[str, Any] = {
    "format": 1,
    "name": "Maison Lune",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "languages": ["fr", "de", "en"],
    "points": {"valid_for": "P12M", "value": {"points": 10, "amount": 1}},
    "earning": [
        {"id": "spend", "award": {"points": 1, "per": 1}},
        {"id": "word", "on": "review", "award": {"points": 5}},
    ],
    "redemption": {"brackets": [{"from": 10, "discount": {"points": 10, "amount": 1}}]},
    "rewards": [{"id": "five", "at": 500, "coupon": {"discount": {"percent": 10}, "valid_for": "P3M"}}],
    "tiers": {
        "metric": "spend",
        "ladder": [
            {"id": "bronze", "name": {"fr": "Bronze", "en": "Bronze"}, "from": 0},
            {
                "id": "silver",
                "name": {"fr": "Argent", "de": "Silber", "en": "Silver"},
                "from": 200,
                "discount": {"percent": 5},
                "coupon": {"discount": {"amount": 15}, "valid_for": "P2M"},
                "perks": {"fr": ["Emballage offert"], "en": ["Free wrapping"]},
            },
        ],
    },
    "segments": [
        {
            "id": "paris",
            "name": {"fr": "Paris", "en": "Paris"},
            "where": {"delivery_city": ["Paris"]},
            "brackets": [{"from": 0, "discount": {"percent": 3}}],
        }
    ],
}  # fmt: skip

ORDER: dict[str, Any] = {
    "status": "paid",
    "member": "anna",
    "currency": "EUR",
    "lines": [{"product": "mug", "quantity": 2, "price": "12.50"}, {"product": "lamp", "price": 95}],
    "shipping": {"carrier": "post", "amount": "4.90"},
}
CART: dict[str, Any] = {"member": "anna", "lines": [{"product": "mug", "quantity": 2, "price": "12.50"}]}

_numbers = itertools.count(1)


@dataclass
class Api:
    """A client with a shop's key. Every POST gets a new Idempotency-Key unless one is given."""

    shop_id: int
    programme_id: int
    key: str
    client: Client = field(default_factory=Client)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        once: str | None = "",
        key: str | None = None,
        **headers: str,
    ) -> Any:
        """The response; ``once`` is the Idempotency-Key (None: none at all)."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        told["Authorization"] = f"Bearer {self.key if key is None else key}"
        if method == "POST" and once is not None:
            told["Idempotency-Key"] = once or f"k-{next(_numbers)}"
        raw = body if isinstance(body, bytes | str) else b"" if body is None else json.dumps(body)
        return self.client.generic(
            method,
            path if path.startswith("/api") else f"/api/v1{path}",
            raw,
            content_type="application/json",
            headers=told,
        )

    def good(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The JSON of an answer that must be good."""
        response = self(method, path, body, **options)
        assert response.status_code == 200, (response.status_code, response.content[:2000])
        return response.json()

    def problem(self, status: int, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The problem of an answer that must have this status."""
        response = self(method, path, body, **options)
        assert response.status_code == status, (response.status_code, response.content[:2000])
        assert response["Content-Type"] == "application/problem+json"
        told = response.json()
        assert told["status"] == status
        return told


def make_api(
    document: Mapping[str, Any] | None = None,
    *,
    scopes: tuple[str, ...] = SCOPES,
    now: datetime | None = None,
) -> Api:
    """A programme of its own with one shop and a key to it."""
    now = now or datetime.now(UTC)
    with scopes_disabled():
        made = init_programme(
            InitProgramme("Maison Lune", "EUR", "Europe/Paris", "fr", document=dict(document or DOCUMENT)),
            now=now,
        )
        key = issue_api_key(IssueApiKey(made.shop_id, "tests", scopes), now=now).key
    return Api(made.shop_id, made.programme_id, key)


def another_key(api: Api, *scopes: str) -> str:
    """A key to the same shop that may only this."""
    with scopes_disabled():
        return issue_api_key(IssueApiKey(api.shop_id, "tests", scopes), now=datetime.now(UTC)).key


def another_shop(api: Api) -> Api:
    """A second shop of the same programme, with a key to it."""
    now = datetime.now(UTC)
    with scopes_disabled():
        number = next(_numbers)
        shop = Shop.objects.create(
            programme_id=api.programme_id,
            public_id=f"shop-{number}-{api.programme_id}",
            slug=f"shop-{number}",
            name="Second",
            created_at=now,
        )
        key = issue_api_key(IssueApiKey(shop.pk, "tests", SCOPES), now=now).key
    return Api(shop.pk, api.programme_id, key)


def pages(api: Api, path: str, size: int) -> list[Any]:
    """Everything, page by page; no page holds more than ``size``."""
    found: list[Any] = []
    cursor = None
    while True:
        page = api.good("GET", path if cursor is None else f"{path}&cursor={cursor}")
        assert len(page["items"]) <= size
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


def forget_everything() -> None:
    """What the process knows of databases that come and go."""
    keys.forget()
    limits.forget()
    load._versions.clear()
    load._timelines.clear()


def fresh() -> Iterator[None]:
    """Around each test: nothing is known of the one before."""
    forget_everything()
    yield
    forget_everything()
