"""``palier hook``: the address that a shop pushes to, and the secret that it signs with."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from palier.core.errors import Refusal


class UnknownShop(Refusal):
    """No such shop, or several to choose from."""

    code = "unknown_shop"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier hook``."""
    parser.add_argument("action", choices=("secret", "list"), help="make a new secret, or show what came in")
    parser.add_argument("--shop", default="", metavar="SLUG", help="default: the only shop")
    parser.add_argument("--json", action="store_true", help="for machines")


def run(options: argparse.Namespace) -> int:
    """Do what is asked; 0."""
    return _list(options) if options.action == "list" else _secret(options)


def _secret(options: argparse.Namespace) -> int:
    from palier.flows.inbox.change_hook_secret import ChangeHookSecret, change_hook_secret

    shop = _shop(options.shop)
    secret = change_hook_secret(ChangeHookSecret(shop.pk), now=datetime.now(UTC))
    if options.json:
        print(json.dumps({"shop": shop.slug, "url": _address(shop), "secret": secret}))
    else:
        print(f"address  {_address(shop)}\nsecret   {secret}")
        print("The secret is shown once. One from before stays good for a day.")
    return 0


def _list(options: argparse.Namespace) -> int:
    from palier.store.hooks.load import load_hooks
    from palier.store.programmes.models import Programme

    for programme in Programme.objects.order_by("id"):
        for hook in load_hooks(programme.pk):
            last = (
                hook.last_received_at.isoformat(timespec="seconds")
                if hook.last_received_at
                else "nothing yet"
            )
            if options.json:
                told = {
                    "shop": hook.shop, "waiting": hook.waiting, "failed": hook.failed, "refused": hook.refused,
                    "last_received_at": hook.last_received_at.isoformat() if hook.last_received_at else None,
                }  # fmt: skip
                print(json.dumps(told))
            else:
                print(
                    f"{hook.shop}: last {last}; {hook.waiting} waiting, {hook.failed} failed, {hook.refused} refused"
                )
    return 0


def _shop(slug: str) -> Any:
    from django_scopes import scopes_disabled

    from palier.store.programmes.models import Shop

    with scopes_disabled():
        found = Shop.objects.order_by("id")
        shops = list((found.filter(slug=slug) if slug else found)[:20])
    if len(shops) == 1:
        return shops[0]
    if not shops:
        raise UnknownShop("there is no such shop", hint="check --shop, or leave it out")
    raise UnknownShop(
        "there are several shops", hint=f"choose with --shop: {', '.join(s.slug for s in shops)}"
    )


def _address(shop: Any) -> str:
    from django.conf import settings

    return f"{settings.PALIER_PUBLIC_URL}/hooks/{shop.public_id}"
