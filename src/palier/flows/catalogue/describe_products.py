"""What a shop says about the products that it sells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from palier.core.product import ProductFacts
from palier.flows.transaction import in_one_transaction
from palier.store.catalogue.record import write_products


@dataclass(frozen=True, slots=True)
class DescribeProducts:
    """Products of one shop; each description replaces what was known of the product."""

    shop_id: int
    products: tuple[ProductFacts, ...]


def describe_products(command: DescribeProducts, *, now: datetime) -> None:
    """Write the descriptions; of two of one product the later one stands. ``now`` is the world's time."""
    newest = {facts.id: facts for facts in command.products}
    in_one_transaction(lambda: write_products(command.shop_id, tuple(newest.values()), now=now))
