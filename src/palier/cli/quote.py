"""``palier member quote``: what a cart would cost a member, use up and earn, with every why. Nothing is written."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from palier.core.formats import LANGUAGES


def add_arguments(verb: argparse.ArgumentParser) -> None:
    """The options of ``palier member quote``, besides the customer."""
    verb.add_argument(
        "cart",
        type=Path,
        metavar="CART",
        help="YAML or JSON: lines, shipping, promo_codes, coupons, use_points …",
    )
    verb.add_argument("--language", choices=LANGUAGES, default="", help="default: the member's own")


def tell(options: argparse.Namespace, shop: Any, now: datetime) -> None:
    """Print the quote, as sentences for staff or as JSON."""
    from palier.cli.programme_text import read_text
    from palier.core.explain.quotes import explain_quote
    from palier.core.formats import formats_for, spoken
    from palier.core.messages_cart import parse_cart
    from palier.core.programme.load import load_yaml
    from palier.flows.checkout.quote_cart import QuoteCart, quote_cart

    message = parse_cart(
        {**load_yaml(read_text(options.cart)), "member": options.customer}, currency=shop.programme.currency
    )
    quoted = quote_cart(QuoteCart(shop.pk, message.customer, message.cart, message.hold), now=now)
    rules = quoted.programme
    language = options.language or spoken(_own(quoted.account_id) or rules.languages[0])
    prices = formats_for(language, message.cart.order.currency, rules.timezone)
    words = explain_quote(
        quoted.quote,
        rules,
        quoted.buyer,
        language,
        formats_for(language, rules.currency, rules.timezone),
        prices=prices if message.cart.order.currency != rules.currency else None,
        for_staff=True,
    )
    if options.json:
        told = {"currency": message.cart.order.currency, **_plain(quoted.quote), "words": asdict(words)}
        print(json.dumps(told, ensure_ascii=False, default=sorted))
        return
    goods = sum(line.amount_minor for line in message.cart.order.lines or ())
    print(f"{prices.money(goods)} → {prices.money(quoted.quote.total_minor)}")
    print("\n".join(words.lines()))


def _own(account_id: int | None) -> str:
    """The language of the member's profile; empty when they have none."""
    from django_scopes import scopes_disabled

    from palier.store.members.models import Profile

    with scopes_disabled():
        profile = Profile.objects.filter(account_id=account_id).first() if account_id is not None else None
    return profile.language if profile else ""


def _plain(quote: Any) -> dict[str, Any]:
    """The quote for machines: amounts in minor units; what the terms of a benefit are is left to the document."""
    facts = _fields(quote)
    facts.pop("booked", None)
    for part in facts["discounts"] + facts["promo_codes"]:
        del part["terms"]
    for hint in facts["hints"]:
        del hint["gives"]
    return facts


def _fields(value: Any) -> Any:
    """The values of a quote as plain dictionaries, however deep they lie."""
    if isinstance(value, Struct):
        return {name: _fields(part) for name, part in structs.asdict(value).items()}
    return [_fields(part) for part in value] if isinstance(value, tuple) else value
