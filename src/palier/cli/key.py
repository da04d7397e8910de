"""``palier key``: keys with which programs call the API of a shop."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from palier.cli.chosen import add_programme, add_shop, author, find_programme, find_shop
from palier.core.access import ABOUT, SCOPES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``palier key``."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="issue|list|revoke")
    scopes = "\n".join(f"  {name:<16} {about}" for name, about in ABOUT.items())
    verb = verbs.add_parser(
        "issue",
        help="make a key; it is shown once",
        description="Make a key to the API of a shop. It is shown once, and only its digest is stored.",
        epilog=f"scopes:\n{scopes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--name", required=True, help="which program it is for")
    verb.add_argument(
        "--scope", action="append", required=True, choices=[*SCOPES, "all"], metavar="SCOPE",
        help="what it may do; several times for several, or all",
    )  # fmt: skip
    _add_json(verb)
    add_shop(verb)
    verb = verbs.add_parser(
        "list", help="show the keys of a programme", description="Show a programme's keys."
    )
    _add_json(verb)
    add_programme(verb)
    verb = verbs.add_parser(
        "revoke", help="let a key open nothing any more", description="Let a key open nothing any more."
    )
    verb.add_argument("key", metavar="ID", help="its id, as palier key list shows it")
    _add_json(verb)
    add_programme(verb)


def _add_json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON object on standard output")


def run(options: argparse.Namespace) -> int:
    """0 done; everything else is a refusal."""
    {"issue": _issue, "list": _list, "revoke": _revoke}[options.verb](options)
    return 0


def _issue(options: argparse.Namespace) -> None:
    from palier.flows.access.issue_api_key import IssueApiKey, issue_api_key

    shop = find_shop(options)
    scopes = SCOPES if "all" in options.scope else tuple(options.scope)
    issued = issue_api_key(IssueApiKey(shop.pk, options.name, scopes, author()), now=datetime.now(UTC))
    if options.json:
        print(json.dumps({"id": issued.id, "key": issued.key, "shop": shop.slug, "scopes": sorted(scopes)}))
        return
    print(issued.key)
    print(f"Keep it now: it is not shown again. Its id is {issued.id} (shop {shop.slug}).")


def _list(options: argparse.Namespace) -> None:
    from django_scopes import scope

    from palier.store.access.models import ApiKey

    programme = find_programme(options)
    with scope(programme=programme):
        keys = list(ApiKey.objects.select_related("shop").order_by("id"))
    if options.json:
        print(json.dumps([_facts(key) for key in keys], ensure_ascii=False))
    elif not keys:
        print("There are no keys yet. Make one with palier key issue.")
    else:
        print("\n".join(_line(key) for key in keys))


def _facts(key: Any) -> dict[str, Any]:
    instants = {name: getattr(key, name) for name in ("created_at", "last_used_at", "revoked_at")}
    return {
        "id": key.public_id, "name": key.name, "prefix": key.prefix, "shop": key.shop.slug, "scopes": key.scopes,
        "author": key.author, **{name: at.isoformat() if at else None for name, at in instants.items()},
    }  # fmt: skip


def _line(key: Any) -> str:
    if key.revoked_at:
        use = f"revoked {key.revoked_at:%Y-%m-%d}"
    else:
        use = f"last used {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never used"
    return f"{key.public_id}  {key.prefix}…  {key.name}  ({key.shop.slug}: {', '.join(key.scopes)}; {use})"


def _revoke(options: argparse.Namespace) -> None:
    from palier.flows.access.revoke_api_key import RevokeApiKey, revoke_api_key

    programme = find_programme(options)
    was_good = revoke_api_key(RevokeApiKey(programme.pk, options.key), now=datetime.now(UTC))
    if options.json:
        print(json.dumps({"id": options.key, "revoked": was_good}))
    elif was_good:
        print("Revoked. Processes that have just used it forget it within a minute.")
    else:
        print("It was revoked already.")
