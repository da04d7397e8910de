"""Which programme and which shop a command is about, and what time it is there."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

from palier.core.errors import Refusal

AUTHOR_MAX = 200


class UnknownProgramme(Refusal):
    """No such programme, or several to choose from."""

    code = "unknown_programme"


class UnknownShop(Refusal):
    """No such shop, or several to choose from."""

    code = "unknown_shop"


def add_programme(parser: argparse.ArgumentParser) -> None:
    """``--programme``, which only installations with several need."""
    parser.add_argument(
        "--programme", default="", metavar="ID", help="its public id; default: the only programme"
    )


def add_shop(parser: argparse.ArgumentParser) -> None:
    """``--shop`` and ``--programme``, which only installations with several need."""
    parser.add_argument("--shop", default="", metavar="SLUG", help="default: the only shop")
    add_programme(parser)


def find_programme(options: argparse.Namespace) -> Any:
    """The programme that is meant, with its version in force; ``UnknownProgramme`` when that is not one."""
    from palier.store.programmes.models import Programme

    found = Programme.objects.select_related("current_version").order_by("id")
    if options.programme:
        found = found.filter(public_id=options.programme)
    programmes = list(found[:20])
    if len(programmes) == 1:
        return programmes[0]
    if not programmes:
        raise UnknownProgramme("there is no such programme", path="--programme", hint="leave it out")
    known = ", ".join(f"{each.public_id} ({each.name})" for each in programmes)
    raise UnknownProgramme("there are several programmes", hint=f"choose with --programme: {known}")


def find_shop(options: argparse.Namespace) -> Any:
    """The shop that is meant, with its programme; ``UnknownShop`` when that is not one."""
    from django_scopes import scopes_disabled

    from palier.store.programmes.models import Shop

    with scopes_disabled():
        found = Shop.objects.select_related("programme__current_version").order_by("id")
        if options.shop:
            found = found.filter(slug=options.shop)
        if options.programme:
            found = found.filter(programme__public_id=options.programme)
        shops = list(found[:20])
    if len(shops) == 1:
        return shops[0]
    if not shops:
        raise UnknownShop("there is no such shop", hint="check --shop and --programme, or leave them out")
    known = ", ".join(f"{each.slug} of {each.programme.public_id} ({each.programme.name})" for each in shops)
    raise UnknownShop("there are several shops", hint=f"choose with --shop and --programme: {known}")


def now_in(programme: Any) -> datetime:
    """The time in that programme: the demo's clock may be ahead of the world's."""
    return datetime.now(UTC) + timedelta(seconds=programme.clock_offset_s)


def add_author(parser: argparse.ArgumentParser, what: str) -> None:
    """``--author``: who does it, beside whom it is kept."""
    parser.add_argument("--author", type=_name, default=author(), help=f"{what}; default: your login's name")


def _name(text: str) -> str:
    if len(text) > AUTHOR_MAX:
        raise argparse.ArgumentTypeError(f"a name has at most {AUTHOR_MAX} characters, this one {len(text)}")
    return text


def author() -> str:
    """Who types: the name of the login, or nothing where there is none."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
