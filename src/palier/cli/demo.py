"""``palier demo``: a shop with a year of orders, in a database of its own, on this machine only."""

from __future__ import annotations

import argparse
import os
from datetime import UTC, datetime
from pathlib import Path

from palier.cli.demo_access import prepare_access
from palier.cli.serve import check_port, serve_with_worker
from palier.cli.start import set_up
from palier.core.errors import Refusal

HOST = "127.0.0.1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000)")
    parser.add_argument("--reset", action="store_true", help="make the demo's database anew")
    parser.add_argument("--no-serve", action="store_true", help="only prepare the database")


def run(options: argparse.Namespace) -> int:
    """Prepare the database once, then serve. A database that the environment names is never touched."""
    if os.environ.get("PALIER_DATABASE_URL", "").strip():
        raise Refusal(
            "the demo keeps a database of its own and never fills another",
            path="PALIER_DATABASE_URL",
            hint="unset it, or run palier serve",
        )
    if not options.no_serve:
        check_port(HOST, options.port)
    os.environ["PALIER_DEMO"] = "1"
    os.environ["PALIER_PUBLIC_URL"] = f"http://{HOST}:{options.port}"
    set_up()
    _prepare(is_anew=options.reset)
    if options.no_serve:
        return 0
    print(f"\nOpen http://{HOST}:{options.port}/ and be a shopper, or the merchant in one of four roles.")
    print("Stop the demo with Ctrl+C. What you do in it is kept; ./run reset makes it anew.", flush=True)
    return serve_with_worker(host=HOST, port=options.port, is_quiet=True)


def _prepare(*, is_anew: bool) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection

    from palier.flows.staff.make_demo_staff import DEMO_STAFF, make_demo_staff
    from palier.store.programmes.models import Programme

    if is_anew:
        _remove_database()
    call_command("migrate", verbosity=0, interactive=False)
    # The people come last: where they are missing, the filling was interrupted.
    is_whole = User.objects.filter(username__in=DEMO_STAFF.values()).exists()
    if not is_whole:
        if Programme.objects.exists():
            _remove_database()
            call_command("migrate", verbosity=0, interactive=False)
        _fill()
    make_demo_staff(now=datetime.now(UTC))
    prepare_access(_shop_id(), now=datetime.now(UTC))
    connection.close()


def _shop_id() -> int:
    from django_scopes import scopes_disabled

    from palier.store.programmes.models import Shop

    with scopes_disabled():
        return Shop.objects.order_by("id").values_list("id", flat=True)[0]


def _fill() -> None:
    from palier.cli.demo_data import seed_demo

    print("Filling the demo with a year of a shop's orders; this takes a moment, once.", flush=True)
    seeded = seed_demo(datetime.now(UTC), is_quiet=False)
    print(f"{seeded.members} members, {seeded.orders} orders, {seeded.refunds} refunds.")


def _remove_database() -> None:
    from django.conf import settings
    from django.db import connection

    path = Path(settings.DATABASES["default"]["NAME"])
    assert path == settings.PALIER_VAR / "demo.sqlite3", "only the demo's own file may be removed"
    connection.close()
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
