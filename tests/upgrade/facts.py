"""What an installation holds, as plain data that no migration may change.

``python -m tests.upgrade.facts`` prints it for the database that the environment names. With the key of its first shop
it proves it too, and lets the shop say again what it had said before.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from datetime import UTC, datetime
from typing import Any

IN_A_WHILE = datetime(2027, 3, 1, tzinfo=UTC)
"""By then much of what was pending, held or alive when the fixtures were made has ended."""

SUMS = (
    "available", "pending", "held", "debt", "lifetime", "spent", "expired", "activity", "spend_minor", "orders", "tier",
    "last_sequence", "last_hash", "merged_into__public_id",
)  # fmt: skip


def read_facts() -> dict[str, Any]:
    """Every programme by its public id: seals, balances, orders, coupons, holds, and balances a good while later."""
    from palier.store.models import Programme

    return {programme.public_id: _of(programme) for programme in Programme.objects.order_by("id")}


def _of(programme: Any) -> dict[str, Any]:
    from palier.store.models import Account, CouponRow, Hold, Order, Seal

    mine = {"programme": programme}
    return {
        "name": programme.name,
        "seals": [
            [seal.day.isoformat(), seal.entries, seal.accounts, seal.digest, seal.signature]
            for seal in Seal.objects.filter(**mine).order_by("day")
        ],
        "accounts": {
            row.pop("public_id"): row for row in Account.objects.filter(**mine).values("public_id", *SUMS)
        },
        "later": {
            account.public_id: _later(account.id, programme.id) for account in Account.objects.filter(**mine)
        },
        "orders": _rows(
            Order.objects.filter(**mine), "shop__slug", "external_id", "status", "counts", "booked_points",
            "booked_spend_minor", "number",
        ),
        "coupons": _rows(CouponRow.objects.filter(**mine), "public_id", "code", "origin", "state", "remaining_minor"),
        "holds": _rows(Hold.objects.filter(**mine), "public_id", "state"),
    }  # fmt: skip


def _rows(queryset: Any, *names: str) -> list[list[Any]]:
    return sorted((list(row) for row in queryset.values_list(*names)), key=str)


def _later(account_id: int, programme_id: int) -> list[Any]:
    """Read only: what the account's rules and lots make of it by then."""
    from palier.flows.members.read_member import read_account

    view = read_account(account_id, programme_id, now=IN_A_WHILE)
    totals = view.totals
    return [totals.available, totals.pending, totals.held, totals.debt, totals.expired, view.tier]


def prove(key: str) -> dict[str, Any]:
    """What verify and rebuild find, what the shop with this key is answered, and what that changes: nothing."""
    from tests.upgrade.everything import tell_again

    return {
        "programmes": read_facts(),
        "verify": _command("verify")["problems"],
        "rebuild": _command("rebuild")["differences"],
        "answers": {name: answer["result"] for name, answer in tell_again(key).items()},
        "afterwards": {id: facts["later"] for id, facts in read_facts().items()},
        "verify afterwards": _command("verify")["problems"],
    }


def _command(name: str) -> dict[str, Any]:
    from palier.cli import main as palier

    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        palier([name, "--json"])
    return dict(json.loads(said.getvalue()))


def main(key: str = "") -> int:
    """Print it as JSON."""
    from palier.cli.start import set_up

    set_up()
    from django_scopes import scopes_disabled

    with scopes_disabled():
        told = prove(key) if key else read_facts()
    json.dump(told, sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
