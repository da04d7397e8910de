"""What a shop says about a product: read strictly, told in any language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from palier.core.errors import Refusal
from palier.core.messages_kinds import AMOUNT, CURRENCY, ID_MAX, read_message, word
from palier.core.messages_order import CATEGORIES_MAX
from palier.core.money import is_currency
from palier.core.programme.kinds import LANGUAGE
from palier.core.programme.reader import Broken, Context, Field, Kind, key_path, many, read_fields, shown

ADDRESS_MAX = 2000
LANGUAGES_MAX = 50


class InvalidProduct(Refusal):
    """What is said about a product is malformed or impossible."""

    code = "invalid_product"


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """A product. ``names`` are by language (``""``: for all of them); the price is of one piece, as shown."""

    id: str
    names: tuple[tuple[str, str], ...] = ()
    url: str = ""
    image_url: str = ""
    price_minor: int | None = None
    currency: str = ""
    categories: tuple[str, ...] = ()


def parse_product(product: str, message: Mapping[Any, object], *, currency: str) -> ProductFacts:
    """The product of that id, its price in ``currency`` unless it names another. Raises InvalidProduct."""
    named = message.get("currency", currency) if isinstance(message, Mapping) else currency
    own = named if isinstance(named, str) and is_currency(named) else currency
    return read_message(InvalidProduct, lambda context: _read(context, product, message), currency=own)


def _read(context: Context, product: str, message: object) -> ProductFacts:
    values = read_fields(context, "", message, PRODUCT_FIELDS)
    if len(values.get("categories", ())) > CATEGORIES_MAX:
        context.note("categories", f"a product has at most {CATEGORIES_MAX} categories")
    price = values.get("price")
    return ProductFacts(
        id=word().read(context, "id", product),
        names=values.get("name", ()),
        url=values.get("url", ""),
        image_url=values.get("image", ""),
        price_minor=price,
        currency=values.get("currency", context.currency) if price is not None else "",
        categories=tuple(dict.fromkeys(values.get("categories", ()))),
    )


def _read_address(context: Context, path: str, value: object) -> str:
    address = word(most=ADDRESS_MAX, least=0).read(context, path, value)
    # Anything else could be a script once a page makes a link of it.
    if address and not address.startswith(("https://", "http://")):
        context.fail(path, f"expected an address that begins with https://; found {shown(value)}")
    return address


_ADDRESS: Kind[str] = Kind(
    _read_address, {"type": "string", "maxLength": ADDRESS_MAX, "pattern": r"^\s*(https?://.*)?\s*$"}
)


def _read_names(context: Context, path: str, value: object) -> tuple[tuple[str, str], ...]:
    name = word()
    if not isinstance(value, Mapping):
        return (("", name.read(context, path, value)),)
    if len(value) > LANGUAGES_MAX:
        context.fail(path, f"a name in at most {LANGUAGES_MAX} languages")
    names = []
    broken = False
    for key, text in value.items():
        try:
            here = key_path(path, str(key))
            names.append((LANGUAGE.read(context, here, key), name.read(context, here, text)))
        except Broken:
            broken = True
    if broken:
        raise Broken
    return tuple(names)


_NAMES: Kind[tuple[tuple[str, str], ...]] = Kind(
    _read_names,
    {
        "anyOf": [
            dict(word().schema),
            {
                "type": "object",
                "propertyNames": dict(LANGUAGE.schema),
                "additionalProperties": dict(word().schema),
                "maxProperties": LANGUAGES_MAX,
            },
        ]
    },
)

PRODUCT_FIELDS = {
    "name": Field(_NAMES, "Its name, or its name by language: {fr: …, en: …}"),
    "url": Field(_ADDRESS, "Its page in the shop"),
    "image": Field(_ADDRESS, "A picture of it"),
    "price": Field(AMOUNT, "Of one piece, as the shop shows it"),
    "currency": Field(CURRENCY, "Of the price; default: the programme's"),
    "categories": Field(many(word(most=ID_MAX)), "Its categories"),
}
"""The keys of a product, as the documentation lists them."""
