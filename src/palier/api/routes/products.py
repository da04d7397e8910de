"""The catalogue: what pickers, suggestions and messages show of products."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query, Router

from palier.api.amounts import amount, instant
from palier.api.endpoint import Call, endpoint
from palier.api.parameters import Cursor, Limit, ProductId, paged, place_of
from palier.api.problems import Problem, Refused
from palier.api.reading import at_most, read_values
from palier.api.request_bodies import PRODUCT, PRODUCTS, PRODUCTS_FIELDS
from palier.api.schemas.carts import ProductAnswer, ProductPage, ProductsAnswer
from palier.core.member import folded
from palier.core.product import InvalidProduct, ProductFacts, parse_product
from palier.flows.catalogue.describe_products import DescribeProducts, describe_products
from palier.store.catalogue.models import Product

router = Router()
SCOPES = ("carts",)


@endpoint(
    router,
    "PUT",
    "/products/{product_id}",
    scopes=SCOPES,
    answer=ProductAnswer,
    body=PRODUCT,
    summary="Describe a product",
    also=("batch",),
)
def put_product(call: Call, product_id: ProductId) -> dict[str, Any]:
    """The description replaces the one before."""
    facts = parse_product(product_id, call.body, currency=call.caller.currency)
    describe_products(DescribeProducts(call.caller.shop_id, (facts,)), now=call.world)
    return _json(_find(call, facts.id))


@endpoint(
    router,
    "POST",
    "/products/batch",
    scopes=SCOPES,
    answer=ProductsAnswer,
    body=PRODUCTS,
    once=True,
    summary="Describe up to 500 products at once",
)
def post_products(call: Call) -> dict[str, Any]:
    """All of them or, when one is malformed, none."""
    messages = at_most(read_values(call.body, PRODUCTS_FIELDS)["products"], "products")
    products = tuple(_read(call, message, place) for place, message in enumerate(messages))
    describe_products(DescribeProducts(call.caller.shop_id, products), now=call.world)
    return {"written": len({facts.id for facts in products})}


def _read(call: Call, message: Any, place: int) -> ProductFacts:
    try:
        if "id" not in message:
            raise InvalidProduct("this key is required", path="id")
        facts = {key: value for key, value in message.items() if key != "id"}
        return parse_product(message["id"], facts, currency=call.caller.currency)
    except InvalidProduct as refusal:
        inner = f".{refusal.path}" if refusal.path else ""
        raise InvalidProduct(refusal.message, path=f"products[{place}]{inner}", hint=refusal.hint) from None


@endpoint(router, "GET", "/products", scopes=SCOPES, answer=ProductPage, summary="Your shop's products")
def list_products(
    call: Call,
    search: Annotated[str, Query(max_length=200, description="Part of an id or a name")] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """By their ids. `search` does not mind case and accents."""
    rows = Product.objects.filter(shop_id=call.caller.shop_id)
    text = folded(search.replace("\0", ""))
    if text:
        rows = rows.filter(search__contains=text)
    after = place_of(cursor)
    if after:
        rows = rows.filter(product_id__gt=after.replace("\0", ""))
    found = list(rows.order_by("product_id")[: limit + 1])
    items = [_json(row) for row in found]
    return paged(items, limit=limit, place=found[limit - 1].product_id if len(found) > limit else None)


@endpoint(
    router,
    "GET",
    "/products/{product_id}",
    scopes=SCOPES,
    answer=ProductAnswer,
    summary="A product",
    also=("batch",),
)
def get_product(call: Call, product_id: ProductId) -> dict[str, Any]:
    """As it was last described."""
    return _json(_find(call, product_id))


def _find(call: Call, product_id: str) -> Product:
    row = Product.objects.filter(shop_id=call.caller.shop_id, product_id=product_id).first()
    if row is None:
        problem = Problem("unknown_product", f"no product {product_id!r}", hint="check the shop's product id")
        raise Refused(problem)
    return row


def _json(row: Product) -> dict[str, Any]:
    has_price = row.price_minor is not None and row.currency
    return {
        "id": row.product_id,
        "name": row.names,
        "url": row.url,
        "image": row.image_url,
        "price": amount(row.price_minor or 0, row.currency) if has_price else None,
        "currency": row.currency,
        "categories": row.categories,
        "is_described": row.is_described,
        "updated_at": instant(row.updated_at),
    }
