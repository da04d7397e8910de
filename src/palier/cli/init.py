"""``palier init``: an empty database becomes an installation; that of an installation gets its newest tables."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from palier.core.errors import Refusal
from palier.core.formats import LANGUAGES, spoken

if TYPE_CHECKING:
    from palier.flows.programme.init_programme import InitProgramme


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="", help="the programme's name, which members see (My programme)")
    parser.add_argument(
        "--document",
        type=Path,
        metavar="FILE",
        help="the programme document to begin with, which also says name, currency, timezone and language; it values "
        "imported orders of the past too (default: an empty one, which awards nothing)",
    )
    parser.add_argument("--currency", default="EUR", help="its currency, three letters (EUR)")
    parser.add_argument(
        "--timezone", default="Europe/Paris", help="where its days begin and end (Europe/Paris)"
    )
    parser.add_argument(
        "--language", type=_language, default="en", help="the language of its texts: en, fr, de (en)"
    )
    parser.add_argument(
        "--owner",
        metavar="EMAIL",
        default="",
        help="let this owner sign in: prints a link to choose a password",
    )


def _language(text: str) -> str:
    if spoken(text) != text.split("-")[0].lower():
        raise argparse.ArgumentTypeError(f"Palier speaks {', '.join(LANGUAGES)}; found {text!r}")
    return text


def run(options: argparse.Namespace) -> int:
    """Migrate, make the first programme (or another one, under a new ``--name``), invite the owner."""
    from django.core.management import call_command

    from palier.flows.staff.prepare_roles import prepare_roles

    first = _command(options)  # a document with mistakes is refused before anything is made
    call_command("migrate", verbosity=0, interactive=False)
    prepare_roles()
    now = datetime.now(UTC)
    _make_programme(first, options, now)
    if options.owner:
        _invite(options.owner, now)
    elif not _has_staff():
        print("Nobody can sign in yet. Next: palier init --owner you@example.com")
    return 0


def _command(options: argparse.Namespace) -> InitProgramme:
    from palier.cli.programme_text import read_text
    from palier.core.programme.load import load_text
    from palier.core.programme.parse import parse
    from palier.flows.programme.init_programme import InitProgramme

    if options.document:
        source = read_text(options.document)
        document = load_text(source)
        rules = parse(document)
        if options.name and options.name != rules.name:
            raise Refusal(f"the document's name is {rules.name!r}", path="--name", hint="leave it out")
        return InitProgramme(rules.name, rules.currency, document=document, source=source)
    return InitProgramme(
        name=options.name or "My programme",
        currency=options.currency.upper(),
        timezone=options.timezone,
        language=options.language,
    )


def _make_programme(command: InitProgramme, options: argparse.Namespace, now: datetime) -> None:
    from palier.flows.programme.init_programme import init_programme
    from palier.store.programmes.models import Programme

    names = list(Programme.objects.order_by("id").values_list("name", flat=True))
    is_named = bool(options.name or options.document)
    if command.name in names or (names and not is_named):
        print(f"The database is up to date. It holds: {', '.join(names)}.")
        if options.document:
            print("The document was not read into it. Next: palier programme publish FILE")
        return
    init_programme(command, now=now)
    awards = "" if options.document else " It awards nothing yet."
    print(f"Made the programme {command.name!r}, with a shop named default.{awards}")


def _invite(email: str, now: datetime) -> None:
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.urls import reverse

    from palier.flows.staff.invite_staff import InviteStaff, invite_staff

    try:
        validate_email(email)
    except ValidationError as error:
        raise Refusal(f"{email!r} is not an e-mail address", path="--owner") from error
    invited = invite_staff(InviteStaff(email, "owner"), now=now)
    address = reverse("set_password", args=[invited.uid, invited.token])
    print(f"{email} chooses a password here (the link works once, for three days):")
    print(f"  {settings.PALIER_PUBLIC_URL}{address}")


def _has_staff() -> bool:
    from django.contrib.auth.models import User

    return User.objects.filter(is_staff=True, is_active=True).exists()
