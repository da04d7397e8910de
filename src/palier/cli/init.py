"""``palier init``: an empty database becomes an installation; that of an installation gets its newest tables."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", default="", help="the programme's name, which members see (My programme)")
    parser.add_argument("--currency", default="EUR", help="its currency, three letters (EUR)")
    parser.add_argument(
        "--timezone", default="Europe/Paris", help="where its days begin and end (Europe/Paris)"
    )
    parser.add_argument("--language", default="en", help="the language of its texts: en, fr, de (en)")
    parser.add_argument(
        "--owner",
        metavar="EMAIL",
        default="",
        help="let this owner sign in: prints a link to choose a password",
    )


def run(options: argparse.Namespace) -> int:
    """Migrate, make the first programme (or another one, under a new ``--name``), invite the owner."""
    from django.core.management import call_command

    from palier.flows.prepare_roles import prepare_roles

    call_command("migrate", verbosity=0, interactive=False)
    prepare_roles()
    now = datetime.now(UTC)
    _make_programme(options, now)
    if options.owner:
        _invite(options.owner, now)
    elif not _has_staff():
        print("Nobody can sign in yet. Next: palier init --owner you@example.com")
    return 0


def _make_programme(options: argparse.Namespace, now: datetime) -> None:
    from palier.flows.init_programme import InitProgramme, init_programme
    from palier.store.programmes.models import Programme

    names = list(Programme.objects.order_by("id").values_list("name", flat=True))
    if options.name in names or (names and not options.name):
        print(f"The database is up to date. It holds: {', '.join(names)}.")
        return
    command = InitProgramme(
        name=options.name or "My programme",
        currency=options.currency.upper(),
        timezone=options.timezone,
        language=options.language,
    )
    init_programme(command, now=now)
    print(f"Made the programme {command.name!r}, with a shop named default. It awards nothing yet.")


def _invite(email: str, now: datetime) -> None:
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email
    from django.urls import reverse

    from palier.core.errors import Refusal
    from palier.flows.invite_staff import InviteStaff, invite_staff

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
