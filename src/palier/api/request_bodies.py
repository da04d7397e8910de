"""What operations read, described by the very tables that the core reads it with: the two cannot drift apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from palier.api.endpoint import Body
from palier.core.messages import EVENT_FIELDS, GIFT_FIELDS, MEMBER_FIELDS, REFUND_FIELDS
from palier.core.messages_cart import CART_FIELDS, VOUCHER_FIELDS
from palier.core.messages_kinds import AMOUNT, EMAIL, word
from palier.core.messages_order import FIELDS as ORDER_FIELDS
from palier.core.product import PRODUCT_FIELDS
from palier.core.programme.kinds import whole
from palier.core.programme.parse_segments import where_schema
from palier.core.programme.reader import BOOLEAN, Field, Kind, many, record
from palier.core.programme.schema import schema as programme_schema

BATCH_MAX = 500
"""So many messages in one batch."""


def _as_read(context: Any, path: str, values: dict[str, Any]) -> dict[str, Any]:
    return values


def _map(about: str = "") -> Kind[Any]:
    """A map that its own reader looks at later."""

    def read(context: Any, path: str, value: object) -> Any:
        if not isinstance(value, Mapping):
            context.fail(path, "expected a map")
        return value

    return Kind(read, {"type": "object", **({"description": about} if about else {})})


def from_fields(
    name: str,
    fields: Mapping[str, Field],
    example: Mapping[str, Any],
    *,
    addressed: Iterable[str] = (),
    without: Iterable[str] = (),
    about: str = "",
) -> Body:
    """The body with these keys. ``addressed`` are said by the address too, ``without`` are not there."""
    kept = {key: each for key, each in fields.items() if key not in set(without)}
    for key in addressed:
        kept[key] = Field(kept[key].kind, f"{kept[key].about}; if it is said, that of the address")
    schema = deepcopy(dict(record(kept, _as_read, about=about).schema))
    return Body(name, schema, example, is_document="document" in kept)


CART_EXAMPLE = {
    "member": "c-1001",
    "lines": [{"product": "mug", "categories": ["kitchen"], "quantity": 2, "price": "12.50"}],
    "shipping": {"carrier": "post", "amount": "4.90"},
}
HOLD_FIELDS = {
    **CART_FIELDS,
    "expected_total": Field(
        AMOUNT, "What the shopper was shown (the quote's total): refused when it is another now"
    ),
}
MERGE_FIELDS = {
    "kept": Field(word(), "The customer id whose account stays", required=True),
    "merged": Field(word(), "The customer id whose account goes into it", required=True),
}
CLAIM_FIELDS = {
    "email": Field(EMAIL, "The address that the orders were given with", required=True),
    "verified": Field(
        BOOLEAN,
        "true: you have proof that the address is the member's; without it nothing is claimed",
        required=True,
    ),
}
SEARCH_FIELDS = {
    "text": Field(
        word(), "Part of a name, an address or a customer id; case and accents do not matter", required=True
    ),
    "limit": Field(whole(least=1, most=200), "So many members at most; default 50"),
    "cursor": Field(word(), "`next` of the page before"),
}
CHECK_FIELDS = {"document": Field(_map("A programme document"), "The whole document", required=True)}
PUBLISH_FIELDS = {
    **CHECK_FIELDS,
    "note": Field(word(most=2000, least=0), "Why, for those who will ask"),
    "based_on": Field(
        whole(least=1), "The number of the version that you changed: refused when another is in force"
    ),
}
PREVIEW_FIELDS = {
    "where": Field(
        Kind(_map().read, {"$ref": "#/components/schemas/Where"}),
        "The condition, as in the document",
        required=True,
    )
}
MESSAGES_FIELDS = {
    "messages": Field(
        many(
            record(
                {
                    "order": Field(
                        Kind(_map().read, {"$ref": "#/components/schemas/BatchOrder"}), "An order"
                    ),
                    "refund": Field(
                        Kind(_map().read, {"$ref": "#/components/schemas/BatchRefund"}), "A refund"
                    ),
                },
                _as_read,
            ),
            least=1,
        ),
        f"In the order in which they happened; at most {BATCH_MAX}",
        required=True,
    ),
    "history": Field(BOOLEAN, "Each happens at its own time instead of now: for what is past"),
    "silent": Field(BOOLEAN, "Nobody is told: no message, no webhook"),
}
EVENTS_FIELDS = {
    "events": Field(
        many(Kind(_map().read, {"$ref": "#/components/schemas/Event"}), least=1),
        f"At most {BATCH_MAX}",
        required=True,
    )
}
MEMBERS_FIELDS = {
    "members": Field(
        many(Kind(_map().read, {"$ref": "#/components/schemas/BatchMember"}), least=1),
        f"Bodies of `PUT /members/{{customer_id}}`, each with its `id`; at most {BATCH_MAX}",
        required=True,
    )
}
PRODUCTS_FIELDS = {
    "products": Field(
        many(Kind(_map().read, {"$ref": "#/components/schemas/BatchProduct"}), least=1),
        f"Bodies of `PUT /products/{{product_id}}`, each with its `id`; at most {BATCH_MAX}",
        required=True,
    )
}
_NAMED = {"id": Field(word(), "The shop's id of it", required=True)}

_ORDER_EXAMPLE = {
    "status": "paid",
    "member": "c-1001",
    "currency": "EUR",
    "lines": [{"product": "mug", "quantity": 2, "price": "12.50"}, {"product": "lamp", "price": 80}],
    "shipping": {"carrier": "post", "amount": "4.90"},
}
_MEMBER_EXAMPLE = {"name": "Élodie Martin", "email": "elodie@example.com", "language": "fr"}
_PRODUCT_EXAMPLE = {"name": {"fr": "Tasse", "en": "Mug"}, "url": "https://shop.example/mug", "price": "12.50"}
_DOCUMENT_EXAMPLE = {
    "format": 1,
    "name": "Maison Lune",
    "currency": "EUR",
    "timezone": "Europe/Paris",
    "earning": [{"id": "spend", "award": {"points": 1, "per": 1}}],
}

ORDER = from_fields("Order", ORDER_FIELDS, _ORDER_EXAMPLE, addressed=("id",), about="One version of an order")
REFUND = from_fields(
    "Refund",
    REFUND_FIELDS,
    {"lines": [{"product": "mug", "quantity": 1}]},
    addressed=("order", "id"),
    about="Lines, an amount of goods, the delivery, or all of it",
)
_BATCH_ORDER = from_fields("BatchOrder", ORDER_FIELDS, {}, about="One version of an order")
_BATCH_REFUND = from_fields("BatchRefund", REFUND_FIELDS, {}, about="A refund of an order")
MESSAGES = Body(
    "Messages",
    record(MESSAGES_FIELDS, _as_read).schema,
    {
        "messages": [
            {"order": {"id": "A-1", **_ORDER_EXAMPLE}},
            {"refund": {"order": "A-1", "id": "R-1", "lines": [{"product": "mug", "quantity": 1}]}},
        ]
    },
    {"BatchOrder": _BATCH_ORDER.schema, "BatchRefund": _BATCH_REFUND.schema},
)
EVENT = from_fields(
    "Event", EVENT_FIELDS, {"member": "c-1001", "name": "review"}, about="Something a member did"
)
EVENTS = Body(
    "Events",
    record(EVENTS_FIELDS, _as_read).schema,
    {"events": [{"member": "c-1001", "name": "newsletter", "id": "n-77"}]},
    {"Event": EVENT.schema},
)
MEMBER = from_fields(
    "Member", MEMBER_FIELDS, _MEMBER_EXAMPLE, about="What is not said is kept as it is known"
)
MEMBERS = Body(
    "Members",
    record(MEMBERS_FIELDS, _as_read).schema,
    {"members": [{"id": "c-1001", **_MEMBER_EXAMPLE}]},
    {"BatchMember": from_fields("BatchMember", {**_NAMED, **MEMBER_FIELDS}, {}).schema},
)
SEARCH = from_fields("Search", SEARCH_FIELDS, {"text": "elodie"})
GIFT = from_fields(
    "Gift", GIFT_FIELDS, {"points": 50, "reason": "Sorry for the delay"}, addressed=("member",)
)
VOUCHER = from_fields("Voucher", VOUCHER_FIELDS, {"points": 100}, addressed=("member",))
CLAIM = from_fields("Claim", CLAIM_FIELDS, {"email": "elodie@example.com", "verified": True})
MERGE = from_fields("Merge", MERGE_FIELDS, {"kept": "c-1001", "merged": "c-2002"})
CART = from_fields("Cart", CART_FIELDS, CART_EXAMPLE, about="A cart to be priced; without `member` a guest's")
HOLD = from_fields("HeldCart", HOLD_FIELDS, CART_EXAMPLE, about="A cart that goes to the checkout")
KEPT_CART = from_fields(
    "KeptCart",
    CART_FIELDS,
    {key: value for key, value in CART_EXAMPLE.items() if key != "member"},
    addressed=("member",),
    without=("hold",),
    about="The cart that the member has left",
)
PRODUCT = from_fields("Product", PRODUCT_FIELDS, _PRODUCT_EXAMPLE)
PRODUCTS = Body(
    "Products",
    record(PRODUCTS_FIELDS, _as_read).schema,
    {"products": [{"id": "mug", **_PRODUCT_EXAMPLE}]},
    {"BatchProduct": from_fields("BatchProduct", {**_NAMED, **PRODUCT_FIELDS}, {}).schema},
)
CHECK = from_fields("CheckedDocument", CHECK_FIELDS, {"document": _DOCUMENT_EXAMPLE})
PUBLISH = from_fields(
    "PublishedDocument", PUBLISH_FIELDS, {"document": _DOCUMENT_EXAMPLE, "note": "First steps"}
)


def _referring(value: Any) -> Any:
    """A copy whose references lead into the document's components."""
    if isinstance(value, Mapping):
        return {
            key: "#/components/schemas/Where"
            if key == "$ref" and item == "#/$defs/where"
            else _referring(item)
            for key, item in value.items()
        }
    return [_referring(item) for item in value] if isinstance(value, list | tuple) else value


PREVIEW = Body(
    "SegmentPreview",
    record(PREVIEW_FIELDS, _as_read).schema,
    {"where": {"spend": {"from": 100}}},
    {"Where": _referring(where_schema())},
)


def document_schema() -> dict[str, Any]:
    """The schema of the programme document by itself."""
    return programme_schema()
