"""A programme for imports, and files to import."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django_scopes import scopes_disabled

from palier.cli import main
from palier.flows.programme.init_programme import InitProgramme, init_programme
from palier.store.members.models import Account, Identity
from palier.store.programmes import load

DOCUMENT = {
    "format": 1,
    "name": "Gifts",
    "currency": "GBP",
    "timezone": "Europe/London",
    "spend": {"exclude": {"categories": ["gift-cards"], "products": []}},
    "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}],
    "tiers": {
        "ladder": [{"id": "bronze", "from": 0}, {"id": "silver", "from": 100}, {"id": "gold", "from": 2000}]
    },
}
RETAIL = "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country\n"
"""The header of Online Retail II."""


@dataclass
class Shop:
    """The programme's ids, and a folder for files."""

    programme_id: int
    shop_id: int
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def retail(self, *lines: str) -> str:
        return self.file("retail.csv", RETAIL + "".join(f"{line}\n" for line in lines))

    def command(self, *words: str) -> tuple[int, dict[str, Any]]:
        """The exit status and the JSON report of ``palier import …``."""
        self.capsys.readouterr()
        status = main(["import", *words, "--json"])
        out = self.capsys.readouterr().out
        return status, json.loads(out) if out else {}

    def account(self, customer: str) -> Account:
        return Identity.objects.get(customer_id=customer).account


def make_programme(document: dict[str, Any] | None = None) -> tuple[int, int]:
    made = init_programme(
        InitProgramme("Gifts", "GBP", "Europe/London", "en", document=document or DOCUMENT),
        now=datetime(2009, 1, 1, tzinfo=UTC),
    )
    return made.programme_id, made.shop_id


@pytest.fixture
def _fresh_versions() -> None:
    """Tests roll back, so that ids come again: what a process may keep for ever must go with them."""
    load._versions.clear()
    load._timelines.clear()


@pytest.fixture
def shop(
    db: None, _fresh_versions: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shop]:
    with scopes_disabled():
        yield Shop(*make_programme(), tmp_path, capsys)


@pytest.fixture
def committed_shop(
    transactional_db: None, _fresh_versions: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shop]:
    with scopes_disabled():
        yield Shop(*make_programme(), tmp_path, capsys)
